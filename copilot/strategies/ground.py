"""What a strategy stands on: the operation together with the schema as written, the places that hold it, and its uses by side."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from copilot.domain import fieldtype
from copilot.domain.naming import is_test_path
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDoc,
    Operation,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    ReorderFields,
    ReorderSymbols,
)
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.twins import places_of

Side = Literal["producers", "consumers"]


@dataclass(frozen=True, slots=True)
class Ground:
    """One operation and everything about its field that the map knows.

    `schema` is the latest version's JSON as written; `record` the full name of the declaring record; `field` is None where it
    is to be added. `sources` are the places to edit: the latest text and its copies outside of tests; `foreign` those that are not
    for this repository to edit. `uses` are those that are sure enough (certain or likely, one a token); `doubtful` are only named
    to a person.
    """

    operation: Operation
    impact: Impact
    pipeline: PipelineMap
    subject: SchemaSubject
    schema: Any
    record: str
    field: SchemaField | None
    sources: tuple[SchemaSource, ...]
    foreign: tuple[SchemaSource, ...]
    uses: tuple[FieldUse, ...]
    doubtful: tuple[FieldUse, ...]

    @property
    def kind(self) -> Any:
        """The field's type as written."""
        return self.properties.get("type", "null")

    @property
    def properties(self) -> dict[str, Any]:
        """The field's object as written; built from the map where the text can't be read here."""
        written = fieldtype.field_of(self.schema, self.record, self.operation.field)
        if written is not None:
            return written
        assert self.field is not None, "an added field has no properties yet"
        return {"name": self.field.name, "type": fieldtype.parsed(self.field.type)}

    @property
    def has_default(self) -> bool:
        return self.field is not None and self.field.default is not None

    @property
    def default(self) -> Any:
        """The default's value, None where there is none (ask `has_default`)."""
        if self.field is None or self.field.default is None:
            return None
        return fieldtype.parsed(self.field.default)

    def uses_by(self, side: Side) -> tuple[FieldUse, ...]:
        """Returns the uses on one side of the subject."""
        return tuple(use for use in self.uses if side_of(use, self.impact) == side)

    def field_at(self, source: SchemaSource) -> SchemaField | None:
        """Returns the field as one place has it; a copy that was not read counts as equal to the latest version."""
        version = version_at(source, self.pipeline)
        return _field_in(version, self.record, self.operation.field) if version else self.field

    def schema_copy(self) -> Any:
        """Returns the schema as written, to be changed freely."""
        return copy.deepcopy(self.schema)


def ground_of(operation: Operation, impact: Impact, pipeline: PipelineMap) -> Ground:
    """Returns the ground of an operation whose names were validated against the same map."""
    subject = pipeline.subject(operation.subject)
    latest = subject.latest
    record = operation.record or latest.name
    field = next((f for f in latest.fields if f.record == record and f.name == operation.field), None)
    places = tuple(_concerned_places(operation, record, subject, pipeline))
    return Ground(
        operation=operation,
        impact=impact,
        pipeline=pipeline,
        subject=subject,
        schema=_as_written(latest.text, latest.resolved),
        record=record,
        field=field,
        sources=tuple(place for place in places if not pipeline.is_foreign(place.path)),
        foreign=tuple(place for place in places if pipeline.is_foreign(place.path)),
        uses=_one_per_token(use for use in impact.uses if use.certainty != "possible"),
        doubtful=_one_per_token(use for use in impact.uses if use.certainty == "possible"),
    )


def side_of(use: FieldUse, impact: Impact) -> Side:
    """Tells with whom a use must move: with its job's side of the subject, by its mode where the job is on both or none."""
    produces = any(link.job == use.job for link in impact.producers)
    consumes = any(link.job == use.job for link in impact.consumers)
    if produces != consumes:
        return "producers" if produces else "consumers"
    return "producers" if use.is_write else "consumers"


def side_of_job(ground: Ground, path: str) -> Side | None:
    """Returns on which side the job that a path belongs to stands; that of the consumers where it is on both, None for no job."""
    own = {
        job.name
        for job in ground.pipeline.jobs
        if job.root not in ("", ".") and f"{path}/".startswith(job.root.rstrip("/") + "/")
    }
    if any(link.job in own for link in ground.impact.consumers):
        return "consumers"
    return "producers" if any(link.job in own for link in ground.impact.producers) else None


def _concerned_places(
    operation: Operation, record: str, subject: SchemaSubject, pipeline: PipelineMap
) -> Iterator[SchemaSource]:
    """The subject's own text, and the copies and twins outside of tests on which the operation makes sense.

    A drifted one may lack the field, or be ahead.
    """
    for source in places_of(subject, pipeline):
        version = version_at(source, pipeline)
        is_own = source == subject.latest.source
        if is_own or not (is_test_path(source.path) or (version and not _makes_sense(operation, record, version))):
            yield source


def _makes_sense(operation: Operation, record: str, version: SchemaVersion) -> bool:
    field = _field_in(version, record, operation.field)
    if isinstance(operation, RenameRecord):
        return any(full == record for full, _ in fieldtype.named_types(fieldtype.parsed(version.resolved)))
    if isinstance(operation, ReorderFields):
        return sum(it.record == record and it.name in operation.fields for it in version.fields) > 1
    if isinstance(operation, ChangeDoc) and not operation.field:
        return any(it.record == record for it in version.fields)
    if isinstance(operation, AddField):
        return field is None and any(other.record == record for other in version.fields)
    if field is None:
        return False
    if isinstance(operation, RenameField):
        return _field_in(version, record, operation.to) is None
    enum = fieldtype.enum_of(fieldtype.parsed(field.type)) or {}
    if isinstance(operation, ReorderSymbols):
        return set(enum.get("symbols", ())) == set(operation.symbols)
    if isinstance(operation, RenameSymbol):
        return operation.symbol in enum.get("symbols", ()) and operation.to not in enum.get("symbols", ())
    if isinstance(operation, AddSymbol | RemoveSymbol):
        return (operation.symbol in enum.get("symbols", ())) == isinstance(operation, RemoveSymbol)
    return True


def version_at(source: SchemaSource, pipeline: PipelineMap) -> SchemaVersion | None:
    """Returns the schema at a place: a subject's own text, or a copy as it was read; None where it was not read."""
    for subject in pipeline.subjects:
        for version in (subject.latest, *subject.copy_versions):
            if version.source == source:
                return version
    return None


def _field_in(version: SchemaVersion, record: str, name: str) -> SchemaField | None:
    return next((field for field in version.fields if field.record == record and field.name == name), None)


def _one_per_token(uses: Any) -> tuple[FieldUse, ...]:
    seen: dict[tuple[str, int], FieldUse] = {}
    for use in uses:
        seen.setdefault((use.span.path, use.offset), use)
    return tuple(seen.values())


def _as_written(text: str, resolved: str) -> Any:
    # The text keeps references to named types; `resolved` inlines them, and would define them again when written back.
    for read in (json.loads, ast.literal_eval):
        try:
            schema = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(schema, dict | list):
            return schema
    return json.loads(resolved)
