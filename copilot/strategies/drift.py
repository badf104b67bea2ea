"""Consumers that read with one local schema for both sides: what their copies need, and how a change can reach them at all.

Such a consumer takes its own text for the writer's, so bytes and text have to match at every moment. A copy that lacks fields which
stand at the end of the shared record reads on by luck; the next field that is added lands in the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain import fieldtype
from copilot.domain.alternative import SchemaEdit
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.strategies.ground import Ground, version_at
from copilot.strategies.words import named
from copilot.strategies.work import ByHand, Work, as_json


def in_line(ground: Ground) -> Work:
    """Adds to each such copy the fields at the end of the record that it lacks, as the shared schema has them."""
    edits = [
        SchemaEdit(source, "add_field", ground.record, name, "", as_json(field))
        for source in _single_copies(ground)
        for name, field in _lacking(ground, version_at(source, ground.pipeline))
    ]
    return Work(tuple(edits))


def drained(ground: Ground) -> Work:
    """Tells a person how to bring a change of the bytes to each such consumer."""
    notes = []
    for link in _single_links(ground):
        writers = {it.job for it in ground.impact.producers if it.endpoint == link.endpoint} - {link.job}
        place = str(link.proof[0]) if link.proof else link.job
        who = named(writers) if writers else "whoever writes it"
        text = (
            f"{place}  {link.job}: takes its own schema for the writer's, so stop {who}, let it read {link.endpoint} to the end,"
            " then deploy both at once"
        )
        notes.append(ByHand("consumers", text))
    return Work((), tuple(dict.fromkeys(notes)))


def _single_links(ground: Ground) -> tuple[Link, ...]:
    links = [link for link in ground.impact.consumers if link.decoder and link.decoder.reader_schema == "single"]
    return tuple({link.job: link for link in reversed(links)}.values())


def _single_copies(ground: Ground) -> Iterator[SchemaSource]:
    jobs = {link.job for link in _single_links(ground)}
    roots = [
        job.root.rstrip("/") + "/" for job in ground.pipeline.jobs if job.name in jobs and job.root not in ("", ".")
    ]
    for source in ground.sources:
        if source != ground.subject.latest.source and source.path.startswith(tuple(roots)):
            yield source


def _lacking(ground: Ground, copy: SchemaVersion | None) -> list[tuple[str, object]]:
    """The fields that the copy lacks, where all that it has are the first ones of the shared record."""
    if copy is None:
        return []
    shared = [field.name for field in ground.subject.latest.fields if field.record == ground.record]
    own = [field.name for field in copy.fields if field.record == ground.record]
    if own != shared[: len(own)]:
        return []
    return [(name, fieldtype.field_of(ground.schema, ground.record, name)) for name in shared[len(own) :]]
