"""A record taken apart into its values, each with its place and the path of the field that it belongs to.

The paths of a schema end where a record contains itself. A value goes on: what lies deeper there has the same path again, in one
more segment of its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

Place = tuple[tuple[str, str], ...]
"""Pairs of a place, with indexes and keys where its path has "[]" and "{}", and that path: one, and one more for each recursion."""
_COLLECTION = re.compile(r"\[\]|\{\}")


def leaves_of(record: Any, paths: frozenset[str]) -> dict[Place, Any]:
    """Returns the values of a record by their places; `paths` are those of the schema's fields."""
    return dict(_leaves(record, "", "", (), paths))


def renamed(place: Place, target: Callable[[str], str | None]) -> tuple[str, ...]:
    """Returns where a place lies under the names that `target` gives its paths; names without a target stay."""
    return tuple(_renamed_segment(own, path, target(path) or path) for own, path in place)


def standing(place: Place) -> tuple[str, ...]:
    """Returns a place under its own names."""
    return tuple(own for own, _ in place)


def _leaves(value: Any, own: str, path: str, outer: Place, paths: frozenset[str]) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict) and value:
        names = [_joined(path, name) for name in value]
        if all(name in paths for name in names):
            for (key, item), name in zip(value.items(), names, strict=True):
                yield from _leaves(item, _joined(own, key), name, outer, paths)
            return
        again = _containing(path, value, paths)
        if again is not None:
            for key, item in value.items():
                name = _joined(again, key)
                yield from _leaves(item, name, name, (*outer, (own, path)), paths)
            return
    if isinstance(value, dict) and _is_inside(path + "{}", value.values(), paths):
        for key, item in value.items():
            yield from _leaves(item, f"{own}{{{key}}}", path + "{}", outer, paths)
        return
    if isinstance(value, list) and value and _is_inside(path + "[]", value, paths):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{own}[{index}]", path + "[]", outer, paths)
        return
    yield (*outer, (own, path)), value


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _is_inside(path: str, items: Iterable[Any], paths: frozenset[str]) -> bool:
    """Tells whether items that stand under a path have fields of their own, there or in a record that contains it."""
    return path in _known(paths).collections or any(_recurs(path, item, paths) for item in items)


def _recurs(path: str, value: Any, paths: frozenset[str]) -> bool:
    if isinstance(value, list):
        return any(_recurs(path + "[]", item, paths) for item in value)
    if not isinstance(value, dict):
        return False
    is_contained = _containing(path, value, paths) is not None
    return is_contained or any(_recurs(path + "{}", item, paths) for item in value.values())


def _containing(path: str, record: Mapping[Any, Any], paths: frozenset[str]) -> str | None:
    """Returns the path of the nearest record around `path` that has just the fields of this one, None where there is none."""
    while record and path:
        path = path.rpartition(".")[0]
        # Just these: a map may have some of the names as keys.
        if len(record) == _known(paths).field_counts[path] and all(_joined(path, name) in paths for name in record):
            return path
    return None


class _Known(NamedTuple):
    """What the paths of a schema tell of each other: "a[]" and "a{}" under which others lie, and how many lie in each record."""

    collections: frozenset[str]
    field_counts: Counter[str]


# Asked for every value of every record, and a schema may have ten thousand paths.
@lru_cache(maxsize=64)
def _known(paths: frozenset[str]) -> _Known:
    collections = {path[: end.end()] for path in paths for end in _COLLECTION.finditer(path)}
    return _Known(frozenset(collections), Counter(path.rpartition(".")[0] for path in paths))


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
