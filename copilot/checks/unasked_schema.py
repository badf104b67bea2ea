"""What of a schema changes though no edit says so: another field, another property of a field, another type?

Compared as JSON, since an edit answers for a place in the schema and not for lines of its text. Where a type gets another name, all
that refers to it changes with it, and nothing is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from copilot.domain.alternative import SchemaAction, SchemaEdit
from copilot.domain.fieldtype import by_reference, named_types

_PROPERTIES: dict[SchemaAction, str] = {
    "set_type": "type",
    "add_symbol": "type",
    "remove_symbol": "type",
    "rename_symbol": "type",
    "reorder_symbols": "type",
    "set_enum_property": "type",
    "rename_field": "name",
}
_IN_ENUMS: tuple[SchemaAction, ...] = (
    "add_symbol",
    "remove_symbol",
    "rename_symbol",
    "reorder_symbols",
    "set_enum_property",
    "set_type",
)


def unasked_parts(edits: Sequence[SchemaEdit], before: str, after: str) -> Iterator[str]:
    """Yields what of a schema text changes and no edit is about: "amount of shop.Order", "doc of amount", "type shop.Money".

    Nothing where a text is no JSON: whether it may be is for the check of syntax.
    """
    if any(it.action == "rename_type" for it in edits):
        return
    try:
        old, new = json.loads(before), json.loads(after)
        types = dict(named_types(old)), dict(named_types(new))
    except (ValueError, RecursionError):
        return
    moves_types = any(it.action in ("add_field", "remove_field", "set_type") for it in edits)
    for name in dict.fromkeys((*types[0], *types[1])):
        one, other = types[0].get(name), types[1].get(name)
        if one is None or other is None:
            if not moves_types:
                yield f"type {name}"
        elif one != other:
            yield from _of_type(name, edits, one, other, _Whole(old, new, name.rpartition(".")[0]))


def _of_type(
    name: str, edits: Sequence[SchemaEdit], one: dict[str, Any], other: dict[str, Any], whole: _Whole
) -> Iterator[str]:
    if "fields" not in one or "fields" not in other:
        if not any(it.action in _IN_ENUMS for it in edits):
            yield f"type {name}"
        return
    own = [it for it in edits if it.record == name]
    named = {it.name for it in own if it.action == "set_type_property"}
    yield from (f"{key} of {name}" for key in _differing(one, other) if key != "fields" and key not in named)
    fields = [{str(it.get("name")): it for it in kind["fields"] if isinstance(it, dict)} for kind in (one, other)]
    asked = _asked(own)
    for field in dict.fromkeys((*fields[0], *fields[1])):
        properties = asked.get(field, frozenset())
        if None in properties or fields[0].get(field) == fields[1].get(field):
            continue
        if field not in fields[0] or field not in fields[1]:
            yield f"{field} of {name}"
        else:
            keys = _differing(fields[0][field], fields[1][field], whole)
            yield from (f"{key} of {field}" for key in keys if key not in properties)
    if not any(it.action == "reorder_fields" for it in own) and _order(fields, asked) != _order(fields[::-1], asked):
        yield f"order of {name}"


def _asked(edits: Sequence[SchemaEdit]) -> Mapping[str, Set[str | None]]:
    """Returns the properties of each field that edits are about, under the old name and the new one; None stands for all."""
    renamed = {it.field: str(json.loads(it.value)) for it in edits if it.action == "rename_field"}
    found: dict[str, set[str | None]] = {}
    for edit in edits:
        known = edit.name if edit.action in ("set_property", "remove_property") else _PROPERTIES.get(edit.action)
        for name in {edit.field, renamed.get(edit.field, edit.field)}:
            is_whole = known is None or name in renamed or name in renamed.values()
            found.setdefault(name, set()).add(None if is_whole else known)
    return found


def _differing(one: Mapping[str, Any], other: Mapping[str, Any], whole: _Whole | None = None) -> Iterator[str]:
    """Yields the keys whose values differ; types that a field declares are compared by themselves."""
    for key in dict.fromkeys((*one, *other)):
        pair = one.get(key, ...), other.get(key, ...)
        if key == "type" and whole is not None and ... not in pair:
            pair = whole.by_reference(*pair)
        if pair[0] != pair[1]:
            yield key


@dataclass(frozen=True, slots=True)
class _Whole:
    """Both schemas, and the namespace of the record that is compared."""

    old: Any
    new: Any
    namespace: str

    def by_reference(self, one: Any, other: Any) -> tuple[Any, Any]:
        return by_reference(one, self.old, self.namespace), by_reference(other, self.new, self.namespace)


def _order(fields: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> list[str]:
    return [name for name in fields[0] if name in fields[1] and name not in asked]
