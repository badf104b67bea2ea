"""Ways to bring values into other fields: split, merged, nested, flattened or as a list, with a conversion there and back.

The old fields stay the source of truth until the last state. What people do first, new fields with a default alone, is a row too:
registries accept it where it gives blanks, and `replay` refuses it with a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, Edit, NotOffered, SchemaEdit
from copilot.domain.mapping import Mapping, NewField, mapping_of
from copilot.domain.operation import (
    FlattenField,
    MakeArray,
    MergeFields,
    NestFields,
    Operation,
    SplitField,
    old_names,
)
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.strategies.backfill_job import Fill
from copilot.strategies.declarations import declarations_out, declared_instead, declared_too, filled_by_hand
from copilot.strategies.deprecate import deprecation
from copilot.strategies.drift import add_beside
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Parallel, old_left_out, parallel_change
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_EXPANDED, about_decoders, about_keys, joined
from copilot.strategies.work import (
    Work,
    code_work,
    default_for_old_readers,
    doubtful_work,
    notes_at,
    schema_work,
)

KEPT = "kept beside"
_NAIVE = {
    "split_field": "naive: new fields with a default alone",
    "merge_fields": "naive: a new field with a default alone",
}


@dataclass(frozen=True, slots=True)
class _Reshape:
    """The mapping with the ground of each old field, the operation's own first."""

    mapping: Mapping
    parts: tuple[Ground, ...]

    @property
    def ground(self) -> Ground:
        return self.parts[0]

    @property
    def old(self) -> str:
        return _listed(part.operation.field for part in self.parts)

    @property
    def new(self) -> str:
        return _listed(it.name for it in self.mapping.new)


