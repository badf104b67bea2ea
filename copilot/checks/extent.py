"""How far does an alternative reach: does it do what was asked, and how much does it touch?

Plain counts that the ranking compares; whether any of it is safe is for the other questions.
"""

from __future__ import annotations

import json
from typing import Any

from copilot.checks.declared import paths_of, sibling, stand_ins
from copilot.checks.extent_whole import is_done_around, is_done_in_text
from copilot.checks.protected import is_protected
from copilot.checks.rules import is_enforced
from copilot.checks.turned import says_new_unit
from copilot.domain.alternative import Alternative, CodeEdit
from copilot.domain.codec import canonical
from copilot.domain.fieldtype import base_kind, field_of, is_nullable, without_null
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
    ChangeLevel,
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    ConstrainField,
    Deprecate,
    FlattenField,
    MakeArray,
    MakeOptional,
    MakeRequired,
    MergeFields,
    NestFields,
    Operation,
    ProtectField,
    RekeyTopic,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameSymbol,
    SplitField,
    TopicOperation,
    new_names,
)
from copilot.domain.pipeline import Direction
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.units import unit_field
from copilot.ports import Case


def operations_done(case: Case, final: dict[str, SchemaVersion | None]) -> int:
    """Returns how many operations the last state has carried out; `final` holds the subjects that changed.

    A subject that is new counts where a job of the last state writes it. A change of a field's type,
    default or symbols counts as done too where a field that is new beside it has what was asked.
    """
    known = {subject.name: subject.latest for subject in case.base.subjects}
    written = {link.subject for link in case.states[-1].links if link.direction == "produces"} if case.states else set()
    fresh = [version for name, version in final.items() if name not in known and name in written]
    done = 0
    for operation in case.request.operations:
        if isinstance(operation, TopicOperation | ChangeLevel):
            done += is_done_around(operation, case.base, case.states)
            continue
        if isinstance(operation, ProtectField):
            done += any(is_protected(operation, it, case) for it in case.impacts if it.subject == operation.subject)
            continue
        if isinstance(operation, ConstrainField) and not is_enforced(operation, case):
            continue
        base = known.get(operation.subject)
        candidates = [final.get(operation.subject), *fresh]
        done += base is not None and any(
            it is not None and _is_done(operation, base, it, case.alternative.brought) for it in candidates
        )
    return done


def operations_reworded(case: Case, final: dict[str, SchemaVersion | None]) -> int:
    """Returns how many operations the last state has not carried out to the letter: in the field itself, with the type asked."""
    known = {subject.name: subject.latest for subject in case.base.subjects}
    literal = 0
    for operation in case.request.operations:
        if isinstance(operation, TopicOperation | ChangeLevel):
            literal += is_done_around(operation, case.base, case.states)
            continue
        base, after = known.get(operation.subject), final.get(operation.subject)
        is_literal = base is not None and after is not None and _is_literal(operation, base, after)
        literal += is_literal and not (isinstance(operation, RenameField) and _keeps_old_names(case.alternative))
    return (
        len(case.request.operations) - literal + sum(_is_for_readers_alone(it, case) for it in case.request.operations)
    )


def _is_for_readers_alone(operation: Operation, case: Case) -> bool:
    """Tells whether a topic that was to be keyed anew stays as it is for its producers, and only readers leave it."""
    if not isinstance(operation, RekeyTopic) or not case.states:
        return False
    last = {(it.job, it.direction, it.endpoint.name) for it in case.states[-1].links}
    writers = {it.job for it in case.base.links if (it.direction, it.endpoint.name) == ("produces", operation.topic)}
    has_left = any((direction, name) == ("consumes", operation.to) for _, direction, name in last)
    return has_left and any((job, "produces", operation.topic) in last for job in writers)


def _keeps_old_names(alternative: Alternative) -> bool:
    """Tells whether code goes on saying what fields were called before, for as long as such records can be read."""
    edits = alternative.phases[-1].edits if alternative.phases else ()
    return any(isinstance(it, CodeEdit) and it.action == "read_upcast" for it in edits)


def manual_places(alternative: Alternative) -> int:
    """Returns how many places a person has to change by hand."""
    return len({place for phase in alternative.phases for step in phase.steps for place in step.manual})


def touched_jobs(case: Case, direction: Direction) -> frozenset[str]:
    """Returns the producers or consumers of the concerned subjects whose steps or files the alternative changes."""
    links = [link for impact in case.impacts for link in (*impact.producers, *impact.consumers)]
    concerned = {link.job for link in links if link.direction == direction}
    kinds = ("cutover", "producers") if direction == "produces" else ("cutover", "consumers", "sinks")
    moved = {
        job for phase in case.alternative.phases for step in phase.steps if step.kind in kinds for job in step.jobs
    }
    paths = {change.path for patch in case.patches for change in patch.changes}
    roots = {job.name: job.root.rstrip("/") for job in case.base.jobs}
    changed = {
        name for name, root in roots.items() if root not in ("", ".") and any(_is_below(it, root) for it in paths)
    }
    return frozenset(concerned & (moved | changed))


def lines_changed(case: Case) -> int:
    """Returns the lines that the patches add and take away, over all phases' states."""
    lines = (line for patch in case.patches for line in patch.diff.splitlines())
    return sum(1 for line in lines if line.startswith(("+", "-")) and not line.startswith(("+++", "---")))


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")


