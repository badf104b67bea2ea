"""In which orders can the jobs of each phase be deployed, and taken back, so that every pair that coexists reads the right values?

For each phase: the jobs that move, the wires between them with their hazards (`hazards`), and every order of deploying and taking
back, explored over states (`rollout_states`). Fails where the plan's own order can come to a break, with the shortest story of it;
unknown where that hangs on what could not be read, on people elsewhere, or where the exploration stops at its limit. The safe
orders are told as a partial order, with the gate of each step. For the ranking: how many jobs are tied, which phases go one way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copilot.checks.elsewhere import may_follow
from copilot.checks.evidence import make_evidence
from copilot.checks.hazards import Crossing, Crossings
from copilot.checks.lineage import lineages, phase_label
from copilot.checks.registering import registering_findings
from copilot.checks.rollout_board import FIXED, Board, Break, Edge, Move
from copilot.checks.rollout_states import STATES_MAX, Explored, explore, planned_break, together
from copilot.checks.rollout_words import Telling, hazard_of
from copilot.checks.standing import is_retired
from copilot.domain.alternative import Step
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.fieldtype import as_decoded, parsed
from copilot.domain.source import Span
from copilot.ports import Bench, Case

BREAKS = "rollout.breaks"
STORY = "rollout.story"
ONE_WAY = "rollout.one-way"
LEFT_OUT = "rollout.left-out"
ORDER, GATE = "rollout.order", "rollout.gate"
OPEN_RULES = ("rollout.may-break", "rollout.elsewhere", "rollout.no-order", "rollout.limit", LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one phase."""

    findings: tuple[Finding, ...]
    states: int
    tied: int
    is_one_way: bool


class RolloutCheck:
    """Every order of deploying and taking back, phase by phase."""

    name = "rollout"
    version = 8

    def run(self, case: Case, bench: Bench) -> Evidence:
        crossings = Crossings(case, bench)
        phases = range(len(case.states)) if case.patches else range(0)
        views = [View.of(case, phase, tuple(crossings.of(phase))) for phase in phases]
        moving = [view for view in views if view.movers and view.crossings]
        judged = [view.judged() for view in moving]
        findings = [finding for it in judged for finding in it.findings]
        findings += registering_findings(case, bench) if moving else ()
        formats = sorted({lineage.subject.format for lineage in lineages(case)} & bench.formats.keys())
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(bool(moving), findings),
            measures=(
                Measure("deployments", len({job for view in moving for job in view.movers}), "jobs"),
                Measure("wires", len(crossings.wires), "wires"),
                Measure("states_explored", sum(it.states for it in judged), "states"),
                Measure("coordinated_deploys", sum(it.tied for it in judged), "jobs"),
                Measure("one_way_phases", sum(it.is_one_way for it in judged), "phases"),
            ),
            findings=findings,
            tools=[(tool.name, tool.version) for name in formats for tool in bench.formats[name].decoders],
            inputs=[("states_limit", str(STATES_MAX))],
        )


def _verdict(is_applicable: bool, findings: Iterable[Finding]) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    rules = {finding.rule for finding in findings}
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if rules & set(OPEN_RULES) else "pass"


