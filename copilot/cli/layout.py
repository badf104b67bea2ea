"""Plain text that fits a terminal: wrapped lines, aligned columns, counted rests."""

from __future__ import annotations

import functools
import os
import textwrap
from collections.abc import Iterable, Sequence

from copilot.domain.visible import visible

WIDTH = 100
"""What a pipe and a wide terminal get; lines that are longer are hard to read."""
NARROWEST_SCREEN = 60
NARROWEST = 24
"""A last cell with less room than this begins on the next line, or it would be a tower of words."""


@functools.cache
def screen_width() -> int:
    """Returns how many characters a line may have: those of the terminal that is printed to, at most WIDTH."""
    try:
        return min(WIDTH, max(os.get_terminal_size(1).columns, NARROWEST_SCREEN))
    except OSError:
        return WIDTH


def wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Returns the text in lines that fit the screen, the first one after `first`, the others after `rest`.

    A line end or a control character in the text is shown as an escape; prose that may have several lines is split before.
    """
    text, first = visible(text, keep=""), visible(first, keep="")
    width = screen_width()
    if len(first) + len(text) <= width and text and text.isprintable() and text == text.strip():
        return [first + text]
    indent = " " * len(first) if rest is None else rest
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines or [first.rstrip()]


def columns(rows: Iterable[Sequence[str]], indent: str = "", gap: str = "  ") -> list[str]:
    """Returns the rows with their cells aligned; the last cell of a row is free, and goes on below itself where it is long."""
    table = [tuple(visible(cell, keep="") for cell in row) for row in rows]
    widths: dict[int, int] = {}
    for row in table:
        for position, cell in enumerate(row[:-1]):
            widths[position] = max(widths.get(position, 0), len(cell))
    lines = []
    for row in table:
        head = indent + "".join(cell.ljust(widths[at]) + gap for at, cell in enumerate(row[:-1]))
        if len(head) <= screen_width() - NARROWEST:
            lines += wrapped(row[-1], head)
        else:
            lines += [head.rstrip(), *(wrapped(row[-1], indent + "    ") if row[-1] else ())]
    return lines


def joined(lines: Iterable[str]) -> str:
    """Returns lines as one text; what names of the repository hold can't begin a line of its own."""
    return "\n".join(visible(line, keep="") for line in lines)


def section(title: str, lines: Sequence[str], count: int | None = None) -> list[str]:
    """Returns a headed block after an empty line, nothing where there are no lines."""
    heading = title if count is None else f"{title} ({count})"
    return ["", heading, *lines] if lines else []
