"""Sentences that are about no single field: other names of types, namespaces and topics, the order of fields, levels."""

from __future__ import annotations

import re
from datetime import date
from typing import cast, get_args

from copilot.domain import fieldtype
from copilot.domain.levels import Level
from copilot.domain.naming import next_topic
from copilot.domain.operation import (
    ChangeDoc,
    ChangeLevel,
    Operation,
    RekeyTopic,
    RenameRecord,
    RenameTopic,
    ReorderFields,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.errors import Ambiguous, WrongUsage
from copilot.planners.forms import Said
from copilot.planners.matching import (
    Scope,
    dotted,
    exactly_called,
    fields_of,
    scopes_of,
    subjects_of,
    the_field,
    the_scope,
)
from copilot.planners.names import best_matches, listed, nearest

LEVELS = get_args(Level)
_SEPARATOR = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_SHOWN_AT_MOST = 8


def about_whole(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap) -> Operation | None:
    """Returns the operation of a sentence about a type, a topic, a level or the order of fields; None for all others.

    Raises WrongUsage or Ambiguous where its names can't be found.
    """
    where = f'"{said.part.said[:160]}"'
    match said.op:
        case "rename_topic":
            return renamed_topic(said.part.name(said.field), said.part.name(said.to), pipeline, where)
        case "rekey_topic":
            topic, field, to = (said.part.name(piece) for piece in (said.scope, said.field, said.to))
            return rekeyed_topic(topic, field, to, pipeline, where)
        case "rename_record" | "change_namespace":
            return _renamed_type(said, carried, pipeline, where)
        case "change_level":
            scope = _scope(said, carried, pipeline, where)
            level = level_of(said.part.name(said.to), where)
            return ChangeLevel(scope.subject.name, level, until_of(said.part.name(said.until), where))
        case "reorder_fields":
            return _reordered(said, carried, pipeline, where)
        case "rename_field" if not said.scope and _is_topic(said, carried, pipeline, where):
            return renamed_topic(said.part.name(said.field), said.part.name(said.to), pipeline, where)
        case "rename_field" if not said.scope and _is_schema(said, carried, pipeline):
            return _renamed_type(said, carried, pipeline, where)
        case "change_doc" if not said.scope and _is_schema(said, carried, pipeline):
            (scope,) = scopes_of(said.part.name(said.field), pipeline)[:1]
            return ChangeDoc(scope.subject.name, record_in(scope.record, scope), "", said.part.name(said.doc))
    return None


def names_in(said: Said, piece: str) -> tuple[str, ...]:
    """Returns the names of a list such as "a, b and c"."""
    return tuple(said.part.name(name) for name in _SEPARATOR.split(piece) if name)


def record_in(full: str, scope: Scope) -> str:
    """Returns a record's full name as operations on the scope's subject have it: "" for the outermost one."""
    return "" if full == scope.subject.latest.name else full


def level_of(said: str, where: str) -> Level:
    """Returns the level that a person means; raises WrongUsage for what is none."""
    name = re.sub(r"[\s-]+", "_", said).upper()
    if name not in LEVELS:
        raise WrongUsage(
            f'"{said}" is not a compatibility level.', where=where, next=f"Use one of {', '.join(LEVELS)}."
        )
    return cast(Level, name)


def until_of(said: str, where: str) -> str:
    """Returns a day as YYYY-MM-DD; raises WrongUsage for what is none."""
    try:
        return date.fromisoformat(said).isoformat() if said else ""
    except ValueError:
        raise WrongUsage(f'"{said}" is not a day.', where=where, next="Write it as in 2026-12-31.") from None


def renamed_topic(topic: str, to: str, pipeline: PipelineMap, where: str) -> RenameTopic:
    """Returns the operation about a topic that the map knows; raises WrongUsage for one that it does not."""
    found = topic_named(topic, pipeline, where)
    return RenameTopic(subject_on(found, pipeline), found, to)


def rekeyed_topic(topic: str, field: str, to: str, pipeline: PipelineMap, where: str) -> RekeyTopic:
    """Returns the operation about a topic and a field of what lies on it; raises WrongUsage where one of them is not known."""
    found, scope, own = field_on_topic(topic, field, pipeline, where)
    return RekeyTopic(
        scope.subject.name,
        record_in(own.record, scope),
        own.name,
        found,
        to or next_topic(found, {link.endpoint.name for link in pipeline.links}),
    )


def field_on_topic(topic: str, field: str, pipeline: PipelineMap, where: str) -> tuple[str, Scope, SchemaField]:
    """Returns a topic, and a field of what lies on it; raises WrongUsage where one of them is not known."""
    found = topic_named(topic, pipeline, where)
    name = subject_on(found, pipeline)
    if not name:
        raise WrongUsage(
            f"What schema the records of {found} have was not found, so {field} can't be looked up.",
            where=where,
            next="See under NOT READ why: pipeline-copilot map.",
        )
    scope, own = the_field(field, (Scope(pipeline.subject(name)),), pipeline, named=True, where=where)
    return found, scope, own


def topic_named(topic: str, pipeline: PipelineMap, where: str) -> str:
    """Returns the topic of the map that is meant; raises WrongUsage for one that it does not know."""
    known = _topics_of(pipeline)
    found = best_matches(topic, known)
    if len(found) != 1:
        close = found or nearest(topic, known) or tuple(known[:_SHOWN_AT_MOST])
        what = f'"{topic}" can be {listed(found)}.' if found else f'No topic "{topic}" was found.'
        raise WrongUsage(what, where=where, next=f"Did you mean {listed(close)}?" if close else "See them with: map.")
    return found[0]


def _topics_of(pipeline: PipelineMap) -> list[str]:
    return sorted(
        {link.endpoint.name for link in pipeline.links if link.endpoint.kind == "topic" and link.endpoint.name}
    )


def subject_on(topic: str, pipeline: PipelineMap) -> str:
    """Returns the subject that lies on a topic: what its producers write, else what is read from it; "" where none is known."""
    links = [link for link in pipeline.links if link.endpoint.name == topic and link.subject]
    ordered = sorted(
        links, key=lambda link: (link.direction != "produces", link.certainty != "certain", str(link.subject))
    )
    return str(ordered[0].subject) if ordered else ""


def type_named(said: str, subject: SchemaSubject, where: str) -> str:
    """Returns the full name of the named type that is meant inside a subject; raises WrongUsage with the known ones."""
    full = [name for name, _ in fieldtype.named_types(fieldtype.parsed(subject.latest.resolved))]
    by_short = {name.rpartition(".")[2]: name for name in reversed(full)}
    found = best_matches(said, [*full, *by_short])
    if len(found) != 1:
        next = f"Its types are {listed(full[:_SHOWN_AT_MOST])}."
        raise WrongUsage(f'No type "{said}" in {subject.name}.', where=where, next=next)
    return by_short.get(found[0], found[0])


def _is_schema(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap) -> bool:
    """Tells whether a name without "in …" is that of a schema, and of no field."""
    name = said.part.name(said.field)
    scopes = (*carried, *(Scope(subject) for subject in pipeline.subjects))
    return not any(fields_of(name, scope) for scope in scopes) and len(subjects_of(name, pipeline)) == 1


def _is_topic(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap, where: str) -> bool:
    """Tells whether a name without "in …" is exactly that of a topic, which counts for more than any likeness to another name.

    Raises Ambiguous where a schema, its record, or a field with its schema's name before it is called so too. A field that has
    exactly the name is meant itself.
    """
    name = said.part.name(said.field)
    scopes = (*carried, *(Scope(subject) for subject in pipeline.subjects))
    if name not in _topics_of(pipeline) or any(
        name in (it.name, it.path) for one in scopes for it in fields_of(name, one)
    ):
        return False
    others = [f"record {it}" for it in exactly_called(name, pipeline)]
    others += [
        f"{field.path} in {one.name}"
        for outer, inner in dotted(name)
        for one in subjects_of(outer, pipeline)
        for field in fields_of(inner, Scope(one))
    ]
    if not others:
        return True
    candidates = (f"topic {name}", *dict.fromkeys(others))
    raise Ambiguous(
        f'"{name}" can be the {" or the ".join(candidates[:_SHOWN_AT_MOST])}.',
        candidates,
        said=name,
        where=where,
        next=f'Say which one, as in "rename {candidates[0]} to {said.part.name(said.to)}".',
    )


def _scope(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap, where: str) -> Scope:
    name = said.part.name(said.scope)
    scopes = scopes_of(name, pipeline) if name else carried
    if not scopes:
        scopes = tuple(Scope(subject) for subject in pipeline.subjects)
    return the_scope(scopes, name, pipeline, where=where)


def _renamed_type(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap, where: str) -> RenameRecord:
    asked = said.part.name(said.scope) or said.part.name(said.field)
    to = said.part.name(said.to)
    if said.symbol:
        scope = _scope(said, carried, pipeline, where)
        old = type_named(said.part.name(said.symbol), scope.subject, where)
    else:
        scope = the_scope(scopes_of(asked, pipeline), asked, pipeline, where=where)
        old = scope.record or scope.subject.latest.name
    return RenameRecord(scope.subject.name, record_in(old, scope), full_to(old, to, said.op))


def full_to(old: str, to: str, op: str) -> str:
    """Returns the new full name: another namespace keeps the name, a name without a full stop keeps the namespace."""
    space, _, name = old.rpartition(".")
    if op == "change_namespace":
        return f"{to}.{name}"
    return to if "." in to or not space else f"{space}.{to}"


def _reordered(said: Said, carried: tuple[Scope, ...], pipeline: PipelineMap, where: str) -> ReorderFields:
    scope = _scope(said, carried, pipeline, where)
    record = scope.record or scope.subject.latest.name
    own = [field.name for field in scope.subject.latest.fields if field.record == record]
    if said.names:
        wanted = tuple(_own(name, own, where) for name in names_in(said, said.names))
        left = [name for name in own if name not in wanted]
        return ReorderFields(scope.subject.name, record_in(scope.record, scope), (*dict.fromkeys(wanted), *left))
    moved = _own(said.part.name(said.field), own, where)
    rest = [name for name in own if name != moved]
    at = len(rest) if said.is_after else 0
    if said.beside:
        beside = _own(said.part.name(said.beside), own, where)
        at = rest.index(beside) + said.is_after if beside in rest else at
    return ReorderFields(scope.subject.name, record_in(scope.record, scope), (*rest[:at], moved, *rest[at:]))


def _own(name: str, own: list[str], where: str) -> str:
    found = best_matches(name, own)
    if len(found) != 1:
        close = nearest(name, own) or tuple(own[:_SHOWN_AT_MOST])
        raise WrongUsage(f'The record has no field "{name}".', where=where, next=f"Did you mean {listed(close)}?")
    return found[0]
