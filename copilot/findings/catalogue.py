"""All audits there are, in the order of the line: settings, topics, schemas, records."""

from __future__ import annotations

from copilot.domain.audit import SEVERITIES, AuditFinding
from copilot.findings.case import Audited, Find
from copilot.findings.copies import drifted_copies
from copilot.findings.decoders import differing_decoders
from copilot.findings.history import incompatible_steps
from copilot.findings.lists import dropped_fields
from copilot.findings.mixed_units import mixed_units
from copilot.findings.nulls import unguarded_nulls
from copilot.findings.opaque import opaque_strings
from copilot.findings.producers import unfilled_fields
from copilot.findings.reads import fields_never_written
from copilot.findings.schema_paths import marked_schemas, missing_schema_paths, unreadable_schemas
from copilot.findings.settings_names import misspelt_questions, misspelt_settings
from copilot.findings.symbols import missing_symbols
from copilot.findings.topics import loose_ends, misspelt_topics

AUDITS: tuple[Find, ...] = (
    missing_schema_paths,
    unreadable_schemas,
    marked_schemas,
    misspelt_settings,
    misspelt_questions,
    misspelt_topics,
    loose_ends,
    differing_decoders,
    fields_never_written,
    unfilled_fields,
    dropped_fields,
    unguarded_nulls,
    missing_symbols,
    drifted_copies,
    incompatible_steps,
    opaque_strings,
    mixed_units,
)


def audit(case: Audited) -> tuple[AuditFinding, ...]:
    """Returns what all audits find, each once, the worst first; equal cases give equal findings in equal order.

    What lies in a clone from end to end is left to an audit of that one, which sees all of its files.
    """
    found: dict[str, AuditFinding] = {}
    for find in AUDITS:
        for finding in find(case):
            if not _is_elsewhere(finding, case):
                found.setdefault(finding.id, finding)
    return tuple(sorted(found.values(), key=lambda it: (SEVERITIES.index(it.severity), it.rule, it.title, it.id)))


def _is_elsewhere(finding: AuditFinding, case: Audited) -> bool:
    return bool(finding.proof) and all(case.pipeline.clone_of(proof.span.path) for proof in finding.proof)
