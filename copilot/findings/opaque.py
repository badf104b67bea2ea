"""Is a typed record's string field JSON that no schema describes?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain import fieldtype
from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.findings.case import Audited, Rule, is_for_tests, listed

OPAQUE = Rule(
    "opaque-json",
    "No check of the schema sees what is inside: a key that is renamed there breaks readers without any warning.",
)
_JSON = r"\b(?:json|orjson|ujson|simplejson|rapidjson)\s*\.\s*"
PLACES_MAX = 3


def opaque_strings(case: Audited) -> Iterator[AuditFinding]:
    """Yields string fields that the code parses as JSON, or fills with JSON text."""
    found: dict[tuple[str, str], list[FieldUse]] = {}
    strings = {
        (subject.name, field.path): field
        for subject in case.pipeline.subjects
        for field in subject.latest.fields
        if fieldtype.without_null(fieldtype.parsed(field.type)) == "string"
    }
    for use in case.pipeline.uses:
        is_told = use.certainty != "possible" and not use.is_test and not is_for_tests(use.span.path)
        if is_told and (use.subject, use.path) in strings and _is_json(use.name, use.excerpt):
            found.setdefault((use.subject, use.path), []).append(use)
    for (subject, path), uses in sorted(found.items()):
        jobs = sorted({use.job for use in uses})
        proof = [Proof(strings[subject, path].span, "a string, says the schema")]
        proof += [Proof(use.span, use.excerpt) for use in uses[:PLACES_MAX]]
        does = "takes apart or puts together" if len(jobs) == 1 else "take apart or put together"
        title = f'"{path}" of {subject} is a string that holds JSON, which {listed(jobs)} {does}.'
        next = "Make it a record with fields of its own, or write down what it holds and check it where it is read."
        yield OPAQUE.finding("note", title, proof, next, subject=subject, path=path)


def _is_json(name: str, line: str) -> bool:
    key = rf"""["']{re.escape(name)}["']"""
    own = rf"(?:{key}|\.{re.escape(name)}\b)"
    is_parsed = re.search(rf"{_JSON}loads?\(\s*[\w.]*(?:\[|\.get\()?\s*{own}\s*[\])]?", line)
    is_made = re.search(rf"(?:{key}\s*:|\[\s*{key}\s*\]\s*=|\b{re.escape(name)}\s*=)\s*{_JSON}dumps\(", line)
    return bool(is_parsed or is_made)
