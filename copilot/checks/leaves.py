"""A record taken apart into its values, each with its place and the path of the field that it belongs to.

The paths of a schema end where a record contains itself. A value goes on: what lies deeper there has the same path again, in one
more segment of its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.domain.fieldtype import parsed
from copilot.domain.schema import SchemaField

Place = tuple[tuple[str, str], ...]
"""Pairs of a place, with indexes and keys where its path has "[]" and "{}", and that path: one, and one more for each recursion."""
_COLLECTION = re.compile(r"\[\]|\{\}")


@dataclass(frozen=True, slots=True)
class Outline:
    """What the fields of a schema tell of each other, worked out once for all records: a schema may have ten thousand.

    `fields` are the fields by their paths, `collections` the "a[]" and "a{}" under which others lie, `field_counts` how many lie
    in each record, and `records` the full name of the record at a path.
    """

    paths: frozenset[str]
    collections: frozenset[str]
    field_counts: Counter[str]
    records: Mapping[str, str]
    fields: Mapping[str, SchemaField]


def outline_of(fields: Iterable[SchemaField]) -> Outline:
    """Returns the outline of a schema's fields."""
    fields = tuple(fields)
    paths = frozenset(field.path for field in fields)
    return Outline(
        paths,
        frozenset(
            path[: end.end()] for path in paths if "[" in path or "{" in path for end in _COLLECTION.finditer(path)
        ),
        Counter(path.rpartition(".")[0] for path in paths),
        {field.path.rpartition(".")[0]: field.record for field in fields},
        {field.path: field for field in fields},
    )


def leaves_of(record: Any, outline: Outline) -> dict[Place, Any]:
    """Returns the values of a record by their places, under the schema with that outline."""
    return dict(_leaves(record, "", "", (), outline))


def renamed(place: Place, target: Callable[[str], str | None]) -> tuple[str, ...]:
    """Returns where a place lies under the names that `target` gives its paths; names without a target stay."""
    return tuple(_renamed_segment(own, path, target(path) or path) for own, path in place)


def standing(place: Place) -> tuple[str, ...]:
    """Returns a place under its own names."""
    return tuple(own for own, _ in place)


def _leaves(value: Any, own: str, path: str, outer: Place, outline: Outline) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict) and value:
        names = [_joined(path, name) for name in value]
        if all(name in outline.paths for name in names):
            for (key, item), name in zip(value.items(), names, strict=True):
                inner = name if own == path else _joined(own, key)
                # A generator for each value of a wide record would take longer than all else.
                if isinstance(item, dict | list):
                    yield from _leaves(item, inner, name, outer, outline)
                else:
                    yield (*outer, (inner, name)), item
            return
        again = _containing(path, value, outline)
        if again is not None:
            for key, item in value.items():
                name = _joined(again, key)
                yield from _leaves(item, name, name, (*outer, (own, path)), outline)
            return
    if isinstance(value, dict) and _is_inside(path + "{}", value.values(), outline):
        for key, item in value.items():
            yield from _leaves(item, f"{own}{{{key}}}", path + "{}", outer, outline)
        return
    if isinstance(value, list) and value and _is_inside(path + "[]", value, outline):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{own}[{index}]", path + "[]", outer, outline)
        return
    yield (*outer, (own, path)), value


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _is_inside(path: str, items: Iterable[Any], outline: Outline) -> bool:
    """Tells whether items that stand under a path have fields of their own, there or in a record that contains it."""
    return path in outline.collections or any(_recurs(path, item, outline) for item in items)


def _recurs(path: str, value: Any, outline: Outline) -> bool:
    if isinstance(value, list):
        return any(_recurs(path + "[]", item, outline) for item in value)
    if not isinstance(value, dict):
        return False
    is_contained = _containing(path, value, outline) is not None
    return is_contained or any(_recurs(path + "{}", item, outline) for item in value.values())


def _containing(path: str, record: Mapping[Any, Any], outline: Outline) -> str | None:
    """Returns the path of the nearest record around `path` that its type names and that has just the fields of this one."""
    field = outline.fields.get(path.rstrip("[]{}"))
    while field is not None and record and path:
        path = path.rpartition(".")[0]
        # Just these: a map may have some of the names as keys.
        is_equal = len(record) == outline.field_counts[path] and all(
            _joined(path, name) in outline.paths for name in record
        )
        if is_equal and outline.records.get(path) in _named(field):
            return path
    return None


def _named(field: SchemaField) -> frozenset[str]:
    """Every text of a type that may be a record's name, as it is written and in the namespaces it may lie in."""
    namespaces = {field.record.rpartition(".")[0]}
    names = set()
    pending = [parsed(field.type)]
    while pending:
        match pending.pop():
            case str(name):
                names.add(name)
            case list(branches):
                pending += branches
            case dict(members):
                full = str(members.get("namespace") or members.get("name", ""))
                namespaces.add(full if "namespace" in members else full.rpartition(".")[0])
                pending += (members[key] for key in ("type", "items", "values", "name") if key in members)
                pending += (it["type"] for it in members.get("fields", ()) if "type" in it)
    return frozenset(names | {f"{namespace}.{name}" for namespace in namespaces for name in names if "." not in name})


def _renamed_segment(place: str, path: str, target: str) -> str:
    """Puts the target's names where the place has the path's own; indexes and keys stay."""
    if path == target:
        return place
    names, new_names = path.split("."), target.split(".")
    parts = _parts(place, len(names))
    for index, (old, new) in enumerate(zip(names, new_names, strict=False)):
        if old != new:
            bare = old.rstrip("[]{}")
            parts[index] = new.rstrip("[]{}") + parts[index][len(bare) :]
    return ".".join(parts)


def _parts(place: str, count: int) -> list[str]:
    """Splits a place at the dots between names, not at those inside a map's keys."""
    parts: list[str] = []
    depth, current = 0, ""
    for character in place:
        depth += (character == "{") - (character == "}")
        if character == "." and depth <= 0 and len(parts) < count - 1:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]
