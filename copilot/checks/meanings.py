"""What changes in meaning that two versions of a schema don't show: a name that comes back, a unit in a rename, the bytes of a key.

Two versions by themselves are the format's to judge (`meaning_changes`). Here the history, the request and the place of the subject
are asked too. It is told as warnings, each with the place that shows it; only a unit that changes between two phases of the plan
itself is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.checks.chains import READDED, READDED_FIX, came_back, told_of_types
from copilot.checks.declared import named_operations, paths_of
from copilot.checks.lineage import Lineage
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import logical_kind, parsed, without_null
from copilot.domain.operation import RenameField
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.units import name_unit_changes
from copilot.ports import Case

UNIT_RENAMED, KEY_BYTES = "meaning.rename-changes-unit", "meaning.key-bytes-change"
UNIT_BETWEEN = "meaning.unit-between-phases"
# How registries and Debezium call the schema of a record's key.
_KEY_NAME = re.compile(r"(?:^|[-_./])key$|[a-z]Key$")


def wider_meanings(lineage: Lineage, case: Case) -> Iterator[Finding]:
    """Yields what a subject's history, the request and its place say about the meaning of a change."""
    for phase, after in enumerate(lineage.after):
        before = lineage.previous(phase)
        if after is None or not lineage.changes_in(phase):
            continue
        yield from _readded(lineage, before, after, phase)
        yield from _units_between(lineage, before, after, phase)
        if before is not None and _KEY_NAME.search(lineage.name.partition(":")[2] or lineage.name):
            yield from _key_bytes(lineage, before, after, phase)
    yield from _units_renamed(lineage, case)


def _readded(lineage: Lineage, before: SchemaVersion | None, after: SchemaVersion, phase: int) -> Iterator[Finding]:
    """A field that some earlier version had, the one before has not, and that comes back: old records have a value for it."""
    here = {field.path for field in before.fields} if before else set()
    for field in after.fields:
        if field.path in here:
            continue
        found = came_back(field, lineage.history)
        if found is not None:
            yield _comes_back(field, found[1], lineage.history[found[0]], lineage, phase)


def _units_between(
    lineage: Lineage, before: SchemaVersion | None, after: SchemaVersion, phase: int
) -> Iterator[Finding]:
    """A field that the plan itself brings, and that says another unit one phase later: its numbers are read as other moments."""
    base = {field.path for field in lineage.base.latest.fields} if lineage.base else set()
    was = {field.path: _unit(field) for field in (before.fields if before else ())}
    for field in after.fields:
        old, new = was.get(field.path, ""), _unit(field)
        if field.path not in base and old and new and old != new:
            text = f'"{field.path}" is {old} in the phase before and {new} from here on: what was written then is off by a factor.'
            fix = "Give the field one unit from the phase that brings it."
            yield Finding(UNIT_BETWEEN, "error", text, field.span, lineage.name, field.path, phase, fix)


def _unit(field: SchemaField) -> str:
    """Returns the logical type of a field, which says the unit of its number; "" where it has none."""
    return logical_kind(without_null(parsed(field.type))) if "logicalType" in field.type else ""


def _comes_back(field: SchemaField, was: SchemaField, version: SchemaVersion, lineage: Lineage, phase: int) -> Finding:
    text = f'"{field.path}" comes back: version {version.number} had it ({was.span}), {told_of_types(was, field)}'
    return Finding(READDED, "warning", text, field.span, lineage.name, field.path, phase, READDED_FIX)


def _units_renamed(lineage: Lineage, case: Case) -> Iterator[Finding]:
    base = lineage.base.latest if lineage.base else None
    for operation in named_operations(case):
        if not isinstance(operation, RenameField):
            continue
        for path in paths_of(operation, lineage.name, base):
            for dimension, old, new in name_unit_changes(operation.field, operation.to):
                text = f'"{path}" is to become "{operation.to}", which says {new} where the old name says {old} ({dimension}): '
                text += "a rename, an alias and a copy take the value as it is, so it is off by a factor."
                fix = "Convert the value where it is written, as a change of its own, or keep the unit in the name."
                yield Finding(UNIT_RENAMED, "warning", text, None, lineage.name, path, fix=fix)


def _key_bytes(lineage: Lineage, before: SchemaVersion, after: SchemaVersion, phase: int) -> Iterator[Finding]:
    """Fields of a key schema that come, go, move, or change their type: equal keys are then written as other bytes."""
    was, now = [(it.path, it.type) for it in before.fields], [(it.path, it.type) for it in after.fields]
    if was == now:
        return
    changed = sorted({path for path, _ in {*was} ^ {*now}})
    told = ", ".join(changed) if changed else "the order of its fields"
    text = f"{lineage.name} is the schema of a key, and changes in {told}: equal keys get other bytes, "
    text += "so compaction, partitions and joins take them for different ones."
    fix = "Take a new topic with a job that moves the records, cut over at a recorded offset."
    yield Finding(KEY_BYTES, "warning", text, after.source.span, lineage.name, "", phase, fix)
