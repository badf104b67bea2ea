"""Ways to add a field: optional, with a neutral default, required, in a map that is there, or in a subject of its own."""

from __future__ import annotations

import posixpath
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import AddField, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.schema import SchemaField
from copilot.strategies.copies import Way, copies_stay
from copilot.strategies.declarations import taken_too
from copilot.strategies.drift import in_line
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_WRITTEN, about_decoders, joined
from copilot.strategies.work import Work, add_field, as_json, link_notes, new_file, producer_notes, schema_work

SIDE = "side subject"
MAP = "entry of a map"
TYPED = "neutral default"
OPTIONAL = "optional"
REQUIRED_LATER = "default first, then required"


def add(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to add a field; nothing for other operations."""
    if not isinstance(operation, AddField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    kind = fieldtype.without_null(fieldtype.parsed(operation.type))
    ways = (_optional(ground, kind), _typed(ground, operation, kind))
    strict = (_required_later(ground, operation, kind), _required(ground, kind))
    return (
        # What the request names stands first: several operations together take the first way of each.
        *(strict if operation.is_required else ()),
        *(ways if operation.default in (None, "null") else reversed(ways)),
        *(() if operation.is_required else strict[1:]),
        *copies_stay(ground, _way_asked(operation, kind)),
        _in_map(ground, kind),
        _beside(ground, kind),
    )


def _way_asked(operation: AddField, kind: Any) -> Way:
    """The way that the request names: null where nothing is known, or its own default."""
    if operation.default in (None, "null"):
        return lambda rest: _optional(rest, kind)
    return lambda rest: _typed(rest, operation, kind)


def _field(ground: Ground, kind: Any, *default: Any) -> Work:
    field: dict[str, Any] = {"name": ground.operation.field, "type": kind}
    if default:
        field["default"] = default[0]
    return in_line(ground) + add_field(ground, field) + taken_too(ground, kind, *default)


def _optional(ground: Ground, kind: Any) -> Alternative:
    name = ground.operation.field
    work = _field(ground, fieldtype.null_first(kind), None)
    return alternative(
        ground,
        "optional",
        f"Add `{name}` as optional, null where it is not known",
        OPTIONAL,
        (State("added", work + producer_notes(ground, f"write `{name}` where it is known"), CONSUMERS_FIRST),),
        joined(
            "The default choice: old data stays readable, old readers skip the field, and null can't be taken for a value.",
            "Null stands first in the union, because Java refuses a default that is not of the first branch.",
            about_decoders(ground),
        ),
    )


def _typed(ground: Ground, operation: AddField, kind: Any) -> Alternative | NotOffered:
    given = None if operation.default is None else fieldtype.parsed(operation.default)
    if given is None:
        try:
            given = fieldtype.neutral_value(kind)
        except ValueError:
            return NotOffered(TYPED, f'{as_json(kind)} has no value that could stand for "not known".')
    name = operation.field
    work = _field(ground, fieldtype.value_first(kind, given), given)
    return alternative(
        ground,
        "default",
        f"Add `{name}` with the default {as_json(given)}, never null",
        TYPED,
        (State("added", work + producer_notes(ground, f"write `{name}` where it is known"), CONSUMERS_FIRST),),
        joined(
            "It wins where consumers can't take null, such as features of a model.",
            f"Whoever reads {as_json(given)} can't tell a value from a missing one, so it must not occur in real data.",
            about_decoders(ground),
        ),
    )


def _required(ground: Ground, kind: Any) -> Alternative:
    name = ground.operation.field
    work = _field(ground, kind) + producer_notes(ground, f"write `{name}` in every record before the schema is used")
    return alternative(
        ground,
        "naive",
        f"Add `{name}` as required, without a default",
        "naive required",
        (State("added", work, PRODUCERS_FIRST),),
        joined(
            "It wins only where every producer sets the field from the first record on and no older record is read again:"
            " new readers can't read old data.",
            about_decoders(ground),
        ),
    )


def _required_later(ground: Ground, operation: AddField, kind: Any) -> Alternative | NotOffered:
    try:
        given = fieldtype.neutral_value(kind)
    except ValueError:
        return NotOffered(REQUIRED_LATER, f"{as_json(kind)} has no neutral value to begin with.")
    name = operation.field
    told = producer_notes(ground, f"write `{name}` in every record, never {as_json(given)} in place of a value")
    return alternative(
        ground,
        "required-later",
        f"Add `{name}` with the default {as_json(given)} first, and require it once every record has it",
        REQUIRED_LATER,
        (
            State("added", _field(ground, kind, given) + told, CONSUMERS_FIRST, GATE_WRITTEN),
            State("required", _field(ground, kind) + told, PRODUCERS_FIRST),
        ),
        joined(
            "It ends as asked without a moment at which somebody can't read: while the field has a default, old records stay"
            f" readable, and read {as_json(given)}. It wins where no level asks that the last schema reads the whole history.",
            about_decoders(ground),
        ),
    )


def _in_map(ground: Ground, kind: Any) -> Alternative | NotOffered:
    name = ground.operation.field
    holder = _fitting_map(ground, kind)
    if holder is None:
        return NotOffered(MAP, f"The record has no map whose values can hold {as_json(kind)}.")
    written = fieldtype.field_of(ground.schema, ground.record, holder.name) or {}
    said = f'{written.get("doc", "")} May hold "{name}".'.strip()
    work = schema_work(ground, "set_property", field=holder.name, name="doc", value=as_json(said))
    work += producer_notes(ground, f'write the entry "{name}" of `{holder.name}` where it is known')
    return alternative(
        ground,
        "map-entry",
        f"Carry `{name}` as an entry of the map `{holder.name}`",
        MAP,
        (State("documented", work, PRODUCERS_FIRST),),
        "The shape of the data does not change, so no reader has to move. It wins for rare or trial values; no rule holds the"
        " entry's type or presence, and readers find it only by its documentation.",
    )


def _fitting_map(ground: Ground, kind: Any) -> SchemaField | None:
    for field in ground.subject.latest.fields:
        if field.record != ground.record:
            continue
        inner = fieldtype.without_null(fieldtype.parsed(field.type))
        if fieldtype.base_kind(inner) == "map" and isinstance(inner, dict) and _takes(inner.get("values"), kind):
            return field
    return None


def _takes(values: Any, kind: Any) -> bool:
    """Tells whether a map's values can hold a type without loss."""
    names = {fieldtype.base_kind(branch) for branch in fieldtype.branches(values)}
    wider = {"int": {"int", "long", "double"}, "float": {"float", "double"}}
    own = fieldtype.base_kind(kind)
    return not fieldtype.logical_kind(kind) and bool(wider.get(own, {own}) & names) and own in fieldtype.PRIMITIVES


def _beside(ground: Ground, kind: Any) -> Alternative | NotOffered:
    key = _key_field(ground)
    if key is None:
        return NotOffered(SIDE, "No field of the outermost record looks like a key that a side subject could share.")
    name = ground.operation.field
    source = ground.subject.latest.source
    folder, file = posixpath.split(source.path)
    stem = (
        posixpath.splitext(file)[0] if source.host == "file" else ground.subject.latest.name.rpartition(".")[2].lower()
    )
    path = posixpath.join(folder, f"{stem}_{name}.avsc")
    if any(subject.latest.source.path == path for subject in ground.pipeline.subjects):
        return NotOffered(SIDE, f"{path} is there already.")
    schema = _side_schema(ground, key, kind)
    work = new_file(path, schema) + link_notes(
        ground, "producers", f"publish `{key.name}` and `{name}` with {path} to a topic of its own"
    )
    work += link_notes(ground, "consumers", f"join the new topic on `{key.name}` where `{name}` is needed")
    return alternative(
        ground,
        "side-subject",
        f"Publish `{name}` in a subject of its own, keyed by `{key.name}`",
        SIDE,
        (State("published", work, PRODUCERS_FIRST),),
        "Nothing changes for present readers. It wins for wide, rare or sensitive values; it costs a topic and a join, and late"
        " or missing halves must be expected.",
    )


def _side_schema(ground: Ground, key: SchemaField, kind: Any) -> dict[str, Any]:
    outer = ground.schema if isinstance(ground.schema, dict) else {}
    name = str(outer.get("name", "Record"))
    words = "".join(word[:1].upper() + word[1:] for word in ground.operation.field.split("_"))
    schema: dict[str, Any] = {"type": "record", "name": name + words}
    if outer.get("namespace"):
        schema["namespace"] = outer["namespace"]
    key_kind = fieldtype.parsed(key.type)
    schema["fields"] = [{"name": key.name, "type": key_kind}, {"name": ground.operation.field, "type": kind}]
    return schema


def _key_field(ground: Ground) -> SchemaField | None:
    """The field that tells records apart: the record's own id, else the first id, else what code uses as a key."""
    outer = [field for field in ground.subject.latest.fields if field.record == ground.subject.latest.name]
    plain = [field for field in outer if fieldtype.parsed(field.type) in ("string", "long", "int")]
    record = ground.subject.latest.name.rpartition(".")[2].lower()
    named = [
        field for field in plain if field.name.lower() in ("id", "key", "uuid") or field.name.lower().endswith("id")
    ]
    own = [field for field in named if field.name.lower().replace("_", "") == f"{record}id"]
    keyed = {use.path for use in ground.pipeline.uses if use.subject == ground.subject.name and use.mode == "keys"}
    return next(iter([*own, *named, *(field for field in plain if field.path in keyed)]), None)
