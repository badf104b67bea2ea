"""Ways to change a field's type: in place, as a union for a while, as a parallel change, or in a new subject."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import ChangeType, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.copies import copies_stay
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.logical_types import what_comes, what_to_write
from copilot.strategies.newfield import Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.words import about_decoders, about_keys, joined
from copilot.strategies.work import (
    Work,
    as_json,
    code_work,
    doubtful_work,
    notes_at,
    reads,
    remove_default,
    set_property,
    set_type,
    writes,
)

UNION = "union"
_PROMOTIONS = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}
_LOSSY = {("int", "float"), ("long", "float"), ("long", "double")}
_UNITS = {"millis": "_ms", "micros": "_us", "nanos": "_ns"}
_PER_SECOND = {"timestamp-millis": 1_000, "timestamp-micros": 1_000_000, "timestamp-nanos": 1_000_000_000}
_COUNTS = re.compile(r"\s*(?:int|round)\(|\s*(?:time\.)?time_ns\(\)")
_IS_TIME = re.compile(r"\s*(?:datetime\.){0,2}(?:now|fromtimestamp|fromisoformat)\([^()]*\)\s*,?\s*\}?$")
_NUMBERS = ("int", "long", "float", "double")
_CONVERSIONS = {"string": "str({})", "int": "int({})", "long": "int({})", "float": "float({})", "double": "float({})"}


def retype(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to change a field's type; nothing for other operations."""
    if not isinstance(operation, ChangeType):
        return ()
    ground = ground_of(operation, impact, pipeline)
    kind = fieldtype.parsed(operation.type)
    what = f"Change `{operation.field}` to {_said(kind)}"
    return (
        _in_place(ground, kind, what),
        _parallel(ground, kind, what),
        _as_union(ground, kind),
        *copies_stay(ground, lambda rest: _in_place(rest, kind, what)),
        new_version(ground, what, _retyped(ground, kind)),
    )


def conversion(old: Any, new: Any) -> str | None:
    """Returns a Python expression that turns a written value into the new type; "" where none is needed, None if unknown."""
    before, after = fieldtype.without_null(old), fieldtype.without_null(new)
    bare, target = fieldtype.base_kind(before), fieldtype.base_kind(after)
    if fieldtype.logical_kind(before) or fieldtype.logical_kind(after):
        return None
    if bare == target or (target in _PROMOTIONS.get(bare, ()) and bare in _NUMBERS):
        return ""
    if bare not in (*_NUMBERS, "string", "boolean"):
        return None
    how = "({}).encode()" if bare == "string" and target == "bytes" else _CONVERSIONS.get(target)
    return f"None if {{}} is None else {how}" if how and fieldtype.is_nullable(old) else how


def _into_new_field(old: Any, new: Any) -> str | None:
    """Returns the expression for a new field that may be null, "" where none is needed, None where a person has to write it.

    A text that is no number must not stop who writes it: the new field stays null there, and the old one keeps the text.
    """
    how = conversion(old, new)
    target = fieldtype.base_kind(fieldtype.without_null(new))
    if not how or fieldtype.base_kind(fieldtype.without_null(old)) != "string" or target not in _NUMBERS:
        return _into_symbols(old, new) if how is None else how
    if target not in ("int", "long"):
        return None
    is_there = "{} is not None and " if fieldtype.is_nullable(old) else ""
    return f'int({{}}) if {is_there}{{}}.removeprefix("-").isdecimal() else None'


def _into_other_unit(old: Any, new: Any, written: Iterable[str]) -> str | None:
    """Returns the expression that counts an instant in another unit, "" where no line writes a number, None if unknown."""
    unit, wanted = (_PER_SECOND.get(fieldtype.logical_kind(fieldtype.without_null(it)), 0) for it in (old, new))
    texts = list(written)
    if not unit or not wanted or not texts:
        return None
    if all(_COUNTS.match(it) for it in texts):
        return f"{{}} * {wanted // unit}" if wanted > unit else f"{{}} // {unit // wanted}"
    return "" if all(_IS_TIME.match(it) for it in texts) else None


def _into_symbols(old: Any, new: Any) -> str | None:
    """Returns the expression that keeps a text that is one of an enum's symbols, and gives null for any other."""
    target = fieldtype.without_null(new)
    symbols = target.get("symbols", ()) if isinstance(target, dict) and target.get("type") == "enum" else ()
    is_text = fieldtype.base_kind(fieldtype.without_null(old)) == "string"
    return f"{{}} if {{}} in {tuple(symbols)!r} else None" if is_text and symbols else None


def is_other_kind(old: Any, new: Any) -> bool:
    """Tells whether code gets another kind of value: a text where it had a number, a time where it had a count."""
    return fieldtype.value_kind(old) != fieldtype.value_kind(new)


def converted_default(value: Any, kind: Any) -> tuple[Any, ...]:
    """Returns a default's value as the new type has it, as a tuple of one; empty where there is no equal value."""
    if fieldtype.fits(value, kind):
        return (value,)
    for branch in fieldtype.branches(kind):
        bare = fieldtype.base_kind(branch)
        if bare == "string" and isinstance(value, int | float) and not isinstance(value, bool):
            return (str(value),)
        if bare in ("int", "long") and isinstance(value, float) and value == int(value):
            return (int(value),)
    return ()


def _said(kind: Any) -> str:
    """Returns a type in the words in which it was asked for, as far as they are short."""
    if fieldtype.is_nullable(kind) and isinstance(kind, list) and isinstance(fieldtype.without_null(kind), str | dict):
        return f"{_said(fieldtype.without_null(kind))} or null"
    if isinstance(kind, dict) and kind.get("type") == "enum":
        return f"enum {', '.join(map(str, kind.get('symbols', ())))}"
    logical = fieldtype.logical_kind(kind)
    if logical == "decimal":
        return f"decimal({kind.get('precision')},{kind.get('scale', 0)})"
    return logical or (kind if isinstance(kind, str) else as_json(kind))


