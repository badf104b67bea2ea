"""Does a job compute with a field that may be null, without ever looking whether it is?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain import fieldtype
from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.findings.case import Audited, Rule

UNGUARDED = Rule(
    "null-computed",
    "The first record that has no value there stops the job with a TypeError; tests rarely hold such a record.",
)
PLACES_MAX = 3
# A list, because what is looked up in it may be a union, which no set can be asked for.
_NUMBERS = ["int", "long", "float", "double"]
_GUARDED = re.compile(r"\bor\b|\bif\b|\bNone\b|\bnan|\bfloat\(|\btry\b|\bnot\b|\bstr\(|\.get\(")
# Tables compute with missing values by rules of their own.
_TABLES = re.compile(r"^\s*(?:import|from)\s+(?:pandas|polars|pyspark|numpy|dask)\b", re.MULTILINE)
_CATCHING = re.compile(r"\bexcept\s*(?::|\(|Exception|TypeError)")
_ARITHMETIC = re.compile(r"[-+*/%]")


def unguarded_nulls(case: Audited) -> Iterator[AuditFinding]:
    """Yields nullable numbers that a job was seen to compute with, where nothing in it compares them with anything."""
    nullable = {
        (subject.name, field.path): field
        for subject in case.pipeline.subjects
        for field in subject.latest.fields
        if fieldtype.is_nullable(kind := fieldtype.parsed(field.type)) and fieldtype.without_null(kind) in _NUMBERS
    }
    own = [use for use in case.pipeline.uses if not use.is_test and (use.subject, use.path) in nullable]
    looked_at = {(use.job, use.name) for use in own if use.mode == "compares" or _GUARDED.search(use.excerpt)}
    found: dict[tuple[str, str], list[FieldUse]] = {}
    for use in own:
        is_computed = (use.mode, use.certainty, use.form) == ("computes", "certain", "subscript")
        if is_computed and _is_bare(use) and (use.job, use.name) not in looked_at and not _is_caught(case, use):
            found.setdefault((use.job, use.path), []).append(use)
    for (job, path), uses in sorted(found.items()):
        if any(_TABLES.search(text) for text in case.code_of(job).values()):
            continue
        # Twins of a schema give each place twice: one of them is told.
        subject = uses[0].subject
        title = f'{job} computes with "{path}" of {subject}, which may be null, and nowhere looks whether it is.'
        proof = [Proof(use.span, use.excerpt) for use in uses if use.subject == subject][:PLACES_MAX]
        proof.append(Proof(nullable[subject, path].span, "may be null, says the schema"))
        next = f"Say what holds for a record without {uses[0].name}, or make the field required."
        yield UNGUARDED.finding("warning", title, proof, next, subject=subject, path=path, job=job)


def _is_caught(case: Audited, use: FieldUse) -> bool:
    return _CATCHING.search(case.texts([use.span.path]).get(use.span.path, "")) is not None


def _is_bare(use: FieldUse) -> bool:
    return _GUARDED.search(use.excerpt) is None and _ARITHMETIC.search(use.excerpt) is not None
