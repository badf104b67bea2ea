"""Puts elements into the lists and objects of a text, and takes them out, by splices that touch nothing else.

All offsets are those of the base text. A list's separators are copied from its neighbours; in Python, a comment at the end of a
line stays with the element before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from copilot.formats.json_text import Node
from copilot.formats.layout import Style, elements_of, indent_at, line_start

_COMMENT = re.compile(r"[ \t]*#[^\n\r]*")
_TRIVIA = re.compile(r"(?:[ \t\r\n\f)]|\\\r?\n|#[^\n]*)*")
_OPENING = re.compile(r"\([ \t\r\n(]*$")
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|$)")


class Splice(NamedTuple):
    """Replaces the text from `start` to `end`."""

    start: int
    end: int
    text: str


def apply(text: str, splices: Sequence[Splice]) -> str:
    """Returns the text with all splices in it; they must not overlap, an insertion goes before a deletion at its place."""
    ordered = sorted(splices, key=lambda splice: (splice.start, splice.end))
    parts, offset = [], 0
    for splice in ordered:
        assert splice.start >= offset, "overlapping splices"
        parts += [text[offset : splice.start], splice.text]
        offset = splice.end
    return "".join([*parts, text[offset:]])


def reshape(
    text: str, node: Node, removed: Set[int], inserted: Mapping[int, Sequence[str]], style: Style
) -> list[Splice]:
    """Returns the splices that take elements out of a container and put texts in, each after the element of that index."""
    return _Shape(text, node, style).splices(removed, inserted)


class _Shape:
    def __init__(self, text: str, node: Node, style: Style) -> None:
        self._text = text
        self._node = node
        self._style = style
        self._places = [self._place(start, end) for start, end, _ in elements_of(node)]

    def splices(self, removed: Set[int], inserted: Mapping[int, Sequence[str]]) -> list[Splice]:
        survivors = [index for index in range(len(self._places)) if index not in removed]
        if not survivors:
            return [self._refill([new for index in sorted(inserted) for new in inserted[index]])]
        found: list[Splice] = []
        for index in sorted(inserted):
            earlier = [survivor for survivor in survivors if survivor <= index]
            if earlier:
                found += self._insert_after(earlier[-1], inserted[index])
            else:
                found.append(self._insert_before(survivors[0], inserted[index]))
        for first, last in _runs(removed):
            found += self._remove(first, last)
        return _joined(found)

    def _place(self, start: int, end: int) -> tuple[int, int]:
        if not self._style.is_python:
            return start, end
        trivia = _TRIVIA.match(self._text, end)
        closing = self._text.rfind(")", end, trivia.end() if trivia else end)
        opening = _OPENING.search(self._text, self._node.start + 1, start) if closing >= 0 else None
        return (opening.start() if opening else start), (closing + 1 if closing >= 0 else end)

    def _refill(self, new: Sequence[str]) -> Splice:
        start, end = self._node.start + 1, self._node.end - 1
        if not new:
            return Splice(start, end, "")
        if self._places:
            comma = self._separator(0)
            return Splice(self._places[0][0], self._places[-1][1], comma.join(new))
        if not (self._style.has_tall_objects or any("\n" in entry for entry in new)):
            return Splice(start, end, self._style.comma.join(new))
        newline, indent = self._style.newline, indent_at(self._text, self._node.start)
        inner = f"{newline}{indent}{self._style.unit}"
        return Splice(start, end, f"{inner}{f',{inner}'.join(new)}{newline}{indent}")

    def _separator(self, index: int) -> str:
        text, places = self._text, self._places
        if len(places) > 1:
            left = max(index - 1, 0)
            between = text[places[left][1] : places[left + 1][0]]
            start = places[left + 1][0]
        else:
            start = places[0][0]
            between = f",{text[self._node.start + 1 : start]}"
            if "\n" not in between:
                return self._style.comma
        if between.strip() == "," and between.count("\n") <= 1:
            return between
        return f",{self._style.newline}{indent_at(text, start)}" if self._starts_line(start) else self._style.comma

    def _insert_after(self, index: int, new: Sequence[str]) -> list[Splice]:
        end = self._places[index][1]
        separator = self._separator(index)
        comma = self._comma_after(index)
        comment = self._comment_after(end if comma is None else comma + 1)
        if comment is None or "\n" not in separator or separator[0] != ",":
            return [Splice(end, end, "".join(separator + entry for entry in new))]
        if comma is None:
            return [Splice(end, end, ","), Splice(comment, comment, separator[1:] + separator.join(new))]
        return [Splice(comment, comment, "".join(f"{separator[1:]}{entry}," for entry in new))]

    def _insert_before(self, index: int, new: Sequence[str]) -> Splice:
        start = self._places[index][0]
        separator = self._separator(index)
        return Splice(start, start, "".join(entry + separator for entry in new))

    def _remove(self, first: int, last: int) -> list[Splice]:
        text, places = self._text, self._places
        comma = self._comma_after(last)
        end = places[last][1] if comma is None else comma + 1
        end = self._comment_after(end) or end
        has_whole_lines = self._starts_line(places[first][0]) and bool(_LINE_END.match(text, end))
        if last + 1 < len(places):
            if has_whole_lines:
                return [Splice(line_start(text, places[first][0]), self._next_line(end), "")]
            return [Splice(places[first][0], places[last + 1][0], "")]
        before = places[first - 1][1]
        if comma is not None:
            if has_whole_lines:
                return [Splice(line_start(text, places[first][0]), self._next_line(end), "")]
            return [Splice(before, places[last][1], "")]
        previous = self._comma_after(first - 1)
        comment = None if previous is None else self._comment_after(previous + 1)
        if previous is not None and comment is not None:
            return [Splice(previous, previous + 1, ""), Splice(comment, end, "")]
        return [Splice(before, end, "")]

    def _comma_after(self, index: int) -> int | None:
        end = self._places[index][1]
        pattern = _TRIVIA if self._style.is_python else re.compile(r"[ \t\r\n]*")
        trivia = pattern.match(self._text, end)
        offset = trivia.end() if trivia else end
        return offset if self._text[offset : offset + 1] == "," else None

    def _comment_after(self, offset: int) -> int | None:
        match = _COMMENT.match(self._text, offset) if self._style.is_python else None
        return match.end() if match else None

    def _starts_line(self, offset: int) -> bool:
        return not self._text[line_start(self._text, offset) : offset].strip()

    def _next_line(self, offset: int) -> int:
        match = _LINE_END.match(self._text, offset)
        return match.end() if match else offset


def _runs(indexes: Set[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _joined(splices: list[Splice]) -> list[Splice]:
    """Puts insertions at one place into one splice, in their order."""
    joined: list[Splice] = []
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if joined and splice.start == splice.end == joined[-1].start == joined[-1].end:
            joined[-1] = Splice(splice.start, splice.end, joined[-1].text + splice.text)
        else:
            joined.append(splice)
    return joined
