"""A topic gets another name: does every reader meet what is written, in each state and on the way from one to the next?

Judged on the maps of the states: who writes and who reads which of the two names, and which job copies one to the other. What a
reader has not read of the old topic when it moves is lost, unless the new one holds it too or the producers stand still until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.checks.lineage import phase_label
from copilot.domain.evidence import Finding
from copilot.domain.operation import RekeyTopic, TopicChange
from copilot.domain.pipeline import Direction, Endpoint, PipelineMap
from copilot.domain.source import Span
from copilot.ports import Case

LEFT = "usage.topic-left"
BY_HAND = "usage.topic-by-hand"
UNKNOWN = "usage.topic-unknown"
HISTORY = "usage.topic-history"
NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Ends:
    """Who is on the two topics in one state, with the place of each."""

    old_writers: dict[str, Span | None]
    old_readers: dict[str, Span | None]
    new_writers: dict[str, Span | None]
    new_readers: dict[str, Span | None]

    @classmethod
    def of(cls, operation: TopicChange, state: PipelineMap) -> _Ends:
        def on(topic: str, direction: Direction) -> dict[str, Span | None]:
            links = [it for it in state.links if it.endpoint == Endpoint("topic", topic) and it.direction == direction]
            return {it.job: it.proof[0] if it.proof else None for it in links}

        return cls(
            on(operation.topic, "produces"),
            on(operation.topic, "consumes"),
            on(operation.to, "produces"),
            on(operation.to, "consumes"),
        )

    @property
    def bridges(self) -> set[str]:
        return set(self.old_readers) & set(self.new_writers)


def topic_findings(case: Case) -> Iterator[Finding]:
    """Yields what is lost or left where topics get other names; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        if isinstance(operation, TopicChange) and case.patches and not _stays(operation, case):
            before = _Ends.of(operation, case.base)
            for number, state in enumerate(case.states):
                now = _Ends.of(operation, state)
                yield from _phase(operation, case, number, before, now)
                yield from _not_deployed(case, number, before, now)
                before = now
            text = (
                f"Records of {operation.topic} stay under that name, and the offsets of its consumer groups don't follow to"
                f" {operation.to}."
            )
            yield Finding(HISTORY, "note", text, None, operation.subject)
            yield from _not_moved(operation, case, before)
            yield from _names_left(operation, case, [it.span for it in impact.mentions])
            if not impact.producers or not impact.consumers:
                side = "writes" if not impact.producers else "reads"
                text = f"No job that {side} {operation.topic} was found here: whoever does stays on the old name."
                yield Finding(UNKNOWN, "warning", text, None, operation.subject)


def stopped_at_once(case: Case) -> int:
    """Returns how many jobs have to stand still at the same time: those of the steps that cut over."""
    steps = [step for phase in case.alternative.phases for step in phase.steps if step.kind == "cutover"]
    return len({job for step in steps for job in step.jobs})


def _stays(operation: TopicChange, case: Case) -> bool:
    """Tells whether the alternative goes another way, on which all stay on the old topic."""
    names = {link.endpoint.name for link in case.states[-1].links} if case.states else set()
    return isinstance(operation, RekeyTopic) and operation.to not in names


def _phase(operation: TopicChange, case: Case, number: int, before: _Ends, now: _Ends) -> Iterator[Finding]:
    old, new = operation.topic, operation.to
    label = phase_label(number, case.alternative.phases[number])
    is_cut_over = any(step.kind == "cutover" for step in case.alternative.phases[number].steps)
    yield from _strayed(operation, case, number, before)
    moved = sorted(set(now.new_readers) - set(before.new_readers) - now.bridges)
    by_hand = is_written_by_hand(operation, case, number)
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
            yield Finding(BY_HAND, "warning", text, span, operation.subject, phase=number)
    if now.old_readers and not now.old_writers and before.old_writers:
        for job in sorted(set(now.old_readers) - now.bridges):
            text = f"{job} still reads {old} after {label}, which nobody writes any more."
            yield _lost(text, now.old_readers[job], number, f"Move {job} to {new} in this phase or before it.")


def _not_deployed(case: Case, number: int, before: _Ends, now: _Ends) -> Iterator[Finding]:
    """Yields the jobs that are told another name in this phase, and that no step of it deploys: they go on with the old one."""
    phase = case.alternative.phases[number]
    deployed = {job for step in phase.steps for job in step.jobs}
    moved = {**_came(before.new_writers, now.new_writers), **_came(before.new_readers, now.new_readers)}
    for job, span in sorted(moved.items(), key=lambda it: it[0]):
        known = any(it.name == job for it in case.base.jobs)
        if phase.steps and known and job not in deployed and not case.base.is_foreign(job):
            text = f"No step of {phase_label(number, phase)} deploys {job}, though it is told another name there."
            yield _lost(text, span, number, "Name it in a step.")


def _came(before: dict[str, Span | None], now: dict[str, Span | None]) -> dict[str, Span | None]:
    return {job: span for job, span in now.items() if job not in before}


def _not_moved(operation: TopicChange, case: Case, last: _Ends) -> Iterator[Finding]:
    """Who is on the old name after the last phase as far as reading can tell: people move them, and nothing here shows when."""
    for job, span in sorted({**last.old_writers, **last.old_readers}.items()):
        text = f"{job} is still on {operation.topic} after the last phase, as far as reading can tell: people move it."
        yield Finding(BY_HAND, "warning", text, span, operation.subject, phase=len(case.states) - 1)


def _strayed(operation: TopicChange, case: Case, number: int, before: _Ends) -> Iterator[Finding]:
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
            is_asked = name in ("", operation.topic, operation.to) or (link.job, direction, name) in known
            if link.job in jobs and link.direction == direction and not is_asked:
                verb = "reads" if direction == "consumes" else "writes"
                text = f"{link.job} {verb} {name} after {label}, where {operation.to} was asked for."
                yield _lost(text, link.proof[0] if link.proof else None, number, f"Name {operation.to} there.")


def _lost(text: str, span: Span | None, phase: int, fix: str = "") -> Finding:
    return Finding(LEFT, "error", text, span, phase=phase, fix=fix)


def is_written_by_hand(operation: TopicChange, case: Case, number: int) -> bool:
    """Tells whether people are asked, in this phase or before it, to let producers publish to the new topic as well.

    Strategies say so in the words of their steps: "publish every record to NAME as well".
    """
    steps = [step for phase in case.alternative.phases[: number + 1] for step in phase.steps]
    return any(f"to {operation.to} as well" in text for step in steps for text in step.manual)


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