@dataclass(frozen=True, slots=True)
class View:
    """One phase: who moves, by which plan, and what crosses."""

    case: Case
    phase: int
    movers: tuple[str, ...]
    crossings: tuple[Crossing, ...]

    @classmethod
    def of(cls, case: Case, phase: int, crossings: tuple[Crossing, ...]) -> View:
        ends = {job for it in crossings for job in it.jobs}
        movers = tuple(sorted(job for job in ends if _moves(case, phase, job, crossings)))
        kept = tuple(it for it in crossings if set(it.jobs) & set(movers) and not _is_gone(it, case, phase))
        return cls(case, phase, movers, kept)

    def judged(self) -> Judged:
        certain, every = self.board(certain_only=True), self.board(certain_only=False)
        explored = explore(every)
        telling = self.telling()
        findings = [*self._left_out(), *self._broken(certain, every, telling), *self._told(every, explored, telling)]
        groups = {job for group in together(every) for job in group}
        tied = {job for pair in explored.before for job in pair} | groups | set(self._stopping())
        if explored.at_limit:
            tied |= {end for edge in every.edges for end in (edge.writer, edge.reader)} - {FIXED}
        is_one_way = any(edge.breaks_old and edge.reader != FIXED for edge in certain.edges)
        return Judged(tuple(findings), explored.states, len(tied), is_one_way)

    def telling(self) -> Telling:
        """Returns the words for this phase."""
        return Telling(self.case, self.phase, self.movers, self._crossing, self._stopping())

    def _left_out(self) -> Iterator[Finding]:
        """Jobs that have another version after the phase, in more than words, and that no step deploys: it never ends."""
        placed = {place for move in self.plan() for place in _places(move.jobs)}
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        for place, job in enumerate(self.movers):
            root = _root(job, self.case)
            changed = _changed(self.case, self.phase).items()
            own = sorted(
                path for path, texts in changed if root and _is_below(path, root) and not self._is_told(path, *texts)
            )
            if place in placed or self.case.base.is_foreign(job) or not (own or self._is_reshaped(job)):
                continue
            what = f"{own[0]} changes" if own else "the schema that it works with has another shape"
            text = f"No step of {label} deploys {job}, though {what}."
            # A plan that names nobody is not wrong about this job; it leaves open who goes out at all.
            severity: Severity = "error" if placed else "warning"
            span = Span(own[0], 1, 1) if own else None
            yield Finding(LEFT_OUT, severity, text, span, phase=self.phase, fix="Name it in a step.")

    def _is_told(self, path: str, before: str | None, after: str | None) -> bool:
        """Tells whether a schema file only says something else to people, so that nobody has to deploy for it."""
        sources = [it for own in self.case.base.subjects for it in (own.latest.source, *own.copies) if it.path == path]
        if not before or not after or not sources or any(it.host != "file" for it in sources):
            return False
        try:
            return bool(as_decoded(parsed(before)) == as_decoded(parsed(after)))
        except ValueError:
            return False

    def _is_reshaped(self, job: str) -> bool:
        """Tells whether a schema of the job differs in more than what people read: docs, marks, defaults."""
        for it in self.crossings:
            is_own = (it.jobs[0] == job and it.is_writer_other) or (it.jobs[1] == job and it.is_reader_other)
            before, after = it.wire.writer_text(self.phase - 1), it.wire.writer_text(self.phase)
            if is_own and before and after and before.fingerprint != after.fingerprint and not it.wire.is_possible:
                return True
        return False

    def _broken(self, certain: Board, every: Board, telling: Telling) -> Iterator[Finding]:
        """What breaks on the plan's own way."""
        plan = self.plan()
        found, is_whole = planned_break(certain, plan)
        if found is not None:
            yield self._break_finding(found, certain, plan, telling)
            return
        found, is_whole_too = planned_break(every, plan)
        if found is not None:
            crossing = self._crossing(found.edge)
            hazard = hazard_of(found.edge, crossing) if crossing else None
            text = f"{telling.story(found)} Whether it is so could not be read for certain."
            if hazard is not None and hazard.is_by_hand:
                text = f"{telling.story(found)} It is so unless a person has changed {hazard.span} before, as the plan asks;"
                text += " the gate waits for that."
            yield self._finding("rollout.may-break", "warning", text, found.edge)
        elif not (is_whole and is_whole_too):
            yield self._finding("rollout.limit", "warning", telling.limit("whether the plan's own order is safe"))

    def _break_finding(self, found: Break, board: Board, plan: Sequence[Move], telling: Telling) -> Finding:
        named = {job for move in plan for job in _places(move.jobs)}
        crossing = self._crossing(found.edge)
        last = found.moves[-1]
        if crossing and may_follow(self.case, crossing.wire.consumer.job, self.phase):
            text = f"{telling.story(found)} It is so unless {crossing.wire.consumer.job} has moved by then."
            return self._finding("rollout.elsewhere", "warning", text, found.edge)
        if not set(_places(last.jobs)) <= named and found.edge.reader != FIXED:
            text = f"{telling.story(found)} The plan does not say who is deployed first."
            return self._finding("rollout.no-order", "warning", text, found.edge)
        explored = explore(board)
        fix = "" if explored.at_limit else telling.order(explored, together(board))
        return replace(self._finding(BREAKS, "error", telling.story(found), found.edge), fix=fix)

    def _told(self, board: Board, explored: Explored, telling: Telling) -> Iterator[Finding]:
        groups = together(board)
        if explored.at_limit:
            # The plan is looked at by itself, and has an answer of its own; what is said of all orders would be a guess.
            yield self._finding("rollout.stopped", "note", telling.limit("which of all orders are safe"))
            return
        yield self._finding(ORDER, "note", telling.order(explored, groups))
        for text in telling.gates(explored, groups, board.edges):
            yield self._finding(GATE, "note", text)
        if explored.break_ is not None:
            severity: Severity = "warning" if groups else "note"
            yield self._finding(STORY, severity, telling.story(explored.break_), explored.break_.edge)
        yield self._back(board, explored, telling)
        yield from self._stored(telling)

    def _back(self, board: Board, explored: Explored, telling: Telling) -> Finding:
        one_way = [edge for edge in board.edges if edge.breaks_old and edge.reader != FIXED]
        if explored.returns or not one_way:
            return self._finding("rollout.back", "note", telling.back(explored))
        last = () if together(board) else explored.returns_last
        return self._finding(ONE_WAY, "warning", telling.one_way(one_way, last), one_way[0])

    def _stored(self, telling: Telling) -> Iterator[Finding]:
        """What of the history can't be read again once a reader has moved; whether somebody does so is not known here."""
        for it in self.crossings:
            if it.stored is not None and it.jobs[1] in self.movers:
                subject, hazard = it.wire.written.name, it.stored.hazard
                text = telling.stored(it, it.stored)
                yield Finding("rollout.stored", "warning", text, hazard.span, subject, hazard.path, self.phase)

    def _finding(self, rule: str, severity: Severity, text: str, edge: Edge | None = None) -> Finding:
        crossing = self._crossing(edge) if edge else None
        hazard = hazard_of(edge, crossing) if edge and crossing else None
        subject = crossing.wire.written.name if crossing else ""
        span, path = (hazard.span, hazard.path) if hazard else (None, "")
        return Finding(rule, severity, text, span, subject, path, self.phase)

    def board(self, *, certain_only: bool) -> Board:
        """Returns who moves and what lies between them; what only may break is left out where only the certain counts."""
        edges: dict[tuple[int, int], Edge] = {}
        for it in self.crossings:
            ends = self._ends(it)
            old, new = (
                hazard is not None and (hazard.is_certain or not certain_only)
                for hazard in (it.at_old_reader, it.at_new_reader)
            )
            # A job that does not move has no old and new version of its own.
            old, new = old and ends[0] != FIXED, new and ends[1] != FIXED
            if old or new:
                known = edges.get(ends, Edge(*ends))
                edges[ends] = Edge(*ends, known.breaks_old or old, known.breaks_new or new)
        return Board(self.movers, tuple(edges[ends] for ends in sorted(edges)))

    def _ends(self, crossing: Crossing) -> tuple[int, int]:
        writer, reader = (self.movers.index(job) if job in self.movers else FIXED for job in crossing.jobs)
        return writer, reader

    def _stopping(self) -> tuple[int, ...]:
        """Returns the jobs that the plan stops, and starts again at once."""
        return tuple(place for move in self.plan() if move.is_at_once for place in _places(move.jobs))

    def _crossing(self, edge: Edge) -> Crossing | None:
        """Returns the wire of an edge that breaks most certainly."""
        own = [it for it in self.crossings if self._ends(it) == (edge.writer, edge.reader) and hazard_of(edge, it)]
        return min(own, key=lambda it: not getattr(hazard_of(edge, it), "is_certain", False), default=None)

    def plan(self) -> list[Move]:
        """Returns the moves of the phase's steps, in their order."""
        placed: set[int] = set()
        moves = []
        for step in self.case.alternative.phases[self.phase].steps:
            own = {place for place, job in enumerate(self.movers) if _is_in(step, job, self.case)} - placed
            placed |= own
            if own:
                moves.append(Move(sum(1 << job for job in own), is_at_once=step.kind == "cutover"))
        return moves


