"""Which changes of columns do two versions of a schema stand for, to whoever loads their records into a table?

A field is a column by its path. Enums are text there, and a time's unit is not part of its column's type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.checks.sink_rules import ColumnChange
from copilot.domain.fieldtype import base_kind, full_name, is_nullable, logical_kind, named_types, parsed, without_null
from copilot.domain.schema import SchemaField, SchemaVersion

_CHANGES: Mapping[tuple[str, str], ColumnChange] = {
    ("int", "long"): "int to long",
    ("float", "double"): "float to double",
    ("int", "double"): "int to double",
    ("long", "double"): "long to double",
    ("int", "float"): "whole to float",
    ("long", "float"): "whole to float",
}
_TEXT = {"enum": "string", "uuid": "string"}


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """One change of the column at `path`, as the new schema calls it."""

    path: str
    change: ColumnChange


def column_changes(
    before: SchemaVersion, after: SchemaVersion, renames: Iterable[tuple[str, str]]
) -> tuple[Changed, ...]:
    """Returns what changes, sorted; `renames` are the pairs of paths that the request declares."""
    old = {field.path: field for field in before.fields}
    new = {field.path: field for field in after.fields}
    renamed = {was: now for was, now in renames if was in old and was not in new and now in new and now not in old}
    named = dict(named_types(parsed(before.resolved))), dict(named_types(parsed(after.resolved)))
    found = [Changed(now, "rename") for now in renamed.values()]
    for path, field in new.items():
        was = next((source for source, target in renamed.items() if target == path), path)
        if was in old:
            found += (
                Changed(path, change) for change in _retyped(_defined(old[was], named[0]), _defined(field, named[1]))
            )
        elif _parent(path) in ("", *old):
            found.append(Changed(path, "add nullable" if is_nullable(parsed(field.type)) else "add required"))
    for path, field in old.items():
        if path not in new and path not in renamed and _parent(path) in ("", *new):
            found.append(Changed(path, "drop nullable" if is_nullable(parsed(field.type)) else "drop required"))
    if _order(before, new) != _order(after, old):
        found.append(Changed("", "reorder"))
    return tuple(sorted(found))


def _defined(field: SchemaField, named: Mapping[str, Any]) -> Any:
    """Returns the field's type, what it names in place of a name: which of two fields defines a type is no matter of columns."""
    kind = parsed(field.type)
    name, space = base_kind(without_null(kind)), field.record.rpartition(".")[0]
    meant = named.get(full_name(name, space), named.get(name))
    if meant is None:
        return kind
    return ["null", meant] if is_nullable(kind) else meant


def _retyped(was: Any, now: Any) -> Iterator[ColumnChange]:
    if is_nullable(was) != is_nullable(now):
        yield "make optional" if is_nullable(now) else "make required"
    was, now = without_null(was), without_null(now)
    kinds = _column(was), _column(now)
    if kinds[0] != kinds[1]:
        yield _CHANGES.get(kinds, "another type")
    elif kinds[0] == "decimal" and was.get("scale", 0) != now.get("scale", 0):
        yield "another scale"
    elif kinds[0] == "decimal" and now.get("precision", 0) > was.get("precision", 0):
        # A column that is wider than its values takes them all, so fewer digits are no change.
        yield "more digits"


def _column(kind: Any) -> str:
    """Names the column's type; of what is inside a list or a map, the paths tell."""
    logical = logical_kind(kind)
    if logical.endswith(("-millis", "-micros", "-nanos")):
        return logical.rpartition("-")[0]
    base = base_kind(kind)
    return _TEXT.get(base, logical if logical in ("decimal", "date") else base)


def _order(version: SchemaVersion, others: Mapping[str, SchemaField]) -> list[str]:
    return [field.path for field in version.fields if field.path in others]


def _parent(path: str) -> str:
    return path.rpartition(".")[0].rstrip("[]{}")
