"""A split of a topic, and a merge of several, as people say them, and whether they can be made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from copilot.domain import fieldtype
from copilot.domain.operation import MergeTopics, SplitTopic
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField
from copilot.errors import WrongUsage
from copilot.planners.whole import field_on_topic, record_in, subject_on, topic_named

_KINDS = ("string", "enum")
VALUES_MAX = 20
TOPICS_MAX = 8


def split_topic_said(topic: str, field: str, routes: tuple[str, ...], pipeline: PipelineMap, where: str) -> SplitTopic:
    """Returns the split that a sentence asks for; each route is a value, or "VALUE=TOPIC"."""
    pairs = [re.split(r"\s*(?:=|->|:)\s*", route, maxsplit=1) for route in routes]
    return split_of(topic, field, [(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs], pipeline, where)


def split_of(
    topic: str, field: str, routes: Iterable[tuple[str, str]], pipeline: PipelineMap, where: str
) -> SplitTopic:
    """Returns the split; each route is a value with its topic, "" for one named after it. Without routes an enum's symbols are
    the values.
    """
    if not field:
        return _by_type(topic_named(topic, pipeline, where), tuple(routes), pipeline, where)
    found, scope, own = field_on_topic(topic, field, pipeline, where)
    enum = fieldtype.enum_of(fieldtype.parsed(own.type)) or {}
    named = tuple(routes) or tuple((str(symbol), "") for symbol in enum.get("symbols", ()))
    if not named:
        raise WrongUsage(
            f'Which values "{own.name}" has is not in its type, {own.type}.',
            where=where,
            next=f'Name them: "split {found} by {own.name} into A, B", or "… into A=topic.a, B=topic.b".',
        )
    values = tuple(value for value, _ in named)
    into = tuple(to or f"{found}.{_plain(value)}" for value, to in named)
    return SplitTopic(scope.subject.name, record_in(own.record, scope), own.name, found, values, into)


def types_on(topic: str, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the full names of the records that producers write to a topic, the branches of a union each by itself."""
    names: list[str] = []
    for link in pipeline.links:
        version = pipeline.schema_of(link)
        if link.endpoint.name == topic and link.direction == "produces" and version is not None:
            branches = fieldtype.branches(fieldtype.parsed(version.resolved))
            records = [it for it in branches if isinstance(it, dict) and it.get("type") == "record"]
            names += [fieldtype.full_name(str(it["name"]), str(it.get("namespace") or "")) for it in records]
    return tuple(dict.fromkeys(names))


def _by_type(topic: str, routes: tuple[tuple[str, str], ...], pipeline: PipelineMap, where: str) -> SplitTopic:
    """Returns the split by what each record is; without routes every type that is written has a topic of its own."""
    known = types_on(topic, pipeline)
    if len(known) < 2:
        held = known[0] if known else "no record whose schema was found"
        raise WrongUsage(
            f"All that is seen to be written to {topic} is {held}, so there are no types to split by.",
            where=where,
            next=f'Split it by a field: "split {topic} by FIELD into A, B".',
        )
    short = [name.rpartition(".")[2] for name in known]
    by_word = {name: name for name in known} | {
        word: name for word, name in zip(short, known, strict=True) if short.count(word) == 1
    }
    named = routes or tuple(
        (word if short.count(word) == 1 else name, "") for word, name in zip(short, known, strict=True)
    )
    wrong = [word for word, _ in named if word not in by_word]
    if wrong:
        raise WrongUsage(
            f"No record {wrong[0]} is seen to be written to {topic}.",
            where=where,
            next=f"These are: {', '.join(known)}.",
        )
    values = tuple(by_word[word] for word, _ in named)
    into = tuple(to or f"{topic}.{_plain(word)}" for word, to in named)
    return SplitTopic(subject_on(topic, pipeline), "", "", topic, values, into)


def are_topics(names: tuple[str, ...], pipeline: PipelineMap) -> bool:
    """Tells whether several names are all topics of the map, letter by letter."""
    return len(names) > 1 and set(names) <= {it.endpoint.name for it in pipeline.links if it.endpoint.kind == "topic"}


def merge_of(names: tuple[str, ...], to: str, pipeline: PipelineMap, where: str) -> MergeTopics:
    """Returns the merge of topics that the map knows; raises WrongUsage for one that it does not, or where there are too few."""
    found = tuple(topic_named(name, pipeline, where) for name in names)
    if not 1 < len(set(found)) == len(found) <= TOPICS_MAX:
        raise WrongUsage(
            f"There are {len(set(found))} topics to merge.",
            where=where,
            next=f"Name each once, between 2 and {TOPICS_MAX} of them.",
        )
    return MergeTopics(subject_on(found[0], pipeline), found[0], found[1:], to)


def _plain(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", value).strip("-").lower() or "empty"


def can_split_by(field: SchemaField) -> bool:
    """Tells whether each record has one value of the field, of a kind that topics can be named after."""
    kind = fieldtype.without_null(fieldtype.parsed(field.type))
    return fieldtype.base_kind(kind) in _KINDS and "[]" not in field.path and "{}" not in field.path


def check_split(operation: SplitTopic, pipeline: PipelineMap) -> None:
    """Raises WrongUsage where the field has no values to split by, or a value or topic stands twice."""
    where = operation.subject or operation.topic
    if operation.field:
        _check_field(operation, pipeline)
    if not 1 < len(operation.values) <= VALUES_MAX:
        raise WrongUsage(
            f"There are {len(operation.values)} values.", where=where, next=f"Name between 2 and {VALUES_MAX}."
        )
    for what, names in (("value", operation.values), ("topic", (*operation.into, operation.rest))):
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise WrongUsage(
                f'The {what} "{twice[0]}" stands twice.', where=where, next="Give each a topic of its own."
            )


def _check_field(operation: SplitTopic, pipeline: PipelineMap) -> None:
    subject = pipeline.subject(operation.subject)
    record = operation.record or subject.latest.name
    field = next(it for it in subject.latest.fields if it.record == record and it.name == operation.field)
    where = f"{operation.subject} ({field.span})"
    if not can_split_by(field):
        raise WrongUsage(
            f'"{field.path}" is of type {field.type}, by which a record has no one place.',
            where=where,
            next="Split by a text or an enum that each record has once.",
        )
    symbols = (fieldtype.enum_of(fieldtype.parsed(field.type)) or {}).get("symbols", ())
    wrong = [value for value in operation.values if symbols and value not in symbols]
    if wrong:
        raise WrongUsage(f'"{field.name}" has no symbol {wrong[0]}.', where=where, next=f"It has {', '.join(symbols)}.")
