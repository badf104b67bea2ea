"""Does what is replaced stay in use as long as the person wished, and is the way one that they want? Asked where a request says so.

The states after each phase are looked at: an old topic, field, type, symbol or record that is gone with the first deploy was not
kept; one that goes later was kept as long as the phase before has to last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from copilot.checks.evidence import make_evidence
from copilot.domain import fieldtype
from copilot.domain.evidence import Evidence, Finding, Measure
from copilot.domain.operation import (
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    FlattenField,
    MakeArray,
    MergeFields,
    MergeTopics,
    NestFields,
    Operation,
    RekeyTopic,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    RenameTopic,
    SplitField,
    SplitTopic,
    old_names,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField
from copilot.domain.wishes import Avoids, KeepsOld, is_called
from copilot.ports import Bench, Case

Old = tuple[str, Callable[[PipelineMap], object]]
"""A thing that an operation replaces, in words, and what a map holds of it: something else, or nothing, once it is gone."""
_FIELDS = (
    RemoveField,
    RenameField,
    ChangeUnit,
    ChangeMeaning,
    SplitField,
    MergeFields,
    NestFields,
    FlattenField,
    MakeArray,
)


class WishesCheck:
    """Looks for what is replaced in the state after each phase."""

    name = "wishes"
    version = 2

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; "change nothing", and changes that replace nothing, keep whatever is there."""
        wished = max((it.days for it in case.request.wishes if isinstance(it, KeepsOld)), default=0.0)
        olds = [old for operation in case.request.operations for old in _olds(operation)] if wished else []
        findings = [*_unwanted(case), *(_finding(case, old, wished) for old in dict.fromkeys(olds))]
        if not findings or not case.states:
            return make_evidence(self.name, self.version, case, verdict="not-applicable")
        severities = {it.severity for it in findings}
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict="fail" if "error" in severities else "unknown" if "warning" in severities else "pass",
            measures=(Measure("days_wished", wished, "days"),) if wished else (),
            findings=findings,
            inputs=[("wishes", "; ".join(it.words for it in case.request.wishes))],
        )


def _unwanted(case: Case) -> Iterator[Finding]:
    for wish in case.request.wishes:
        if isinstance(wish, Avoids) and is_called(wish.strategy, case.alternative.names):
            yield Finding("wishes.not-wanted", "error", f'"{wish.words}" rules it out.')


def _finding(case: Case, old: Old, wished: float) -> Finding:
    words, held = old
    before = held(case.base)
    gone = next((phase for phase, state in enumerate(case.states) if held(state) != before), None)
    if gone is None and any(step.manual for phase in case.alternative.phases for step in phase.steps):
        message = f"{words} stays in the patches, and people take it away by hand: when they do can't be seen here."
        return Finding("wishes.by-hand", "warning", message, fix=f"Have them wait {wished:g} days.")
    if gone is None:
        return Finding("wishes.stays", "note", f"{words} stays after the last phase, too.")
    if gone == 0 and case.alternative.waited is None:
        fix = "Choose a way that has both for a while."
        message = f"{words} is gone with the first deploy, and was to stay for {wished:g} days."
        return Finding("wishes.not-kept", "error", message, fix=fix)
    if gone == 0:
        return Finding(
            "wishes.waited", "note", f"{words} goes now: the phases before have landed, and their gate was waited for."
        )
    box = case.alternative.phases[gone - 1].time_box
    least = box.least_days if box else 0.0
    if least < wished:
        message = f"{words} goes with phase {gone + 1}, which may begin before {wished:g} days have passed."
        return Finding("wishes.too-early", "error", message, phase=gone)
    message = (
        f"{words} goes with phase {gone + 1}, which may not begin before the phase before it has lasted {least:g} days."
    )
    return Finding("wishes.kept", "note", message, phase=gone)


def _olds(operation: Operation) -> Iterator[Old]:
    match operation:
        case RenameTopic(topic=topic) | RekeyTopic(topic=topic) | SplitTopic(topic=topic):
            yield _topic(topic)
        case MergeTopics():
            yield from map(_topic, operation.merged)
        case RenameRecord(subject=subject):
            yield f"the name of {operation.record}", lambda state: _root(state, subject)
        case ChangeType() | RemoveSymbol() | RenameSymbol():
            subject, record, name = operation.subject, operation.record, operation.field
            symbol = "" if isinstance(operation, ChangeType) else operation.symbol
            what = f"symbol {symbol} of {name}" if symbol else f"the type of {name}"
            yield what, lambda state: _kind(_field(state, subject, record, name), symbol)
        case _ if isinstance(operation, _FIELDS):
            for name in old_names(operation):
                yield f"field {name} of {operation.subject}", _has(operation.subject, operation.record, name)


def _topic(name: str) -> Old:
    return f"topic {name}", lambda state: any(it.endpoint.name == name for it in state.links)


def _has(subject: str, record: str, name: str) -> Callable[[PipelineMap], object]:
    return lambda state: _field(state, subject, record, name) is not None


def _field(state: PipelineMap, subject: str, record: str, name: str) -> SchemaField | None:
    found = next((it for it in state.subjects if it.name == subject), None)
    if found is None:
        return None
    root = found.latest.name
    return next((it for it in found.latest.fields if it.name == name and it.record == (record or root)), None)


def _kind(field: SchemaField | None, symbol: str) -> object:
    if field is None or not symbol:
        return field.type if field else None
    enum = fieldtype.enum_of(fieldtype.parsed(field.type))
    return enum is not None and symbol in enum["symbols"]


def _root(state: PipelineMap, subject: str) -> str:
    return next((it.latest.name for it in state.subjects if it.name == subject), "")
