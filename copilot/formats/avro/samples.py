"""Which records should a schema be tried with? Boundary values first, then seeded random ones, the same on every machine.

Values are such that fastavro and the Apache package both encode them and give them back equal: floats that 32 bits hold where
the type is float, times with the precision of their type, UUIDs and local timestamps as on the wire. In a union, integers stay
within what a float branch beside them holds exactly, because the two libraries choose branches differently.
"""

from __future__ import annotations

import random
import struct
from functools import lru_cache
from itertools import islice
from typing import Any

from copilot.formats.avro.sample_values import (
    NoValue,
    boundary_values,
    integer_bound,
    is_beside_a_float,
    logical_of,
    of_free_size,
)
from copilot.formats.avro.types import Type, graph_of

BOUNDARY_RECORDS_MAX = 64
DEPTH_MAX = 24
VALUES_MAX = 5_000
"""Below this depth, or past this many values in one record, collections are empty and unions take no record."""
SAMPLE_VALUES_MAX = 8_000
"""Two records are made in any case, further ones until all together have so many values: a schema may have ten thousand fields."""
_KEYS = ("a key", "", "ключ")
_CACHED_MAX = 16
"""Every alternative is tried with records of the same earlier versions; nobody changes a record."""


@lru_cache(maxsize=_CACHED_MAX)
def samples_of(schema: str, seed: str, count: int) -> tuple[Any, ...]:
    """Returns `count` records of a self-contained schema, fewer large ones; none where a type in it has no value to try."""
    sampler = _Sampler(random.Random(seed))
    found: list[Any] = []
    try:
        for record in islice(sampler.records(graph_of(schema)), count):
            found.append(record)
            if len(found) >= 2 and sampler.values_made >= SAMPLE_VALUES_MAX:
                break
    except NoValue:
        return ()
    return tuple(found)


