"""The part of a map that is about some of its schemas: what `map --subject` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.errors import WrongUsage
from copilot.planners.names import best_matches, listed, nearest


def part_of(pipeline: PipelineMap, said: Iterable[str]) -> PipelineMap:
    """Returns the map with only what is about the named schemas, and with all gaps: what could not be read may be about them.

    A name is a subject's, the last part of it, or that of its record; one that several have means them all. Raises WrongUsage
    with the nearest names where nothing has it.
    """
    names = {subject for one in said for subject in _named(pipeline.subjects, one)}
    endpoints = {link.endpoint for link in pipeline.links if link.subject in names}
    # Who else is on the same topics, with a schema that isn't known, may well have this one.
    links = tuple(
        it for it in pipeline.links if it.subject in names or (it.subject is None and it.endpoint in endpoints)
    )
    uses = tuple(use for use in pipeline.uses if use.subject in names)
    jobs = {link.job for link in links} | {use.job for use in uses}
    return replace(
        pipeline,
        subjects=tuple(it for it in pipeline.subjects if it.name in names),
        endpoints=tuple(it for it in pipeline.endpoints if it in endpoints),
        jobs=tuple(it for it in pipeline.jobs if it.name in jobs),
        deployments=tuple(it for it in pipeline.deployments if it.job in jobs),
        consumers=tuple(it for it in pipeline.consumers if it.job in jobs),
        links=links,
        uses=uses,
        blind_spots=tuple(
            it for it in pipeline.blind_spots if it.job in jobs and (not it.subjects or names & {*it.subjects})
        ),
        objectives=tuple(it for it in pipeline.objectives if it.about in names | {str(point) for point in endpoints}),
        unknown_reads=tuple(it for it in pipeline.unknown_reads if it.subject in names),
    )


def _named(subjects: tuple[SchemaSubject, ...], said: str) -> tuple[str, ...]:
    called: dict[str, list[str]] = {}
    for subject in subjects:
        record = subject.latest.name
        for name in (subject.name, subject.name.rpartition("/")[2], record, record.rpartition(".")[2]):
            called.setdefault(name, []).append(subject.name)
    found = (said,) if said in called else best_matches(said, called)
    if not found:
        close = nearest(said, called)
        hint = f"Did you mean {listed(close)}? " if close else ""
        raise WrongUsage(
            f'No schema is called "{said}".', next=f"{hint}Without --subject, map lists all {len(subjects)}."
        )
    return tuple(dict.fromkeys(subject for name in found for subject in called[name]))
