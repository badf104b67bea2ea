"""Ways to add a symbol to an enum: at once, after an enum default, consumers first, in a new field, as text, or anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, SchemaEdit
from copilot.domain.mapping import literal
from copilot.domain.operation import AddSymbol, Operation
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.domain.rules import PROPERTY
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Successor, expand_contract, expanded, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.symbols import enum_in, fallback_first, fallback_states
from copilot.strategies.words import GATE_EXPANDED, GATE_OWN_COPIES, about_decoders, joined
from copilot.strategies.work import Work, as_json, code_work, doubtful_work, notes_at, reads, schema_work, writes

DEFAULT_FIRST = "enum default first"
COPIES_FIRST = "consumers' copies first"
BESIDE = "new field, the old one kept"
AS_TEXT = "text held to a rule"


def add_symbol(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to add a symbol; nothing for other operations."""
    if not isinstance(operation, AddSymbol):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Add {operation.symbol} to `{operation.field}`"
    return (
        _default_then_symbol(ground, operation, what),
        _copies_first(ground, operation, what),
        *_beside(ground, operation),
        _at_once(ground, operation, what),
        new_version(ground, what, _with_symbol(operation.symbol)),
    )


def _symbol_added(ground: Ground, symbol: str) -> Work:
    work = schema_work(ground, "add_symbol", value=as_json(symbol))
    branches = [use for use in reads(ground) if use.mode in ("compares", "computes", "keys")]
    work += notes_at(ground, branches, f"give {symbol} a branch, by hand")
    known = [use for use in reads(ground) if use not in branches and not use.is_test and _asks_a_table(use)]
    work += notes_at(ground, known, f"make what it is looked up in know {symbol}, by hand")
    return work + doubtful_work(ground, f"give {symbol} a branch, by hand", "consumers")


def _asks_a_table(use: FieldUse) -> bool:
    """Tells whether a read is looked up at once: `STATUS[rec["outcome"]]`, or made a member: `Status(rec["outcome"])`."""
    key = rf"""['"]{re.escape(use.name)}['"]"""
    read = rf"\w[\w.]*(?:\[{key}\]|\.get\({key}\))"
    return re.search(rf"\w\[{read}\]|\b[A-Z]\w*\({read}\)", use.excerpt) is not None


def _at_once(ground: Ground, operation: AddSymbol, what: str) -> Alternative:
    has_default = "default" in enum_in(ground)
    return alternative(
        ground,
        "naive",
        f"{what} at once",
        "naive symbol",
        (State("added", _symbol_added(ground, operation.symbol), CONSUMERS_FIRST),),
        joined(
            "New readers read old data.",
            "The enum has a default, so older readers read the new symbol as that; the Apache avro package still refuses it."
            if has_default
            else "An older reader fails on the new symbol: a default of the field does not help, only one of the enum would.",
            about_decoders(ground),
        ),
    )


