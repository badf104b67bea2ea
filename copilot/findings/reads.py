"""Does a job read a name from its records that no version of their schema has?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.findings.case import Audited, Rule

NEVER_WRITTEN = Rule(
    "field-never-written",
    "Records that follow the schema can't hold it: the job gets nothing there, or stops with a KeyError.",
)
PLACES_MAX = 4


def fields_never_written(case: Audited) -> Iterator[AuditFinding]:
    """Yields fields that are read from decoded records and were never part of their schema."""
    reads: dict[tuple[str, str, str], list[FieldUse]] = {}
    for use in case.pipeline.unknown_reads:
        if not _is_schemaless(case, use):
            reads.setdefault((use.job, use.subject, use.path), []).append(use)
    for (job, subject, path), uses in sorted(reads.items()):
        version = case.pipeline.subject(subject).latest
        beside = {field.name: field for field in version.fields if _holder(field.path) == _holder(path)}
        near = difflib.get_close_matches(uses[0].name, beside, n=1, cutoff=0.8)
        meant = f'; it has "{near[0]}"' if near else ""
        title = f'{job} reads "{path}" of {subject}, which no version of that schema has{meant}.'
        proof = [Proof(use.span, use.excerpt) for use in uses[:PLACES_MAX]]
        proof.append(Proof(beside[near[0]].span if near else version.source.span, "what the schema has there"))
        next = f'Read "{near[0]}".' if near else "Let the producer write it and the schema have it, or remove the read."
        is_fatal = any(use.form == "subscript" for use in uses)
        yield NEVER_WRITTEN.finding(
            "error" if is_fatal else "warning", title, proof, next, subject=subject, path=path, job=job
        )


def _holder(path: str) -> str:
    return path.rpartition(".")[0]


def _is_schemaless(case: Audited, use: FieldUse) -> bool:
    """Tells whether the job decodes without a schema: JSON holds whatever its writer put in."""
    decoders = [
        link.decoder
        for link in case.pipeline.links_of(use.subject, "consumes")
        if link.job == use.job and link.decoder is not None
    ]
    return not decoders or any(decoder.library not in ("fastavro", "avro", "confluent-kafka") for decoder in decoders)
