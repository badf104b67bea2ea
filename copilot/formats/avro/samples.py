"""Which records should a schema be tried with? Boundary values first, then seeded random ones, the same on every machine.

Values are such that fastavro and the Apache package both encode them and give them back equal: floats that 32 bits hold where
the type is float, times with the precision of their type, UUIDs and local timestamps as on the wire. In a union, integers stay
within what a float branch beside them holds exactly, because the two libraries choose branches differently.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from copilot.formats.avro.types import Type, graph_of

BOUNDARY_RECORDS_MAX = 64
DEPTH_MAX = 24
VALUES_MAX = 5_000
"""Below this depth, or past this many values in one record, collections are empty and unions take no record."""
FIXED_BYTES_MAX = 2**20
_LONG_TEXT = "long text " * 30
_INT_MAX, _LONG_MAX = 2**31 - 1, 2**63 - 1
_FLOAT_EXACT, _DOUBLE_EXACT = 2**24, 2**53
_FLOAT_MAX = 3.4028234663852886e38
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("", "a", "ż雪🚀é", 'quote " and \\ and\nline', _LONG_TEXT)
_DIGITS_MAX, _PRECISION_MAX = 28, 10_000
_KEYS = ("a key", "", "ключ")

_PLAIN: dict[str, tuple[Any, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "int": (0, 1, -1, _INT_MAX, -_INT_MAX - 1),
    "long": (0, -1, _INT_MAX + 1, _DOUBLE_EXACT + 1, _LONG_MAX, -_LONG_MAX - 1),
    "float": (0.0, 1.5, -0.25, _FLOAT_MAX, 1.401298464324817e-45),
    "double": (0.0, 0.1, -1.5, 1.7976931348623157e308, 5e-324, float(_DOUBLE_EXACT)),
    "bytes": (b"", b"\x00\xff\x80", b"text", bytes(range(256))),
    "string": _TEXTS,
}


class NoValue(Exception):
    """A type has no value that can be tried: a record that always holds itself, an empty enum or union, a huge fixed."""


def samples_of(schema: str, seed: str, count: int) -> tuple[Any, ...]:
    """Returns `count` records of a self-contained schema; none where a type in it has no value to try."""
    graph = graph_of(schema)
    try:
        return tuple(islice(_Sampler(random.Random(seed)).records(graph), count))
    except NoValue:
        return ()


class _Sampler:
    """Makes values. The n-th boundary record takes the n-th boundary value of every type in it, round and round."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._values_left = VALUES_MAX

    def records(self, graph: Type) -> Any:
        rounds = min(_boundary_rounds(graph), BOUNDARY_RECORDS_MAX)
        for index in range(rounds):
            self._values_left = VALUES_MAX
            yield self._boundary(graph, index, 0, None)
        while True:
            self._values_left = VALUES_MAX
            yield self._any(graph, 0, None)

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
        logical = _logical_of(type)
        if logical is not None:
            return logical(type, source.random())
        if type.kind in ("int", "long"):
            bound = _integer_bound(type, union)
            return source.randint(-bound, bound) >> source.randrange(bound.bit_length())
        if type.kind == "double" and not _is_beside_a_float(union):
            return source.uniform(-1e9, 1e9)
        if type.kind in ("float", "double"):
            return float(struct.unpack("<f", struct.pack("<f", source.uniform(-1e6, 1e6)))[0])
        if type.kind == "string":
            return "".join(source.choices("abcdefghij XYZ0123456789_-é", k=source.randrange(1, 20)))
        if type.kind == "bytes":
            return _of_free_size(source.randbytes(source.randrange(1, 20)), union)
        if type.kind == "fixed":
            return source.randbytes(type.size)
        return source.choice(boundary_values(type, union))


