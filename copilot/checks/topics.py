"""Records go to another topic: does every reader meet what is written, in each state and on the way from one to the next?

Judged on the maps of the states: who writes and who reads which of the two names, and which job copies one to the other. What a
reader has not read of the old topic when it moves is lost, unless the new one holds it too or the producers stand still until then.
A merge is such a move for each of its topics; of a split, who moves when is told by the steps alone.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from copilot.checks.lineage import phase_label
from copilot.domain.alternative import TextEdit
from copilot.domain.evidence import Finding
from copilot.domain.mention import whole_words
from copilot.domain.operation import MergeTopics, Operation, ProtectField, RekeyTopic, SplitTopic, TopicChange
from copilot.domain.pipeline import Direction, Endpoint, Impact, PipelineMap
from copilot.domain.source import Span
from copilot.ports import Case

LEFT = "usage.topic-left"
BY_HAND = "usage.topic-by-hand"
UNKNOWN = "usage.topic-unknown"
HISTORY = "usage.topic-history"
NAMES_SHOWN = 20
_NAMES = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class _Move:
    """One topic that records leave for another one; `asked` are the names that the request knows."""

    subject: str
    old: str
    new: str
    asked: frozenset[str]

    @classmethod
    def all_of(cls, operation: Operation) -> tuple[_Move, ...]:
        if isinstance(operation, MergeTopics):
            asked = frozenset({*operation.merged, operation.to})
            return tuple(cls(operation.subject, old, operation.to, asked) for old in operation.merged)
        if isinstance(operation, SplitTopic):
            asked = frozenset({operation.topic, *operation.into, operation.rest})
            return (cls(operation.subject, operation.topic, operation.rest, asked),)
        if isinstance(operation, TopicChange):
            asked = frozenset({operation.topic, operation.to})
            return (cls(operation.subject, operation.topic, operation.to, asked),)
        return ()


@dataclass(frozen=True, slots=True)
class _Ends:
    """Who is on the two topics in one state, with the place of each."""

    old_writers: dict[str, Span | None]
    old_readers: dict[str, Span | None]
    new_writers: dict[str, Span | None]
    new_readers: dict[str, Span | None]

    @classmethod
    def of(cls, move: _Move, state: PipelineMap) -> _Ends:
        def on(topic: str, direction: Direction) -> dict[str, Span | None]:
            links = [it for it in state.links if it.endpoint == Endpoint("topic", topic) and it.direction == direction]
            return {it.job: it.proof[0] if it.proof else None for it in links}

        return cls(
            on(move.old, "produces"),
            on(move.old, "consumes"),
            on(move.new, "produces"),
            on(move.new, "consumes"),
        )

    @property
    def bridges(self) -> set[str]:
        return set(self.old_readers) & set(self.new_writers)


def topic_findings(case: Case) -> Iterator[Finding]:
    """Yields what is lost or left where records go to other topics; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        moves = _Move.all_of(operation) if case.patches else ()
        yield from _misnamed(moves, case)
        if isinstance(operation, SplitTopic):
            yield from _strayed_readers(moves, case)
        elif isinstance(operation, MergeTopics) and _is_on(operation.to, case):
            for move in moves:
                yield from _moved(move, case)
                yield from unmoved(case, move.old, ("consumes", "produces"))
        elif isinstance(operation, ProtectField):
            for move in _brought(operation, case):
                yield from _moved(move, case)
        elif isinstance(operation, TopicChange) and not _stays(operation, case):
            for move in moves:
                last = yield from _moved(move, case)
                yield from _history(operation, case, last, impact)


def _brought(operation: ProtectField, case: Case) -> Iterator[_Move]:
    """The move to a topic that the alternative brings, where the records of a field's subject go to one."""
    known = {it.endpoint.name for it in case.base.links}
    new = {it.endpoint.name for state in case.states for it in state.links if it.direction == "produces"} - known
    old = {it.endpoint.name for it in case.base.links_of(operation.subject, "produces")}
    gone = (
        old - {it.endpoint.name for it in case.states[-1].links if it.direction == "produces"} if case.states else set()
    )
    if len(new) == len(gone) == 1:
        (before,), (after,) = gone, new
        yield _Move(operation.subject, before, after, frozenset({before, after}))


def _strayed_readers(moves: tuple[_Move, ...], case: Case) -> Iterator[Finding]:
    for move in moves:
        before = _Ends.of(move, case.base)
        for number in range(len(case.states)):
            yield from _strayed(move, case, number, before)


