"""Many pairs of schemas, one JSON object a line in and one a line out, in the same order."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from copilot.cli.compat_text import verdict_json
from copilot.cli.console import Console
from copilot.domain.pair import PairVerdict
from copilot.errors import EXIT_DONE, EXIT_USAGE, WrongUsage

Judge = Callable[[Any, Any], PairVerdict]
"""Takes the reader's schema and the writer's."""
LINE_CHARACTERS_MAX = 32_000_000
LINES_BETWEEN_COLLECTIONS = 5_000
"""Graphs of types are many small objects, and looking through them for garbage again and again takes a third of the time."""


def judge_lines(name: str, judge: Judge, console: Console) -> int:
    """Judges the pairs of a file, "-" for standard input; returns the exit code, 2 where a line held no pair."""
    try:
        if name == "-":
            return _judge_all(sys.stdin, judge, console)
        with open(name, encoding="utf-8", errors="replace") as file:
            return _judge_all(file, judge, console)
    except OSError as error:
        raise WrongUsage(f"{name} can't be read: {error.strerror}.", where=name) from None


def _judge_all(file: TextIO, judge: Judge, console: Console) -> int:
    is_whole = True
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        if number % LINES_BETWEEN_COLLECTIONS == 0:
            gc.collect()
        try:
            pair = json.loads(line) if len(line) <= LINE_CHARACTERS_MAX else None
        except (ValueError, RecursionError):
            pair = None
        if isinstance(pair, dict) and "reader" in pair and "writer" in pair:
            verdict = judge(pair["reader"], pair["writer"])
            console.print_line({"id": pair.get("id"), **verdict_json(verdict)})
        else:
            is_whole = False
            error = (
                f"line {number} is no JSON object with reader and writer (LINE_CHARACTERS_MAX is {LINE_CHARACTERS_MAX})"
            )
            id = pair.get("id") if isinstance(pair, dict) else None
            console.print_line({"id": id, **verdict_json(PairVerdict(None, error, (), ()))})
    return EXIT_DONE if is_whole else EXIT_USAGE


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LINE_CHARACTERS_MAX + 1):
        yield line