def _default_then_symbol(ground: Ground, operation: AddSymbol, what: str) -> Alternative | NotOffered:
    enum = enum_in(ground)
    if "default" in enum:
        return NotOffered(DEFAULT_FIRST, f"The enum has the default {enum['default']} already.")
    before, given, symbol = fallback_states(ground)
    states = (
        *fallback_first(before, given),
        State("symbol added", given + _symbol_added(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "default-first",
        f"{what} after giving the enum the default {symbol}",
        DEFAULT_FIRST,
        states,
        joined(
            f"It wins where not every consumer can move in time: a reader that lacks {operation.symbol} then sees {symbol}, which"
            " is no other meaning. The Apache avro package ignores the default and still fails.",
            about_decoders(ground),
        ),
    )


def _copies_first(ground: Ground, operation: AddSymbol, what: str) -> Alternative | NotOffered:
    folders = _consumer_folders(ground)
    added = _symbol_added(ground, operation.symbol)
    own = tuple(
        edit for edit in added.edits if isinstance(edit, SchemaEdit) and edit.source.path.startswith(folders or ("\0",))
    )
    if not own or len(own) == len(added.edits):
        return NotOffered(
            COPIES_FIRST, "No consumer has a copy of the schema of its own that could move before the others."
        )
    states = (
        State("consumers' copies", Work(own, added.by_hand), CONSUMERS_FIRST, GATE_OWN_COPIES),
        State("symbol added", added, PRODUCERS_FIRST),
    )
    return alternative(
        ground,
        "copies-first",
        f"{what} in the consumers' copies first, then for all",
        COPIES_FIRST,
        states,
        joined(
            "It wins where all consumers are known: no value is ever collapsed, and nobody meets a symbol that it lacks.",
            about_decoders(ground),
        ),
    )


def _consumer_folders(ground: Ground) -> tuple[str, ...]:
    consumers = {link.job for link in ground.impact.consumers} - {link.job for link in ground.impact.producers}
    roots = [job.root.rstrip("/") for job in ground.pipeline.jobs if job.name in consumers]
    return tuple(root + "/" for root in roots if root not in ("", "."))


def _beside(ground: Ground, operation: AddSymbol) -> tuple[Alternative | NotOffered, ...]:
    """The ways in which a new field carries the symbol: for a while, for good, or as text."""
    enum = enum_in(ground)
    if fieldtype.base_kind(fieldtype.without_null(ground.kind)) != "enum":
        reason = "The enum stands inside another type; a new field would copy that too."
        return tuple(NotOffered(way, reason) for way in ("expand and contract", BESIDE, AS_TEXT))
    name = free_name(ground)
    successor = {**enum, "name": free_type_name(ground, enum), "symbols": [*enum["symbols"], operation.symbol]}
    carried = Successor(
        name,
        ["null", successor],
        (None,),
        writers_note=f"where `{name}` is {operation.symbol}, write a symbol here that old readers know, by hand",
        readers_note=f"give {operation.symbol} a branch, by hand",
    )
    return (
        expand_contract(
            ground,
            "phased",
            f"Carry {operation.symbol} in the new field `{name}`",
            carried,
            f"It wins where the meaning of {operation.symbol} must never be lost: old readers keep an enum that they know, and"
            f" what they see in place of {operation.symbol} is decided where it is written.",
        ),
        _kept(ground, operation, carried),
        _as_text(ground, operation, name),
    )


def _kept(ground: Ground, operation: AddSymbol, carried: Successor) -> Alternative | NotOffered:
    """Both fields for good: readers that know the new symbol take the new one, all others never notice."""
    old, symbol, known = operation.field, operation.symbol, _stands_for_unknown(enum_in(ground))
    if not known:
        return NotOffered(
            BESIDE,
            f"No symbol of `{old}` says that it is not known, and which of them comes nearest to {symbol} only people can say.",
        )
    own = [use for use in writes(ground) if not use.is_test and not _writes_literal(use)]
    work = expanded(ground, replace(carried, writers_note=""))
    work += code_work(ground, own, "wrap_value", expression=f"{literal(known)} if {{}} == {literal(symbol)} else {{}}")
    return alternative(
        ground,
        "beside",
        f"Carry {symbol} in the new field `{carried.name}`, and keep `{old}` for good, where it is {known}",
        BESIDE,
        (State("beside", work, PRODUCERS_FIRST, GATE_EXPANDED),),
        joined(
            f"It wins where old readers never move: they keep an enum that they know, and only readers that have to tell {symbol}"
            " apart take the new field. It costs the bytes of both, and a check that they agree.",
            about_decoders(ground),
        ),
    )


def _stands_for_unknown(enum: dict[str, Any]) -> str:
    """Returns the symbol that old readers may get in place of one that they lack, "" where none says so little."""
    symbols = [str(enum.get("default", "")), *enum.get("symbols", ())]
    return next((symbol for symbol in symbols if symbol and fieldtype.says_unknown(symbol)), "")


def _writes_literal(use: FieldUse) -> bool:
    """Tells whether a use writes a text that stands in the code, which is one of the symbols that are there already."""
    return re.search(rf"""['"]?\b{re.escape(use.name)}\b['"]?\]?\s*[:=]\s*['"]""", use.excerpt) is not None


def _as_text(ground: Ground, operation: AddSymbol, name: str) -> Alternative:
    rule = {"enum": [*enum_in(ground)["symbols"], operation.symbol]}
    return expand_contract(
        ground,
        "text",
        f"Carry `{operation.field}` as text in the new field `{name}`, held to a rule that knows {operation.symbol}",
        Successor(
            name,
            ["null", "string"],
            (None,),
            properties=((PROPERTY, rule),),
            writers_note=f"hold `{name}` to its rule, and write {operation.symbol} only where no old reader needs this field",
            readers_note=f"give {operation.symbol} a branch, and one to symbols that come later, by hand",
        ),
        "It wins where symbols come often: one more is a line in the rule, which changes no byte and no reader's schema. No"
        " decoder refuses a wrong word any more, so producers have to be held to the rule.",
    )


def free_type_name(ground: Ground, enum: dict[str, Any]) -> str:
    """Returns a name for the enum of a field beside the old one: a schema may define a name only once."""
    taken = {full.rpartition(".")[2] for full, _ in fieldtype.named_types(ground.schema)}
    base = str(enum.get("name", "Symbols")).rpartition(".")[2]
    number = 2
    while f"{base}V{number}" in taken:
        number += 1
    return f"{base}V{number}"


def _with_symbol(symbol: str) -> Any:
    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        enum = fieldtype.enum_of(field.get("type"))
        if enum is not None:
            enum["symbols"] = [*enum["symbols"], symbol]

    return change
