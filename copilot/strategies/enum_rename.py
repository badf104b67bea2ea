"""Ways to rename a symbol of an enum. Avro has no alias for symbols, so the old and the new one live side by side for a while."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, TextEdit
from copilot.domain.operation import Operation, RenameSymbol
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.enum_add import free_type_name
from copilot.strategies.ground import Ground, ground_of, side_of_job
from copilot.strategies.newfield import STRATEGY, Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.symbols import enum_in, fallback_first, fallback_states
from copilot.strategies.words import (
    GATE_BOTH_READ,
    GATE_SYMBOL_STOPPED,
    about_decoders,
    joined,
)
from copilot.strategies.work import (
    ByHand,
    Work,
    as_json,
    doubtful_work,
    notes_at,
    producer_notes,
    reads,
    schema_work,
    set_property,
    writes,
)


def rename_symbol(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to rename a symbol; nothing for other operations."""
    if not isinstance(operation, RenameSymbol):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Rename {operation.symbol} to {operation.to} in `{operation.field}`"
    return (
        _side_by_side(ground, operation, what),
        _both_kept(ground, operation),
        _successor(ground, operation, what),
        _told_only(ground, operation),
        _in_place(ground, operation, what),
        new_version(ground, what, lambda record, field: _renamed_in(field, operation)),
    )


def _both(ground: Ground, operation: RenameSymbol) -> Work:
    """The new symbol is there, and readers take both for the same."""
    task = f"take {operation.to} for what {operation.symbol} is, by hand"
    work = schema_work(ground, "add_symbol", value=as_json(operation.to))
    work += notes_at(ground, [use for use in reads(ground) if not use.is_test], task)
    return work + _mentions(ground, task, "consumers") + doubtful_work(ground, task, "consumers")


def _written(ground: Ground, operation: RenameSymbol) -> Work:
    task = f"write {operation.to} and no longer {operation.symbol}"
    doc = f"{ground.properties.get('doc', '')} {operation.symbol} is the old name of {operation.to}: do not write it."
    told = set_property(ground, "doc", doc.strip())
    old, new = f'"{operation.symbol}"', f'"{operation.to}"'
    lines = [use for use in writes(ground) if not use.is_test and old in use.excerpt and use.span.path.endswith(".py")]
    edits = tuple(dict.fromkeys(TextEdit(use.span.path, use.span.first_line, old, new) for use in lines))
    edited = {(edit.path, edit.line) for edit in edits}
    rest = producer_notes(ground, task) + _mentions(ground, task, "producers")
    by_hand = tuple(it for it in rest.by_hand if _place(it) not in edited)
    return told + Work(edits, by_hand)


def _place(item: ByHand) -> tuple[str, int]:
    path, _, line = item.text.partition("  ")[0].rpartition(":")
    return path, int(line) if line.isdigit() else 0


def _mentions(ground: Ground, task: str, side: str) -> Work:
    """Names the lines of that side's own files that hold the old symbol as a text."""
    found = []
    for mention in ground.impact.mentions:
        own = side_of_job(ground, mention.span.path)
        if own == side:
            found.append(ByHand(own, f"{mention.span.path}:{mention.span.first_line}  holds the symbol: {task}"))
    return Work((), tuple(found))