def boundary_values(type: Type, union: Type | None) -> tuple[Any, ...]:
    """Returns the values of a type without inner types that break things; `union` is the union whose branch it is."""
    if (type.kind == "enum" and not type.symbols) or type.size > FIXED_BYTES_MAX:
        raise NoValue
    if type.kind == "enum":
        return type.symbols
    logical = _logical_of(type)
    if logical is not None:
        return tuple(dict.fromkeys(logical(type, share) for share in (0.5, 0.0, 1.0, 0.75)))
    if type.kind == "fixed":
        return (bytes(type.size), b"\xff" * type.size, bytes(place % 256 for place in range(type.size)))
    if type.kind in ("int", "long"):
        bound = _integer_bound(type, union)
        return tuple(value for value in _PLAIN[type.kind] if -bound - 1 <= value <= bound)
    if type.kind == "bytes":
        return tuple(_of_free_size(value, union) for value in _PLAIN["bytes"])
    return _PLAIN["float" if type.kind == "double" and _is_beside_a_float(union) else type.kind]


def _logical_of(type: Type) -> Callable[[Type, float], Any] | None:
    """How values of the logical type are made; None where it has no effect, or parameters that make readers ignore it."""
    if type.logical == "decimal":
        precision = type.precision or 0
        if (
            not 0 <= type.scale <= precision <= _PRECISION_MAX
            or precision == 0
            or (type.kind == "fixed" and type.size == 0)
        ):
            return None
    return _LOGICAL.get((type.kind, type.logical))


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


def _integer_bound(type: Type, union: Type | None) -> int:
    bound = _INT_MAX if type.kind == "int" else _LONG_MAX
    kinds = {branch.kind for branch in union.branches} if union is not None else set()
    if "float" in kinds:
        return min(bound, _FLOAT_EXACT)
    return min(bound, _DOUBLE_EXACT) if "double" in kinds else bound


def _is_beside_a_float(union: Type | None) -> bool:
    return union is not None and any(branch.kind == "float" for branch in union.branches)


def _of_free_size(value: bytes, union: Type | None) -> bytes:
    """Bytes of the size of a fixed beside them would be taken for it."""
    sizes = {branch.size for branch in union.branches if branch.kind == "fixed"} if union is not None else set()
    while len(value) in sizes:
        value += b"\x01"
    return value


def _decimal(type: Type, share: float) -> Any:
    digits = min(type.precision or 0, _DIGITS_MAX)
    if type.kind == "fixed":
        digits = min(digits, len(str(2 ** (8 * type.size - 1))) - 1)
    bound = 10**digits - 1
    unscaled = 0 if share == 0.5 else round((2 * share - 1) * 2**40) * bound // 2**40
    return Decimal(unscaled).scaleb(-type.scale)


def _date(type: Type, share: float) -> date:
    return date.fromordinal(1 + round(share * (date.max.toordinal() - 1))) if share != 0.5 else date(2024, 2, 29)


def _time(step: timedelta) -> Callable[[Type, float], time]:
    def value(type: Type, share: float) -> time:
        steps = timedelta(days=1) // step
        return (_EPOCH + min(round(share * steps), steps - 1) * step).time()

    return value


def _timestamp(step: timedelta) -> Callable[[Type, float], datetime]:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    def value(type: Type, share: float) -> datetime:
        if share == 0.5:
            return _EPOCH
        return first + round(share * ((last - first) // step)) * step

    return value


def _uuid(type: Type, share: float) -> str:
    return str(UUID(int=round(share * 2**64) * (2**64 - 1)))


_LOGICAL: dict[tuple[str, str], Callable[[Type, float], Any]] = {
    ("bytes", "decimal"): _decimal,
    ("fixed", "decimal"): _decimal,
    ("int", "date"): _date,
    ("int", "time-millis"): _time(timedelta(milliseconds=1)),
    ("long", "time-micros"): _time(timedelta(microseconds=1)),
    ("long", "timestamp-millis"): _timestamp(timedelta(milliseconds=1)),
    ("long", "timestamp-micros"): _timestamp(timedelta(microseconds=1)),
    ("string", "uuid"): _uuid,
}
