"""Is a value handed on as it is into a field of another unit? Cents that become euros, milliseconds that become seconds.

Both units must be said, by the name's last word or by "in cents" in the doc, and the line must hand the value on unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.domain.schema import SchemaField
from copilot.domain.units import unit_of, units_in_name
from copilot.findings.case import Audited, Rule, is_for_tests

MIXED = Rule(
    "unit-not-converted",
    "The number is taken for another amount from there on, and no check of types or schemas sees it.",
)
_DIMENSIONS = frozenset({"money", "time", "length", "weight", "temperature", "size"})
_IN_UNIT = re.compile(r"\bin ([a-zµ°]{2,})\b", re.IGNORECASE)
_READS = frozenset({"subscript", "get", "attribute"})


def mixed_units(case: Audited) -> Iterator[AuditFinding]:
    """Yields fields that are filled with the unchanged value of a field of another unit."""
    fields = {
        (subject.name, field.path): field for subject in case.pipeline.subjects for field in subject.latest.fields
    }
    lines: dict[tuple[str, str, int], list[FieldUse]] = {}
    for use in case.pipeline.uses:
        is_told = use.certainty != "possible" and not use.is_test and not is_for_tests(use.span.path)
        if is_told and (use.subject, use.path) in fields:
            lines.setdefault((use.job, use.span.path, use.span.first_line), []).append(use)
    for key in sorted(lines):
        for written, read in _handed_on(sorted(lines[key], key=lambda use: use.offset)):
            target, source = fields[written.subject, written.path], fields[read.subject, read.path]
            for dimension, unit in _units(target).items():
                other = _units(source).get(dimension, unit)
                if other != unit:
                    yield _finding(written, read, target, source, unit, other)


def _finding(
    written: FieldUse, read: FieldUse, target: SchemaField, source: SchemaField, unit: str, other: str
) -> AuditFinding:
    title = (
        f'{written.job} hands "{read.path}" of {read.subject}, in {other}, on as "{written.path}" of {written.subject}, '
        f"in {unit}, as it is."
    )
    proof = [
        Proof(written.span, written.excerpt),
        Proof(source.span, f"in {other}, says the schema"),
        Proof(target.span, f"in {unit}, says the schema"),
    ]
    next = "Convert the value in this line, or write down the unit that it really is in."
    return MIXED.finding(
        "warning", title, proof, next, subject=written.subject, path=written.path, job=written.job, about=read.path
    )


def _handed_on(uses: list[FieldUse]) -> Iterator[tuple[FieldUse, FieldUse]]:
    """Yields the entries of dict literals with the reads that are their whole value, of uses on one line in order."""
    for written, read in pairwise(uses):
        is_entry = written.form == "literal" and written.mode == "passes"
        if is_entry and read.form in _READS and read.mode == "passes" and written.subject != read.subject:
            yield written, read


def _units(field: SchemaField) -> dict[str, str]:
    """Returns the one unit of each dimension that a field's name or doc says; what says several says none."""
    found: dict[str, set[str]] = {}
    said = [(dimension, unit) for dimension, units in units_in_name(field.name).items() for unit in units]
    said += [unit_of(word) for word in _IN_UNIT.findall(field.doc)]
    for dimension, unit in said:
        if dimension in _DIMENSIONS:
            found.setdefault(dimension, set()).add(unit)
    return {dimension: next(iter(units)) for dimension, units in found.items() if len(units) == 1}