def _moved(move: _Move, case: Case) -> Generator[Finding, None, _Ends]:
    """Yields what goes wrong in each phase, and returns who is where in the end."""
    before = _Ends.of(move, case.base)
    concerned = {*before.old_readers, *before.new_readers}
    for number, state in enumerate(case.states):
        now = _Ends.of(move, state)
        yield from _phase(move, case, number, before, now, concerned)
        yield from _not_deployed(case, number, before, now)
        before = now
    return before


def _history(operation: TopicChange, case: Case, last: _Ends, impact: Impact) -> Iterator[Finding]:
    text = (
        f"Records of {operation.topic} stay under that name, and the offsets of its consumer groups don't follow to"
        f" {operation.to}."
    )
    yield Finding(HISTORY, "note", text, None, operation.subject)
    if last.bridges and last.old_writers:
        # The old topic stays as the way in: a job goes on filling the new one from it, and only readers have to leave.
        last = replace(last, old_writers={}, old_readers=_without(last.old_readers, last.bridges))
    else:
        yield from _names_left(operation, case, [it.span for it in impact.mentions])
    yield from _not_moved(operation, case, last)
    if not impact.producers or not impact.consumers:
        side = "writes" if not impact.producers else "reads"
        text = f"No job that {side} {operation.topic} was found here: whoever does stays on the old name."
        yield Finding(UNKNOWN, "warning", text, None, operation.subject)


def _without(jobs: dict[str, Span | None], left_out: set[str]) -> dict[str, Span | None]:
    return {job: span for job, span in jobs.items() if job not in left_out}


def unmoved(case: Case, topic: str, directions: tuple[Direction, ...]) -> Iterator[Finding]:
    """Yields the jobs of a topic that no step of any phase names, though they have to go elsewhere."""
    steps = [step for phase in case.alternative.phases for step in phase.steps]
    if not steps:
        return
    named = {job for step in steps for job in step.jobs}
    told: set[str] = set()
    for link in case.base.links:
        is_on = link.endpoint == Endpoint("topic", topic) and link.direction in directions
        if is_on and link.job not in named | told and not case.base.is_foreign(link.job):
            told.add(link.job)
            verb = "reads" if link.direction == "consumes" else "writes"
            span = link.proof[0] if link.proof else None
            text = f"No step names {link.job}, which {verb} {topic}: it stays there, and nobody is told."
            yield _lost(text, span, len(case.states) - 1, "Name it in the step that moves it.")


def _misnamed(moves: tuple[_Move, ...], case: Case) -> Iterator[Finding]:
    """Yields the lines that name one of the topics, and another name after the edit than any that was asked for."""
    told: set[tuple[str, int]] = set()
    for number, phase in enumerate(case.alternative.phases):
        for edit in phase.edits:
            if not isinstance(edit, TextEdit) or (edit.path, edit.line) in told:
                continue
            move = next((it for it in moves if whole_words(it.old).search(edit.before)), None)
            strange = set(_NAMES.findall(edit.after)) - set(_NAMES.findall(edit.before)) - move.asked if move else None
            if move and strange:
                told.add((edit.path, edit.line))
                text = f"{edit.path}:{edit.line} names {min(strange)} after the edit, which nobody asked for."
                yield _lost(text, Span(edit.path, edit.line, edit.line), number, f"Name {move.new} there.")


def stopped_at_once(case: Case) -> int:
    """Returns how many jobs have to stand still at the same time: those of the steps that cut over."""
    steps = [step for phase in case.alternative.phases for step in phase.steps if step.kind == "cutover"]
    return len({job for step in steps for job in step.jobs})


def _stays(operation: TopicChange, case: Case) -> bool:
    """Tells whether the alternative goes another way, on which all stay on the old topic."""
    return isinstance(operation, RekeyTopic) and not _is_on(operation.to, case)


def _is_on(topic: str, case: Case) -> bool:
    """Tells whether some job is on that topic in some state."""
    return any(link.endpoint.name == topic for state in case.states for link in state.links)


def _phase(move: _Move, case: Case, number: int, before: _Ends, now: _Ends, concerned: set[str]) -> Iterator[Finding]:
    old, new = move.old, move.new
    label = phase_label(number, case.alternative.phases[number])
    is_cut_over = any(step.kind == "cutover" for step in case.alternative.phases[number].steps)
    yield from _strayed(move, case, number, before)
    is_alone = len(move.asked) == 2
    moved = sorted(
        job for job in set(now.new_readers) - set(before.new_readers) - now.bridges if is_alone or job in concerned
    )
    by_hand = is_written_by_hand(move.new, case, number)
    for job in moved:
        span = now.new_readers[job]
        if not now.new_writers and not by_hand:
            who = ", ".join(sorted(now.old_writers)) or "nobody known"
            yield _lost(
                f"{job} reads {new} after {label}, which nobody writes yet; {who} still writes {old}.", span, number
            )
        elif not (before.new_writers or by_hand or is_cut_over) and before.old_writers:
            text = f"{job} leaves {old} in {label} for {new}, which is empty then: what it has not read of {old}, nobody reads."
            yield _lost(
                text,
                span,
                number,
                "Fill the new topic first, or stop the producers until the old one is read to its end.",
            )
        elif by_hand and not before.new_writers:
            text = f"That {new} is filled before {job} moves in {label} hangs on code that people change."
            yield Finding(BY_HAND, "warning", text, span, move.subject, phase=number)
    if now.old_readers and not now.old_writers and before.old_writers:
        for job in sorted(set(now.old_readers) - now.bridges):
            text = f"{job} still reads {old} after {label}, which nobody writes any more."
            yield _lost(text, now.old_readers[job], number, f"Move {job} to {new} in this phase or before it.")


