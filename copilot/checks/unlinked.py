"""Who may use what changes without reading having seen it?

A job that encodes or decodes Avro with a schema that was not found may do so with any subject of whose producers, or consumers,
none is known. A Python file that can't be parsed may use a field that it names beside another one. Whether they do is not known,
however few uses were found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain.evidence import Finding
from copilot.domain.operation import Operation
from copilot.domain.pipeline import Direction, Impact
from copilot.domain.source import Gap, Span
from copilot.ports import Bench, Case

PLACES_MAX = 5
FILES_READ_MAX = 50
_QUOTED = re.compile(r"""(["'])(\w+)\1""")
_AVRO_LIBRARIES = ("avro", "confluent-kafka", "fastavro", "flink", "spark")
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


def named_in_unread_code(case: Case, bench: Bench, *, is_open: bool) -> Iterator[Finding]:
    """Yields a finding where a Python file that can't be parsed quotes a changed field and another; at most PLACES_MAX."""
    paths = sorted({gap.span.path for gap in case.base.gaps if _is_unparsed(gap)})[:FILES_READ_MAX]
    found = 0
    for path, file in bench.tree.read(paths).items() if paths else ():
        quoted = {} if isinstance(file, Gap) else _quoted(file.text)
        for operation in case.request.operations:
            own = operation.field.rpartition(".")[2]
            if own not in quoted or found == PLACES_MAX or not quoted.keys() & _beside(case, operation):
                continue
            found += 1
            text = f"{path} names {own} and could not be parsed, so whether it uses the field is not known."
            span = Span(path, quoted[own], quoted[own])
            fix = "Look at the file by hand, or mend it."
            yield Finding("usage.may-use", "warning" if is_open else "note", text, span, operation.subject, fix=fix)


def _quoted(text: str) -> dict[str, int]:
    """Returns the names that stand in quotes, each with its first line."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for match in _QUOTED.finditer(line):
            found.setdefault(match[2], number)
    return found


def _beside(case: Case, operation: Operation) -> set[str]:
    """Returns the names of the other fields of the subject."""
    subjects = (subject for subject in case.base.subjects if subject.name == operation.subject)
    names = {field.path.rpartition(".")[2] for subject in subjects for field in subject.latest.fields}
    return names - {operation.field.rpartition(".")[2]}


def _is_unparsed(gap: Gap) -> bool:
    return gap.span.path.endswith(".py") and gap.reason.startswith("not valid Python")
