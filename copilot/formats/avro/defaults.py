"""May a field have this default? As Avro for Java checks it: any branch of a union will do, and an unknown symbol passes."""

from __future__ import annotations

import re
from typing import Any

from copilot.formats.avro.types import NO_DEFAULT, PRIMITIVE_TYPES, Field, Type

VALUE_DEPTH_MAX = 200
UNFINISHED: tuple[Field, ...] = (Field("", PRIMITIVE_TYPES["null"], NO_DEFAULT, (), ""),)
"""The fields of a record that are not to be asked for yet."""
_INTEGER_LIMITS = {"int": 2**31, "long": 2**63}
_TEXTUAL = frozenset({"string", "bytes", "enum", "fixed"})
_NUMBER_TEXT = re.compile(r"\s*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)\s*")


class UnfinishedRecord(Exception):
    """The default would be a value of a record whose fields are not to be asked for yet."""


def fits_field(default: Any, kind: Type) -> bool:
    """Tells whether a field may have this default; that of a float or double may be a number as text, "NaN" among them.

    Raises UnfinishedRecord.
    """
    if default is None and kind.is_plain and kind.kind == "union":
        return True  # those that are shared all have null
    if type(default) is str and (kind.kind == "double" or kind.kind == "float"):
        return _NUMBER_TEXT.fullmatch(default) is not None
    return _fits(default, kind, 0)


def _fits(value: Any, kind: Type, depth: int) -> bool:
    """Tells whether a JSON value is a default of a type; that of a union may be of any branch."""
    name = kind.kind
    if name == "union":
        return any(_fits(value, branch, depth) for branch in kind.branches)
    if name == "null":
        return value is None
    if name in _TEXTUAL:
        return type(value) is str
    if name == "boolean":
        return type(value) is bool
    if name in _INTEGER_LIMITS:
        limit = _INTEGER_LIMITS[name]
        return type(value) is int and -limit <= value < limit
    if name == "float" or name == "double":
        return type(value) is int or type(value) is float
    if name == "array":
        assert kind.inner is not None
        return type(value) is list and all(_fits(item, kind.inner, depth) for item in value)
    if name == "awaited":
        # What a definition will say is not known yet: Java takes it for a record without fields.
        return type(value) is dict if kind.inner is None else _fits(value, kind.inner, depth)
    if type(value) is not dict:
        return False
    if name == "map":
        assert kind.inner is not None
        return all(_fits(item, kind.inner, depth) for item in value.values())
    if kind.fields is UNFINISHED:
        raise UnfinishedRecord
    if depth > VALUE_DEPTH_MAX:
        return False
    return all(
        _fits(value[field.name], field.type, depth + 1) if field.name in value else field.default is not NO_DEFAULT
        for field in kind.fields
    )


def has_endless_default(schema: Type) -> bool:
    """Tells whether filling in a default may ask for itself again: a record that a default holds lacks the field of that default.

    Compiled code that goes round in it does not stop: it takes the whole process along.
    """
    leads: dict[int, list[Type]] = {}
    pending = [schema]
    while pending:
        record = pending.pop()
        if id(record) in leads:
            continue
        leads[id(record)] = [held for field in record.fields for held in _records(field.type, _nesting(field.default))]
        pending += [*(field.type for field in record.fields), *record.branches]
        pending += [record.inner] if record.inner is not None else []
    return any(_comes_back(start, leads) for start, held in leads.items() if held)


def _nesting(default: Any) -> int:
    """Returns how deep a default holds objects; 0 where it holds none."""
    if not isinstance(default, dict | list):
        return 0
    items = default.values() if isinstance(default, dict) else default
    return isinstance(default, dict) + max(map(_nesting, items), default=0)


def _records(kind: Type, nesting: int) -> list[Type]:
    """Returns the records that a value with so many objects in one another may hold."""
    found: list[Type] = []
    seen: set[tuple[int, int]] = set()
    pending = [(kind, nesting)]
    while pending:
        one, left = pending.pop()
        if left <= 0 or (id(one), left) in seen:
            continue
        seen.add((id(one), left))
        if one.kind == "record":
            found.append(one)
        less = left - (one.kind in ("record", "map"))
        below = [*one.branches, *(field.type for field in one.fields), *([one.inner] if one.inner is not None else [])]
        pending += [(inner, less) for inner in below]
    return found


def _comes_back(start: int, leads: dict[int, list[Type]]) -> bool:
    pending, seen = list(leads[start]), set()
    while pending:
        one = id(pending.pop())
        if one == start:
            return True
        if one not in seen:
            seen.add(one)
            pending += leads.get(one, ())
    return False
