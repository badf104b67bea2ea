"""Who moves in a phase, what lies between them, and what breaks while one of them moves: the board that orders are played on.

A deploy is rolling: while a job moves, both of its versions run. Data that a new version wrote stays, and binds every reader to its
own new version whose old one can't take it. Old data stays for a reader until every one of its writers has moved, after which the
reader may read it to the end before it moves itself (a "drain"). A group that is cut over stops, drains and moves at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

FIXED = -1
"""Stands for a job that does not move in this phase."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Data of a writer reaches a reader: both are places in `Board.jobs`, or `FIXED`.

    `breaks_old`: the reader's old version can't take what the writer's new one writes.
    `breaks_new`: its new version can't take what the old one writes.
    """

    writer: int
    reader: int
    breaks_old: bool = False
    breaks_new: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Jobs (as a set of bits) that go to their new version, or back; at once where they are cut over, else one after the other."""

    jobs: int
    is_back: bool = False
    is_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """The shortest way to a break: the moves, the last of which breaks, and the edge, by what breaks there alone."""

    moves: tuple[Move, ...]
    edge: Edge


@dataclass(frozen=True)
class Board:
    """The jobs that move in a phase, and what lies between them."""

    jobs: tuple[str, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def everybody(self) -> int:
        return (1 << len(self.jobs)) - 1

    @cached_property
    def twins(self) -> tuple[tuple[int, ...], ...]:
        """Groups of jobs that can be exchanged without anything looking different, each in order."""
        groups: list[list[int]] = []
        for job in range(len(self.jobs)):
            own = next((group for group in groups if self._is_twin(group[0], job)), None)
            if own is None:
                groups.append([job])
            else:
                own.append(job)
        return tuple(map(tuple, groups))

    def _is_twin(self, one: int, other: int) -> bool:
        exchanged = {one: other, other: one}
        swapped = {
            replace(it, writer=exchanged.get(it.writer, it.writer), reader=exchanged.get(it.reader, it.reader))
            for it in self.edges
        }
        return swapped == set(self.edges)

    def bound(self, moved: int) -> int:
        """Returns the readers, as bits, whose old version can't take what those jobs write once they have moved."""
        return bits(
            reader for writer, readers in enumerate(self._breaking) if moved >> writer & 1 for reader in readers
        )

    def broken(self, moved: int, bound: int, move: Move) -> Edge | None:
        """Returns what breaks while the move is made from that state: an edge with one side only; None where all holds."""
        is_gone_at_once = move.is_at_once and move.is_back
        is_new_at_once = move.is_at_once and not move.is_back
        running_new = moved & ~move.jobs if is_gone_at_once else moved | move.jobs
        running_old = self._anybody & ~(moved | move.jobs if is_new_at_once else moved & ~move.jobs)
        bound |= self.bound(running_new)
        if not bound & running_old and not any(
            running_new >> reader & 1 and writers & running_old for reader, writers in self._needing
        ):
            return None
        old = [it for it in self.edges if it.breaks_old and self._bit(it.reader) & running_old & bound]
        new = [
            it
            for it in self.edges
            if it.breaks_new and self._bit(it.reader) & running_new and self._bit(it.writer) & running_old
        ]
        # Where the one that wrote it was taken back since, its data is still there; who has written lately is named first.
        old.sort(key=lambda it: not self._bit(it.writer) & running_new)
        return replace(old[0], breaks_new=False) if old else replace(new[0], breaks_old=False)

    def _bit(self, job: int) -> int:
        return 1 << (job if job != FIXED else len(self.jobs))

    @cached_property
    def _anybody(self) -> int:
        """Everybody, and as one more bit those that never move."""
        return self.everybody | 1 << len(self.jobs)

    @cached_property
    def _breaking(self) -> tuple[tuple[int, ...], ...]:
        """For each job the readers that can't take its new data before they move."""
        every = [(it.writer, it.reader if it.reader != FIXED else len(self.jobs)) for it in self.edges if it.breaks_old]
        return tuple(
            tuple(sorted({reader for writer, reader in every if writer == job})) for job in range(len(self.jobs))
        )

    @cached_property
    def _needing(self) -> tuple[tuple[int, int], ...]:
        """For each reader whose new version can't take old data, its writers of such, as bits."""
        every = [it for it in self.edges if it.breaks_new and it.reader != FIXED]
        readers = sorted({it.reader for it in every})
        return tuple((own, joined(self._bit(it.writer) for it in every if it.reader == own)) for own in readers)


def bits(jobs: Iterable[int]) -> int:
    return joined(1 << job for job in jobs)


def joined(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
