"""A diff as rows to draw, unified or side by side: what each row says, and how one line of it looks. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from rich.cells import chop_cells
from textual.content import Content

from copilot.domain.patch import Hunk
from copilot.domain.visible import visible
from copilot.tui.plain import plain
from copilot.tui.syntax import Piece

TAB = "→   "
HUNKS_KEPT_MAX = 4096
_STYLES = {"+": "$text-success on $success-muted", "-": "$text-error on $error-muted"}
_MARKED = {"+": "bold on $success 40%", "-": "bold on $error 40%"}
_HEADER = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk: its number in `Hunk.lines`, its place in the file before and after (0: it is not there).

    `mark` is the part of `text` that differs from the line that it replaces or is replaced by.
    """

    number: int
    sign: str
    text: str
    old: int
    new: int
    mark: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the diff: a heading, or a line (`left`); side by side, what was at the left and what becomes of it at the right.

    `hunk` is the key of the hunk that it belongs to.
    """

    hunk: str
    heading: str = ""
    style: str = ""
    left: Line | None = None
    right: Line | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        both = (self.left,) if self.left is self.right else (self.left, self.right)
        return tuple(line for line in both if line is not None)


@lru_cache(maxsize=HUNKS_KEPT_MAX)
def hunk_lines(hunk: Hunk, *, is_edited: bool = False) -> tuple[Line, ...]:
    """Returns the lines with their places; the lines that an edit added have none in the file after the patch."""
    header = _HEADER.match(hunk.header)
    old, new = (int(header[1]), int(header[2])) if header else (1, 1)
    marks = changed_parts(hunk.lines)
    lines: list[Line] = []
    for number, line in enumerate(hunk.lines, 1):
        sign = line[:1]
        in_old, in_new = sign in ("-", " "), sign in ("+", " ")
        places = (old if in_old else 0, new if in_new and not is_edited else 0)
        lines.append(Line(number, sign, line[1:], *places, marks.get(number, (0, 0))))
        old, new = old + in_old, new + in_new
    return tuple(lines)


def unified(hunk: str, lines: Iterable[Line]) -> list[Row]:
    """Returns a row for each line."""
    return [Row(hunk, left=line) for line in lines]


def side_by_side(hunk: str, lines: Sequence[Line]) -> list[Row]:
    """Returns rows in which what goes stands beside what comes; a line that stays stands on both sides."""
    rows: list[Row] = []
    for gone, come, rest in _blocks(lines):
        for at in range(max(len(gone), len(come))):
            left = gone[at] if at < len(gone) else None
            right = come[at] if at < len(come) else None
            rows.append(Row(hunk, left=left, right=right))
        rows += [Row(hunk, left=rest, right=rest)] if rest else []
    return rows


def changed_parts(lines: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Returns, by number from 1, the part of a line (after its sign) that differs; known where as many lines go as come."""
    parts: dict[int, tuple[int, int]] = {}
    numbered = [Line(number, line[:1], line[1:], 0, 0) for number, line in enumerate(lines, 1)]
    for gone, come, _ in _blocks(numbered):
        if len(gone) == len(come):
            for old, new in zip(gone, come, strict=True):
                head = _common(old.text, new.text)
                tail = _common(old.text[head:][::-1], new.text[head:][::-1])
                parts[old.number] = (head, len(old.text) - tail)
                parts[new.number] = (head, len(new.text) - tail)
    return parts


def line_look(line: Line, pieces: Iterable[Piece] = (), *, is_left_out: bool = False) -> Content:
    """Returns a line with its sign, coloured by its sign and by its syntax, with the part that changed marked."""
    base = _STYLES.get(line.sign, "")
    if is_left_out:
        return plain(line.sign + line.text.replace("\t", TAB), "dim strike")
    start, end = line.mark
    styles = [*pieces, *([(start, end, _MARKED[line.sign])] if start < end and line.sign in _MARKED else [])]
    cuts = sorted({0, len(line.text), *(min(at, len(line.text)) for piece in styles for at in piece[:2])})
    parts = [plain(line.sign, base)]
    for first, after in pairwise(cuts):
        looks = [base, *(look for at, until, look in styles if at <= first and after <= until)]
        content = plain(line.text[first:after].replace("\t", TAB))
        for look in looks:
            content = content.stylize(look) if look else content
        parts.append(content)
    return Content.assemble(*parts)


def shown(line: Line) -> str:
    """Returns the text of a line as it is drawn, with its sign."""
    return visible(line.sign + line.text.replace("\t", TAB))


def chopped(text: str, width: int) -> list[int]:
    """Returns where each row of a text begins that is `width` cells wide; nothing is cut off."""
    width = max(width, 2)
    if text.isascii():
        return list(range(0, max(len(text), 1), width))
    starts, at = [], 0
    for part in chop_cells(text, width) or [""]:
        starts.append(at)
        at += len(part)
    return starts


def hunk_title(hunk: Hunk, sign: str, width: int) -> Content:
    """Returns the list entry of a hunk, `width` wide: whether it is taken, the line that it begins at, how much it changes."""
    signs = [line[:1] for line in hunk.lines]
    size = f"+{signs.count('+')} -{signs.count('-')}"
    first = next((line[1:].strip() for line in hunk.lines if line.startswith(("+", "-"))), "")
    text = plain(f"[{sign}] {hunk.first_line:<5}{size}  ", "strike" if sign == " " else "")
    return Content.assemble(text, plain(first, "dim")).truncate(width, ellipsis=True)


def file_title(path: str, width: int) -> Content:
    """Returns the list heading of a file: the end of its path, which tells more than its beginning."""
    return plain(path if len(path) <= width else f"…{path[len(path) - width + 1 :]}", "bold")


def _blocks(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line], Line | None]]:
    """Yields runs of lines that go and lines that come, each with the line that stays after them (None: none does)."""
    gone: list[Line] = []
    come: list[Line] = []
    for line in lines:
        if line.sign == "-" and not come:
            gone.append(line)
        elif line.sign == "+":
            come.append(line)
        elif line.sign == "-":
            yield gone, come, None
            gone, come = [line], []
        else:
            yield gone, come, line
            gone, come = [], []
    if gone or come:
        yield gone, come, None


def _common(left: str, right: str) -> int:
    """Returns how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
