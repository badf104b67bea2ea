"""What is said about the orders of a phase: safe orders as a partial order, the gate of each step, and stories that break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from copilot.checks.hazards import Crossing, Hazard, Stored
from copilot.checks.lineage import phase_label
from copilot.checks.rollout_board import FIXED, Break, Edge, Move
from copilot.checks.rollout_states import STATES_MAX, Explored, reduced
from copilot.ports import Case

Groups = Sequence[tuple[int, ...]]


def hazard_of(edge: Edge, crossing: Crossing) -> Hazard | None:
    """Returns what breaks on a wire by the edge's side: the old reader's hazard where both are asked for."""
    found = crossing.at_old_reader if edge.breaks_old else None
    return found or (crossing.at_new_reader if edge.breaks_new else None)


@dataclass(frozen=True, slots=True)
class Telling:
    """Words for one phase; `crossing_of` tells which wire an edge stands for, `stopping` whom the plan stops and starts at once."""

    case: Case
    phase: int
    jobs: tuple[str, ...]
    crossing_of: Callable[[Edge], Crossing | None]
    stopping: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        return phase_label(self.phase, self.case.alternative.phases[self.phase])

    def order(self, explored: Explored, groups: Groups) -> str:
        """Returns the safe orders in one sentence: who before whom, not a list of orders."""
        if groups:
            told = "; ".join(
                f"{self._listed(group)} {_has(group)} to stop, drain and start at once" for group in groups
            )
            return f"No order of single deploys is safe in {self.label}: {told}."
        if not explored.orders:
            return f"No order of deploys is safe in {self.label}: somebody who reads or writes the same does not move with it."
        safe = self._rolling(explored)
        if len(self.stopping) > 1:
            stopping = f"{self._listed(self.stopping)} stop, drain and start at once in {self.label}, which is safe"
            return f"As planned, {stopping}. It can also be done without a stop: {safe}"
        return f"Safe in {self.label}: {safe}"

    def _rolling(self, explored: Explored) -> str:
        if explored.before:
            exact = "" if explored.is_exact else " Not every order that keeps to this is safe."
            return f"{self._sequence(explored)}, by rolling deploys.{exact}"
        if len(self.jobs) > 1:
            return f"any order of {self._listed(range(len(self.jobs)))}, by rolling deploys."
        return f"{self.jobs[0]}, by a rolling deploy."

    def gates(self, explored: Explored, groups: Groups, edges: Iterable[Edge]) -> Iterator[str]:
        """Yields what must hold before a job of the phase may be deployed, one sentence for each set of conditions."""
        drained = {(edge.writer, edge.reader): edge for edge in edges if edge.breaks_new}
        is_stop_chosen = not groups and len(self.stopping) > 1
        for firsts, seconds in () if is_stop_chosen else self._steps(explored):
            text = f"Before {self._listed(seconds)} in {self.label}: every instance of {self._listed(firsts)} runs its new version"
            waiting = [job for job in seconds if any((first, job) in drained for first in firsts)]
            if waiting:
                text += f", and {self._listed(waiting)} {_has(waiting)} read to the end what the old ones wrote"
            yield f"{text}.{self._left_behind(next((drained[it] for it in drained if it[1] in waiting), None))}"
        for group in (self.stopping,) if is_stop_chosen else groups:
            yield (
                f"Before {self._listed(group)} start again in {self.label}: all of them have stopped, and what was written before"
                " is read to the end."
            )

    def _left_behind(self, edge: Edge | None) -> str:
        """Returns how long records lie there that the reader can't read again once it has moved."""
        crossing = self.crossing_of(edge) if edge else None
        return f" Those can't be read again afterwards. {self._kept(crossing)}" if crossing else ""

    def story(self, broken: Break) -> str:
        """Returns the way to a break: "Deploy shop before billing: billing reads … KeyError at billing.py:41"."""
        crossing = self.crossing_of(broken.edge)
        assert crossing is not None, "an edge stands for a wire"
        return f"{self._moves(broken, crossing)}: {self._meeting(broken.edge, crossing)}."

    def limit(self, what: str) -> str:
        """Returns what was not looked at to the end, and why."""
        return f"In {self.label} {what} was not looked at to the end: more than {STATES_MAX} states (STATES_MAX)."

    def back(self, explored: Explored) -> str:
        """Returns that the phase can be taken back, and how it can't."""
        who = "each deploy" if len(self.jobs) > 1 else f"the deploy of {self.jobs[0]}"
        order = " in the opposite order" if len(self.jobs) > 1 else ""
        told = f"In {self.label} {who} can be taken back{order}, also once new data is stored."
        return f"{told} Not so: {self.story(explored.break_back)}" if explored.break_back else told

    def one_way(self, edges: Sequence[Edge], last: Sequence[int]) -> str:
        """Returns why the phase can't be taken back whole, how long that stays so, and whose deploy can."""
        edge = edges[0]
        crossing = self.crossing_of(Edge(edge.writer, edge.reader, breaks_old=True))
        assert crossing is not None, "an edge stands for a wire"
        writers, readers = (sorted(set(ends)) for ends in zip(*((it.writer, it.reader) for it in edges), strict=True))
        only = f" The deploy of {self._listed(last)} can." if last else ""
        written = f"{self._listed(writers)} {_has(writers)} written" if FIXED not in writers else "anybody has written"
        return (
            f"Once {written} in {self.label}, {self._listed(readers)} can't be taken back:"
            f" {self._meeting(Edge(edge.writer, edge.reader, True), crossing)}. {self._kept(crossing)}{only}"
        )

    def stored(self, crossing: Crossing, stored: Stored) -> str:
        """Returns which records of the history a reader can't read again once it has moved, and how long they lie there."""
        _, reader = crossing.jobs
        versions = _joined([f"version {number}" for number in stored.versions])
        where = f" at {stored.hazard.span}" if stored.hazard.span else ""
        return (
            f"Once {reader} has moved in {self.label}, it can't read records of {versions} again: {stored.hazard.text}{where}."
            f" {self._kept(crossing)}"
        )

    def _kept(self, crossing: Crossing) -> str:
        topic = crossing.wire.producer.endpoint.name
        known = self.case.base.retention_of(topic) if topic else None
        if known is None:
            return (
                f"How long {topic} keeps such records is not known."
                if topic
                else "Where such records stay is not known."
            )
        if known.days is None:
            return f"{topic} keeps such records for ever."
        return f"{topic} keeps such records for {known.days:g} {'day' if known.days == 1 else 'days'}."

    def _meeting(self, edge: Edge, crossing: Crossing) -> str:
        writer, reader = crossing.jobs
        before = (
            phase_label(self.phase - 1, self.case.alternative.phases[self.phase - 1])
            if self.phase
            else self._base(crossing)
        )
        if edge.breaks_old:
            text = f"{reader}, still of {before}, reads what {writer} writes in {self.label}"
        else:
            text = f"{reader}, of {self.label}, reads what {writer} wrote in {before}"
        hazard = hazard_of(edge, crossing)
        assert hazard is not None, "an edge breaks by a hazard"
        return f"{text}: {hazard.text}" + (f" at {hazard.span}" if hazard.span else "")

    def _base(self, crossing: Crossing) -> str:
        base = crossing.wire.written.base
        return f"version {base.latest.number}" if base else "the base"

    def _moves(self, broken: Break, crossing: Crossing) -> str:
        *earlier, last = broken.moves
        writer, reader = crossing.jobs
        before = f"Deploy {', then '.join(self._named(it) for it in earlier)}, then " if earlier else ""
        if last.is_back:
            return f"{before}take {self._named(last)} back"
        verb = f"{before}deploy" if earlier else "Deploy"
        if writer == reader:
            return f"{verb} {writer} one instance after the other"
        other = reader if broken.edge.breaks_old else writer
        if last.is_at_once or other in self._names(last):
            return f"{verb} {self._named(last)}"
        return f"{verb} {self._named(last)} before {other}"

    def _named(self, move: Move) -> str:
        return _joined(self._names(move))

    def _names(self, move: Move) -> list[str]:
        return [job for place, job in enumerate(self.jobs) if move.jobs >> place & 1]

    def _sequence(self, explored: Explored) -> str:
        return "; ".join(
            f"{self._listed(firsts)} before {self._listed(seconds)}" for firsts, seconds in self._steps(explored)
        )

    def _steps(self, explored: Explored) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Returns who has to be through before whom, those who wait for the same together."""
        pairs = reduced(explored.before)
        waits: dict[tuple[int, ...], list[int]] = {}
        for second in sorted({second for _, second in pairs}):
            firsts = tuple(first for first, other in pairs if other == second)
            waits.setdefault(firsts, []).append(second)
        return [(firsts, tuple(seconds)) for firsts, seconds in waits.items()]

    def _listed(self, places: Iterable[int]) -> str:
        return _joined([self.jobs[place] for place in places if place != FIXED])


def _has(jobs: Sequence[int]) -> str:
    return "have" if len(jobs) > 1 else "has"


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nobody"
