"""Another compatibility level: which versions violate a tighter one already, and what does a looser one let through?

A tighter level is judged on the whole history, as a registry would judge the next version: what stands between the newest version
and those that the level looks at is an error, what stands among older ones a warning, as is all that a gate before has waited for
to be gone. A looser one is told by the readers that it
leaves without a guard.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.evidence import Finding, Severity
from copilot.domain.levels import Direction, Level, demanded
from copilot.domain.operation import ChangeLevel
from copilot.domain.schema import SchemaSubject
from copilot.ports import Bench, Case, SchemaFormat

VIOLATED = "compatibility.level-violated"
LET_THROUGH = "compatibility.level-lets-through"
NOT_ASKED = "compatibility.level-not-asked"
_LET_GO = (
    "Choose a level without _TRANSITIVE, or let the old version go from the registry once no record of it is left."
)
_ASKS: dict[Direction, str] = {
    "backward": "that a new reader can read what was written before",
    "forward": "that readers of before can read what is written anew",
}
_EXAMPLES: dict[Direction, str] = {
    "backward": "a required field that is added",
    "forward": "a field without default that is removed",
}


def level_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what speaks about each new level that an alternative sets; nothing for alternatives that change nothing."""
    yield from _unasked(case)
    for operation in case.request.operations if case.patches else ():
        if isinstance(operation, ChangeLevel):
            subject = case.base.subject(operation.subject)
            schema_format = bench.formats.get(subject.format)
            levels = [_level_in(operation.subject, case, number) for number in range(len(case.states))]
            for number, level in enumerate(levels):
                before = levels[number - 1] if number else subject.compatibility
                if level is not None and level != before and schema_format is not None:
                    is_waited = any(gate.outlasts_retention for gate in case.alternative.gates_before(number))
                    yield from _violated(subject, level, number, schema_format, is_waited)
                    yield from _let_through(subject, before or level, level, number, case)


def _unasked(case: Case) -> Iterator[Finding]:
    """Other subjects that get another level, where a row of the settings that is changed is not about them already."""
    asked = {it.subject for it in case.request.operations if isinstance(it, ChangeLevel)}
    rows = {it.level_source for it in case.base.subjects if it.name in asked}
    before = {it.name: it for it in case.base.subjects}
    for number, state in enumerate(case.states if asked else ()):
        for subject in state.subjects:
            known = before.get(subject.name)
            if known is None or subject.name in asked or known.compatibility == subject.compatibility:
                continue
            severity: Severity = "warning" if known.level_source in rows else "error"
            text = f"{subject.name} keeps {subject.compatibility} then instead of {known.compatibility}, which nobody asked for."
            yield Finding(
                NOT_ASKED, severity, text, None, subject.name, phase=number, fix="Set the level of one subject."
            )


def _level_in(name: str, case: Case, number: int) -> Level | None:
    return next((it.compatibility for it in case.states[number].subjects if it.name == name), None)


def _violated(
    subject: SchemaSubject, level: Level, phase: int, schema_format: SchemaFormat, is_waited: bool
) -> Iterator[Finding]:
    asked = demanded(level)
    is_transitive = any(age == "older" for _, age in asked)
    versions = subject.versions
    for newer in range(len(versions) - 1, 0, -1):
        is_newest = newer == len(versions) - 1
        severity: Severity = "error" if is_newest and not is_waited else "warning"
        for older in range(newer - 1, -1 if is_transitive else newer - 2, -1):
            for direction in sorted({it for it, _ in asked}):
                pair = versions[older], versions[newer]
                reader, writer = reversed(pair) if direction == "backward" else pair
                for reason in schema_format.incompatibilities(reader, writer)[:1]:
                    who = f"version {reader.number} can't read data of version {writer.number}"
                    text = f"{level} is violated already: {who}: {reason.message}"
                    span = versions[newer].source.span
                    yield Finding(VIOLATED, severity, text, span, subject.name, reason.path, phase, _LET_GO)


def _let_through(subject: SchemaSubject, before: Level, level: Level, phase: int, case: Case) -> Iterator[Finding]:
    gone = sorted({it for it, _ in demanded(before)} - {it for it, _ in demanded(level)})
    for direction in gone:
        text = f"From then on nothing asks {_ASKS[direction]}: {_EXAMPLES[direction]} goes through."
        yield Finding(LET_THROUGH, "warning", text, None, subject.name, phase=phase)
    if not gone and demanded(level) < demanded(before):
        text = "From then on only the version before is looked at: what breaks with an older one goes through."
        yield Finding(LET_THROUGH, "warning", text, None, subject.name, phase=phase)
    if demanded(level) < demanded(before):
        links = case.base.links_of(subject.name, "consumes")
        for link in {link.job: link for link in reversed(links)}.values():
            text = f"{link.job} reads {subject.name}, and {before} is what guards it today."
            yield Finding(
                LET_THROUGH, "warning", text, link.proof[0] if link.proof else None, subject.name, phase=phase
            )
