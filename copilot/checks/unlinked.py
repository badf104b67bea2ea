"""Which jobs may read or write a subject without reading having seen it?

A job that encodes or decodes Avro with a schema that was not found may do so with any subject of whose producers, or consumers,
none is known. Whether it uses what changes is then not known, however few uses were found.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.evidence import Finding
from copilot.domain.pipeline import Direction, Impact
from copilot.ports import Case

PLACES_MAX = 5
_AVRO_LIBRARIES = ("avro", "confluent-kafka", "fastavro")
_RULES = {"produces": "usage.may-write", "consumes": "usage.may-read"}


def may_be_linked(case: Case, impact: Impact, *, is_open: bool) -> Iterator[Finding]:
    """Yields one finding a job, at most PLACES_MAX a side; a warning where a field goes away or changes its type."""
    if not impact.producers:
        yield from _of_side(case, impact.subject, "produces", is_open)
    if not impact.consumers:
        yield from _of_side(case, impact.subject, "consumes", is_open)


def _of_side(case: Case, subject: str, direction: Direction, is_open: bool) -> Iterator[Finding]:
    verb = "writes" if direction == "produces" else "reads"
    jobs = {
        link.job: link
        for link in case.base.links
        if link.subject is None and link.direction == direction and not link.forwards
        if link.decoder and link.decoder.library in _AVRO_LIBRARIES and link.certainty != "possible"
    }
    for job, link in sorted(jobs.items())[:PLACES_MAX]:
        text = f"{job} {verb} {link.endpoint.name} with a schema that was not found; it may be {subject}."
        span = link.proof[0] if link.proof else None
        fix = "Look at the places by hand: no use of the fields was searched for there."
        yield Finding(_RULES[direction], "warning" if is_open else "note", text, span, subject, fix=fix)