class _Sampler:
    """Makes values. The n-th boundary record takes the n-th boundary value of every type in it, round and round."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._values_left = VALUES_MAX
        self.values_made = 0

    def records(self, graph: Type) -> Any:
        rounds = min(_boundary_rounds(graph), BOUNDARY_RECORDS_MAX)
        for index in range(rounds):
            yield self._counted(self._boundary(graph, index, 0, None))
        while True:
            yield self._counted(self._any(graph, 0, None))

    def _counted(self, record: Any) -> Any:
        self.values_made += VALUES_MAX - self._values_left
        self._values_left = VALUES_MAX
        return record

    def _has_room(self, depth: int) -> bool:
        return depth < DEPTH_MAX and self._values_left > 0

    def _boundary(self, type: Type, index: int, depth: int, union: Type | None) -> Any:
        self._values_left -= 1
        if type.kind == "union":
            branches = _branches(type, self._has_room(depth))
            branch = branches[index % len(branches)]
            return self._boundary(branch, index // len(branches), depth + 1, type)
        if type.kind == "record":
            _check_depth(depth)
            # Neighbours start at different values, so that all fields are not at zero in the same record.
            fields = enumerate(type.fields)
            return {field.name: self._boundary(field.type, index + place, depth + 1, None) for place, field in fields}
        if type.kind in ("array", "map"):
            assert type.inner is not None
            sizes = (1, 3) if _is_beside_a_record(type, union) else (1, 0, 3)
            size = sizes[index % len(sizes)] if self._has_room(depth) else 0
            items = [self._boundary(type.inner, index + place, depth + 1, None) for place in range(size)]
            return items if type.kind == "array" else dict(zip(_KEYS, items, strict=False))
        values = boundary_values(type, union)
        return values[index % len(values)]

    def _any(self, type: Type, depth: int, union: Type | None) -> Any:
        source = self._random
        self._values_left -= 1
        if type.kind == "union":
            return self._any(source.choice(_branches(type, self._has_room(depth))), depth + 1, type)
        if type.kind == "record":
            _check_depth(depth)
            return {field.name: self._any(field.type, depth + 1, None) for field in type.fields}
        if type.kind in ("array", "map"):
            assert type.inner is not None
            size = source.randrange(1 if _is_beside_a_record(type, union) else 0, 4) if self._has_room(depth) else 0
            items = [self._any(type.inner, depth + 1, None) for _ in range(size)]
            return items if type.kind == "array" else {f"a key {place}": item for place, item in enumerate(items)}
        if source.random() < 0.2:
            return source.choice(boundary_values(type, union))
        return self._random_value(type, union)

    def _random_value(self, type: Type, union: Type | None) -> Any:
        source = self._random
        logical = logical_of(type)
        if logical is not None:
            return logical(type, source.random())
        if type.kind in ("int", "long"):
            bound = integer_bound(type, union)
            return source.randint(-bound, bound) >> source.randrange(bound.bit_length())
        if type.kind == "double" and not is_beside_a_float(union):
            return source.uniform(-1e9, 1e9)
        if type.kind in ("float", "double"):
            return float(struct.unpack("<f", struct.pack("<f", source.uniform(-1e6, 1e6)))[0])
        if type.kind == "string":
            return "".join(source.choices("abcdefghij XYZ0123456789_-é", k=source.randrange(1, 20)))
        if type.kind == "bytes":
            return of_free_size(source.randbytes(source.randrange(1, 20)), union)
        if type.kind == "fixed":
            return source.randbytes(type.size)
        return source.choice(boundary_values(type, union))


def _boundary_rounds(graph: Type) -> int:
    """How many records it takes until each branch, symbol and boundary value has been in one."""
    most, pending, seen = 1, [graph], set()
    while pending:
        type = pending.pop()
        if id(type) in seen:
            continue
        seen.add(id(type))
        if type.kind == "union":
            inner = max((len(boundary_values(branch, type)) for branch in type.branches if _is_leaf(branch)), default=1)
            most = max(most, len(type.branches) * inner)
        elif type.kind in ("array", "map"):
            most = max(most, 3)
        elif _is_leaf(type):
            most = max(most, len(boundary_values(type, None)))
        pending += (*type.branches, *(field.type for field in type.fields), *([type.inner] if type.inner else []))
    return most


def _is_leaf(type: Type) -> bool:
    return type.kind not in ("union", "record", "array", "map")


def _branches(union: Type, has_room: bool) -> tuple[Type, ...]:
    """The branches to choose from: those whose value both libraries take for theirs, and without room only those that end."""
    usable = tuple(branch for branch in union.branches if _is_recognised(branch, union)) or union.branches
    if not has_room:
        usable = tuple(branch for branch in usable if branch.kind != "record") or usable
    if not usable:
        raise NoValue
    return usable


def _is_recognised(branch: Type, union: Type) -> bool:
    """Tells whether a value of the branch is never taken for one of another branch.

    fastavro takes the first branch that fits (of records, the one with most fields in common). The Apache package looks for
    the first one that fits by its outer shape, checks the value against that, and then writes the last one that fits.
    """
    others = [other for other in union.branches if other is not branch]
    if branch.kind in ("int", "long"):
        return bool(branch.logical) or not any(other.logical for other in others if other.kind in ("int", "long"))
    before = union.branches[: union.branches.index(branch)]
    if branch.kind in ("bytes", "fixed"):
        # fastavro takes bytes for an array of numbers.
        return not any(other.kind == "array" for other in before)
    if branch.kind != "record":
        return True
    keys = branch.by_name.keys()
    if any(other.kind == "map" or (other.kind == "record" and keys <= other.by_name.keys()) for other in before):
        return False
    return not any(other.kind == "record" and keys < other.by_name.keys() for other in others)


def _is_beside_a_record(type: Type, union: Type | None) -> bool:
    """An empty map beside a record would be taken for a record without fields."""
    return type.kind == "map" and union is not None and any(branch.kind == "record" for branch in union.branches)


def _check_depth(depth: int) -> None:
    if depth > 4 * DEPTH_MAX:
        raise NoValue
