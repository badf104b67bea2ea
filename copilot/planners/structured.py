"""Operations as JSON, for programs: the same names are matched, and the same checks made, as for sentences."""

from __future__ import annotations

import json
import math
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeType,
    Deprecate,
    MakeOptional,
    MakeRequired,
    Operation,
    RemoveField,
    RemoveSymbol,
    RenameField,
)
from copilot.domain.pipeline import PipelineMap
from copilot.errors import WrongUsage
from copilot.planners.matching import Scope, records_of, scopes_of, the_field, the_scope
from copilot.planners.names import listed, nearest
from copilot.planners.validation import check_together, checked

TEXT_LENGTH_LIMIT = 64_000
OPERATIONS_LIMIT = 64
_KEYS: dict[str, tuple[str, ...]] = {
    "add_field": ("type",),
    "remove_field": (),
    "rename_field": ("to",),
    "change_type": ("type",),
    "make_optional": (),
    "make_required": (),
    "add_symbol": ("symbol",),
    "remove_symbol": ("symbol",),
    "change_default": ("default",),
    "deprecate": (),
}
_OPTIONAL = {"add_field": ("default", "required")}
_COMMON = ("op", "subject", "record", "field")


def operations_from_json(text: str, pipeline: PipelineMap) -> tuple[Operation, ...]:
    """Returns the operations of a JSON object or a list of them; raises WrongUsage or Ambiguous as `intent.understand` does."""
    if len(text) > TEXT_LENGTH_LIMIT:
        raise WrongUsage(f"The operations have {len(text)} characters; the limit is {TEXT_LENGTH_LIMIT}.")
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise WrongUsage(
            f"The operation is not valid JSON: {error.msg}.",
            where=f"line {error.lineno}, column {error.colno}",
            next='Write {"op": "rename_field", "subject": "order", "field": "amount", "to": "total"}.',
        ) from None
    except (ValueError, RecursionError):
        raise WrongUsage(
            "The operation is not valid JSON.", next="Leave out NaN, Infinity, numbers as large, and deep nesting."
        ) from None
    entries = value if isinstance(value, list) else [value]
    if not entries or len(entries) > OPERATIONS_LIMIT:
        raise WrongUsage(
            f"There are {len(entries)} operations.", next=f"Give between 1 and {OPERATIONS_LIMIT} of them."
        )
    operations = tuple(
        checked(_operation(entry, f"operation {number}", pipeline), pipeline) for number, entry in enumerate(entries, 1)
    )
    check_together(operations)
    return operations


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """Returns the public object of an operation, the one that `operations_from_json` takes; keys that don't apply are absent."""
    told: dict[str, Any] = {
        "op": operation.op,
        "subject": operation.subject,
        "record": operation.record,
        "field": operation.field,
    }
    match operation:
        case RenameField():
            told["to"] = operation.to
        case AddField():
            told["type"] = fieldtype.parsed(operation.type)
            if operation.default is not None:
                told["default"] = fieldtype.parsed(operation.default)
            if operation.is_required:
                told["required"] = True
        case ChangeType():
            told["type"] = fieldtype.parsed(operation.type)
        case ChangeDefault():
            told["default"] = fieldtype.parsed(operation.default)
        case AddSymbol() | RemoveSymbol():
            told["symbol"] = operation.symbol
    return told


def _operation(entry: Any, where: str, pipeline: PipelineMap) -> Operation:
    if not isinstance(entry, dict):
        raise WrongUsage(
            "An operation must be a JSON object.", where=where, next=f"Give it the keys {', '.join(_COMMON)}."
        )
    op = entry.get("op")
    if not isinstance(op, str) or op not in _KEYS:
        close = nearest(str(op), _KEYS) or tuple(_KEYS)
        raise WrongUsage(f'"{str(op)[:80]}" is not an operation.', where=where, next=f"Use {listed(close)}.")
    _check_keys(op, entry, where)
    scopes = _scopes(entry, where, pipeline)
    if op == "add_field":
        scope = the_scope(scopes, str(entry.get("subject", "")), pipeline, where=where)
        record = "" if scope.record == scope.subject.latest.name else scope.record
        default = canonical(entry["default"]) if "default" in entry else None
        kind = canonical(entry["type"])
        is_required = entry.get("required", False)
        if not isinstance(is_required, bool):
            raise WrongUsage('"required" must be true or false.', where=where)
        is_optional = default is not None and not is_required
        return AddField(scope.subject.name, record, entry["field"], kind, default, is_optional, is_required)
    scope, field = the_field(entry["field"], scopes, pipeline, named=bool(entry.get("subject")), where=where)
    record = "" if field.record == scope.subject.latest.name else field.record
    return _about_field(op, entry, (scope.subject.name, record, field.name))


def _about_field(op: str, entry: dict[str, Any], place: tuple[str, str, str]) -> Operation:
    match op:
        case "remove_field":
            return RemoveField(*place)
        case "rename_field":
            return RenameField(*place, entry["to"])
        case "change_type":
            return ChangeType(*place, canonical(entry["type"]))
        case "make_optional":
            return MakeOptional(*place)
        case "make_required":
            return MakeRequired(*place)
        case "add_symbol":
            return AddSymbol(*place, entry["symbol"])
        case "remove_symbol":
            return RemoveSymbol(*place, entry["symbol"])
        case "change_default":
            return ChangeDefault(*place, canonical(entry["default"]))
        case _:
            return Deprecate(*place)


def _check_keys(op: str, entry: dict[str, Any], where: str) -> None:
    allowed = (*_COMMON, *_KEYS[op], *_OPTIONAL.get(op, ()))
    for key in entry:
        if key not in allowed:
            raise WrongUsage(f'{op} has no key "{key[:80]}".', where=where, next=f"Its keys are {', '.join(allowed)}.")
    for key in ("field", *_KEYS[op]):
        if key not in entry:
            raise WrongUsage(f'{op} needs the key "{key}".', where=where, next=f"Its keys are {', '.join(allowed)}.")
    for key in ("subject", "record", "field", "to", "symbol"):
        if key in entry and not isinstance(entry[key], str):
            raise WrongUsage(f'"{key}" must be a string.', where=where)


def _scopes(entry: dict[str, Any], where: str, pipeline: PipelineMap) -> tuple[Scope, ...]:
    exact = tuple(Scope(subject) for subject in pipeline.subjects if subject.name == entry.get("subject"))
    named = exact or (scopes_of(entry["subject"], pipeline) if entry.get("subject") else ())
    scopes = named or tuple(Scope(subject) for subject in pipeline.subjects)
    record = entry.get("record", "")
    if not record:
        return scopes
    inner = tuple(Scope(scope.subject, full) for scope in scopes for full in records_of(record, scope.subject))
    if not inner:
        records = {field.record for scope in scopes for field in scope.subject.latest.fields}
        close = nearest(record, sorted(records)) or tuple(sorted(records))[:8]
        raise WrongUsage(f'No record "{record}" there.', where=where, next=f"Did you mean {listed(close)}?")
    return inner


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    """Returns the number; one like 1e999 would become an infinity, which no JSON can say again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