def _side_by_side(ground: Ground, operation: RenameSymbol, what: str) -> Alternative:
    before, given, symbol = fallback_states(ground, operation.symbol)
    both = given + _both(ground, operation)
    written = both + _written(ground, operation)
    written_here = tuple(edit for edit in written.edits if isinstance(edit, TextEdit))
    renamed = schema_work(ground, "rename_symbol", name=operation.symbol, value=as_json(operation.to))
    removed = given + Work(written_here) + renamed
    removed += _renamed_default(ground, operation)
    states = (
        *fallback_first(before, given),
        State("both are read", both, CONSUMERS_FIRST, GATE_BOTH_READ),
        State("the new one is written", written, PRODUCERS_FIRST, GATE_SYMBOL_STOPPED),
        State("the old one is gone", removed, CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "phased",
        f"{what} step by step: both are read, the new one is written, the old one goes",
        "rename, side by side",
        states,
        joined(
            f"The default choice: nobody meets a symbol that it lacks. What is left of {operation.symbol} in old records reads as"
            f" {symbol} once it is gone, which is no other meaning; the Apache avro package refuses such a record.",
            about_decoders(ground),
        ),
    )


def _renamed_default(ground: Ground, operation: RenameSymbol) -> Work:
    return set_property(ground, "default", operation.to) if ground.default == operation.symbol else Work()


def _both_kept(ground: Ground, operation: RenameSymbol) -> Alternative:
    before, given, _ = fallback_states(ground)
    both = given + _both(ground, operation)
    told = both + _written(ground, operation)
    return alternative(
        ground,
        "kept",
        f"Write {operation.to} from now on, and keep {operation.symbol} for old records",
        "additive, old symbol kept",
        (
            *fallback_first(before, given),
            State("both are read", both, CONSUMERS_FIRST, GATE_BOTH_READ),
            State("the new one is written", told, PRODUCERS_FIRST),
        ),
        joined(
            "It wins where history must stay readable with its meaning, or where nothing says that old records ever go: no value is"
            f" lost. {operation.symbol} stays in the schema.",
            about_decoders(ground),
        ),
    )


def _in_place(ground: Ground, operation: RenameSymbol, what: str) -> Alternative:
    work = schema_work(ground, "rename_symbol", name=operation.symbol, value=as_json(operation.to))
    work += _renamed_default(ground, operation) + _written(ground, operation)
    work += notes_at(ground, [use for use in reads(ground) if not use.is_test], f"expect {operation.to}, by hand")
    return alternative(
        ground,
        "naive",
        f"{what} in place",
        "naive rename",
        (State("renamed", work, PRODUCERS_FIRST),),
        joined(
            "The edit people make first. To Avro it is one symbol gone and another one come: old readers refuse the new one,"
            " new readers refuse records with the old one, and where the enum has a default both read as that without a word.",
            about_decoders(ground),
        ),
    )


def _told_only(ground: Ground, operation: RenameSymbol) -> Alternative:
    doc = f"{ground.properties.get('doc', '')} {operation.symbol} means {operation.to}.".strip()
    return alternative(
        ground,
        "doc-only",
        f"Keep {operation.symbol} on the wire, and say in the doc that it means {operation.to}",
        "doc only",
        (State("told", set_property(ground, "doc", doc), CONSUMERS_FIRST),),
        "It wins where only people are to see the new word: show it where the value is shown. No byte and no reader changes.",
    )


def _successor(ground: Ground, operation: RenameSymbol, what: str) -> Alternative | NotOffered:
    enum = enum_in(ground)
    if fieldtype.base_kind(fieldtype.without_null(ground.kind)) != "enum":
        return NotOffered(STRATEGY, "The enum stands inside another type; a new field would copy that too.")
    name = free_name(ground)
    symbols = [operation.to if symbol == operation.symbol else symbol for symbol in enum.get("symbols", ())]
    kept = {key: value for key, value in enum.items() if key != "default"}
    successor = {**kept, "name": free_type_name(ground, enum), "symbols": symbols}
    changed = f'"{operation.to}" if {{}} == "{operation.symbol}" else {{}}'
    return expand_contract(
        ground,
        "new-field",
        f"{what} in the new field `{name}`",
        Successor(
            name,
            ["null", successor],
            (None,),
            changed,
            readers_note=f"expect {operation.to} where it was {operation.symbol}, by hand",
        ),
        "It wins where old readers can't be given the new symbol in time: they keep an enum that they know until they move.",
    )


def _renamed_in(field: dict[str, Any], operation: RenameSymbol) -> None:
    enum = fieldtype.enum_of(field.get("type"))
    for place, key in ((enum, "default"), (field, "default")):
        if place is not None and place.get(key) == operation.symbol:
            place[key] = operation.to
    if enum is not None:
        enum["symbols"] = [operation.to if it == operation.symbol else it for it in enum["symbols"]]
