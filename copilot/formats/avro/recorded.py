"""Records that somebody kept as JSON, as values of a schema: one object, a list of them, or one a line.

Both plain JSON and Avro's own JSON encoding are taken (a value in a union as `{"string": "x"}`). A record fits a schema only
where it has just the schema's fields, so records of other versions are left out; a field that is missing stands for null where
null is its default. Why one doesn't fit is told by paths and kinds: what it holds is somebody's data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any

from copilot.domain.samples import Fitted, Misfit
from copilot.formats.avro.json_records import NO_JSON, lines_of, records_of
from copilot.formats.avro.types import Type, graph_of

DEPTH_MAX = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = {"millis": timedelta(milliseconds=1), "micros": timedelta(microseconds=1)}
_RANGES = {"int": 2**31, "long": 2**63}


_NAMES_SHOWN = 3
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (NoneType, "null"),
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (object, "an object"),
)
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


class _Unfit(Exception):
    """A value is none of the type: where in the record, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        return f'"{".".join(self.path)}" {self.why}' if self.path else f"the record {self.why}"


def recorded_values(schema: str, text: str) -> tuple[Any, ...]:
    """Returns the records of a text that fit a self-contained schema, in their order; what is no JSON holds none."""
    graph = graph_of(schema)
    found = []
    for record in records_of(text):
        try:
            found.append(_value(record, graph, 0))
        except _Unfit:
            continue
    return tuple(found)


def fitted(schemas: Sequence[str], text: str) -> Fitted:
    """Returns how many records a text holds, and which fit none of the schemas (oldest first); why is told by the nearest one."""
    graphs = [graph_of(schema) for schema in reversed(schemas)]
    records = records_of(text)
    unfit = [(number, why) for number, record in enumerate(records) if (why := _unfit(record, graphs)) is not None]
    if not unfit:
        return Fitted(len(records), ())
    lines = lines_of(text)
    return Fitted(len(records), tuple([Misfit(lines[number], why, near) for number, (why, near) in unfit]))


def _unfit(record: Any, graphs: Sequence[Type]) -> tuple[str, bool] | None:
    """Returns why a record fits none of the schemas, and whether it has the better part of the fields of one."""
    if record is NO_JSON:
        return "it is no JSON", False
    found: list[tuple[int, str, bool]] = []
    for graph in graphs:
        try:
            _value(record, graph, 0)
        except _Unfit as error:
            keys = record.keys() if isinstance(record, dict) else frozenset()
            named = graph.by_name.keys()
            found.append((len(keys ^ named), error.told, 2 * len(keys & named) > max(len(keys), len(named))))
        else:
            return None
    return min(found, key=lambda it: it[0])[1:] if found else None


def _value(value: Any, type: Type, depth: int) -> Any:
    if depth > DEPTH_MAX:
        raise _Unfit("is nested too deep")
    if type.kind == "union":
        return _branch(value, type, depth)
    if type.kind == "record":
        return _record(value, type, depth)
    if type.kind == "array" and isinstance(value, list) and type.inner is not None:
        return [_below("[]", item, type.inner, depth) for item in value]
    if type.kind == "map" and isinstance(value, dict) and type.inner is not None:
        return {key: _below("{}", item, type.inner, depth) for key, item in value.items()}
    try:
        return _logical(value, type) if type.logical else _plain(value, type)
    except (ValueError, OverflowError, InvalidOperation):
        raise _Unfit(f"is {_kind(value)} that is no {type.logical or type.kind}") from None


def _below(step: str, value: Any, type: Type, depth: int) -> Any:
    try:
        return _value(value, type, depth + 1)
    except _Unfit as error:
        error.path = (step, *error.path)
        raise


def _branch(value: Any, union: Type, depth: int) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        for branch in union.branches:
            if name == (branch.name or branch.kind) and branch.kind != "null":
                return _value(inner, branch, depth + 1)
    reasons = []
    for branch in union.branches:
        try:
            return _value(value, branch, depth + 1)
        except _Unfit as error:
            reasons += [error] if branch.kind != "null" else []
    # Of a value that may be null the other branch says more.
    raise reasons[0] if len(reasons) == 1 else _Unfit(f"is {_kind(value)}, which no branch of the union takes")


def _record(value: Any, type: Type, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Unfit(f"is {_kind(value)}, and has to be {type.label}")
    if not value.keys() <= type.by_name.keys():
        unknown = sorted(value.keys() - type.by_name.keys())
        # What doesn't look like a field's name may be data.
        named = [f'"{name}"' for name in unknown if _FIELD_NAME.fullmatch(name)][:_NAMES_SHOWN]
        raise _Unfit(f"has {', '.join(named) or 'a field'}, which {type.label} lacks")
    found = {}
    for field in type.fields:
        if field.name not in value and field.default is not None:
            raise _Unfit(f'lacks "{field.name}"')
        found[field.name] = _below(field.name, value.get(field.name), field.type, depth)
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
        case "int" | "long" if is_whole:
            raise _Unfit(f"is beyond the range of {type.kind}")
        case "enum" if isinstance(value, str):
            raise _Unfit(f"is a text that is no symbol of {type.label}")
        case "fixed" if isinstance(value, str):
            raise _Unfit(f"is a text of another length than {type.label}")
    raise _Unfit(f"is {_kind(value)}, and has to be {type.label}")


def _logical(value: Any, type: Type) -> Any:
    unit = _STEPS.get(type.logical.rpartition("-")[2], timedelta())
    is_text = isinstance(value, str)
    match type.logical:
        case "decimal" if isinstance(value, int | float) or (is_text and not any(mark > "~" for mark in value)):
            exact = Decimal(str(value))
            told = exact.quantize(Decimal(1).scaleb(-type.scale))
            if told != exact:
                raise _Unfit(f"has more than {type.scale} places after the point")
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
        raise ValueError
    return value


def _kind(value: Any) -> str:
    """Names what JSON has a value for, and not the value."""
    return next(words for kinds, words in _KINDS if isinstance(value, kinds))