def _new_default(ground: Ground, kind: Any) -> Work:
    if not ground.has_default:
        return Work()
    converted = converted_default(ground.default, kind)
    return set_property(ground, "default", converted[0]) if converted else remove_default(ground)


def _written(ground: Ground, kind: Any) -> Work:
    how = conversion(ground.kind, kind)
    if how is None:
        return notes_at(ground, writes(ground), what_to_write(kind, ground.impact.producers))
    return code_work(ground, writes(ground), "wrap_value", expression=how) if how else Work()


def _in_place(ground: Ground, kind: Any, what: str) -> Alternative:
    kept = fieldtype.null_where_it_was(kind, ground.kind)
    ordered = fieldtype.value_first(kind, ground.default) if ground.has_default else kept
    work = set_type(ground, ordered) + _new_default(ground, ordered) + _written(ground, kind)
    if conversion(ground.kind, kind) != "":
        work += notes_at(ground, reads(ground), what_comes(kind))
    work += doubtful_work(ground, "see to the new type by hand")
    return alternative(
        ground,
        "naive",
        f"{what} in place",
        "in place" if _is_promotion(ground.kind, kind) else "naive type change",
        (State("retyped", work, CONSUMERS_FIRST),),
        joined(_about_promotion(ground.kind, kind), about_decoders(ground), about_keys(ground)),
    )


def _is_promotion(old: Any, new: Any) -> bool:
    """Tells whether every branch of the old type is read by the new one, by the promotions of Avro."""
    wanted = {fieldtype.base_kind(branch) for branch in fieldtype.branches(new)}
    names = [fieldtype.base_kind(branch) for branch in fieldtype.branches(old)]
    return all(name in wanted or wanted & set(_PROMOTIONS.get(name, ())) for name in names)


def _about_promotion(old: Any, new: Any) -> str:
    before, after = fieldtype.without_null(old), fieldtype.without_null(new)
    pair = (fieldtype.base_kind(before), fieldtype.base_kind(after))
    if fieldtype.logical_kind(before) != fieldtype.logical_kind(after) or (pair[0] == pair[1] and before != after):
        return (
            "The bytes stay the same and only their meaning changes: every registry level accepts it, and some readers return"
            " other values than were written."
        )
    if pair in _LOSSY:
        return "Avro promotes the old type, so new readers read old data. Large whole numbers lose digits."
    if _is_promotion(old, new):
        return "Avro promotes the old type, so new readers read old data: it wins where all consumers are known and can move."
    if _is_promotion(new, old):
        return "Old readers read new data, but not the other way round: it needs proof that every value is in range."
    return "The edit people make first. Neither side can read what the other wrote."


def _parallel(ground: Ground, kind: Any, what: str) -> Alternative:
    name = _unit_name(ground, kind) or free_name(ground)
    note = what_comes(kind) if is_other_kind(ground.kind, kind) else ""
    kept = converted_default(ground.default, kind) if ground.has_default and ground.default is not None else ()
    how = _into_new_field(ground.kind, kind)
    if how is None:
        how = _into_other_unit(ground.kind, kind, (use.value_text for use in writes(ground) if not use.is_test))
    return expand_contract(
        ground,
        "phased",
        f"{what} step by step, in the new field `{name}`",
        Successor(
            name,
            fieldtype.null_first(kind),
            (None,),
            how,
            readers_note=note,
            last_default=kept,
        ),
        "It wins where old and new readers must both work while the change goes out, or where a value may not convert.",
    )


def _unit_name(ground: Ground, kind: Any) -> str:
    """Returns the field's name with the unit of a new time type, where no field has that name; "" for other types."""
    logical = fieldtype.logical_kind(fieldtype.without_null(kind))
    suffix = next((short for unit, short in _UNITS.items() if logical.endswith(f"-{unit}")), "")
    stem = ground.operation.field
    for short in _UNITS.values():
        stem = stem.removesuffix(short)
    taken = {field.name for field in ground.subject.latest.fields if field.record == ground.record}
    return f"{stem}{suffix}" if suffix and f"{stem}{suffix}" not in taken else ""


def _as_union(ground: Ground, kind: Any) -> Alternative | NotOffered:
    old = fieldtype.branches(ground.kind)
    present = {fieldtype.base_kind(branch) for branch in old}
    more = [branch for branch in fieldtype.branches(kind) if fieldtype.base_kind(branch) not in present]
    if not more:
        return NotOffered(UNION, "Both types are carried by the same Avro type, and a union can hold that only once.")
    union = [*old, *more]
    work = set_type(ground, union) + notes_at(ground, reads(ground), "branch on the type of the value, by hand")
    work += doubtful_work(ground, "branch on the type of the value, by hand", "consumers")
    work += notes_at(ground, writes(ground), f"write {_said(kind)} once every consumer takes both")
    return alternative(
        ground,
        "union",
        f"Let `{ground.operation.field}` be of the old or of the new type for a while",
        UNION,
        (State("widened", work, CONSUMERS_FIRST),),
        joined(
            "It wins where producers can't be sure of one type yet. Old data stays readable, consumers must branch,"
            " and the union is to be narrowed later.",
            about_decoders(ground),
        ),
    )


def _retyped(ground: Ground, kind: Any) -> Any:
    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        field["type"] = kind
        if "default" in field:
            converted = converted_default(field.pop("default"), kind)
            field.update({"default": converted[0]} if converted else {})

    return change
