"""The values of one type that break things, and how values of logical types are made; both libraries take each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from copilot.formats.avro.types import Type, decimal_digits

FIXED_BYTES_MAX = 2**20
_LONG_TEXT = "long text " * 30
_INT_MAX, _LONG_MAX = 2**31 - 1, 2**63 - 1
_FLOAT_EXACT, _DOUBLE_EXACT = 2**24, 2**53
_FLOAT_MAX = 3.4028234663852886e38
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("", "a", "ż雪🚀é", 'quote " and \\ and\nline', _LONG_TEXT)
_DIGITS_MAX, _PRECISION_MAX = 28, 10_000

_PLAIN: dict[str, tuple[Any, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "int": (0, 1, -1, _INT_MAX, -_INT_MAX - 1),
    "long": (0, -1, _INT_MAX + 1, _DOUBLE_EXACT + 1, _LONG_MAX, -_LONG_MAX - 1),
    "float": (0.0, 1.5, math.nan, -0.0, _FLOAT_MAX, 1.401298464324817e-45, -math.inf, -0.25),
    "double": (0.0, 0.1, math.nan, -0.0, 1.7976931348623157e308, 5e-324, math.inf, -1.5, float(_DOUBLE_EXACT)),
    "bytes": (b"", b"\x00\xff\x80", b"text", bytes(range(256))),
    "string": _TEXTS,
}


class NoValue(Exception):
    """A type has no value that can be tried: a record that always holds itself, an empty enum or union, a huge fixed."""


def boundary_values(type: Type, union: Type | None) -> tuple[Any, ...]:
    """Returns the values of a type without inner types that break things; `union` is the union whose branch it is."""
    if (type.kind == "enum" and not type.symbols) or type.size > FIXED_BYTES_MAX:
        raise NoValue
    if type.kind == "enum":
        return type.symbols
    logical = logical_of(type)
    if logical is not None:
        return tuple(dict.fromkeys(logical(type, share) for share in (0.5, 0.0, 1.0, 0.25, 0.75)))
    if type.kind == "fixed":
        return (bytes(type.size), b"\xff" * type.size, bytes(place % 256 for place in range(type.size)))
    if type.kind in ("int", "long"):
        bound = integer_bound(type, union)
        return tuple(value for value in _PLAIN[type.kind] if -bound - 1 <= value <= bound)
    if type.kind == "bytes":
        return tuple(of_free_size(value, union) for value in _PLAIN["bytes"])
    return _PLAIN["float" if type.kind == "double" and is_beside_a_float(union) else type.kind]


def logical_of(type: Type) -> Callable[[Type, float], Any] | None:
    """Returns how values of the logical type are made; None where it has no effect, or parameters that make readers ignore it."""
    if type.logical == "decimal":
        precision = type.precision or 0
        if (
            not 0 <= type.scale <= precision <= _PRECISION_MAX
            or precision == 0
            or (type.kind == "fixed" and type.size == 0)
        ):
            return None
    return _LOGICAL.get((type.kind, type.logical))


def integer_bound(type: Type, union: Type | None) -> int:
    """Returns the largest integer that a float branch beside the type, should a library choose it, holds exactly too."""
    bound = _INT_MAX if type.kind == "int" else _LONG_MAX
    kinds = {branch.kind for branch in union.branches} if union is not None else set()
    if "float" in kinds:
        return min(bound, _FLOAT_EXACT)
    return min(bound, _DOUBLE_EXACT) if "double" in kinds else bound


def is_beside_a_float(union: Type | None) -> bool:
    """Tells whether a double may end up in a float branch."""
    return union is not None and any(branch.kind == "float" for branch in union.branches)


def of_free_size(value: bytes, union: Type | None) -> bytes:
    """Returns bytes that no fixed in the union is as long as: they would be taken for it."""
    sizes = {branch.size for branch in union.branches if branch.kind == "fixed"} if union is not None else set()
    while len(value) in sizes:
        value += b"\x01"
    return value


def _decimal(type: Type, share: float) -> Any:
    digits = min(type.precision or 0, _DIGITS_MAX)
    if type.kind == "fixed":
        digits = min(digits, decimal_digits(type.size))
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
        if share == 0.25:
            return _EPOCH - step
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
