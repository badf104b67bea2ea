"""Who may use what changes without reading having seen it?

A job that encodes or decodes Avro with a schema that was not found may do so with any subject of whose producers, or consumers,
none is known. So may a job that does so as JSON, or in a way that was not found, where its code names the fields. A Python
file that can't be parsed may use a field that it names. Whether they do is not known, however few uses were
found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.evidence import Finding, Severity
from copilot.domain.naming import is_test_path
from copilot.domain.pipeline import Direction, FieldUse, Impact, Link
from copilot.domain.source import Gap, Span
from copilot.ports import Bench, Case

PLACES_MAX = 5
_QUOTED = re.compile(r"""(["'])(\w+)\1""")
_AVRO_LIBRARIES = ("avro", "confluent-kafka", "fastavro", "flink", "spark")
_RULES = {"produces": "usage.may-write", "consumes": "usage.may-read"}
NAMES_MIN = 3
"""So many names of its fields show that code knows a record; half of them are enough where that is fewer."""
WRITER_UNLINKED = "contract.writer-unlinked"
READER_UNLINKED = "contract.reader-unlinked"


def may_be_linked(case: Case, bench: Bench, impact: Impact, *, is_open: bool, is_demanding: bool) -> Iterator[Finding]:
    """Yields one finding a job, at most PLACES_MAX a side; a warning where a field goes away or changes its type (`is_open`),
    of writers also where the schema demands a further one (`is_demanding`).
    """
    warns: dict[Direction, bool] = {"produces": is_open or is_demanding, "consumes": is_open}
    for direction, is_warning in warns.items():
        if impact.producers if direction == "produces" else impact.consumers:
            continue
        for link, text in _unlinked(case, bench, impact.subject, direction):
            fix = "Look at the places by hand: no use of the fields was searched for there."
            severity: Severity = "warning" if is_warning else "note"
            yield Finding(_RULES[direction], severity, f"{text}.", _span(link), impact.subject, fix=fix)


def contract_unlinked(case: Case, bench: Bench, changed: tuple[Lineage, ...]) -> Iterator[Finding]:
    """Yields, for each side of a subject of which no job is known, the jobs that may be on it, once the first phase is through
    that demands something of writers, or takes something from readers.
    """
    for lineage in changed:
        phases = range(len(lineage.after))
        demanded = next(((it, paths) for it in phases if (paths := lineage.demanded(it))), None)
        vanished = next(((it, paths) for it in phases if (paths := lineage.vanished(it))), None)
        if demanded and not case.base.links_of(lineage.name, "produces"):
            yield from _of_contract(case, bench, lineage.name, "produces", *demanded)
        if vanished and not case.base.links_of(lineage.name, "consumes"):
            yield from _of_contract(case, bench, lineage.name, "consumes", *vanished)


def _of_contract(
    case: Case, bench: Bench, subject: str, direction: Direction, phase: int, paths: frozenset[str]
) -> Iterator[Finding]:
    label = phase_label(phase, case.alternative.phases[phase])
    path = min(paths)
    for link, text in _unlinked(case, bench, subject, direction):
        if direction == "produces":
            rule, text = WRITER_UNLINKED, f"{text}, which demands {path} after {label}."
        else:
            rule, text = READER_UNLINKED, f"{text}, which has no {path} as it was after {label}."
        yield Finding(rule, "warning", text, _span(link), subject, path, phase)


def _unlinked(case: Case, bench: Bench, subject: str, direction: Direction) -> Iterator[tuple[Link, str]]:
    """Yields the jobs that may write, or read, the subject, with why they may; at most PLACES_MAX."""
    verb = "writes" if direction == "produces" else "reads"
    links = [
        link
        for link in case.base.links
        if link.subject is None and link.direction == direction and not link.forwards and link.certainty != "possible"
    ]
    jobs: dict[str, tuple[Link, str]] = {}
    for link in links:
        if link.decoder and link.decoder.library in _AVRO_LIBRARIES:
            text = f"{link.job} {verb} {link.endpoint} with a schema that was not found; it may be {subject}"
            jobs[link.job] = (link, text)
    others = [link for link in links if link.job not in jobs]
    quoted = _quoted(bench, {path for link in others for path in _code_of(link)})
    for link in others:
        names = next((found for path in _code_of(link) if (found := _names_told(case, subject, quoted[path]))), ())
        if names and link.job not in jobs:
            how = "as JSON" if link.decoder and link.decoder.library == "json" else "with a schema that was not found"
            text = f"{link.job} {verb} {link.endpoint} {how} and names {', '.join(names)}; it may be {subject}"
            jobs[link.job] = (link, text)
    yield from (jobs[job] for job in sorted(jobs)[:PLACES_MAX])


def _code_of(link: Link) -> list[str]:
    """Returns the Python files around a link, outside of tests."""
    return sorted({span.path for span in link.proof if span.path.endswith(".py") and not is_test_path(span.path)})


def _quoted(bench: Bench, paths: Set[str]) -> dict[str, Set[str]]:
    """Returns the names that stand in quotes in each file, none of one that can't be read."""
    files = bench.tree.read(sorted(paths)) if paths else {}
    return {
        path: set() if isinstance(file, Gap) else {match[2] for match in _QUOTED.finditer(file.text)}
        for path, file in files.items()
    }


def _names_told(case: Case, subject: str, quoted: Set[str]) -> tuple[str, ...]:
    """Returns the fields that a file names: what changes, and enough of the others; () if too few."""
    for operation in case.request.operations:
        names = _names_of(case, subject) if operation.subject == subject else set()
        own = {operation.field.rpartition(".")[2]} & names
        beside = names - own
        told = sorted(beside & quoted)
        if beside and own <= quoted and len(told) >= min(NAMES_MIN, (len(beside) + 1) // 2):
            return (*sorted(own), *told[:NAMES_MIN])
    return ()


def _span(link: Link) -> Span | None:
    return link.proof[0] if link.proof else None


def named_in_unread_code(case: Case, *, is_open: bool) -> Iterator[Finding]:
    """Yields a finding where a Python file that can't be parsed quotes a changed field, once a file; at most PLACES_MAX."""
    uses = (use for impact in case.impacts for use in impact.uses if use.form == "unparsed")
    first: dict[tuple[str, str], FieldUse] = {}
    for use in uses:
        first.setdefault((use.span.path, use.name), use)
    for use in list(first.values())[:PLACES_MAX]:
        text = f"{use.span.path} names {use.name} and could not be parsed, so whether it uses the field is not known."
        fix = "Look at the file by hand, or mend it."
        yield Finding("usage.may-use", "warning" if is_open else "note", text, use.span, use.subject, fix=fix)


def _names_of(case: Case, subject: str) -> set[str]:
    fields = (it.latest.fields for it in case.base.subjects if it.name == subject)
    return {field.path.rpartition(".")[2].rstrip("[]{}") for some in fields for field in some}
