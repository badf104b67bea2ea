"""Values as programs of other languages tell them: tagged JSON into the values that the Python decoders give.

A JSON array is always a tag and what it is about, as the programs' own heads say; objects are records and maps. What Python has
no type for (an instant beyond year 9999) stays a tuple with its tag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from copilot.formats.avro.types import Type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"millis": timedelta(milliseconds=1), "micros": timedelta(microseconds=1)}


def untagged(value: Any) -> Any:
    """Returns the value that a program told."""
    if isinstance(value, dict):
        return {name: untagged(member) for name, member in value.items()}
    if not isinstance(value, list):
        return value
    tag, *parts = value
    if tag == "list":
        return [untagged(item) for item in parts]
    try:
        return _TAGS[tag](*parts)
    except (OverflowError, ValueError):
        return (tag, *parts)


def interpreted(value: Any, type: Type) -> Any:
    """Returns a value without wrapped unions, and with the logical types of the schema applied to what is on the wire."""
    if type.kind == "union":
        if not isinstance(value, dict):
            return value
        ((name, inner),) = value.items()
        branch = next(it for it in type.branches if name == (it.name or it.kind))
        return interpreted(inner, branch)
    if type.kind == "record":
        return {name: interpreted(member, type.by_name[name].type) for name, member in value.items()}
    if type.inner is not None:
        inner_type = type.inner
        if type.kind == "array":
            return [interpreted(item, inner_type) for item in value]
        return {key: interpreted(item, inner_type) for key, item in value.items()}
    apply = _LOGICAL.get((type.kind, type.logical))
    try:
        return apply(value, type) if apply is not None else value
    except (OverflowError, ValueError):
        return value


def _instant(seconds: int, nanoseconds: int) -> datetime:
    if nanoseconds % 1000:
        raise ValueError("finer than Python's times")
    return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)


def _time(nanoseconds: int) -> time:
    return (_EPOCH + timedelta(microseconds=nanoseconds // 1000)).time()


def _date(days: int) -> date:
    return (_EPOCH + timedelta(days=days)).date()


def _decimal(data: bytes, type: Type) -> Decimal:
    # Made from a text: arithmetic would round to the precision of the context.
    return Decimal(f"{int.from_bytes(data, 'big', signed=True)}E-{type.scale}")


_TAGS: Mapping[str, Callable[..., Any]] = {
    "bytes": bytes.fromhex,
    "number": float,
    "decimal": Decimal,
    "date": _date,
    "time": _time,
    "instant": _instant,
}
_LOGICAL: Mapping[tuple[str, str], Callable[[Any, Type], Any]] = {
    ("bytes", "decimal"): _decimal,
    ("fixed", "decimal"): _decimal,
    ("int", "date"): lambda days, _: _date(days),
    ("int", "time-millis"): lambda value, _: (_EPOCH + value * _UNITS["millis"]).time(),
    ("long", "time-micros"): lambda value, _: (_EPOCH + value * _UNITS["micros"]).time(),
    ("long", "timestamp-millis"): lambda value, _: _EPOCH + value * _UNITS["millis"],
    ("long", "timestamp-micros"): lambda value, _: _EPOCH + value * _UNITS["micros"],
}
