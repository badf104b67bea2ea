"""After each phase: does code say names that no schema has, or write one value into two fields of different kinds?

Where records surely come from a decoder, the map tells of reads of unknown names; only those that the base doesn't have count.
Of an edit that brings a name into code, the name must stand in some schema of the state: another one is never read, or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.alternative import CodeEdit
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import is_another_kind
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.source import Span
from copilot.ports import Case

UNKNOWN_NAME = "contract.unknown-name"
SAME_VALUE = "contract.same-value-of-another-kind"


def misnamed(case: Case, changed: tuple[Lineage, ...]) -> Iterator[Finding]:
    """Yields what code says since the change that no schema knows, and values that are written unconverted."""
    known = {_read(use) for use in case.base.unknown_reads}
    uses = {(use.span.path, use.offset): use for use in case.base.uses}
    for phase, state in enumerate(case.states):
        told: set[Span] = set()
        for use in state.unknown_reads:
            if _read(use) not in known and use.span not in told:
                told.add(use.span)
                yield _unknown(use, use.path, use.span, phase, case, "reads")
        names = _names(state)
        for edit in case.alternative.phases[phase].edits:
            if not isinstance(edit, CodeEdit) or not edit.to:
                continue
            base_use = uses.get((edit.path, edit.offset))
            if base_use is not None and edit.to not in names and base_use.span not in told:
                yield _unknown(base_use, edit.to, base_use.span, phase, case, "says")
            elif base_use is not None and edit.action in ("add_key", "add_converted"):
                yield from _unconverted(edit, base_use, phase, case, changed)


def _read(use: FieldUse) -> tuple[str, str, str]:
    return use.job, use.span.path, use.path


def _names(state: PipelineMap) -> set[str]:
    versions = (version for subject in state.subjects for version in (subject.latest, *subject.copy_versions))
    return {field.name for version in versions for field in version.fields}


def _unknown(use: FieldUse, name: str, span: Span, phase: int, case: Case, verb: str) -> Finding:
    label = phase_label(phase, case.alternative.phases[phase])
    text = f'{use.job} {verb} "{name}" after {label}, which no version of {use.subject} has.'
    return Finding(
        UNKNOWN_NAME,
        "error",
        text,
        span,
        use.subject,
        name,
        phase,
        "Say the name as the schema has it, or add it there.",
    )


def _unconverted(
    edit: CodeEdit, use: FieldUse, phase: int, case: Case, changed: tuple[Lineage, ...]
) -> Iterator[Finding]:
    """A second field gets the very value of the first, and takes another kind of value."""
    lineage = next((it for it in changed if it.name == use.subject), None)
    after = lineage.after[phase] if lineage else None
    if lineage is None or lineage.base is None or after is None or edit.expression not in ("", "{}"):
        return
    old = next((it for it in lineage.base.latest.fields if it.path == use.path), None)
    new = next((it for it in after.fields if it.record == (old.record if old else "") and it.name == edit.to), None)
    if old is not None and new is not None and is_another_kind(old.type, new.type):
        label = phase_label(phase, case.alternative.phases[phase])
        text = f"{use.job} writes the value of {use.path} into {new.path} as it is after {label}, which takes another kind."
        yield Finding(SAME_VALUE, "error", text, use.span, use.subject, new.path, phase, f"Convert it to {new.type}.")
