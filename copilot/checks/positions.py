"""Fields change places, come or go: does a job that reads the record take values by their place instead of their name?

Readers of the format take fields by name, so nothing of this shows in bytes. A row without its names, `SELECT *`, an INSERT without
a list of columns or a column taken by its number does hang on the order. Whether such a line is about this record can't be told,
so where a field only comes or goes, a row counts when its name is that of a record in the same file.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from copilot.domain.alternative import SchemaEdit
from copilot.domain.evidence import Finding
from copilot.domain.operation import AddField, RemoveField, ReorderFields
from copilot.domain.source import SourceFile, Span
from copilot.ports import Bench, Case

RULE, ROW = "usage.by-position", "usage.handed-on"
FILES_MAX, PLACES_MAX = 400, 10
_BY_PLACE = (
    (
        re.compile(r"\b(?:list|tuple|writerow|writerows|execute|executemany)\s*\([^#]*\.values\(\)"),
        "hands on the values alone",
    ),
    (re.compile(r"\bSELECT\s+\*", re.IGNORECASE), "selects all columns"),
    (
        re.compile(r"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\w.`\"\[\]]+\s+VALUES\b", re.IGNORECASE),
        "inserts without naming columns",
    ),
    (re.compile(r"\.iloc\[|\bheader\s*=\s*None\b"), "takes columns by their number"),
)
_ROW = re.compile(r"\b(\w+)\.values\(\)")


def row_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields where consumers take all values of a record by their place, while a field of it comes or goes in place.

    At most `PLACES_MAX`. Only files are read from which a field of the subject is taken: there a row can be told from other values.
    """
    edits = [edit for phase in case.alternative.phases for edit in phase.edits]
    changed = {edit.action for edit in edits if isinstance(edit, SchemaEdit)} & {"add_field", "remove_field"}
    asked = [it for it in case.request.operations if isinstance(it, AddField | RemoveField)]
    subjects = dict.fromkeys(it.subject for it in asked) if case.patches and changed else {}
    yield from itertools.islice((it for name in subjects for it in _rows(name, case, bench)), PLACES_MAX)


def _rows(subject: str, case: Case, bench: Bench) -> Iterator[Finding]:
    readers = _readers(subject, case)
    uses = [it for it in case.base.uses if it.subject == subject and it.job in readers and not it.is_test]
    jobs = {it.span.path: it.job for it in uses}
    excerpts = {path: [it.excerpt for it in uses if it.span.path == path] for path in sorted(jobs)[:FILES_MAX]}
    for span, job, line in _lines([(path, jobs[path]) for path in excerpts], bench):
        found = _ROW.search(line)
        if found and _is_taken_from(found[1], excerpts[span.path]):
            text = f"{job} takes the values of {found[1]} by their place: one more, or one less, moves those behind it."
            yield Finding(ROW, "warning", text, span, subject)


def _is_taken_from(name: str, excerpts: list[str]) -> bool:
    """Tells whether one of the lines takes a field from a thing of that name."""
    return any(re.search(rf"\b{re.escape(name)}(?:\[|\.)", excerpt) for excerpt in excerpts)


def position_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields the places in jobs that read the subject, at most `PLACES_MAX`; nothing where no order of fields changes in place."""
    edits = [edit for phase in case.alternative.phases for edit in phase.edits]
    is_in_place = any(isinstance(edit, SchemaEdit) and edit.action == "reorder_fields" for edit in edits)
    asked = (
        [it for it in case.request.operations if isinstance(it, ReorderFields)] if case.patches and is_in_place else []
    )
    yield from itertools.islice((it for operation in asked for it in _places(operation, case, bench)), PLACES_MAX)


def _places(operation: ReorderFields, case: Case, bench: Bench) -> Iterator[Finding]:
    for span, job, line in _lines(_files(operation.subject, case, bench), bench):
        what = next((told for pattern, told in _BY_PLACE if pattern.search(line)), "")
        if what:
            text = f"{job} {what} here; where these are fields of {operation.subject}, one is taken for another from then on."
            fix = "Name the columns, or look at the place and leave it."
            yield Finding(RULE, "warning", text, span, operation.subject, fix=fix)


def _lines(files: list[tuple[str, str]], bench: Bench) -> Iterator[tuple[Span, str, str]]:
    """Yields each line of the files, with its place and the job that it is of."""
    texts = bench.tree.read([path for path, _ in files])
    for path, job in files:
        file = texts.get(path)
        for number, line in enumerate(file.text.splitlines() if isinstance(file, SourceFile) else (), 1):
            yield Span(path, number, number), job, line


def _files(subject: str, case: Case, bench: Bench) -> list[tuple[str, str]]:
    """The code of jobs that read the subject; that of a job at the root is what no other job's folder holds."""
    readers = _readers(subject, case)
    at_root = sorted(job.name for job in case.base.jobs if job.name in readers and job.root in ("", "."))
    folders = sorted((job.name, f"{job.root.rstrip('/')}/") for job in case.base.jobs if job.root not in ("", "."))
    found: list[tuple[str, str]] = []
    for entry in bench.tree.snapshot.entries:
        if entry.path.endswith((".py", ".sql")):
            owners = [name for name, folder in folders if f"{entry.path}/".startswith(folder)] or at_root
            found += [(entry.path, name) for name in owners if name in readers][:1]
    return sorted(found)[:FILES_MAX]


def _readers(subject: str, case: Case) -> set[str]:
    """The jobs that read the subject, as its impact knows them."""
    return {link.job for it in case.impacts if it.subject == subject for link in it.consumers}
