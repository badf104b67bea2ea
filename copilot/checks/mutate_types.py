"""Mutations of the types that schema edits write: unions, sizes, units and scales."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from copilot.domain.alternative import Edit, SchemaEdit
from copilot.domain.fieldtype import is_nullable, logical_kind, without_null
from copilot.ports import Case

_NARROWER = {"long": "int", "double": "float", "float": "int", "int": "boolean", "string": "bytes"}
_OTHER_LOGICAL = {
    "timestamp-millis": "timestamp-micros",
    "timestamp-micros": "timestamp-millis",
    "local-timestamp-millis": "local-timestamp-micros",
    "local-timestamp-micros": "local-timestamp-millis",
    "time-millis": "time-micros",
    "time-micros": "timestamp-micros",
    "date": "time-millis",
}


def null_order_swapped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The union the other way round, so that its default no longer fits its first branch."""
    yield from _at_types(edit, lambda kind: kind[::-1] if isinstance(kind, list) and is_nullable(kind) else kind)


def null_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The type without null, and without a default of null."""
    yield from _at_types(edit, lambda kind: without_null(kind) if isinstance(kind, list) else kind, drops_null=True)


def type_narrower(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The type one size smaller."""
    yield from _at_types(edit, _in_branches(lambda kind: _NARROWER.get(kind, kind) if isinstance(kind, str) else kind))


def logical_type_changed(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Another unit for the same number."""

    def other(kind: Any) -> Any:
        logical = logical_kind(kind)
        return kind | {"logicalType": _OTHER_LOGICAL[logical]} if logical in _OTHER_LOGICAL else kind

    yield from _at_types(edit, _in_branches(other))


def decimal_scale_changed(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """One digit more behind the point."""

    def other(kind: Any) -> Any:
        is_decimal = isinstance(kind, dict) and logical_kind(kind) == "decimal"
        return kind | {"scale": kind.get("scale", 0) + 1} if is_decimal else kind

    yield from _at_types(edit, _in_branches(other))


def _in_branches(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Returns the change made in each branch of a union, or of the type itself."""
    return lambda kind: [change(branch) for branch in kind] if isinstance(kind, list) else change(kind)


def _at_types(edit: Edit, change: Callable[[Any], Any], *, drops_null: bool = False) -> Iterator[Edit]:
    """Yields the edit with its type changed; nothing where the change leaves the type as it is."""
    if not isinstance(edit, SchemaEdit) or edit.action not in ("set_type", "add_field"):
        return
    written = json.loads(edit.value)
    kind = written["type"] if edit.action == "add_field" else written
    changed = change(kind)
    if changed == kind:
        return
    if edit.action == "set_type":
        yield _with(edit, changed)
        return
    kept = {key: value for key, value in written.items() if not (drops_null and key == "default" and value is None)}
    yield _with(edit, kept | {"type": changed})


def _with(edit: SchemaEdit, value: Any) -> SchemaEdit:
    return replace(edit, value=json.dumps(value))
