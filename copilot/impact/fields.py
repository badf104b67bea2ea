"""What does a change of one field touch? Joins the operation with the map's links and uses, and ranks what it finds.

It only looks things up: how the places change is for `strategies`.
"""

from __future__ import annotations

from copilot.domain.operation import Operation
from copilot.domain.pipeline import FieldUse, Impact, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Gap

_CERTAINTIES = {"certain": 0, "likely": 1, "possible": 2}


def impact_of(operation: Operation, pipeline: PipelineMap) -> Impact:
    """Returns what the operation touches; the subject must be one of the map's.

    Where a record is used at several paths, the uses at all of them count; `path` is the first of them.
    """
    subject = pipeline.subject(operation.subject)
    paths = _paths(operation, subject)
    producers = pipeline.links_of(subject.name, "produces")
    consumers = pipeline.links_of(subject.name, "consumes")
    uses = [use for use in pipeline.uses if use.subject == subject.name and use.path in paths]
    jobs = {link.job for link in (*producers, *consumers)} | {use.job for use in uses}
    return Impact(
        subject=subject.name,
        path=paths[0],
        producers=producers,
        consumers=consumers,
        uses=tuple(sorted(uses, key=_rank)),
        downstream=_downstream(operation.field, subject, consumers, pipeline),
        blind_spots=tuple(spot for spot in pipeline.blind_spots if spot.job in jobs),
        gaps=_gaps(jobs, subject, pipeline),
    )


def _rank(use: FieldUse) -> tuple[int, bool, str, int, int]:
    return (_CERTAINTIES[use.certainty], use.is_test, use.span.path, use.span.first_line, use.offset)


def _paths(operation: Operation, subject: SchemaSubject) -> list[str]:
    """Every path at which the operation's field stands, or would stand when it is added."""
    latest = subject.latest
    record = operation.record or latest.name
    own = [field.path for field in latest.fields if field.record == record and field.name == operation.field]
    if own:
        return sorted(own, key=lambda path: (path.count("."), path))
    siblings = [field for field in latest.fields if field.record == record]
    parents = {field.path[: len(field.path) - len(field.name)] for field in siblings} or {""}
    return sorted((parent + operation.field for parent in parents), key=lambda path: (path.count("."), path))


def _downstream(
    name: str, subject: SchemaSubject, consumers: tuple[Link, ...], pipeline: PipelineMap
) -> tuple[str, ...]:
    jobs = {link.job for link in consumers}
    written = {link.subject for link in pipeline.links if link.direction == "produces" and link.job in jobs}
    return tuple(
        other.name
        for other in pipeline.subjects
        if other.name in written and other.name != subject.name and any(f.name == name for f in other.latest.fields)
    )


def _gaps(jobs: set[str], subject: SchemaSubject, pipeline: PipelineMap) -> tuple[Gap, ...]:
    roots = [job.root.rstrip("/") for job in pipeline.jobs if job.name in jobs]
    files = {subject.latest.source.path, *(copy.path for copy in subject.copies)}
    return tuple(gap for gap in pipeline.gaps if gap.span.path in files or _is_below(gap.span.path, roots))


def _is_below(path: str, roots: list[str]) -> bool:
    return any(root in ("", ".") or path == root or path.startswith(root + "/") for root in roots)
