"""Which lines differ between two texts: the runs that diffs, hunks and sizes are made of.

Lines that stand once in both texts are matched first, longest increasing order, and only what lies between is compared line by
line. So a long schema, whose braces repeat thousands of times, costs no more than its length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

PAIRS_MAX = 250_000
"""How many pairs of lines are compared one by one; a larger stretch without unique lines counts as replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines `old_start` to before `old_end` became `new_start` to before `new_end`, counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def is_empty(self) -> bool:
        return self.old_start == self.old_end and self.new_start == self.new_end


def split_lines(text: str) -> list[str]:
    """Returns the lines as git sees them, each with its "\\n"; the last may lack it."""
    lines = text.split("\n")
    whole = [line + "\n" for line in lines[:-1]]
    return [*whole, lines[-1]] if lines[-1] else whole


def changed_runs(old: Sequence[str], new: Sequence[str]) -> tuple[Run, ...]:
    """Returns the runs of lines that differ, from top to bottom, with at least one equal line between two of them."""
    runs: list[Run] = []
    left = [Run(0, len(old), 0, len(new))]
    while left:
        stretch = _trimmed(old, new, left.pop())
        if stretch.is_empty:
            continue
        parts = _between_anchors(old, new, stretch)
        if len(parts) > 1:
            left += reversed(parts)
        else:
            runs += _compared(old, new, stretch)
    return tuple(_joined(runs))


def _trimmed(old: Sequence[str], new: Sequence[str], run: Run) -> Run:
    old_start, old_end, new_start, new_end = run.old_start, run.old_end, run.new_start, run.new_end
    while old_start < old_end and new_start < new_end and old[old_start] == new[new_start]:
        old_start, new_start = old_start + 1, new_start + 1
    while old_start < old_end and new_start < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    return Run(old_start, old_end, new_start, new_end)


def _between_anchors(old: Sequence[str], new: Sequence[str], run: Run) -> list[Run]:
    """Returns the stretches between lines that stand once on both sides, or the whole where there are none."""
    old_counts, new_counts = Counter(old[run.old_start : run.old_end]), Counter(new[run.new_start : run.new_end])
    places = {
        line: at for at, line in enumerate(new[run.new_start : run.new_end], run.new_start) if new_counts[line] == 1
    }
    pairs = [
        (at, places[line])
        for at, line in enumerate(old[run.old_start : run.old_end], run.old_start)
        if line in places and old_counts[line] == 1
    ]
    parts: list[Run] = []
    old_start, new_start = run.old_start, run.new_start
    for old_at, new_at in _increasing(pairs):
        parts.append(Run(old_start, old_at, new_start, new_at))
        old_start, new_start = old_at + 1, new_at + 1
    return [*parts, Run(old_start, run.old_end, new_start, run.new_end)]


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the longest choice of pairs that rises on both sides; pairs are sorted by the first."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, new_at) in enumerate(pairs):
        pile = bisect_left(tops, new_at)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [new_at]
        ends[pile : pile + 1] = [index]
    chosen: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


def _compared(old: Sequence[str], new: Sequence[str], run: Run) -> Iterator[Run]:
    if (run.old_end - run.old_start) * (run.new_end - run.new_start) > PAIRS_MAX:
        yield run
        return
    matcher = SequenceMatcher(None, old[run.old_start : run.old_end], new[run.new_start : run.new_end], autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Run(
                run.old_start + old_start, run.old_start + old_end, run.new_start + new_start, run.new_start + new_end
            )


def _joined(runs: list[Run]) -> Iterator[Run]:
    last: Run | None = None
    for run in runs:
        if last and (last.old_end, last.new_end) == (run.old_start, run.new_start):
            last = Run(last.old_start, run.old_end, last.new_start, run.new_end)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last