def _is_literal(operation: Operation, base: SchemaVersion, after: SchemaVersion) -> bool:
    whole = is_done_in_text(operation, base, after)
    if whole is not None:
        return whole
    fields = {field.path: field for field in after.fields}
    if isinstance(operation, AddField):
        record = operation.record or base.name
        added = [it for it in after.fields if it.record in (record, after.name) and it.name == operation.field]
        return any(_is_as_asked(operation, it) for it in added)
    before = {field.path: field for field in base.fields}
    paths = paths_of(operation, operation.subject, base)
    if isinstance(operation, Deprecate):
        # Programs see the property; a sentence in the doc is for people alone.
        return bool(
            (field_of(json.loads(after.resolved), before[paths[0]].record, operation.field) or {}).get("deprecated")
        )
    if isinstance(operation, MakeArray) and any(path in fields for path in paths):
        return False
    if new_names(operation):
        return bool(paths) and all(_has_new(operation, path, fields) for path in paths)
    if isinstance(operation, RenameField):
        renamed = [(before[path], fields.get(sibling(path, operation.field, operation.to))) for path in paths]
        return bool(renamed) and all(new is not None and new.type == old.type for old, new in renamed)
    if isinstance(operation, MakeRequired):
        kept = [fields.get(path) for path in paths]
        return bool(kept) and all(it and it.is_required and not is_nullable(json.loads(it.type)) for it in kept)
    return bool(paths) and all(_is_done_at(operation, path, before[path], fields, []) for path in paths)


def _has_new(operation: Operation, path: str, fields: dict[str, SchemaField]) -> bool:
    """Tells whether every field that is to take over stands beside the old one's place."""
    return all(sibling(path, operation.field, name) in fields for name in new_names(operation))


def _is_optional(now: SchemaField, before: SchemaField) -> bool:
    """Tells whether data may leave the field out, or say null, where it had to hold a value before."""
    is_other = now.path != before.path or before.default is None
    return now.default is not None and (is_other or (is_nullable(json.loads(now.type)) and now.type != before.type))


def _is_type(asked: str, now: str) -> bool:
    """Tells whether a type is the one asked for; whether it may be null too is another question."""
    wanted, found = without_null(json.loads(asked)), without_null(json.loads(now))
    return canonical(_bare(wanted)) == canonical(_bare(found))


def _bare(kind: Any) -> Any:
    """Leaves out what a named type is called: beside the old field it has to have another name."""
    return (
        {key: value for key, value in kind.items() if key not in ("name", "namespace")}
        if isinstance(kind, dict)
        else kind
    )


def _is_as_asked(operation: AddField, field: SchemaField) -> bool:
    asked, now = json.loads(operation.type), json.loads(field.type)
    if operation.is_required:
        return bool(asked == now) and field.default is None
    if operation.default is not None:
        is_same = without_null(now) == without_null(asked) and is_nullable(now) == is_nullable(asked)
        return is_same and field.default == operation.default
    if operation.is_optional:
        return is_nullable(now) and without_null(now) == without_null(asked)
    return bool(asked == now)


def _is_done(operation: Operation, base: SchemaVersion, after: SchemaVersion, brought: frozenset[str]) -> bool:
    if isinstance(operation, AddField):
        record = operation.record or base.name
        added = [it for it in after.fields if it.record in (record, after.name) and it.name == operation.field]
        return any(
            _is_as_asked(operation, it) if operation.is_required else _is_type(operation.type, it.type) for it in added
        )
    whole = is_done_in_text(operation, base, after)
    if whole is not None:
        return whole
    if isinstance(operation, Deprecate):
        record = operation.record or base.name
        before, now = (field_of(json.loads(it.resolved), record, operation.field) for it in (base, after))
        return now is not None and now != before
    fields = {field.path: field for field in after.fields}
    known = frozenset(field.path for field in base.fields if field.name not in brought)
    before = {field.path: field for field in base.fields}
    paths = paths_of(operation, operation.subject, base)
    return bool(paths) and all(
        _is_done_at(operation, path, before[path], fields, [fields[it] for it in stand_ins(path, after, known)])
        for path in paths
    )


def _is_done_at(
    operation: Operation, path: str, before: SchemaField, fields: dict[str, SchemaField], new: list[SchemaField]
) -> bool:
    own = fields.get(path)
    candidates = [*([own] if own else []), *new]
    match operation:
        case RemoveField():
            return own is None
        case RenameField():
            return own is None and sibling(path, operation.field, operation.to) in fields
        case ChangeType():
            return any(_is_type(operation.type, it.type) for it in candidates if it.type != before.type)
        case MakeOptional():
            return any(_is_optional(it, before) for it in candidates)
        case MakeRequired():
            return any(not is_nullable(json.loads(it.type)) for it in candidates) and (bool(new) or own != before)
        case AddSymbol():
            # A text beside the enum holds any symbol.
            is_text = any(without_null(json.loads(it.type)) == "string" for it in new)
            return is_text or any(json.dumps(operation.symbol) in it.type for it in candidates)
        case RemoveSymbol():
            return own is None or json.dumps(operation.symbol) not in own.type
        case ChangeDefault():
            return any(it.default == operation.default for it in candidates)
        case RenameSymbol():
            pair = json.dumps(operation.to), json.dumps(operation.symbol)
            return any(pair[0] in it.type and pair[1] not in it.type for it in candidates)
        case RemoveDefault():
            return own is not None and own.default is None
        case ChangeUnit():
            names = (operation.to, unit_field(operation.field))
            is_said = own is not None and says_new_unit(own, operation)
            return is_said or any(sibling(path, operation.field, name) in fields for name in names)
        case ChangeMeaning():
            return _has_new(operation, path, fields) or (own is not None and own.doc == operation.doc)
        case SplitField() | MergeFields() | NestFields() | FlattenField():
            return _has_new(operation, path, fields)
        case MakeArray():
            return _has_new(operation, path, fields) or (own is not None and base_kind(json.loads(own.type)) == "array")
        case ChangeDoc():
            return any(it.doc == operation.doc for it in candidates)
        case _:
            return False
