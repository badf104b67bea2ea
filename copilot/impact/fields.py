"""What does a change of one field touch? Joins the operation with the map's links and uses, and ranks what it finds.

It only looks things up: how the places change is for `strategies`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from copilot.domain.operation import (
    MergeTopics,
    Operation,
    RekeyTopic,
    RenameTopic,
    SplitTopic,
    TopicOperation,
    old_names,
    old_topics,
)
from copilot.domain.pipeline import Direction, Endpoint, FieldUse, Impact, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import PARTIAL_PATH, SHALLOW_PATH, Gap
from copilot.domain.twins import twins_of
from copilot.errors import SurroundingsFailed

_CERTAINTIES = {"certain": 0, "likely": 1, "possible": 2}


def impact_of(operation: Operation, pipeline: PipelineMap) -> Impact:
    """Returns what the operation touches; raises SurroundingsFailed where the map has no such subject (any more).

    Where a record is used at several paths, the uses at all of them count; `path` is the first of them. Twins of the subject
    (a service's own copy that drifted) count as the subject.
    """
    if isinstance(operation, RenameTopic | MergeTopics):
        return _impact_of_topic(operation, pipeline)
    if isinstance(operation, RekeyTopic | SplitTopic):
        subject = _subject(operation.subject, pipeline)
        return replace(_impact_of_topic(operation, pipeline), path=_paths(operation, subject)[0])
    subject = _subject(operation.subject, pipeline)
    paths = _paths(operation, subject)
    family = {subject.name, *(twin.name for twin in twins_of(subject, pipeline))}
    producers = tuple(link for link in _links(family, "produces", pipeline) if not link.forwards)
    consumers = _links(family, "consumes", pipeline)
    uses = _one_per_token(use for use in pipeline.uses if use.subject in family and use.path in paths)
    jobs = {link.job for link in (*producers, *consumers)} | {use.job for use in uses}
    return Impact(
        subject=subject.name,
        path=paths[0],
        producers=producers,
        consumers=consumers,
        uses=tuple(sorted(uses, key=_rank)),
        downstream=_downstream(operation.field, family, consumers, pipeline),
        blind_spots=tuple(
            spot
            for spot in pipeline.blind_spots
            if spot.job in jobs and (not spot.subjects or not family.isdisjoint(spot.subjects))
        ),
        gaps=_gaps(jobs, subject, pipeline),
    )


def _impact_of_topic(operation: TopicOperation, pipeline: PipelineMap) -> Impact:
    """Everybody on the topic, whatever lies on it; who hands records on writes there too."""
    topics = {Endpoint("topic", name) for name in old_topics(operation)}
    links = tuple(link for link in pipeline.links if link.endpoint in topics)
    jobs = {link.job for link in links}
    roots = [job.root.rstrip("/") for job in pipeline.jobs if job.name in jobs]
    return Impact(
        subject=operation.subject,
        path=operation.topic,
        producers=tuple(link for link in links if link.direction == "produces"),
        consumers=tuple(link for link in links if link.direction == "consumes"),
        uses=(),
        downstream=(),
        blind_spots=(),
        gaps=tuple(gap for gap in pipeline.gaps if _is_below(gap.span.path, roots)),
    )


def _subject(name: str, pipeline: PipelineMap) -> SchemaSubject:
    try:
        return pipeline.subject(name)
    except KeyError:
        raise SurroundingsFailed(
            f'The schema "{name}" can\'t be read on commit {pipeline.commit[:12]} any more.',
            next="See under NOT READ why: pipeline-copilot map. Then propose again.",
        ) from None


def _rank(use: FieldUse) -> tuple[int, bool, str, int, int, str, str]:
    place = (use.span.path, use.span.first_line, use.offset)
    return (_CERTAINTIES[use.certainty], use.is_test, *place, use.mode, use.subject)


def _one_per_token(uses: Iterable[FieldUse]) -> list[FieldUse]:
    """Keeps the most certain use of each token in each mode; twins share the tokens of the jobs that are linked to both."""
    kept: dict[tuple[str, int, str], FieldUse] = {}
    for use in sorted(uses, key=_rank):
        kept.setdefault((use.span.path, use.offset, use.mode), use)
    return list(kept.values())


def _paths(operation: Operation, subject: SchemaSubject) -> list[str]:
    """Every path at which the operation's field stands, or would stand when it is added."""
    latest = subject.latest
    record = operation.record or latest.name
    if not operation.field:
        above = {field.path[: -len(field.name)].rstrip(".") for field in latest.fields if field.record == record} or {
            ""
        }
        return sorted(above, key=lambda path: (path.count("."), path))
    own = [field.path for field in latest.fields if field.record == record and field.name == operation.field]
    if own:
        own.sort(key=lambda path: (path.count("."), path))
        others = old_names(operation)[1:]
        return own + [path[: len(path) - len(operation.field)] + name for path in own for name in others]
    siblings = [field for field in latest.fields if field.record == record]
    parents = {field.path[: len(field.path) - len(field.name)] for field in siblings} or {""}
    return sorted((parent + operation.field for parent in parents), key=lambda path: (path.count("."), path))


def _links(family: set[str], direction: Direction, pipeline: PipelineMap) -> tuple[Link, ...]:
    """The links of all twins; a job that is linked to several of them on one endpoint counts once."""
    found: dict[tuple[str, Endpoint], Link] = {}
    links = [link for link in pipeline.links if link.subject in family and link.direction == direction]
    for link in sorted(links, key=lambda link: (_CERTAINTIES[link.certainty], str(link.subject))):
        found.setdefault((link.job, link.endpoint), link)
    return tuple(found[key] for key in sorted(found))


def _downstream(name: str, family: set[str], consumers: tuple[Link, ...], pipeline: PipelineMap) -> tuple[str, ...]:
    jobs = {link.job for link in consumers}
    written = {link.subject for link in pipeline.links if link.direction == "produces" and link.job in jobs}
    return tuple(
        other.name
        for other in pipeline.subjects
        if other.name in written and other.name not in family and any(f.name == name for f in other.latest.fields)
    )


def _gaps(jobs: set[str], subject: SchemaSubject, pipeline: PipelineMap) -> tuple[Gap, ...]:
    roots = [job.root.rstrip("/") for job in pipeline.jobs if job.name in jobs]
    files = {SHALLOW_PATH, PARTIAL_PATH, subject.latest.source.path, *(copy.path for copy in subject.copies)}
    return tuple(gap for gap in pipeline.gaps if gap.span.path in files or _is_below(gap.span.path, roots))


def _is_below(path: str, roots: list[str]) -> bool:
    return any(root in ("", ".") or path == root or path.startswith(root + "/") for root in roots)
