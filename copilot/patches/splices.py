"""Replaced byte ranges of one text: collected in any order, nested ones composed, overlapping ones refused.

Everything outside the splices stays byte for byte what it was; that is what keeps layout, comments and line ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.source import Span


class CannotEdit(Exception):
    """An edit does not fit the text; says where, and what a person would do by hand."""

    def __init__(self, what: str, where: Span | None, next: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next = next


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes from `start` to before `end` become `text`; an insertion where both are equal."""

    start: int
    end: int
    text: str


class Splices:
    """The splices of one base text, kept free of overlaps."""

    def __init__(self, path: str, base: bytes) -> None:
        self.path = path
        self.base = base
        self._splices: list[Splice] = []

    def all(self) -> tuple[Splice, ...]:
        """Returns the splices in the order of the text; insertions at one place keep the order they came in."""
        return tuple(sorted(self._splices, key=lambda splice: (splice.start, splice.end)))

    def replace(self, start: int, end: int, text: str) -> None:
        """Adds a splice. Splices wholly inside it are taken up (render them first to keep them); a partial overlap is refused."""
        kept: list[Splice] = []
        for other in self._splices:
            if other.end <= start or end <= other.start:
                kept.append(other)
            elif not (start <= other.start and other.end <= end):
                raise self._overlap(other, start, end)
        self._splices = [*kept, Splice(start, end, text)]

    def insert(self, at: int, text: str) -> None:
        """Adds text at a place; raises CannotEdit where that place has been replaced already."""
        for other in self._splices:
            if other.start < at < other.end:
                raise self._overlap(other, at, at)
        self._splices.append(Splice(at, at, text))

    def render(self, start: int, end: int) -> str:
        """Returns the text of a range as the splices inside it leave it; insertions at its two ends belong to the outside."""
        pieces: list[bytes] = []
        at = start
        for splice in self.all():
            if (
                start <= splice.start
                and splice.end <= end
                and not (splice.start == splice.end and splice.start in (start, end))
            ):
                pieces += [self.base[at : splice.start], splice.text.encode()]
                at = splice.end
        return b"".join([*pieces, self.base[at:end]]).decode()

    def apply(self) -> str:
        """Returns the whole text after all splices."""
        return apply(self.base, self.all())

    def _overlap(self, other: Splice, start: int, end: int) -> CannotEdit:
        first, second = sorted((line_of(self.base, other.start), line_of(self.base, start)))
        return CannotEdit(
            f"Two edits of {self.path} overlap, at line {first} and at line {second}.",
            Span(self.path, first, max(second, line_of(self.base, end))),
            "Make one of them by hand first, and ask again on the commit that holds it.",
        )


def apply(base: bytes, splices: tuple[Splice, ...]) -> str:
    """Returns the text after splices that are in the order of the text and don't overlap."""
    pieces: list[bytes] = []
    at = 0
    for splice in splices:
        assert splice.start >= at, "splices are in order and apart"
        pieces += [base[at : splice.start], splice.text.encode()]
        at = splice.end
    return b"".join([*pieces, base[at:]]).decode()


def line_of(base: bytes, offset: int) -> int:
    """Returns the line, counted from 1, that holds the byte at `offset`."""
    return base.count(b"\n", 0, offset) + 1


def splice_between(base: bytes, start: int, end: int, changed: bytes) -> Splice | None:
    """Returns the smallest splice that leads from `base` to `changed`, which may differ only from `start` to `end`.

    None where they are equal; raises ValueError where they differ outside.
    """
    tail = len(base) - end
    if changed[:start] != base[:start] or (tail and changed[-tail:] != base[end:]) or len(changed) < start + tail:
        raise ValueError("changed outside of its range")
    old, new = base[start:end], changed[start : len(changed) - tail]
    if old == new:
        return None
    front = _common(old, new)
    back = min(_common(old[::-1], new[::-1]), len(old) - front, len(new) - front)
    front, back = _whole_characters(old, front, back)
    return Splice(start + front, end - back, new[front : len(new) - back].decode())


def _common(left: bytes, right: bytes) -> int:
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return position
    return min(len(left), len(right))


def _whole_characters(old: bytes, front: int, back: int) -> tuple[int, int]:
    while front > 0 and front < len(old) and old[front] & 0xC0 == 0x80:
        front -= 1
    while back > 0 and old[len(old) - back] & 0xC0 == 0x80:
        back -= 1
    return front, back