def _moves(case: Case, phase: int, job: str, crossings: Sequence[Crossing]) -> bool:
    """Tells whether a job has another version after the phase: a step names it, or a schema or a file of it changes."""
    if is_retired(case, job, phase):
        return False
    if any(_is_in(step, job, case) for step in case.alternative.phases[phase].steps):
        return True
    if case.base.is_foreign(job):
        return False
    root = _root(job, case)
    if root and any(_is_below(path, root) for path in _changed(case, phase)):
        return True
    return any(
        (it.jobs[0] == job and it.is_writer_other) or (it.jobs[1] == job and it.is_reader_other) for it in crossings
    )


def _is_gone(crossing: Crossing, case: Case, phase: int) -> bool:
    """Tells whether an end was taken away before the phase; what it wrote lies among what the others did."""
    return phase > 0 and any(is_retired(case, job, phase - 1) for job in crossing.jobs)


def _is_in(step: Step, job: str, case: Case) -> bool:
    """Tells whether a step deploys the job, or leaves a place of it to a person, who then has to deploy it."""
    root = _root(job, case)
    by_hand = bool(root) and any(_is_below(place, root) for place in step.manual)
    return job in step.jobs or (by_hand and not case.base.is_foreign(job))


def _root(job: str, case: Case) -> str:
    root = next((it.root.rstrip("/") for it in case.base.jobs if it.name == job), "")
    return "" if root == "." else root


def _changed(case: Case, phase: int) -> dict[str, tuple[str | None, str | None]]:
    """Returns the files that are others after the phase than before it, with both texts; None where there is no file."""
    texts = [
        {change.path: change.after for patch in case.patches if patch.phase == state for change in patch.changes}
        for state in (phase - 1, phase)
    ]
    before = {change.path: change.before for patch in case.patches for change in patch.changes}
    both = {path: (texts[0].get(path, was), texts[1].get(path, was)) for path, was in before.items()}
    return {path: pair for path, pair in both.items() if pair[0] != pair[1]}


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith((root + "/", root + ":"))


def _places(jobs: int) -> list[int]:
    return [place for place in range(jobs.bit_length()) if jobs >> place & 1]
