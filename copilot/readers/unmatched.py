"""Which names in `copilot.toml` does nothing in the map have? They set nothing, so each is told as a gap, with the closest name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Gap, Span
from copilot.settings import SETTINGS_PATH, Settings


def with_unmatched(pipeline: PipelineMap, settings: Settings) -> PipelineMap:
    """Returns the map with a gap for each topic, subject or job that the settings name and the map doesn't have."""
    gaps = list(_unmatched(settings, pipeline))
    return replace(pipeline, gaps=tuple(sorted({*pipeline.gaps, *gaps}))) if gaps else pipeline


def _unmatched(settings: Settings, pipeline: PipelineMap) -> Iterator[Gap]:
    subjects = {subject.name for subject in pipeline.subjects}
    topics = {endpoint.name for endpoint in pipeline.endpoints if endpoint.name}
    jobs = {job.name for job in pipeline.jobs}
    for pattern, _, line in settings.levels:
        if pattern != "*" and not any(fnmatchcase(name, pattern) for name in subjects):
            yield unmatched_name(Span(SETTINGS_PATH, line, line), "[compatibility]", "subject", pattern, subjects)
    for owner in settings.owners:
        if owner.job not in jobs:
            yield unmatched_name(owner.span, "[owners]", "job", owner.job, jobs)
    for sample in settings.samples:
        if sample.subject not in subjects:
            yield unmatched_name(sample.span, "[samples]", "subject", sample.subject, subjects)
    for sink in settings.sinks:
        where = f'[sinks."{sink.name}"]'
        if sink.subject and sink.subject not in subjects:
            yield unmatched_name(sink.span, where, "subject", sink.subject, subjects)
        if sink.topic and sink.topic not in topics:
            yield unmatched_name(sink.span, where, "topic", sink.topic, topics)
    for retention in settings.retentions:
        if retention.topic not in topics:
            yield unmatched_name(retention.span, "[topics]", "topic", retention.topic, topics)


def unmatched_name(span: Span, who: str, kind: str, name: str, known: Collection[str]) -> Gap:
    """Returns the gap of a name that is none of those known, with the one that is closest to it."""
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), 1)
    hint = f'; "{near[0]}" is' if near else ""
    return Gap(span, f'{who} names the {kind} "{name}", which is not in this map{hint}')
