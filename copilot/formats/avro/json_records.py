"""Texts of JSON that hold records: one object, a list of them, or one a line; and in which line each begins."""

from __future__ import annotations

import json
from typing import Any

RECORDS_MAX = 10_000
NO_JSON = object()
_BETWEEN_ITEMS = " \t\r\n,"


def records_of(text: str) -> list[Any]:
    """Returns the records of a text, `NO_JSON` for a line that is none among others."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return []
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        found = [_parsed(line) for _, line in _filled_lines(text)]
        # Where no line is one, the text is one whole that is no JSON.
        return found if any(it is not NO_JSON for it in found) else [NO_JSON]
    return (whole if isinstance(whole, list) else [whole])[:RECORDS_MAX]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return NO_JSON


def _filled_lines(text: str) -> list[tuple[int, str]]:
    # Not `splitlines`: a text of JSON may hold the other separators of Unicode.
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()][:RECORDS_MAX]


def lines_of(text: str) -> list[int]:
    """Returns the line in which each record begins, as `records_of` reads them."""
    text = text.removeprefix("\ufeff")
    start = len(text) - len(text.lstrip())
    first = text.count("\n", 0, start) + 1
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [number for number, line in _filled_lines(text)]
        is_whole = all(_parsed(line) is NO_JSON for _, line in _filled_lines(text))
        return [getattr(error, "lineno", first)] if is_whole else lines
    if not isinstance(whole, list):
        return [first]
    found: list[int] = []
    decoder, at, counted, line = json.JSONDecoder(), start + 1, start, first
    for _ in whole[:RECORDS_MAX]:
        while text[at] in _BETWEEN_ITEMS:
            at += 1
        line, counted = line + text.count("\n", counted, at), at
        found.append(line)
        at = decoder.raw_decode(text, at)[1]
    return found
