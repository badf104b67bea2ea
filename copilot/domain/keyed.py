"""By which field are the records of a topic keyed, and which of its readers hang on that?

A key is seen where code names it: in the call that produces (`key=order["customer_id"]`), or where a producer is told which
field to key by. A key that has a name of its own first, or none at all, is not seen.
"""

from __future__ import annotations

import re

from copilot.domain.operation import Operation
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.twins import twins_of

_TELLS_PRODUCER = re.compile(r"key_field\w*\s*[(=]|partition_key\s*=|\b(?:produce|send|publish|write)\w*\(.*\bkey\s*=")
_ORDERS_ONLY = re.compile(r"\b(?:sort|sorted|order_by|orderBy|sort_values|min|max)\s*\(")


def keys_written(topic: str, pipeline: PipelineMap) -> tuple[FieldUse, ...]:
    """Returns where producers of the topic name the field that its records are keyed by; tests are left out."""
    links = [it for it in pipeline.links if it.endpoint.name == topic and it.direction == "produces"]
    jobs = {link.job for link in links}
    calls = {(it.path, line) for link in links for it in link.proof[:1] for line in _lines(it.first_line, it.last_line)}
    return tuple(
        use
        for use in _keys(topic, pipeline)
        if use.job in jobs
        and ((use.span.path, use.span.first_line) in calls or _TELLS_PRODUCER.search(use.excerpt) is not None)
    )


def keyed_by(operation: Operation, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the topics of the operation's subject whose records are seen to be keyed by its field."""
    topics = {
        it.endpoint.name for it in pipeline.links_of(operation.subject, "produces") if it.endpoint.kind == "topic"
    }
    return tuple(
        topic
        for topic in sorted(topics - {""})
        if any(
            use.subject == operation.subject and use.name == operation.field for use in keys_written(topic, pipeline)
        )
    )


def keys_read(topic: str, pipeline: PipelineMap) -> tuple[FieldUse, ...]:
    """Returns where readers of the topic group, join or look up by a field of its records; sorting alone is left out."""
    jobs = {it.job for it in pipeline.links if it.endpoint.name == topic and it.direction == "consumes"}
    written = set(keys_written(topic, pipeline))
    found = (use for use in _keys(topic, pipeline) if use.job in jobs and use not in written)
    return tuple(use for use in found if use.certainty != "possible" and not _ORDERS_ONLY.search(use.excerpt))


def _keys(topic: str, pipeline: PipelineMap) -> list[FieldUse]:
    named = {link.subject for link in pipeline.links if link.endpoint.name == topic and link.subject}
    family = set(named)
    for subject in pipeline.subjects:
        if subject.name in named:
            family |= {twin.name for twin in twins_of(subject, pipeline)}
    return [use for use in pipeline.uses if use.mode == "keys" and use.subject in family and not use.is_test]


def _lines(first: int, last: int) -> range:
    return range(first, last + 1)
