"""Does a job keep fields by a list of its own, so that whatever the list lacks is dropped without a word?"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.findings.case import Audited, Rule, listed

DROPPED = Rule(
    "fields-dropped",
    "A field that the schema gets later is dropped here too, and nothing says so: no error, no empty column.",
)
KEPT_MIN = 3
KEPT_SHARE_MIN = 0.5


def dropped_fields(case: Audited) -> Iterator[AuditFinding]:
    """Yields the lists of constants by which a job copies most, but not all, fields of a record."""
    copied: dict[tuple[str, str, str, str], dict[str, FieldUse]] = {}
    for use in case.pipeline.uses:
        is_copy = (use.form, use.mode, use.certainty) == ("string", "passes", "certain")
        if is_copy and not use.is_test:
            key = (use.job, use.subject, _holder(use.path), use.span.path)
            copied.setdefault(key, {})[use.path] = use
    for (job, subject, holder, path), uses in sorted(copied.items()):
        fields = [it for it in case.pipeline.subject(subject).latest.fields if _holder(it.path) == holder]
        left = [field for field in fields if field.path not in uses]
        if left and len(uses) >= max(KEPT_MIN, KEPT_SHARE_MIN * len(fields)):
            what = f"{holder} of {subject}" if holder else subject
            title = (
                f"{job} keeps {len(uses)} of the {len(fields)} fields of {what} by a list of its own; "
                f"{listed(field.name for field in left)} {'is' if len(left) == 1 else 'are'} dropped without a word."
            )
            ordered = sorted(uses.values(), key=lambda use: use.span)
            proof = [Proof(ordered[0].span, f"the list begins: {ordered[0].excerpt}")]
            proof += [Proof(field.span, f"{field.name} is not in the list") for field in left[:3]]
            next = "Take the names from the schema, or say where a field is left out on purpose."
            yield DROPPED.finding("note", title, proof, next, subject=subject, path=holder, job=job, about=path)


def _holder(path: str) -> str:
    return path.rpartition(".")[0]