def _not_deployed(case: Case, number: int, before: _Ends, now: _Ends) -> Iterator[Finding]:
    """Yields the jobs that are told another name in this phase, and that no step of it deploys: they go on with the old one."""
    phase = case.alternative.phases[number]
    deployed = {job for step in phase.steps for job in step.jobs}
    has_steps = any(it.steps for it in case.alternative.phases)
    moved = {**_came(before.new_writers, now.new_writers), **_came(before.new_readers, now.new_readers)}
    for job, span in sorted(moved.items(), key=lambda it: it[0]):
        known = any(it.name == job for it in case.base.jobs)
        if has_steps and known and job not in deployed and not case.base.is_foreign(job):
            text = f"No step of {phase_label(number, phase)} deploys {job}, though it is told another name there."
            yield _lost(text, span, number, "Name it in a step.")


def _came(before: dict[str, Span | None], now: dict[str, Span | None]) -> dict[str, Span | None]:
    return {job: span for job, span in now.items() if job not in before}


def _not_moved(operation: TopicChange, case: Case, last: _Ends) -> Iterator[Finding]:
    """Who is on the old name after the last phase as far as reading can tell: people move them, and nothing here shows when."""
    for job, span in sorted({**last.old_writers, **last.old_readers}.items()):
        text = f"{job} is still on {operation.topic} after the last phase, as far as reading can tell: people move it."
        yield Finding(BY_HAND, "warning", text, span, operation.subject, phase=len(case.states) - 1)


def _strayed(move: _Move, case: Case, number: int, before: _Ends) -> Iterator[Finding]:
    """Yields the jobs of one of the two topics that are on a third one now, in some deployment, which nobody asked for."""
    known = {(link.job, link.direction, link.endpoint.name) for link in case.base.links}
    sides: tuple[tuple[Direction, set[str]], ...] = (
        ("consumes", {*before.old_readers, *before.new_readers}),
        ("produces", {*before.old_writers, *before.new_writers}),
    )
    label = phase_label(number, case.alternative.phases[number])
    for direction, jobs in sides:
        for link in case.states[number].links:
            name = link.endpoint.name
            is_asked = not name or name in move.asked or (link.job, direction, name) in known
            if link.job in jobs and link.direction == direction and not is_asked:
                verb = "reads" if direction == "consumes" else "writes"
                text = f"{link.job} {verb} {name} after {label}, where {move.new} was asked for."
                yield _lost(text, link.proof[0] if link.proof else None, number, f"Name {move.new} there.")


def _lost(text: str, span: Span | None, phase: int, fix: str = "") -> Finding:
    return Finding(LEFT, "error", text, span, phase=phase, fix=fix)


def is_written_by_hand(topic: str, case: Case, number: int) -> bool:
    """Tells whether people are asked, in this phase or before it, to let producers publish to the new topic as well.

    Strategies say so in the words of their steps: "publish every record to NAME as well".
    """
    steps = [step for phase in case.alternative.phases[: number + 1] for step in phase.steps]
    return any(f"to {topic} as well" in text for step in steps for text in step.manual)


def _names_left(operation: TopicChange, case: Case, mentions: list[Span]) -> Iterator[Finding]:
    """Lines that hold the old name and that no edit of the last state changes; those that a step names are told there."""
    last = case.alternative.phases[-1]
    edited = {(getattr(edit, "path", ""), getattr(edit, "line", 0)) for edit in last.edits}
    steps = [text for phase in case.alternative.phases for step in phase.steps for text in step.manual]
    named = {text.partition("  ")[0] for text in steps}
    left = [span for span in mentions if (span.path, span.first_line) not in edited and str(span) not in named]
    for span in left[:NAMES_SHOWN]:
        yield Finding(
            "usage.topic-named", "warning", f"{operation.topic} is still named here.", span, operation.subject
        )
