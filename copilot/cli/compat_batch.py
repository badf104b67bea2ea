"""Many pairs of schemas, one JSON object a line in and one a line out, in the same order."""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from copilot.cli.compat_text import verdict_json
from copilot.cli.console import Console
from copilot.domain.pair import PairVerdict
from copilot.errors import EXIT_DONE, EXIT_USAGE, WrongUsage
from copilot.formats.json_text import BYTE_ORDER_MARK

Judge = Callable[[Any, Any], PairVerdict]
"""Takes the reader's schema and the writer's."""
LINE_CHARACTERS_MAX = 32_000_000
ID_CHARACTERS_MAX = 1_000
_LEADING_ID = re.compile(r'\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[0-9]{1,18})\s*[,}]')
LINES_BETWEEN_COLLECTIONS = 5_000
"""Graphs of types are many small objects, and looking through them for garbage again and again takes a third of the time."""


def judge_lines(name: str, judge: Judge, console: Console) -> int:
    """Judges the pairs of a file, "-" for standard input; returns the exit code, 2 where a line held no pair."""
    try:
        if name == "-":
            return _judge_all(sys.stdin, judge, console)
        with open(name, encoding="utf-8", errors="replace") as file:
            return _judge_all(file, judge, console)
    except BrokenPipeError:
        raise  # whoever reads the answers has seen enough
    except OSError as error:
        raise WrongUsage(f"{name} can't be read: {error.strerror}.", where=name) from None


def _judge_all(file: TextIO, judge: Judge, console: Console) -> int:
    is_whole = True
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        if number % LINES_BETWEEN_COLLECTIONS == 0:
            gc.collect()
        id, pair, wrong = _read(line)
        marked = [] if wrong else [side for side in ("reader", "writer") if _has_mark(pair[side])]
        if marked:
            told = "; ".join(f"the {side}'s schema is invalid: a byte order mark before its text" for side in marked)
            console.print_line({"id": id, **verdict_json(PairVerdict(None, told, (), ()))})
        elif not wrong:
            console.print_line({"id": id, **verdict_json(judge(pair["reader"], pair["writer"]))})
        else:
            is_whole = False
            verdict = PairVerdict(None, f"line {number} {wrong}", (), ())
            console.print_line({"id": id, **verdict_json(verdict)})
    return EXIT_DONE if is_whole else EXIT_USAGE


def _has_mark(schema: Any) -> bool:
    """Parsers pass over a byte order mark at the head of a file, and refuse it in a text, which is what a registry is sent."""
    return isinstance(schema, str) and schema.startswith(BYTE_ORDER_MARK)


def _read(line: str) -> tuple[Any, dict[str, Any], str]:
    """Returns the id of a line, its pair, and what is wrong with it, "" where nothing is; a leading id is never lost."""
    if len(line) > LINE_CHARACTERS_MAX:
        return _leading_id(line), {}, f"is longer than {LINE_CHARACTERS_MAX} characters (LINE_CHARACTERS_MAX)"
    try:
        pair = json.loads(line)
    except json.JSONDecodeError as error:
        return _leading_id(line), {}, f"is no JSON object with reader and writer: column {error.colno}: {error.msg}"
    except ValueError:
        # Python converts no text of more digits to a whole number.
        digits = sys.get_int_max_str_digits()
        return _leading_id(line), {}, f"has a number of more than {digits} digits"
    except RecursionError:
        return (
            _leading_id(line),
            {},
            "is nested too deep to be read as JSON",
        )
    if isinstance(pair, dict) and "reader" in pair and "writer" in pair:
        return pair.get("id"), pair, ""
    return pair.get("id") if isinstance(pair, dict) else None, {}, "is no JSON object with reader and writer"


def _leading_id(line: str) -> Any:
    found = _LEADING_ID.match(line[:ID_CHARACTERS_MAX])
    try:
        return json.loads(found[1]) if found else None
    except ValueError:
        return None


def _lines(file: TextIO) -> Iterator[str]:
    mark = BYTE_ORDER_MARK
    while line := file.readline(LINE_CHARACTERS_MAX + 1):
        yield line.removeprefix(mark)
        mark = ""
