"""Can a producer fill every field that its schema requires?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain import fieldtype
from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import BlindSpot, Link
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.findings.case import Audited, Rule, lines_with

UNFILLED = Rule(
    "required-field-unfilled",
    "The encoder refuses a record without a field that has no default and may not be null, so nothing is sent at all.",
)
FILLED_SHARE_MIN = 0.6
FILLED_MIN = 3
_WORD = re.compile(r"\w+")
_SPREAD = re.compile(r"\*\*\s*[A-Za-z_({]")


def unfilled_fields(case: Audited) -> Iterator[AuditFinding]:
    """Yields required fields whose names stand nowhere in the code of a job that visibly fills the others.

    A record that a job spreads into its own fills what its schema has. A job that copies records of schemas that aren't known, or
    that uses computed names, may fill anything, and nothing is said of it.
    """
    spots: dict[str, list[BlindSpot]] = {}
    for spot in case.pipeline.blind_spots:
        if not spot.is_whole:
            spots.setdefault(spot.job, []).append(spot)
    for link in case.pipeline.links:
        if link.direction != "produces" or link.subject is None or link.certainty == "possible":
            continue
        copied = [_copied(case, spot) for spot in spots.get(link.job, ())]
        spreads = sum(len(_SPREAD.findall(text)) for text in case.code_of(link.job).values()) if copied else 0
        if not all(copied) or spreads > len(copied):
            continue
        version = case.pipeline.subject(link.subject).latest
        top = [field for field in version.fields if field.path == field.name]
        filled = _filled(case, link).union(*copied) & {field.path for field in top}
        if len(filled) < max(FILLED_MIN, FILLED_SHARE_MIN * len(top)):
            continue
        for field in top:
            if _is_needed(field) and field.path not in filled and not _is_written_anywhere(case, link.job, field.name):
                yield _finding(case, link, version, field, spots.get(link.job, []))


def _copied(case: Audited, spot: BlindSpot) -> frozenset[str]:
    """Returns the fields of the records that are spread at a place, none where they aren't known or it is no spread."""
    consumed = {link.subject for link in case.pipeline.links if link.job == spot.job and link.direction == "consumes"}
    sources = [case.pipeline.subject(name) for name in spot.subjects if name in consumed]
    is_spread = spot.reason.startswith("spreads all fields")
    names = (field.name for subject in sources for one in subject.versions for field in one.fields)
    return frozenset(names) if is_spread else frozenset()


def _finding(
    case: Audited, link: Link, version: SchemaVersion, field: SchemaField, spots: list[BlindSpot]
) -> AuditFinding:
    title = (
        f'{link.job} writes {link.subject}, but nothing in its code fills "{field.path}", which the schema requires.'
    )
    others = [
        Proof(use.span, f"fills {use.path}")
        for use in case.pipeline.uses
        if use.job == link.job and use.subject == link.subject and not use.is_test and use.form == "literal"
    ]
    copies = [Proof(spot.span, f"copies a record, which has no {field.name}") for spot in spots]
    proof = [Proof(field.span, f"requires {field.name}"), Proof(link.proof[0], "writes the records")]
    proof += [*copies[:2], *others[:2]]
    next = f"Fill {field.name} in {link.job}, or give it a default."
    return UNFILLED.finding("error", title, proof, next, subject=version.subject, path=field.path, job=link.job)


def _filled(case: Audited, link: Link) -> set[str]:
    return {
        use.path
        for use in case.uses_of(link.job, link.subject or "")
        if use.mode in ("writes", "passes", "computes") and use.certainty == "certain" and not use.is_test
    }


def _is_needed(field: SchemaField) -> bool:
    kind = fieldtype.parsed(field.type)
    return field.is_required and kind != "null" and not (isinstance(kind, list) and "null" in kind)


def _is_written_anywhere(case: Audited, job: str, name: str) -> bool:
    texts = [*case.code_of(job).values(), *_shared_with(case, job)]
    return any(next(lines_with(name, text), 0) for text in texts)


def _shared_with(case: Audited, job: str) -> list[str]:
    """Returns the texts of no job whose modules the job's code names, or that such a text names."""
    waiting = list(case.code_of(job).values())
    shared = dict(case.shared_code())
    found: list[str] = []
    while waiting:
        text = waiting.pop()
        words = set(_WORD.findall(text))
        named = [
            path for path in shared if not words.isdisjoint({_module(path), path.rpartition("/")[0].rpartition("/")[2]})
        ]
        fresh = [shared.pop(path) for path in named]
        found += fresh
        waiting += fresh
    return found


def _module(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")
