"""Consumers that read with one local schema for both sides, and what their copies need.

Such a consumer takes its own text for the writer's, so bytes and text have to match at every moment. A copy that lacks fields which
stand at the end of the shared record reads on by luck; the next field that is added lands in the wrong place.
"""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import SchemaEdit
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.domain.twins import places_of
from copilot.strategies.ground import Ground, version_at
from copilot.strategies.work import Work, add_field, as_json


def in_line(ground: Ground) -> Work:
    """Adds to each such copy the fields at the end of the record that it lacks, as the shared schema has them."""
    edits = [
        SchemaEdit(source, "add_field", ground.record, name, "", as_json(field))
        for link in single_links(ground)
        for source in single_copies(ground, link.job)
        if source in ground.sources
        for name, field in _lacking(ground, version_at(source, ground.pipeline))
    ]
    return Work(tuple(dict.fromkeys(edits)))


def add_beside(ground: Ground, after: str, *fields: dict[str, Any]) -> Work:
    """Adds fields after a sibling; at the end of the record where a consumer reads with a single local schema.

    Bytes that come in the middle would have to reach such a consumer in the very moment in which it knows of them.
    """
    is_last = bool(single_links(ground))
    work = in_line(ground) if is_last else Work()
    for field in fields:
        work += add_field(ground, field, after="" if is_last else after)
    return work


def single_links(ground: Ground) -> tuple[Link, ...]:
    """Returns one link for each consumer that reads with a single local schema."""
    links = [link for link in ground.impact.consumers if link.decoder and link.decoder.reader_schema == "single"]
    return tuple({link.job: link for link in reversed(links)}.values())


def single_copies(ground: Ground, job: str) -> tuple[SchemaSource, ...]:
    """Returns the copies of the schema that lie in the job's own folder."""
    roots = [it.root.rstrip("/") + "/" for it in ground.pipeline.jobs if it.name == job and it.root not in ("", ".")]
    places = places_of(ground.subject, ground.pipeline)
    return tuple(
        source
        for source in places
        if source != ground.subject.latest.source and source.path.startswith(tuple(roots) or ("\0",))
    )


def _lacking(ground: Ground, copy: SchemaVersion | None) -> list[tuple[str, object]]:
    """The fields that the copy lacks, where all that it has are the first ones of the shared record."""
    if copy is None:
        return []
    shared = [field.name for field in ground.subject.latest.fields if field.record == ground.record]
    own = [field.name for field in copy.fields if field.record == ground.record]
    if own != shared[: len(own)]:
        return []
    return [(name, fieldtype.field_of(ground.schema, ground.record, name)) for name in shared[len(own) :]]
