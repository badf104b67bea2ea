"""What does a patch leave behind that its lines don't show: a copy of the schema, and one of several names on an edited line?

A copy is left where it said the same as the subject of the field that is asked about, the subject says something else in the end,
and the copy still says what it said. A name is left where a file holds it more often than the uses and edits of the phase explain.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from copilot.checks.standing import Standing
from copilot.domain.alternative import CodeEdit
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import field_of, parsed
from copilot.domain.operation import Operation
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.domain.twins import places_of
from copilot.ports import Case

COPY_LEFT = "usage.copy-left"
_REPEATS_THE_NAME = ("read_either", "read_null", "add_key", "add_converted")
"""What an edit may leave the name in more than once; `read_default` leaves it once."""


def copies_left(case: Case) -> Iterator[Finding]:
    """Yields the copies of a changed subject that still say what it said before, where no person is asked to change them."""
    if not case.states:
        return
    by_hand = [text for phase in case.alternative.phases for step in phase.steps for text in step.manual]
    for operation in case.request.operations:
        subject = next((it for it in case.base.subjects if it.name == operation.subject), None)
        if subject is None or not operation.field:
            continue
        here = _field(operation, subject.latest)
        now = _field(operation, _version_at(subject.latest, case.states[-1]))
        if here is None or now == here:
            continue
        sources = {source for source in places_of(subject, case.base) if not case.base.is_foreign(source.path)}
        for version in _versions(case.base):
            if version.source not in sources or version.source == subject.latest.source:
                continue
            before, after = _field(operation, version), _field(operation, _version_at(version, case.states[-1]))
            is_alike = before is not None and all(before.get(key) == here.get(key) for key in ("type", "default"))
            if is_alike and after == before and not any(text.startswith(version.source.path) for text in by_hand):
                text = f"{version.source.path} still says what {subject.name} said of {operation.field}, and that is changed."
                span = next((it.span for it in version.fields if it.name == operation.field), version.source.span)
                yield Finding(
                    COPY_LEFT,
                    "error",
                    text,
                    span,
                    subject.name,
                    operation.field,
                    fix="Edit this copy of the schema too.",
                )


def names_left(case: Case, phase: int, standing: Standing, gone: frozenset[tuple[str, str]]) -> Iterator[FieldUse]:
    """Yields uses of fields that are gone, (subject, path), that still stand on a line which was edited for another use."""
    edits = {
        (edit.path, edit.offset): edit for edit in case.alternative.phases[phase].edits if isinstance(edit, CodeEdit)
    }
    texts = {change.path: change for patch in case.patches if patch.phase == phase for change in patch.changes}
    by_name: defaultdict[tuple[str, str], dict[int, FieldUse]] = defaultdict(dict)
    for use in (*standing.edited, *standing.kept):
        if (use.subject, use.path) in gone and use.span.path in texts:
            by_name[use.span.path, use.name].setdefault(use.offset, use)
    edited = {use.offset for use in standing.edited}
    for (path, name), uses in sorted(by_name.items()):
        change = texts[path]
        own = [edits[path, offset] for offset in uses if (path, offset) in edits]
        forgotten = [use for offset, use in uses.items() if (path, offset) not in edits and offset in edited]
        if not forgotten or any(edit.action in _REPEATS_THE_NAME for edit in own):
            continue
        word = re.compile(rf"\b{re.escape(name)}\b")
        before, after = len(word.findall(change.before or "")), len(word.findall(change.after or ""))
        kept = sum(1 for offset in uses if (path, offset) not in edits and offset not in edited)
        kept += sum(1 for edit in own if edit.action == "read_default")
        if after > before - len(uses) + kept:
            yield from forgotten


def _versions(pipeline: PipelineMap) -> Iterator[SchemaVersion]:
    for subject in pipeline.subjects:
        yield subject.latest
        yield from subject.copy_versions


def _version_at(version: SchemaVersion, state: PipelineMap) -> SchemaVersion | None:
    """Returns what stands in a state where a version stood in the base; a literal is found by its file and its place in it."""
    same = [
        it for it in _versions(state) if it.source.path == version.source.path and it.source.host == version.source.host
    ]
    return next((it for it in same if it.name == version.name), same[0] if len(same) == 1 else None)


def _field(operation: Operation, version: SchemaVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return field_of(parsed(version.resolved), operation.record or version.name, operation.field)
