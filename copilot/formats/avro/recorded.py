"""Records that somebody kept as JSON, as values of a schema: one object, a list of them, or one a line.

Both plain JSON and Avro's own JSON encoding are taken (a value in a union as `{"string": "x"}`). A record fits a schema only
where it has just the schema's fields, so records of other versions are left out; a field that is missing stands for null where
null is its default.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from copilot.formats.avro.types import Type, graph_of

RECORDS_MAX = 10_000
DEPTH_MAX = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = {"millis": timedelta(milliseconds=1), "micros": timedelta(microseconds=1)}
_RANGES = {"int": 2**31, "long": 2**63}


class _Unfit(Exception):
    """A value is none of the type."""


def recorded_values(schema: str, text: str) -> tuple[Any, ...]:
    """Returns the records of a text that fit a self-contained schema, in their order; what is no JSON holds none."""
    graph = graph_of(schema)
    found = []
    for record in _records(text):
        try:
            found.append(_value(record, graph, 0))
        except (_Unfit, ValueError, OverflowError, InvalidOperation):
            continue
    return tuple(found)


def _records(text: str) -> Iterator[Any]:
    text = text.removeprefix("\ufeff")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        lines = text.splitlines()
    else:
        yield from (whole if isinstance(whole, list) else [whole])[:RECORDS_MAX]
        return
    for line in lines[:RECORDS_MAX]:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _value(value: Any, type: Type, depth: int) -> Any:
    if depth > DEPTH_MAX:
        raise _Unfit
    if type.kind == "union":
        return _branch(value, type, depth)
    if type.kind == "record":
        return _record(value, type, depth)
    if type.kind == "array" and isinstance(value, list) and type.inner is not None:
        return [_value(item, type.inner, depth + 1) for item in value]
    if type.kind == "map" and isinstance(value, dict) and type.inner is not None:
        return {key: _value(item, type.inner, depth + 1) for key, item in value.items()}
    return _logical(value, type) if type.logical else _plain(value, type)


def _branch(value: Any, union: Type, depth: int) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        for branch in union.branches:
            if name == (branch.name or branch.kind) and branch.kind != "null":
                return _value(inner, branch, depth + 1)
    for branch in union.branches:
        try:
            return _value(value, branch, depth + 1)
        except (_Unfit, ValueError, OverflowError, InvalidOperation):
            continue
    raise _Unfit


def _record(value: Any, type: Type, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= type.by_name.keys():
        raise _Unfit
    found = {}
    for field in type.fields:
        if field.name not in value and field.default is not None:
            raise _Unfit
        found[field.name] = _value(value.get(field.name), field.type, depth + 1)
    return found


def _plain(value: Any, type: Type) -> Any:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    match type.kind:
        case "null" if value is None:
            return None
        case "boolean" if isinstance(value, bool):
            return value
        case "int" | "long" if is_whole and -_RANGES[type.kind] <= value < _RANGES[type.kind]:
            return value
        case "float" | "double" if (is_whole or isinstance(value, float)) and not math.isinf(value):
            return float(value)
        case "string" if isinstance(value, str):
            return value
        case "enum" if value in type.symbols:
            return value
        case "bytes" if isinstance(value, str):
            return value.encode("latin-1")
        case "fixed" if isinstance(value, str) and len(value) == type.size:
            return value.encode("latin-1")
    raise _Unfit


def _logical(value: Any, type: Type) -> Any:
    unit = _STEPS.get(type.logical.rpartition("-")[2], timedelta())
    is_text = isinstance(value, str)
    match type.logical:
        case "decimal" if isinstance(value, int | float) or (is_text and not any(mark > "~" for mark in value)):
            exact = Decimal(str(value))
            told = exact.quantize(Decimal(1).scaleb(-type.scale))
            if told != exact:
                raise _Unfit
            return told
        case "date" if is_text:
            return date.fromisoformat(value)
        case "date":
            return date.fromordinal(_EPOCH.toordinal() + _whole(value))
        case "time-millis" | "time-micros" if is_text:
            return time.fromisoformat(value)
        case "time-millis" | "time-micros":
            return (_EPOCH + _whole(value) * unit).time()
        case "timestamp-millis" | "timestamp-micros" if is_text:
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case "timestamp-millis" | "timestamp-micros":
            return _EPOCH + _whole(value) * unit
    return _plain(value, type)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Unfit
    return value
