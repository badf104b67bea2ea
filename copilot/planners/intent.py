"""Controlled sentences to operations: what the words name is looked up in the map, and whatever is unclear is asked back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    ConstrainField,
    Deprecate,
    MakeOptional,
    MakeRequired,
    Operation,
    ProtectField,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameSymbol,
    ReorderSymbols,
    TagField,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField
from copilot.domain.units import unit_of
from copilot.errors import NotUnderstood, WrongUsage
from copilot.planners.constraints import rule_said
from copilot.planners.forms import FORMS, Said, leading_scope, readings_of, said_better
from copilot.planners.matching import Scope, dotted, fields_of, scopes_of, the_field, the_scope
from copilot.planners.reshapes import MANY, OPS, reshape_of
from copilot.planners.sentences import Part, parts_of
from copilot.planners.splits import are_topics, merge_of, split_topic_said
from copilot.planners.tags import protection_said, tag_said
from copilot.planners.typewords import type_of
from copilot.planners.validation import check_together, checked, known_types
from copilot.planners.whole import about_whole, names_in, record_in
from copilot.planners.wishes import without_wishes

_LISTS = ("remove_field", "make_optional", "make_required", "deprecate", "remove_default")
_WORDS = {"none": None, "null": None, "true": True, "false": False}
_SAME = re.compile(r"^(?:it|there|them|the\s+same(?:\s+\w+)?|that(?:\s+\w+)?|this(?:\s+\w+)?)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")
_SHOWN_LENGTH = 160


def understand(text: str, pipeline: PipelineMap) -> tuple[Operation, ...]:
    """Returns the operations that the sentences ask for, in their order, each checked against the latest schemas.

    Raises Ambiguous where names fit several things, and WrongUsage with the part that is not understood.
    """
    operations: list[Operation] = []
    parts = without_wishes(parts_of(text))
    if not parts:
        raise WrongUsage("The request says how, and not what is to change.", next="Say the change too.")
    carried = _first_named(parts, pipeline)
    for part in parts:
        named = leading_scope(part)
        if named:
            carried = scopes_of(part.name(named), pipeline)
            continue
        for operation in _operations(part, carried, pipeline):
            operations.append(checked(operation, pipeline))
        if operations[-1].subject:
            carried = (Scope(pipeline.subject(operations[-1].subject)),)
    if not operations:
        raise _not_understood(parts[-1])
    check_together(tuple(operations))
    return tuple(operations)


def _first_named(parts: tuple[Part, ...], pipeline: PipelineMap) -> tuple[Scope, ...]:
    """What the first part that names a schema names: "rename a to b and drop c in Order" is about Order throughout."""
    for part in parts[1:]:
        for said in readings_of(part)[:1]:
            if said.scope and not _SAME.match(said.scope):
                try:
                    return scopes_of(part.name(said.scope), pipeline)
                except WrongUsage:
                    return ()
    return ()


def _operations(part: Part, carried: tuple[Scope, ...], pipeline: PipelineMap) -> list[Operation]:
    readings = tuple(_resumed(said, carried) for said in readings_of(part))
    if not readings:
        raise _not_understood(part)
    symbols = _symbols_after_all(readings[0], pipeline)
    if symbols:
        return symbols
    if readings[0].op == "add_field":
        return [_add(readings, carried, pipeline)]
    said = readings[0]
    if said.op == "split_topic":
        topic, field, where = part.name(said.scope), part.name(said.field), f'"{_shown(part)}"'
        return [split_topic_said(topic, field, names_in(said, said.names), pipeline, where)]
    merged = names_in(said, said.field) if said.op in ("merge_fields", "merge_topics") else ()
    if said.op == "merge_topics" or are_topics(merged, pipeline):
        return [merge_of(merged, part.name(said.to), pipeline, f'"{_shown(part)}"')]
    whole = about_whole(said, carried, pipeline)
    if whole is not None:
        return [whole]
    return [_about_field(one, carried, pipeline) for one in _each(said, carried, pipeline)]


def _resumed(said: Said, carried: tuple[Scope, ...]) -> Said:
    """Takes "in it" and "in the same schema" for the schema that the part before was about."""
    return replace(said, scope="") if carried and _SAME.match(said.scope) else said


def _each(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap) -> list[Said]:
    """Takes "a, b and c" apart, for the sentences in which that can only be a list of fields."""
    names = names_in(said, said.field)
    if said.op not in _LISTS or len(names) < 2:
        return [said]
    return [replace(said, field=name) for name in names]


def _about_field(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap) -> Operation:
    first, *others = names_in(said, said.field) if said.op in MANY else (said.field,)
    scope, field = _found(replace(said, field=first), carried, pipeline)
    subject, record = scope.subject.name, record_in(field.record, scope)
    where = f'"{_shown(said.part)}"'
    match said.op:
        case "remove_field":
            return RemoveField(subject, record, field.name)
        case "rename_field":
            return RenameField(subject, record, field.name, said.part.name(said.to))
        case "change_type":
            kind = _type(said, field.name, scope)
            if kind is None and unit_of(said.type)[0]:
                return ChangeUnit(subject, record, field.name, said.type, said.was)
            if kind is None:
                raise _no_type(said, where)
            return ChangeType(subject, record, field.name, canonical(_as_nullable_as(kind, field)))
        case "make_optional":
            return MakeOptional(subject, record, field.name)
        case "make_required":
            return MakeRequired(subject, record, field.name)
        case "add_symbol":
            return AddSymbol(subject, record, field.name, said.part.name(said.symbol))
        case "remove_symbol":
            return RemoveSymbol(subject, record, field.name, said.part.name(said.symbol))
        case "change_default":
            return ChangeDefault(subject, record, field.name, canonical(_value(said, where)))
        case _ if said.op in OPS:
            siblings = [it.name for it in scope.subject.latest.fields if it.record == field.record]
            return reshape_of(said, others, (subject, record, field.name), siblings)
        case "change_meaning":
            return ChangeMeaning(subject, record, field.name, said.part.name(said.doc), said.part.name(said.to))
        case "change_unit":
            unit, was, to = said.part.name(said.unit), said.part.name(said.was), said.part.name(said.to)
            return ChangeUnit(subject, record, field.name, unit, was, said.factor, to)
        case "remove_default":
            return RemoveDefault(subject, record, field.name)
        case "change_doc":
            return ChangeDoc(subject, record, field.name, said.part.name(said.doc))
        case "rename_symbol":
            return RenameSymbol(subject, record, field.name, said.part.name(said.symbol), said.part.name(said.to))
        case "reorder_symbols":
            return ReorderSymbols(subject, record, field.name, names_in(said, said.names))
        case "constrain_field":
            words, kind = said.part.restored(said.doc), fieldtype.parsed(field.type)
            rule = rule_said(words, kind, where) if said.doc else "{}"
            return ConstrainField(subject, record, field.name, rule)
        case "protect_field":
            return ProtectField(subject, record, field.name, protection_said(said.part.name(said.to)))
        case "tag_field":
            return TagField(subject, record, field.name, tag_said(said.part.name(said.to)))
        case _:
            return Deprecate(subject, record, field.name)


def _found(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap) -> tuple[Scope, SchemaField]:
    name = said.part.name(said.field)
    where = f'"{_shown(said.part)}"'
    if said.scope:
        return the_field(name, scopes_of(said.part.name(said.scope), pipeline), pipeline, named=True, where=where)
    everywhere = tuple(Scope(subject) for subject in pipeline.subjects)
    for scopes in (carried, everywhere):
        if any(fields_of(name, scope) for scope in scopes):
            return the_field(name, scopes, pipeline, named=False, where=where)
    for outer, inner in dotted(name):
        try:
            scopes = scopes_of(outer, pipeline)
        except WrongUsage:
            continue
        return the_field(inner, scopes, pipeline, named=True, where=where)
    return the_field(name, carried or everywhere, pipeline, named=bool(carried), where=where)


def _add(readings: tuple[Said, ...], carried: tuple[Scope, ...], pipeline: PipelineMap) -> Operation:
    said = readings[0]
    where = f'"{_shown(said.part)}"'
    scopes = scopes_of(said.part.name(said.scope), pipeline) if said.scope else carried
    if not scopes:
        scopes = tuple(Scope(subject) for subject in pipeline.subjects)
    scope: Scope | None = None
    for reading in readings:
        name, inner = _path_and_name(said.part.name(reading.field), scopes)
        kinds = [_type(reading, name, candidate) for candidate in inner]
        if kinds and all(kind is not None for kind in kinds):
            scope = the_scope(inner, said.part.name(said.scope), pipeline, where=where)
            return _added(reading, name, kinds[0], scope, where)
    raise _no_type(said, where)


def _path_and_name(said: str, scopes: tuple[Scope, ...]) -> tuple[str, tuple[Scope, ...]]:
    """Reads `detections[].parallax` as a new field of the record at that path."""
    parent, dot, name = said.rpartition(".")
    if not dot:
        return said, scopes
    inner: list[Scope] = []
    for scope in scopes:
        for field in scope.subject.latest.fields:
            if field.path.rpartition(".")[0].replace("[]", "").replace("{}", "") == parent.replace("[]", "").replace(
                "{}", ""
            ):
                inner.append(Scope(scope.subject, field.record))
    return (name, tuple(dict.fromkeys(inner))) if inner else (said, scopes)


def _added(said: Said, name: str, kind: Any, scope: Scope, where: str) -> AddField:
    subject, record = scope.subject.name, record_in(scope.record, scope)
    default = _value(said, where) if said.default else ...
    if said.is_required and (said.is_nullable or said.is_optional):
        raise WrongUsage(
            f'"{name}" can\'t be required and optional at once.', where=where, next="Leave one of the two words out."
        )
    if said.is_nullable or (said.is_optional and default in (..., None)) or (default is None and kind != "null"):
        kind = fieldtype.null_first(kind) if default in (..., None) else [*fieldtype.branches(kind), "null"]
        default = None if default is ... else default
    if default is ...:
        return AddField(subject, record, name, canonical(kind), is_required=said.is_required)
    return AddField(subject, record, name, canonical(kind), canonical(default), not said.is_required, said.is_required)


def _symbols_after_all(said: Said, pipeline: PipelineMap) -> list[Operation]:
    """Reads "add REVIEW and HOLD to status in Order" and "remove SENT from status" as symbols, where that field is an enum."""
    match = re.match(r"^(?P<field>.+?)(?:\s+(?:in|of|on)\s+(?P<scope>.+))?$", said.scope)
    is_type = (
        bool(said.type) and _type(said, "", Scope(pipeline.subjects[0])) is not None if pipeline.subjects else True
    )
    if said.op not in ("add_field", "remove_field", "rename_field") or is_type or not match:
        return []
    try:
        scope, field = _found(replace(said, field=match["field"], scope=match["scope"] or ""), (), pipeline)
    except WrongUsage:
        return []
    enum = fieldtype.enum_of(fieldtype.parsed(field.type))
    if enum is None:
        return []
    if said.op == "rename_field":
        old, to = said.part.name(said.field), said.part.name(said.to)
        return [RenameSymbol(scope.subject.name, record_in(field.record, scope), field.name, old, to)]
    make = AddSymbol if said.op == "add_field" else RemoveSymbol
    # "REVIEW and HOLD" may have been taken for a name with a type, so the words are read again from the sentence.
    listed = re.match(r"^\S+\s+(?P<names>.+?)\s+(?:to|into|in|on|from|of)\s", said.part.text)
    words = listed["names"] if listed and said.type else said.field
    record = record_in(field.record, scope)
    return [make(scope.subject.name, record, field.name, name) for name in names_in(said, words)]


def _type(said: Said, field: str, scope: Scope) -> Any:
    return type_of(said.part.restored(said.type), field, known_types(scope.subject.latest))


def _as_nullable_as(kind: Any, field: SchemaField) -> Any:
    """Keeps null allowed where it is: "change the type of x to long" is not about null."""
    old = fieldtype.parsed(field.type)
    if isinstance(old, list) and fieldtype.is_nullable(old) and not fieldtype.is_nullable(kind):
        first = fieldtype.branches(old)[0] == "null"
        return fieldtype.null_first(kind) if first else [*fieldtype.branches(kind), "null"]
    return kind


def _value(said: Said, where: str) -> Any:
    raw = said.part.restored(said.default).strip()
    if raw.lower() in _WORDS:
        return _WORDS[raw.lower()]
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        name = said.part.name(said.default)
    if raw[:1] in "{[":
        raise WrongUsage(f"The default {raw[:80]} is not valid JSON.", where=where)
    return name


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_type(said: Said, where: str) -> NotUnderstood:
    given = said.part.restored(said.type)
    what = f'"{given[:80]}" is not a type.' if given else "The sentence says no type for the field."
    if said.op == "change_type" and _NAME.fullmatch(given):
        name = said.part.name(said.field)
        return NotUnderstood(
            what,
            where=where,
            next=f'Say "rename {name} to {given}" where another name is meant, else a type such as long or "array of string".',
        )
    return NotUnderstood(
        what,
        where=where,
        next='Say one such as double, "array of string", "map of long", timestamp-millis, "decimal(10,2)", "enum A, B" or a type'
        " as JSON, and put the field's name in backticks.",
    )


def _not_understood(part: Part) -> NotUnderstood:
    instead = said_better(part)
    if instead:
        return NotUnderstood(f'This is not an operation: "{_shown(part)}".', next=instead)
    forms = "\n        ".join(FORMS)
    return NotUnderstood(
        f'This part is not understood: "{_shown(part)}".', next=f"Say it in one of these forms:\n        {forms}"
    )


def _shown(part: Part) -> str:
    said = part.said
    return said if len(said) <= _SHOWN_LENGTH else said[: _SHOWN_LENGTH - 3] + "..."
