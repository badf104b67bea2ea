"""What does a patch leave behind that its lines don't show: a copy of the schema, and one of several names on an edited line?

A copy is left where it said the same as the subject of the field that is asked about, one of the two says something else in the
end, and the other still says what it said; they part where each gets a new field that the other one lacks. A name is left where a
file holds it more often than the uses and edits of the phase explain.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from copilot.checks.standing import Standing
from copilot.domain.alternative import CodeEdit
from copilot.domain.evidence import Finding, Severity
from copilot.domain.fieldtype import field_of, parsed
from copilot.domain.naming import is_test_path
from copilot.domain.operation import ChangeDoc, ConstrainField, Deprecate, Operation, TagField
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.precondition import ReadsAlone
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Span
from copilot.domain.twins import places_of
from copilot.ports import Case

COPY_LEFT, COPIES_PART, COPY_BEHIND = "usage.copy-left", "usage.copies-part", "usage.copy-behind"
_REPEATS_THE_NAME = ("read_either", "read_null", "add_key", "add_converted")
"""What an edit may leave the name in more than once; `read_default` leaves it once."""


def copies_left(case: Case) -> Iterator[Finding]:
    """Yields the places of a changed subject that still say what all said before, where no person is asked to change them."""
    if not case.states:
        return
    for version in copies_behind(case):
        text = f"{version.source.path} stays as it is: its reader never hears of this change, and the next one meets two texts."
        yield Finding(COPY_BEHIND, "warning", text, version.source.span, version.subject)
    by_hand = [text for phase in case.alternative.phases for step in phase.steps for text in step.manual]
    for operation in case.request.operations:
        subject = next((it for it in case.base.subjects if it.name == operation.subject), None)
        if subject is None or not operation.field:
            continue
        places = [it for it in _places(subject, case) if not is_left_alone(it.source.path, case)]
        yield from _parted(subject, places, case)
        here = _field(operation, subject.latest)
        if here is None:
            continue
        alike = [it for it in places if _says(operation, it) == _says(operation, subject.latest)]
        now = {it.source: _field(operation, _version_at(it, case.states[-1])) for it in alike}
        changed = [it for it in alike if now[it.source] != _field(operation, it)]
        yield from _told_apart(operation, here, {it.source.path: now[it.source] or {} for it in changed})
        for version in alike if changed else ():
            if version not in changed and not any(text.startswith(version.source.path) for text in by_hand):
                text = f"{version.source.path} still says what {subject.name} said of {operation.field}, and that is changed."
                span = next((it.span for it in version.fields if it.name == operation.field), version.source.span)
                fix = "Edit this copy of the schema too."
                # Plans leave copies of tests alone: nothing that runs reads or writes with one.
                severity: Severity = "warning" if is_test_path(version.source.path) else "error"
                yield Finding(COPY_LEFT, severity, text, span, subject.name, operation.field, fix=fix)


def is_left_alone(path: str, case: Case) -> bool:
    """Tells whether a file belongs to a job that the alternative leaves alone because it reads with its own schema only."""
    alone = {it.job for it in case.alternative.testable if isinstance(it, ReadsAlone)}
    roots = [it.root.rstrip("/") for it in case.base.jobs if it.name in alone and it.root not in ("", ".")]
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def copies_behind(case: Case) -> tuple[SchemaVersion, ...]:
    """Returns the copies that were what the subject was, and that the alternative leaves so on purpose."""
    found: dict[SchemaSource, SchemaVersion] = {}
    for operation in case.request.operations if case.states else ():
        subject = next((it for it in case.base.subjects if it.name == operation.subject), None)
        for version in _places(subject, case) if subject else ():
            if is_left_alone(version.source.path, case):
                found[version.source] = version
    return tuple(found.values())


def _parted(subject: SchemaSubject, places: list[SchemaVersion], case: Case) -> Iterator[Finding]:
    """Yields the copies that get a new field in some phase, while the subject gets another one that they lack."""
    known = _names(subject.latest)
    for number, state in enumerate(case.states):
        here = _names(_version_at(subject.latest, state))
        for version in places:
            there = _names(_version_at(version, state))
            own, missing = there - _names(version) - here, here - known - there
            if own and missing:
                told = ", ".join(sorted(name for _, name in own)), ", ".join(sorted(name for _, name in missing))
                text = f"{version.source.path} gets {told[0]}, and {subject.latest.source.path} gets {told[1]}."
                fix = "Give every copy of the schema the same field."
                yield Finding(COPIES_PART, "error", text, version.source.span, subject.name, told[0], number, fix)


def _told_apart(operation: Operation, before: dict[str, Any], now: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """Yields the copies that say something else of a field than the first one, where what it says is all that was asked for."""
    if not isinstance(operation, ChangeDoc | ConstrainField | Deprecate | TagField) or not now:
        return
    first, *others = now
    keys = [key for key in {**before, **now[first]} if before.get(key, ...) != now[first].get(key, ...)]
    for path in others:
        apart = [key for key in keys if now[path].get(key, ...) != now[first].get(key, ...)]
        if apart:
            text = f"{path} and {first} say different things of {operation.field} in the end: {', '.join(apart)}."
            fix = "Let every copy of the schema say the same."
            yield Finding(COPIES_PART, "error", text, Span(path, 1, 1), operation.subject, operation.field, fix=fix)


def _places(subject: SchemaSubject, case: Case) -> Iterator[SchemaVersion]:
    """Yields the texts of a subject in this repository that could be read, its own first."""
    sources = {source for source in places_of(subject, case.base) if not case.base.is_foreign(source.path)}
    yield from {it.source: it for it in (subject.latest, *_versions(case.base)) if it.source in sources}.values()


def _names(version: SchemaVersion | None) -> frozenset[tuple[str, str]]:
    return frozenset((it.record, it.name) for it in version.fields) if version else frozenset()


def _says(operation: Operation, version: SchemaVersion) -> tuple[Any, ...] | None:
    """Returns what a text says to programs of the operation's field."""
    found = _field(operation, version)
    return (found.get("type"), found.get("default")) if found else None


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
        # A field that is new may have the name of one inside another: then counting tells nothing.
        is_brought = any(edit.path == path and edit.to == name for edit in edits.values())
        if not forgotten or is_brought or any(edit.action in _REPEATS_THE_NAME for edit in own):
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
