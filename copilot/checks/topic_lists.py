"""Is a new topic in the lists from which topics are created, before some job is on it?

A list is a setting of a deployment that names the old topic beside other known ones, while the deployment's job neither reads nor
writes it. It belongs to no reader and no writer, so only its text tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.checks.lineage import phase_label
from copilot.domain.evidence import Finding
from copilot.domain.operation import SplitTopic, TopicOperation, old_topics
from copilot.domain.pipeline import Deployment, PipelineMap
from copilot.domain.source import Span
from copilot.ports import Case

NOT_LISTED = "usage.topic-not-created"
_SEPARATORS = re.compile(r"[\s,;]+")


def list_findings(case: Case) -> Iterator[Finding]:
    """Yields the lists that lack a topic which a job is on; nothing where a step leaves the file to a person."""
    if not case.patches:
        return
    by_hand = [text for phase in case.alternative.phases for step in phase.steps for text in step.manual]
    for operation in case.request.operations:
        if not isinstance(operation, TopicOperation):
            continue
        new = (*operation.into, operation.rest) if isinstance(operation, SplitTopic) else (operation.to,)
        for listing, setting in _lists(old_topics(operation), case.base):
            if not any(_is_in(text, listing.span) for text in by_hand):
                yield from _lacking(listing, setting, new, case)


def _is_in(text: str, span: Span) -> bool:
    """Tells whether "path:line  what" names a line of the span."""
    path, _, line = text.partition("  ")[0].partition(":")
    return path == span.path and line.isdigit() and span.first_line <= int(line) <= span.last_line


def _lists(old: tuple[str, ...], base: PipelineMap) -> Iterator[tuple[Deployment, str]]:
    known = {link.endpoint.name for link in base.links}
    users = {link.job for link in base.links if link.endpoint.name in old}
    for deployment in base.deployments:
        for setting, value in deployment.settings:
            named = set(_SEPARATORS.split(value)) & known
            if deployment.job not in users and named & set(old) and len(named) > 1:
                yield deployment, setting


def _lacking(listing: Deployment, setting: str, new: tuple[str, ...], case: Case) -> Iterator[Finding]:
    known = {link.endpoint.name for link in case.base.links}
    for number, state in enumerate(case.states):
        used = {link.endpoint.name: link.job for link in state.links if link.endpoint.name in new}
        texts = [
            dict(it.settings).get(setting, "")
            for it in state.deployments
            if (it.job, it.name, it.span.path) == (listing.job, listing.name, listing.span.path)
        ]
        listed = {name for text in texts for name in _SEPARATORS.split(text)}
        for topic in sorted(used.keys() - listed - known) if texts else ():
            label = phase_label(number, case.alternative.phases[number])
            text = f"{setting} of {listing.name} names the topics that are created, and not {topic}, which {used[topic]} is on"
            fix = "Name it there in this phase or before it."
            yield Finding(NOT_LISTED, "error", f"{text} after {label}.", listing.span, phase=number, fix=fix)
            return
