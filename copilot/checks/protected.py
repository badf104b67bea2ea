"""A value is masked, tokenised, encrypted or erased: who still needs it in clear, and where do clear values stay?

The type is the same, so no rule and no decoder notices: what counts is what code does with the value. Recorded values are counted,
and never shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.checks.lineage import phase_label
from copilot.checks.recorded import recorded_files, recorded_values
from copilot.domain.alternative import CodeEdit, Phase
from copilot.domain.evidence import Finding
from copilot.domain.keyed import keys_written
from copilot.domain.operation import ProtectField
from copilot.domain.pipeline import FieldUse, Impact
from copilot.domain.tags import carriers_of
from copilot.ports import Bench, Case

NEEDS_CLEAR, MAY_NEED, STAYS, CARRIED, KEYED, REPEATED, HISTORY = (
    "usage.clear-needed",
    "usage.clear-may-be-needed",
    "usage.clear-value-stays",
    "usage.clear-value-carried",
    "usage.key-turned",
    "usage.clear-value-repeated",
    "usage.clear-value-history",
)
_WORDS = {"compares": "compares", "computes": "computes with", "keys": "keys, joins or groups by"}


def is_protected(operation: ProtectField, impact: Impact, case: Case) -> bool:
    """Tells whether the last state writes the clear value nowhere that producers are known to write it."""
    own = [use for use in impact.uses if _is_clear_write(use, impact)]
    edits = case.alternative.phases[-1].edits if case.alternative.phases else ()
    turned = {(it.path, it.offset) for it in edits if isinstance(it, CodeEdit) and _turns(it)}
    return bool(own) and all((use.span.path, use.offset) in turned for use in own)


def turned_in_place(case: Case) -> int:
    """Returns how many operations give readers another text under the old name."""
    return sum(
        isinstance(operation, ProtectField) and (_keeps_name(impact, case) or any(_needed(operation, impact, case)))
        for operation, impact in zip(case.request.operations, case.impacts, strict=False)
        if case.patches
    )


def _keeps_name(impact: Impact, case: Case) -> bool:
    """Tells whether producers write what stands for the value under the name of the clear one."""
    own = {(use.span.path, use.offset) for use in impact.uses if _is_clear_write(use, impact)}
    edits = (edit for phase in case.alternative.phases for edit in phase.edits if isinstance(edit, CodeEdit))
    return any(it.action == "wrap_value" and (it.path, it.offset) in own for it in edits)


def protection_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields who needs the clear value, and where it stays; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        if isinstance(operation, ProtectField) and case.patches:
            yield from _needed(operation, impact, case)
            yield from _keyed(operation, impact, case)
            yield from _carried(operation, impact, case)
            yield from _stays(operation, impact, case, bench)
            yield from _unknown_readers(operation, impact, case)


def _turns(edit: CodeEdit) -> bool:
    return edit.action == "set_value" or (edit.action == "wrap_value" and "(" in edit.expression)


def _is_clear_write(use: FieldUse, impact: Impact) -> bool:
    writers = {link.job for link in impact.producers}
    return use.is_write and use.job in writers and not use.is_test and use.certainty != "possible"


def _needed(operation: ProtectField, impact: Impact, case: Case) -> Iterator[Finding]:
    """Readers that get another text under the old name, in the phase in which producers turn it."""
    turned = (
        at for at, phase in enumerate(case.alternative.phases) if _is_turned(phase, impact) or _leaves(at, impact, case)
    )
    number = next(turned, None)
    if number is None:
        return
    moved = {
        (it.path, it.offset)
        for it in case.alternative.phases[number].edits
        if isinstance(it, CodeEdit) and it.action.startswith(("read_", "rename_"))
    }
    readers = {link.job for link in impact.consumers}
    waits = bool(case.alternative.gates_before(number))
    label = phase_label(number, case.alternative.phases[number])
    seen: set[tuple[str, int]] = set()
    for use in impact.uses:
        place = (use.span.path, use.offset)
        is_read = use.job in readers and not use.is_test and not _is_clear_write(use, impact)
        if not is_read or place in moved | seen or use.certainty == "possible":
            continue
        seen.add(place)
        verb = _WORDS.get(use.mode, "reads")
        text = f"{use.job} {verb} {use.path}, and gets another text under that name from {label} on."
        hangs = not waits
        fix = f"Move {use.span} to a field of its own first, or make it ready before producers change."
        rule = NEEDS_CLEAR if hangs else MAY_NEED
        yield Finding(rule, "error" if hangs else "warning", text, use.span, operation.subject, use.path, number, fix)


def _keyed(operation: ProtectField, impact: Impact, case: Case) -> Iterator[Finding]:
    """The value is the key of a topic: then the key is a clear value too, and turns with it."""
    topics = sorted({link.endpoint.name for link in impact.producers if link.endpoint.name})
    for topic in topics:
        for use in keys_written(topic, case.base):
            if use.path != impact.path or not _is_written(topic, case):
                continue
            label = phase_label(len(case.alternative.phases) - 1, case.alternative.phases[-1])
            if operation.how == "tokenise":
                text = f"{topic} is keyed by {use.path}: by its token after {label}, so records of one {use.path} from before and"
                text += " after lie in two partitions, and compaction keeps both."
                fix = f'Cut over on a new topic: "key {topic} by" the new field, once it is there.'
                yield Finding(KEYED, "warning", text, use.span, operation.subject, use.path, fix=fix)
            else:
                text = f"{topic} is keyed by {use.path}, which has no order and no partition of its own any more after {label}."
                fix = f'Key {topic} by another field first ("key {topic} by ..."), or tokenise: equal values keep equal tokens.'
                yield Finding(KEYED, "error", text, use.span, operation.subject, use.path, fix=fix)


def _leaves(phase: int, impact: Impact, case: Case) -> bool:
    """Tells whether a reader is on a topic that the alternative brings, where the values lie in their other form already."""
    known = {it.endpoint.name for it in case.base.links}
    readers = {it.job for it in impact.consumers}
    links = case.states[phase].links if phase < len(case.states) else ()
    return any(it.direction == "consumes" and it.job in readers and it.endpoint.name not in known for it in links)


def _is_written(topic: str, case: Case) -> bool:
    """Tells whether somebody still writes the topic in the end; who went to another one leaves its keys as they are."""
    last = case.states[-1] if case.states else case.base
    return any(it.direction == "produces" and it.endpoint.name == topic for it in last.links)


def _is_turned(phase: Phase, impact: Impact) -> bool:
    own = {(use.span.path, use.offset) for use in impact.uses if _is_clear_write(use, impact)}
    return any(isinstance(it, CodeEdit) and _turns(it) and (it.path, it.offset) in own for it in phase.edits)


def _unknown_readers(operation: ProtectField, impact: Impact, case: Case) -> Iterator[Finding]:
    topics = ", ".join(sorted({str(link.endpoint) for link in impact.producers})) or "wherever they lie"
    text = f"Records from before stay in clear: on {topics}, in stores, dead letters, logs and backups of whoever read them."
    yield Finding(HISTORY, "note", text, None, operation.subject, impact.path)
    if not impact.consumers:
        who = "gets another text under the same name" if _keeps_name(impact, case) else "finds nothing in the end"
        text = f"Nobody was found here that reads {impact.path}: whoever does {who}."
        yield Finding(MAY_NEED, "warning", text, None, operation.subject, impact.path, fix="Ask who reads the topic.")


def _carried(operation: ProtectField, impact: Impact, case: Case) -> Iterator[Finding]:
    for it in carriers_of(operation.subject, impact.path, case.base):
        if not it.job:
            text = f"The record itself may repeat the value of {impact.path} in {it.field.path}, which stays in clear."
            fix = f"Ask for {it.field.path} too, or see that it holds something else."
            yield Finding(REPEATED, "warning", text, it.field.span, it.subject, it.field.path, fix=fix)
            continue
        text = f"{it.job} hands the value on to {it.field.path} of {it.subject} ({it.certainty}): there it lies in clear so far."
        yield Finding(CARRIED, "note", text, it.span or it.field.span, it.subject, it.field.path)


def _stays(operation: ProtectField, impact: Impact, case: Case, bench: Bench) -> Iterator[Finding]:
    subject = case.base.subject(operation.subject)
    for file, records in recorded_files(subject, case.base, bench):
        count = sum(1 for record in records for _ in recorded_values(record, impact.path))
        if count:
            text = (
                f"{file.path} holds {count} clear values of {impact.path}, and the history of this repository does too."
            )
            fix = "Make these records anew with made-up values; if they are real, rewrite the history and tell whose they are."
            yield Finding(STAYS, "warning", text, file, operation.subject, impact.path, fix=fix)
    tests: dict[str, list[FieldUse]] = {}
    for use in impact.uses:
        if use.is_test and use.mode == "writes":
            tests.setdefault(use.span.path, []).append(use)
    for own in tests.values():
        text = f"Tests write {impact.path} at {len(own)} places of this file: see that no value is a real one."
        yield Finding(STAYS, "note", text, own[0].span, operation.subject, impact.path)