def reshape(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to bring values into other fields; nothing for other operations, nor for units, which have their own."""
    if not isinstance(operation, SplitField | MergeFields | NestFields | FlattenField | MakeArray):
        return ()
    whole = ground_of(operation, impact, pipeline)
    parts = tuple(_part(whole, name) for name in old_names(operation))
    mapping = mapping_of(operation, {part.operation.field: part.kind for part in parts})
    assert mapping is not None, "a request was checked against the same types"
    it = _Reshape(mapping, parts)
    what = _what(operation, it)
    return (
        *((_kept(it, operation, what),) if isinstance(operation, MergeFields | MakeArray) else ()),
        _parallel(it, what),
        new_version(it.ground, what, _replaced(it)),
        _naive(it, operation, what),
    )


def _part(ground: Ground, name: str) -> Ground:
    """Returns the ground of one of the old fields, with the uses of that one, and without the copies that lack it."""
    field = next(it for it in ground.subject.latest.fields if it.record == ground.record and it.name == name)
    operation = ground.operation
    own = replace(operation, field=name, others=()) if isinstance(operation, MergeFields | NestFields) else operation
    uses, doubtful = (tuple(use for use in found if use.name == name) for found in (ground.uses, ground.doubtful))
    part = replace(ground, operation=own, field=field, uses=uses, doubtful=doubtful)
    return replace(part, sources=tuple(source for source in part.sources if part.field_at(source)))


def _what(operation: Operation, it: _Reshape) -> str:
    match operation:
        case SplitField():
            return f"Split {it.old} at {operation.at!r} into {it.new}"
        case MergeFields():
            return f"Merge {it.old} with {operation.at!r} between into {it.new}"
        case NestFields():
            currency = f", in {operation.currency}" if operation.currency else ""
            return f"Nest {it.old} in the record {it.new}{currency}"
        case FlattenField():
            return f"Flatten {it.old} into {it.new}"
    return f"Turn {it.old} into the array {it.new}"


def _listed(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def _all(works: Iterable[Work]) -> Work:
    whole = Work()
    for work in works:
        whole += work
    return whole


def _own(expression: str, name: str) -> str:
    """Returns an expression of the mapping as code edits have it: "{}" is the value at the place itself."""
    return expression.replace(f"{{{name}}}", "{}")


def _parallel(it: _Reshape, what: str) -> Alternative:
    expanded, moved = _expanded(it), _readers_moved(it)
    for_old = _all(default_for_old_readers(part) for part in it.parts)
    marked = _all(deprecation(part) for part in it.parts)
    contracted = _contracted(it, [_object(new, is_first=False) for new in it.mapping.new])
    parallel = Parallel(
        expanded,
        expanded + for_old + moved,
        expanded + marked + moved,
        _stopped(it),
        contracted,
        it.old,
        it.new,
        tuple(Fill(new.name, new.written) for new in it.mapping.new),
    )
    text = joined(
        f"It wins for shared data with readers that can't all move at once. {it.old} keeps the truth until the last state, and",
        "each state can be taken back before it.",
        it.mapping.said,
    )
    return parallel_change(it.ground, "phased", f"{what} step by step", parallel, text)


_KEPT_FOR: dict[type[Operation], tuple[str, str, str]] = {
    MergeFields: (
        "kept",
        "It wins where the parts can't be told apart afterwards: a text that holds the separator itself comes back in other parts."
        " It costs the bytes of both, and a check that they agree.",
        "",
    ),
    MakeArray: (
        "both",
        "It wins where readers that know one value stay for good: {old} is the first element of {new}, and a reader that needs only"
        " that never moves. A record without an element has nothing to put there, so the list is never empty.",
        "give {new} what comes beside the first element, which stays the value of {old}",
    ),
}
"""For operations after which both shapes may stay: what the way is called, when it wins, and what producers have to see to."""


def _kept(it: _Reshape, operation: Operation, what: str) -> Alternative:
    """The new field beside the old ones for good."""
    slug, wins, told = (text.format(old=it.old, new=it.new) for text in _KEPT_FOR[type(operation)])
    own = [use for use in it.ground.uses_by("producers") if use.is_write and not use.is_test]
    work = _expanded(it) + (notes_at(it.ground, own, told) if told else Work())
    return alternative(
        it.ground,
        slug,
        f"{what}, and keep {it.old} for good",
        KEPT,
        (State("beside", work, PRODUCERS_FIRST, GATE_EXPANDED),),
        joined(wins, about_decoders(it.ground)),
    )


def _expanded(it: _Reshape) -> Work:
    work = _added(it, [_object(new, is_first=False, defined=it.ground.schema) for new in it.mapping.new])
    writers = [use for use in it.ground.uses_by("producers") if use.is_write]
    work += _written(it, writers) + _declared_too(it, it.ground.uses) + filled_by_hand(it.ground, it.new)
    others = [use for part in it.parts[1:] for use in part.uses_by("producers") if use.is_write]
    paths = {use.span.path for use in writers}
    work += notes_at(
        it.ground, [use for use in others if use.span.path not in paths], f"write {it.new} here too, by hand"
    )
    for part in it.parts:
        work += doubtful_work(part, f"where it writes, write {it.new} too", "producers")
    return work


def _written(it: _Reshape, uses: list[FieldUse]) -> Work:
    name = it.ground.operation.field
    work = Work()
    for new in it.mapping.new:
        work += code_work(it.ground, uses, "add_converted", to=new.name, expression=_own(new.written, name))
    return work


def _declared_too(it: _Reshape, uses: Sequence[FieldUse]) -> Work:
    """Lets classes that declare the first of the old fields declare the new ones, too."""
    return _all(declared_too(it.ground, uses, new.name, new.kind) for new in it.mapping.new)


def _added(it: _Reshape, objects: list[dict[str, Any]]) -> Work:
    return add_beside(it.ground, it.parts[-1].operation.field, *objects)


def _object(new: NewField, *, is_first: bool, defined: Any = None) -> dict[str, Any]:
    """Returns the new field's object; types that the schema defines already are referred to by name."""
    kind = new.kind if is_first else fieldtype.null_first(new.kind)
    if defined is not None:
        kind = fieldtype.by_reference(kind, defined, "")
    entry: dict[str, Any] = {"name": new.name, "type": kind}
    return entry if is_first and not fieldtype.is_nullable(kind) else {**entry, "default": None}


def _readers_moved(it: _Reshape) -> Work:
    """Consumers read the new fields, put back into the old value, else the old field; records that they build carry both."""
    work = Work()
    for part in it.parts:
        own = [use for use in part.uses_by("consumers") if not use.is_write and not use.is_declaration]
        work += _read(it, part, own, "read_either")
        work += doubtful_work(part, f"where it reads, read {it.new} instead", "consumers")
    work += _declared_too(it, it.ground.uses_by("consumers"))
    # Records of tests stay as they are: readers still take the old field where it is alone.
    return work + _written(it, [use for use in it.ground.uses_by("consumers") if use.is_write and not use.is_test])


def _read(it: _Reshape, part: Ground, uses: list[FieldUse], action: Any) -> Work:
    name = part.operation.field
    back = dict(it.mapping.back)[name]
    to = next(new.name for new in it.mapping.new if f"{{{new.name}}}" in back)
    work = code_work(part, uses, action, to=to, expression=_own(back, to))
    inner = [use for use in part.pipeline.uses if use.path.startswith(f"{part.impact.path}.") and not use.is_test]
    if isinstance(part.operation, FlattenField):
        inner = [use for use in inner if use.subject == part.subject.name and not use.is_write]
        work += notes_at(part, inner, f"read it from {it.new}, by hand")
    return work


def _stopped(it: _Reshape) -> Work | None:
    """Producers write the new fields alone; the schema keeps the old ones for what is stored."""
    if not any(use.is_write and not use.is_test for use in it.ground.uses_by("producers")):
        return None
    work = _added(it, [_object(new, is_first=False, defined=it.ground.schema) for new in it.mapping.new])
    work += _all(old_left_out(part) for part in it.parts)
    work += _written_alone(it, [part.uses_by("producers") for part in it.parts])
    for part in it.parts:
        read = [use for use in part.uses_by("producers") if not use.is_write and not use.is_declaration]
        work += _read(it, part, read, "read_converted")
        work += doubtful_work(part, f"where it writes, write {it.new} alone", "producers")
    return work + _readers_moved(it)


def _written_alone(it: _Reshape, uses: Sequence[Sequence[FieldUse]]) -> Work:
    """The new fields where the first of the old ones was written or declared, and none of the old ones; `uses` are each part's."""
    built, *others = [[use for use in own if use.is_write] for own in uses]
    first, *more = it.mapping.new
    name = it.ground.operation.field
    work = Work()
    for new in more:
        work += code_work(it.ground, built, "add_converted", to=new.name, expression=_own(new.written, name))
    work += code_work(it.ground, built, "rename_key", to=first.name, expression=_own(first.written, name))
    for part, own in zip(it.parts[1:], others, strict=True):
        work += code_work(part, own, "remove_key")
    work += declared_instead(it.ground, uses[0], first.name, first.kind) + declarations_out(it.ground, *uses[1:])
    return work + _all(declared_too(it.ground, uses[0], new.name, new.kind) for new in more)


def _contracted(it: _Reshape, objects: list[dict[str, Any]]) -> Work:
    """The new fields in the place of the old ones, and code that knows only them."""
    gone = {part.operation.field for part in it.parts}
    added = _added(it, objects)
    # A copy that fell behind gets what it lacks before a field is added, but not what goes in the same state.
    work = replace(added, edits=tuple(edit for edit in added.edits if not _adds(edit, gone)))
    for part in it.parts:
        work += schema_work(part, "remove_field")
    work += _written_alone(it, [part.uses for part in it.parts])
    for part in it.parts:
        own = [use for use in part.uses if not use.is_write and not use.is_declaration]
        work += _read(it, part, own, "read_converted")
        work += doubtful_work(part, f"leave the old name for {it.new}, by hand where it is this field")
    return work


def _adds(edit: Edit, names: set[str]) -> bool:
    return isinstance(edit, SchemaEdit) and edit.action == "add_field" and edit.field in names


def _naive(it: _Reshape, operation: Operation, what: str) -> Alternative:
    objects = [_with_default(new) for new in it.mapping.new]
    has_defaults = all("default" in entry for entry in objects)
    loss = (
        "Registries accept it, because the new fields have a default, and everything that was written before reads as blank."
        if has_defaults
        else "Neither side can read what the other wrote."
    )
    return alternative(
        it.ground,
        "naive",
        f"{what} at once, the new {'fields' if len(objects) > 1 else 'field'} {'with' if has_defaults else 'without'} a default",
        _NAIVE.get(operation.op, "naive: another structure in place"),
        (State("replaced", _contracted(it, objects), PRODUCERS_FIRST),),
        joined("The edit people make first.", loss, about_decoders(it.ground), about_keys(it.ground)),
    )


def _with_default(new: NewField) -> dict[str, Any]:
    entry = _object(new, is_first=True)
    if "default" not in entry and fieldtype.base_kind(new.kind) in ("string", "array"):
        entry["default"] = fieldtype.neutral_value(new.kind)
    return entry


def _replaced(it: _Reshape) -> Any:
    gone = {part.operation.field for part in it.parts}

    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        at = record["fields"].index(field)
        record["fields"][at:at] = [_object(new, is_first=True) for new in it.mapping.new]
        record["fields"] = [entry for entry in record["fields"] if entry.get("name") not in gone]

    return change
