"""Does an operation on a type, a topic, an order or a level make sense on the pipeline as it is?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.domain import fieldtype
from copilot.domain.keyed import keys_written
from copilot.domain.levels import is_looser
from copilot.domain.operation import (
    ChangeDoc,
    ChangeLevel,
    MergeTopics,
    Operation,
    RekeyTopic,
    RenameRecord,
    RenameTopic,
    ReorderFields,
    SplitTopic,
    TopicChange,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.errors import WrongUsage
from copilot.planners.avrotypes import check_name
from copilot.planners.splits import check_split

_KEY_KINDS = ("string", "int", "long", "enum", "bytes", "fixed", "boolean")
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
"""Kafka's own rule for names of topics."""


def checked_whole(operation: Operation, pipeline: PipelineMap) -> bool:
    """Tells whether the operation is about no single field, and raises WrongUsage where it can't be done."""
    match operation:
        case RenameTopic():
            _check_topic(operation, pipeline)
        case RekeyTopic():
            _check_topic(operation, pipeline)
            _check_key(operation, pipeline)
        case SplitTopic():
            for name in (*operation.into, operation.rest):
                _check_topic(RenameTopic(operation.subject, operation.topic, name), pipeline)
            check_split(operation, pipeline)
        case MergeTopics():
            for name in operation.merged:
                _check_topic(RenameTopic(operation.subject, name, operation.to), pipeline)
        case ChangeLevel():
            _check_level(operation, pipeline.subject(operation.subject))
        case RenameRecord():
            _check_record(operation, pipeline)
        case ReorderFields():
            latest = pipeline.subject(operation.subject).latest
            own = [field for field in latest.fields if field.record == (operation.record or latest.name)]
            _check_order(operation, own, f"{operation.subject} ({latest.source.path}:{latest.source.span.first_line})")
        case ChangeDoc(field=""):
            schema = fieldtype.parsed(pipeline.subject(operation.subject).latest.resolved)
            if (fieldtype.record_of(schema, operation.record) or {}).get("doc") == operation.doc:
                raise WrongUsage("The record's doc says that already.", where=operation.subject)
        case _:
            return False
    return True


def check_same_names(names: Sequence[str], own: Sequence[str], what: str, where: str) -> None:
    """Raises WrongUsage where a new order does not name each of the things once, or is the order that is there."""
    if sorted(names) != sorted(own):
        left = [name for name in own if name not in names]
        more = [name for name in names if name not in own]
        told = [f"leaves out {', '.join(left)}"] * bool(left) + [f"names {', '.join(more)}, which is not there"] * bool(
            more
        )
        raise WrongUsage(
            f"The new order of {what} {' and '.join(told) or 'names one twice'}.",
            where=where,
            next=f"Name each once: {', '.join(own)}.",
        )
    if list(names) == list(own):
        raise WrongUsage(f"The {what} stand in that order already.", where=where)


def _check_order(operation: ReorderFields, own: list[SchemaField], where: str) -> None:
    check_same_names(operation.fields, [field.name for field in own], "fields", where)


def _check_key(operation: RekeyTopic, pipeline: PipelineMap) -> None:
    subject = pipeline.subject(operation.subject)
    record = operation.record or subject.latest.name
    field = next(it for it in subject.latest.fields if it.record == record and it.name == operation.field)
    where = f"{operation.subject} ({field.span})"
    kind = fieldtype.base_kind(fieldtype.without_null(fieldtype.parsed(field.type)))
    if kind not in _KEY_KINDS:
        raise WrongUsage(
            f'"{field.name}" is of type {field.type}, which is no key: equal values have to be equal bytes.',
            where=where,
            next="Key by a string, a whole number, an enum or bytes.",
        )
    if "[]" in field.path or "{}" in field.path:
        raise WrongUsage(
            f'"{field.path}" stands several times in one record, so it is no key of it.',
            where=where,
            next="Key by a field that each record has once.",
        )
    written = keys_written(operation.topic, pipeline)
    if written and all(use.path == field.path for use in written):
        raise WrongUsage(f'"{operation.topic}" is keyed by {field.path} already.', where=str(written[0].span))


def _check_topic(operation: TopicChange, pipeline: PipelineMap) -> None:
    where = f"topic {operation.topic}"
    if not _TOPIC.fullmatch(operation.to) or operation.to in (".", ".."):
        raise WrongUsage(
            f'"{operation.to}" is not a name that Kafka allows for a topic.',
            where=where,
            next='Use letters, digits, ".", "_" and "-", at most 249 of them.',
        )
    if operation.to == operation.topic:
        raise WrongUsage(f'"{operation.topic}" has that name already.', where=where)
    places = [link for link in pipeline.links if link.endpoint.name == operation.to]
    if places:
        proof = f" ({places[0].proof[0]})" if places[0].proof else ""
        raise WrongUsage(
            f'There is a topic "{operation.to}" already: {places[0].job}{proof} is on it.',
            where=where,
            next="Choose another name: records of both would be mixed.",
        )


def _check_level(operation: ChangeLevel, subject: SchemaSubject) -> None:
    where = f"{subject.name} ({subject.level_source})"
    if operation.level == subject.compatibility and subject.level_source != "assumed":
        raise WrongUsage(f'"{subject.name}" keeps {operation.level} already.', where=where)
    is_loosening = is_looser(operation.level, subject.compatibility)
    if is_loosening and not operation.until:
        raise WrongUsage(
            f"{operation.level} asks for less than {subject.compatibility}, which is for one occasion only.",
            where=where,
            next=f'Say until when, as in "lower the compatibility of {subject.name} to {operation.level} until 2026-12-31".',
        )
    if operation.until and not is_loosening:
        raise WrongUsage(
            f"{operation.level} asks for no less than {subject.compatibility}, so it needs no last day.",
            where=where,
            next="Leave the day out.",
        )


def _check_record(operation: RenameRecord, pipeline: PipelineMap) -> None:
    subject = pipeline.subject(operation.subject)
    latest = subject.latest
    old = operation.record or latest.name
    where = f"{subject.name} ({latest.source.path}:{latest.source.span.first_line})"
    space, _, name = operation.to.rpartition(".")
    check_name(name, "a type", where)
    for part in space.split(".") if space else ():
        check_name(part, "a namespace", where)
    if operation.to == old:
        raise WrongUsage(f'"{old}" has that name already.', where=where)
    names = {full for full, _ in fieldtype.named_types(fieldtype.parsed(latest.resolved))}
    others = [other for other in pipeline.subjects if other.latest.name == operation.to and other.name != subject.name]
    if operation.to in names or others:
        place = f" in {others[0].latest.source.path}" if others else ""
        raise WrongUsage(f'There is a type "{operation.to}" already{place}.', where=where, next="Choose another name.")
