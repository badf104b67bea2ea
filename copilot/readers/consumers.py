"""Consumers outside of every repository here: jobs with consuming links, made of what `copilot.toml` says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copilot.domain.clones import Consumer
from copilot.domain.pipeline import Decoder, Endpoint, Job, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Gap
from copilot.domain.twins import main_twin, twins_of
from copilot.readers.unmatched import unmatched_name


def with_consumers(pipeline: PipelineMap, consumers: tuple[Consumer, ...]) -> PipelineMap:
    """Returns the map with the consumers in it; what they name and the map does not have becomes a gap.

    A consumer reads what is written to its topic, or its subject wherever that is written; with a schema of its own, it is linked
    to that one as well, as any job that keeps its own copy.
    """
    if not consumers:
        return pipeline
    whole = replace(pipeline, consumers=consumers)
    links = [link for consumer in consumers for link in _links(consumer, whole)]
    jobs = [Job(consumer.job, consumer.schema or consumer.job, consumer.owner) for consumer in consumers]
    gaps = [gap for consumer in consumers for gap in _gaps(consumer, whole)]
    return replace(
        whole,
        endpoints=tuple(sorted({*whole.endpoints, *(link.endpoint for link in links)})),
        jobs=tuple(sorted((*whole.jobs, *jobs), key=lambda job: job.name)),
        links=tuple(
            sorted(
                {*whole.links, *links},
                key=lambda link: (link.job, link.direction, link.endpoint, link.subject or "", link.proof),
            )
        ),
        gaps=tuple(sorted({*whole.gaps, *gaps})),
    )


def _links(consumer: Consumer, pipeline: PipelineMap) -> Iterator[Link]:
    reader = _holder(consumer, pipeline)
    decoder = Decoder(consumer.decoder or "unknown", "own" if reader else "unknown")
    for endpoint in _endpoints(consumer, pipeline):
        written = [subject.name for subject in _written(consumer, endpoint, pipeline)]
        for name in dict.fromkeys([*([reader.name] if reader else []), *written]) or (None,):
            yield Link(consumer.job, endpoint, "consumes", name, decoder, "certain", (consumer.span,))


def _endpoints(consumer: Consumer, pipeline: PipelineMap) -> tuple[Endpoint, ...]:
    """Returns what it reads from: the stated topic, or all that its subject is written to; an unknown one where that is nothing."""
    if consumer.topic:
        known = [endpoint for endpoint in pipeline.endpoints if endpoint.name == consumer.topic]
        return tuple(known[:1]) or (Endpoint("topic", consumer.topic),)
    names = {subject.name for subject in _family(consumer, pipeline)}
    written = {link.endpoint for link in pipeline.links if link.direction == "produces" and link.subject in names}
    return tuple(sorted(endpoint for endpoint in written if endpoint.name)) or (Endpoint("topic", ""),)


def _written(consumer: Consumer, endpoint: Endpoint, pipeline: PipelineMap) -> tuple[SchemaSubject, ...]:
    if consumer.subject:
        return _family(consumer, pipeline)[:1]
    names = {link.subject for link in pipeline.links if link.direction == "produces" and link.endpoint == endpoint}
    return tuple(subject for subject in pipeline.subjects if subject.name in names)


def _family(consumer: Consumer, pipeline: PipelineMap) -> tuple[SchemaSubject, ...]:
    """Returns the subject that is meant, by its name or its record's full name, and its twins; () where there is none."""
    for subject in pipeline.subjects:
        if subject.name == consumer.subject:
            return (subject, *twins_of(subject, pipeline))
    for subject in pipeline.subjects:
        if subject.latest.name == consumer.subject:
            main = main_twin(subject, pipeline)
            return (main, *twins_of(main, pipeline))
    return ()


def _holder(consumer: Consumer, pipeline: PipelineMap) -> SchemaSubject | None:
    """Returns the subject whose text, or copy, the consumer's reader schema is."""
    if not consumer.schema:
        return None
    mains = (subject for subject in pipeline.subjects if subject.latest.source.path == consumer.schema)
    copies = (it for it in pipeline.subjects if any(copy.path == consumer.schema for copy in it.copies))
    return next(mains, None) or next(copies, None)


def _gaps(consumer: Consumer, pipeline: PipelineMap) -> Iterator[Gap]:
    if consumer.subject and not _family(consumer, pipeline):
        names = [subject.name for subject in pipeline.subjects]
        yield unmatched_name(consumer.span, f"the consumer {consumer.name}", "subject", consumer.subject, names)
    if consumer.schema and _holder(consumer, pipeline) is None:
        what = f"the reader schema of the consumer {consumer.name}, {consumer.schema}, is no schema that was read"
        yield Gap(consumer.span, what)
