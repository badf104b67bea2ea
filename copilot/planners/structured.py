"""Operations as JSON, for programs: the same names are matched, and the same checks made, as for sentences."""

from __future__ import annotations

import json
import math
from typing import Any, get_args

from copilot.domain.codec import canonical
from copilot.domain.operation import (
    JSON_KEYS,
    LIST_KEYS,
    TEXT_KEYS,
    AddField,
    ChangeDoc,
    ChangeLevel,
    Operation,
    RenameRecord,
    ReorderFields,
)
from copilot.domain.pipeline import PipelineMap
from copilot.errors import WrongUsage
from copilot.planners.matching import Scope, records_of, scopes_of, the_field, the_scope
from copilot.planners.names import listed, nearest
from copilot.planners.splits import merge_of, split_of
from copilot.planners.validation import check_together, checked
from copilot.planners.whole import full_to, level_of, record_in, rekeyed_topic, renamed_topic, type_named, until_of

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
    "remove_default": (),
    "change_doc": ("doc",),
    "rename_symbol": ("symbol", "to"),
    "reorder_symbols": ("symbols",),
    "reorder_fields": ("fields",),
    "rename_record": ("to",),
    "rename_topic": ("topic", "to"),
    "change_level": ("level",),
    "tag_field": ("tag",),
    "protect_field": ("how",),
    "change_unit": ("unit",),
    "change_meaning": ("doc",),
    "rekey_topic": ("topic",),
    "split_field": ("into", "at"),
    "merge_fields": ("others", "to"),
    "nest_fields": ("to",),
    "flatten_field": (),
    "make_array": (),
    "constrain_field": ("rule",),
    "split_topic": ("topic", "values"),
    "merge_topics": ("topic", "others", "to"),
}
_OPTIONAL = {
    "add_field": ("default", "required"),
    "change_level": ("until",),
    "change_unit": ("was", "factor", "to", "type"),
    "rekey_topic": ("to",),
    "split_topic": ("into",),
    "change_meaning": ("to",),
    "merge_fields": ("at",),
    "nest_fields": ("others", "inner", "currency"),
    "flatten_field": ("into",),
    "make_array": ("to",),
}
_WHOLE = ("reorder_fields", "rename_record", "rename_topic", "change_level", "merge_topics")
"""Operations on no single field; `change_doc` is one of them where its field is ""."""
_COMMON = ("op", "subject", "record", "field")
_CLASSES = {kind.op: kind for kind in get_args(Operation)}
_LEFT_OUT: dict[str, dict[str, Any]] = {
    "merge_fields": {"at": " "},
    "nest_fields": {"others": ()},
    "flatten_field": {"into": ()},
    "make_array": {"to": ""},
}
"""What an operation holds where a key is left out that its class has no default for."""


def operation_schema() -> dict[str, Any]:
    """Returns the JSON Schema of one operation for a program that writes them; which keys an op takes stands in its description."""
    kinds = "; ".join(
        f"{op}: {', '.join((*needed, *(f'[{key}]' for key in _OPTIONAL.get(op, ()))))}".rstrip(": ")
        for op, needed in _KEYS.items()
    )
    keys = {key for table in (_KEYS, _OPTIONAL) for named in table.values() for key in named}
    values: dict[str, Any] = {key: {"type": "string"} for key in sorted(keys - {*JSON_KEYS, *LIST_KEYS, "required"})}
    values |= {key: {"type": "array", "items": {"type": "string"}} for key in LIST_KEYS}
    values |= {key: {} for key in JSON_KEYS} | {"required": {"type": "boolean"}}
    return {
        "type": "object",
        "description": f"subject and field name what the map has. Further keys by op, [optional]: {kinds}",
        "properties": {
            "op": {"type": "string", "enum": list(_KEYS)},
            **{key: {"type": "string"} for key in _COMMON[1:]},
            **values,
        },
        "required": ["op"],
        "additionalProperties": False,
    }


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
    if op == "split_topic":
        return split_of(entry["topic"], entry.get("field", ""), _routes(entry, where), pipeline, where)
    if op == "rekey_topic":
        return rekeyed_topic(entry["topic"], entry["field"], entry.get("to", ""), pipeline, where)
    if op in _WHOLE or (op == "change_doc" and not entry.get("field")):
        return _about_whole(op, entry, where, pipeline)
    scopes = _scopes(entry, where, pipeline)
    if op == "add_field":
        scope = the_scope(scopes, str(entry.get("subject", "")), pipeline, where=where)
        record = record_in(scope.record, scope)
        default = canonical(entry["default"]) if "default" in entry else None
        kind = canonical(entry["type"])
        is_required = entry.get("required", False)
        if not isinstance(is_required, bool):
            raise WrongUsage('"required" must be true or false.', where=where)
        is_optional = default is not None and not is_required
        return AddField(scope.subject.name, record, entry["field"], kind, default, is_optional, is_required)
    scope, field = the_field(entry["field"], scopes, pipeline, named=bool(entry.get("subject")), where=where)
    return _about_field(op, entry, (scope.subject.name, record_in(field.record, scope), field.name))


