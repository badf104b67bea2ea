"""Is an operation on a type, a topic, an order, a doc or a level carried out in a state?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copilot.checks.declared import record_after
from copilot.checks.keys import is_keyed
from copilot.checks.merges import is_merged
from copilot.checks.rules import is_stated
from copilot.checks.splits import is_split
from copilot.checks.tagging import is_tagged
from copilot.domain.fieldtype import enum_of, field_of, named_types, parsed, record_of
from copilot.domain.operation import (
    ChangeDoc,
    ChangeLevel,
    ConstrainField,
    MergeTopics,
    Operation,
    RekeyTopic,
    RenameRecord,
    RenameTopic,
    ReorderFields,
    ReorderSymbols,
    SplitTopic,
    TagField,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaVersion


def is_done_around(operation: Operation, base: PipelineMap, states: Sequence[PipelineMap]) -> bool:
    """Tells whether a topic has its new name for everybody, or a subject its new level; a looser one also has to end."""
    if not states:
        return False
    state = states[-1]
    if isinstance(operation, RenameTopic):
        names = {link.endpoint.name for link in state.links if link.endpoint.kind == "topic"}
        return operation.topic not in names and operation.to in names
    if isinstance(operation, RekeyTopic):
        return is_keyed(operation, state)
    if isinstance(operation, MergeTopics):
        return is_merged(operation, state)
    if isinstance(operation, SplitTopic):
        return is_split(operation, state)
    assert isinstance(operation, ChangeLevel)
    levels = [it.compatibility for one in (base, *states) for it in one.subjects if it.name == operation.subject]
    if operation.until:
        # Where the way back is all that is left, the base is the state that was loosened.
        return operation.level in levels and levels[-1] != operation.level
    return bool(levels) and levels[-1] == operation.level


def is_done_in_text(operation: Operation, base: SchemaVersion, after: SchemaVersion) -> bool | None:
    """Tells whether the schema has what was asked; None for operations that `extent` answers field by field."""
    schema = parsed(after.resolved)
    record = record_after(operation, base, after)
    match operation:
        case RenameRecord():
            names = {full for full, _ in named_types(schema)}
            return operation.to in names and (operation.record or base.name) not in names
        case ReorderFields():
            now = [str(field.get("name")) for field in (record_of(schema, record) or {}).get("fields", ())]
            # Fields that another operation of the request brings or takes stand where they stand.
            known = [name for name in now if name in operation.fields]
            return known == [name for name in operation.fields if name in now]
        case ReorderSymbols():
            return _symbols(schema, record, operation.field) == list(operation.symbols)
        case TagField():
            return is_tagged(operation, base, after)
        case ConstrainField():
            return is_stated(operation, base, after)
        case ChangeDoc(field=""):
            return (record_of(schema, record) or {}).get("doc") == operation.doc
    return None


def _symbols(schema: Any, record: str, field: str) -> list[Any]:
    return list((enum_of((field_of(schema, record, field) or {}).get("type")) or {}).get("symbols", ()))
