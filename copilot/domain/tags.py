"""Tags of fields: the property that holds them, and the fields of other schemas that carry the same value on.

A value is carried where a job reads it from one record and writes it into another on one line of code (certain, whatever the two
fields are called), or where a job that reads the one schema writes another with a field of that name and type (likely). The record
itself likely holds it twice where another field inside it has the same name and type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.pipeline import Certainty, FieldUse, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.domain.source import Span
from copilot.domain.twins import main_twin, twins_of

CONFLUENT, PLAIN = "confluent:tags", "tags"
TAG_PROPERTIES = (CONFLUENT, PLAIN)
CARRIERS_MAX = 100


@dataclass(frozen=True, slots=True)
class Carrier:
    """A field that holds the value too: the job that hands it on, and where, as far as it is seen; "" in the record itself."""

    subject: str
    field: SchemaField
    job: str
    certainty: Certainty
    span: Span | None


def tags_of(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the tags of a field's object, under either property."""
    listed = [properties.get(name) for name in TAG_PROPERTIES]
    return tuple(str(tag) for tags in listed if isinstance(tags, list) for tag in tags)


def tags_property(pipeline: PipelineMap) -> str:
    """Returns the property that tags stand in: the one in use, else what the registry's catalogue reads where one is in use."""
    texts = [subject.latest.resolved for subject in pipeline.subjects]
    for name in TAG_PROPERTIES:
        if any(f'"{name}"' in text for text in texts):
            return name
    uses_registry = any(link.decoder and link.decoder.library == "confluent-kafka" for link in pipeline.links)
    return CONFLUENT if uses_registry else PLAIN


def carriers_of(subject: str, path: str, pipeline: PipelineMap) -> tuple[Carrier, ...]:
    """Returns every field that carries the value of that field on, in the order in which it gets there; at most `CARRIERS_MAX`."""
    found: dict[tuple[str, str], Carrier] = {}
    start = main_twin(pipeline.subject(subject), pipeline)
    seen = {(start.name, path)}
    waiting = [(start, path)]
    for again in _again_inside(start, path):
        seen.add((start.name, again.path))
        found[start.name, again.path] = Carrier(start.name, again, "", "likely", None)
        waiting.append((start, again.path))
    while waiting and len(found) < CARRIERS_MAX:
        own, at = waiting.pop(0)
        for carrier in _one_job_on(own, at, pipeline):
            key = (carrier.subject, carrier.field.path)
            if key not in seen:
                seen.add(key)
                found[key] = carrier
                waiting.append((pipeline.subject(carrier.subject), carrier.field.path))
    return tuple(found.values())


def _again_inside(subject: SchemaSubject, path: str) -> Iterator[SchemaField]:
    """The other fields of the schema with that name and type, such as `detections[].oid` beside `oid`."""
    own = next((it for it in subject.latest.fields if it.path == path), None)
    for other in subject.latest.fields if own else ():
        is_namesake = own is not None and other.name == own.name and other.record != own.record
        if own is not None and is_namesake and _same_type(other, own):
            yield other


def _one_job_on(subject: SchemaSubject, path: str, pipeline: PipelineMap) -> Iterator[Carrier]:
    family = {subject.name, *(twin.name for twin in twins_of(subject, pipeline))}
    readers = {link.job for link in pipeline.links if link.direction == "consumes" and link.subject in family}
    field = next((it for it in subject.latest.fields if it.path == path), None)
    written = {
        (link.job, link.subject)
        for link in pipeline.links
        if link.direction == "produces" and link.job in readers and link.subject and link.subject not in family
    }
    for job, name in sorted((job, str(name)) for job, name in written):
        other = main_twin(pipeline.subject(name), pipeline)
        if other.name in family or field is None:
            continue
        handed_on = _handed_on(job, family, path, {name, other.name}, pipeline)
        for own in other.latest.fields:
            if own.path in handed_on:
                yield Carrier(other.name, own, job, "certain", handed_on[own.path])
            elif own.name == field.name and _same_type(own, field):
                yield Carrier(other.name, own, job, "likely", None)


def _handed_on(job: str, family: set[str], path: str, others: set[str], pipeline: PipelineMap) -> dict[str, Span]:
    """Returns the paths of the other subject that get the value as it is, each with the line on which the job writes it."""
    own = [use for use in pipeline.uses if use.job == job and not use.is_test and use.certainty != "possible"]
    lines = {_line(use) for use in own if use.subject in family and use.path == path and use.mode == "passes"}
    found: dict[str, Span] = {}
    for use in own:
        is_write = use.mode in ("writes", "passes") and use.form in ("literal", "keyword")
        if use.subject in others and is_write and _line(use) in lines:
            found.setdefault(use.path, use.span)
    return found


def _line(use: FieldUse) -> tuple[str, int]:
    return use.span.path, use.span.first_line


def _same_type(one: SchemaField, other: SchemaField) -> bool:
    kinds = [fieldtype.without_null(fieldtype.parsed(it.type)) for it in (one, other)]
    return canonical(kinds[0]) == canonical(kinds[1])
