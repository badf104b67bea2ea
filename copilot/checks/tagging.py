"""Is a field tagged, and does its tag go where its value goes? Who looks for personal data looks for the tag, topic by topic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copilot.checks.declared import record_after
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import field_of, parsed
from copilot.domain.operation import TagField
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.domain.tags import Carrier, carriers_of, tags_of
from copilot.domain.twins import twins_of
from copilot.ports import Case

UNTAGGED = "usage.tag-left-behind"


def is_tagged(operation: TagField, base: SchemaVersion, after: SchemaVersion) -> bool:
    """Tells whether the field has the tag in the new version."""
    record = record_after(operation, base, after)
    return operation.tag in tags_of(field_of(parsed(after.resolved), record, operation.field) or {})


def tag_findings(case: Case) -> Iterator[Finding]:
    """Yields the fields that carry the value on without the tag in the last state; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        if isinstance(operation, TagField) and case.states:
            for carrier in carriers_of(operation.subject, impact.path, case.base):
                for held in (carrier, *_in_twins(carrier, case.base)):
                    if not _has(operation.tag, held, case.states[-1]):
                        yield _left_behind(operation, held, impact.path)


def _in_twins(carrier: Carrier, base: PipelineMap) -> Iterator[Carrier]:
    """Yields the field in the other texts of its schema that stand as subjects of their own."""
    for twin in twins_of(base.subject(carrier.subject), base):
        if field_of(parsed(twin.latest.resolved), carrier.field.record, carrier.field.name):
            yield replace(carrier, subject=twin.name)


def _has(tag: str, carrier: Carrier, state: PipelineMap) -> bool:
    subject = next((it for it in state.subjects if it.name == carrier.subject), None)
    if subject is None:
        return False
    return tag in tags_of(field_of(parsed(subject.latest.resolved), carrier.field.record, carrier.field.name) or {})


def _left_behind(operation: TagField, carrier: Carrier, path: str) -> Finding:
    told = f"{carrier.job} hands on" if carrier.certainty == "certain" else f"{carrier.job} reads, and may hand on,"
    told = told if carrier.job else "The record itself may repeat"
    where = f"{carrier.field.path} of {carrier.subject}"
    text = f"{told} the value of {path}: {where} has it too, without the tag {operation.tag}."
    fix = f"Tag {carrier.field.name} in {carrier.subject} as {operation.tag}."
    span = carrier.span or carrier.field.span
    return Finding(UNTAGGED, "warning", text, span, carrier.subject, carrier.field.path, fix=fix)