def _routes(entry: dict[str, Any], where: str) -> list[tuple[str, str]]:
    values = entry["values"]
    into = entry.get("into", [""] * len(values))
    if len(into) != len(values):
        raise WrongUsage(
            "There is not one topic for each value.", where=where, next="Give as many names in both lists."
        )
    return list(zip(values, into, strict=True))


def _about_field(op: str, entry: dict[str, Any], place: tuple[str, str, str]) -> Operation:
    given = {key: _kept(key, value) for key, value in entry.items() if key not in _COMMON}
    if op == "nest_fields":
        given = {"inner": (place[2], *given.get("others", ())), **given}
    operation: Operation = _CLASSES[op](*place, **{**_LEFT_OUT.get(op, {}), **given})
    return operation


def _kept(key: str, value: Any) -> Any:
    """Returns a JSON value as operations hold it."""
    if key in JSON_KEYS:
        return canonical(value)
    return tuple(value) if key in LIST_KEYS else value


def _about_whole(op: str, entry: dict[str, Any], where: str, pipeline: PipelineMap) -> Operation:
    if op == "rename_topic":
        return renamed_topic(entry["topic"], entry["to"], pipeline, where)
    if op == "merge_topics":
        return merge_of((entry["topic"], *entry["others"]), entry["to"], pipeline, where)
    record = entry.get("record") if op == "rename_record" else ""
    scopes = _scopes({**entry, "record": ""} if record else entry, where, pipeline)
    scope = the_scope(scopes, str(entry.get("subject", "")), pipeline, where=where)
    subject = scope.subject
    if op == "change_level":
        return ChangeLevel(subject.name, level_of(entry["level"], where), until_of(entry.get("until", ""), where))
    if op == "rename_record":
        old = type_named(str(record), subject, where) if record else subject.latest.name
        return RenameRecord(subject.name, record_in(old, scope), full_to(old, entry["to"], op))
    if op == "change_doc":
        return ChangeDoc(subject.name, record_in(scope.record, scope), "", entry["doc"])
    return ReorderFields(subject.name, record_in(scope.record, scope), tuple(entry["fields"]))


def _check_keys(op: str, entry: dict[str, Any], where: str) -> None:
    allowed = (*_COMMON, *_KEYS[op], *_OPTIONAL.get(op, ()))
    for key in entry:
        if key not in allowed:
            raise WrongUsage(f'{op} has no key "{key[:80]}".', where=where, next=f"Its keys are {', '.join(allowed)}.")
    needs_field = op not in (*_WHOLE, "change_doc")
    for key in (*(("field",) if needs_field else ()), *_KEYS[op]):
        if key not in entry:
            raise WrongUsage(f'{op} needs the key "{key}".', where=where, next=f"Its keys are {', '.join(allowed)}.")
    for key in (*_COMMON, *TEXT_KEYS, "until"):
        if key in entry and not isinstance(entry[key], str):
            raise WrongUsage(f'"{key}" must be a string.', where=where)
    for key in LIST_KEYS:
        names = entry.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise WrongUsage(f'"{key}" must be a list of strings.', where=where)


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
