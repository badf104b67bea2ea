"""A field is held to a rule: what of the recorded data breaks it, and is that known before anything is refused?

Records are those of files that `copilot.toml` names, and of JSON files in folders for samples and fixtures that hold records with
just the fields of the schema. They are counted, and never shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from copilot.checks.declared import record_after
from copilot.checks.lineage import phase_label
from copilot.checks.recorded import recorded_files, recorded_values
from copilot.domain.alternative import CodeEdit, NewFile
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import field_of, parsed
from copilot.domain.operation import ConstrainField
from copilot.domain.rules import ENFORCED, MODE, PROPERTY, condition, in_words, keeps
from copilot.domain.schema import SchemaVersion
from copilot.ports import Bench, Case

BROKEN, UNMEASURED, COUNTED = "usage.rule-broken", "usage.rule-unmeasured", "usage.rule-counted"


def is_stated(operation: ConstrainField, base: SchemaVersion, after: SchemaVersion) -> bool:
    """Tells whether the field has the rule as a property in the new version."""
    record = record_after(operation, base, after)
    written = (field_of(parsed(after.resolved), record, operation.field) or {}).get(PROPERTY) or {}
    return bool(written == json.loads(operation.rule))


def is_enforced(operation: ConstrainField, case: Case) -> bool:
    """Tells whether the last state refuses what breaks the rule at some place that writes; a rule that is taken away needs none."""
    before = field_of(parsed(case.base.subject(operation.subject).latest.resolved), operation.record, operation.field)
    if not json.loads(operation.rule) or (before or {}).get(PROPERTY):
        return True
    edits = case.alternative.phases[-1].edits if case.alternative.phases else ()
    held = [it for it in edits if isinstance(it, CodeEdit) and it.action == "wrap_value" and it.name == operation.field]
    return bool(held) and all(_is_held(it, case) for it in held) and _refuses(edits) and _is_meant(operation, case)


def _is_held(edit: CodeEdit, case: Case) -> bool:
    """Tells whether the code of the last state calls what the edit puts around the value, more often than before."""
    call = edit.expression.partition("(")[0].strip()
    change = next((it for it in case.patches[-1].changes if it.path == edit.path), None) if case.patches else None
    texts = (change.before or "", change.after or "") if change else ("", "")
    return call not in ("", "{}") and texts[1].count(f"{call}(") > texts[0].count(f"{call}(")


def _is_meant(operation: ConstrainField, case: Case) -> bool:
    """Tells whether what counts, warns or refuses asks in every phase for just what the rule says."""
    asked = condition(json.loads(operation.rule), "value")
    edits = (edit for phase in case.alternative.phases for edit in phase.edits)
    return all(
        asked in it.text for it in edits if isinstance(it, NewFile) and it.path.endswith(".py") and MODE in it.text
    )


def rule_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields how much of the recorded data breaks the rule, and whether it is refused unseen; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        if isinstance(operation, ConstrainField) and case.patches:
            yield from _counted(operation, impact.path, case, bench)


def _counted(operation: ConstrainField, path: str, case: Case, bench: Bench) -> Iterator[Finding]:
    subject = case.base.subject(operation.subject)
    rule = json.loads(operation.rule)
    first = case.alternative.phases[0]
    label = phase_label(0, first)
    is_refused = _refuses(first.edits)
    total = 0
    for file, records in recorded_files(subject, case.base, bench):
        values = [value for record in records for value in recorded_values(record, path)]
        broken = sum(not keeps(rule, value) for value in values)
        total += len(values)
        if broken:
            text = f"{broken} of {len(values)} recorded values of {path} in {file.path} are not {in_words(rule)}"
            text += f"; {label} refuses such records at once." if is_refused else "."
            fix = "Count them in production first, and mend where they come from." if is_refused else ""
            yield Finding(BROKEN, "error" if is_refused else "note", text, file, operation.subject, path, fix=fix)
        elif values:
            text = f"All {len(values)} recorded values of {path} in {file.path} are {in_words(rule)}."
            yield Finding(COUNTED, "note", text, file, operation.subject, path)
    if is_refused:
        text = f"How many records break the rule in production is not known before {label} refuses them"
        text += f"; {total} recorded values were looked at." if total else "; no recorded records were found here."
        yield Finding(UNMEASURED, "warning", text, None, operation.subject, path, fix="Let producers count first.")


def _refuses(edits: tuple[Any, ...]) -> bool:
    return any(isinstance(edit, NewFile) and ENFORCED in edit.text for edit in edits)
