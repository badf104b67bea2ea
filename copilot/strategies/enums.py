"""Ways to add or remove a symbol of an enum: at once, after an enum default, consumers first, in a new field or subject."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, SchemaEdit
from copilot.domain.operation import AddSymbol, Operation, RemoveSymbol
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import (
    GATE_DEFAULT_OUT,
    GATE_OWN_COPIES,
    GATE_SYMBOL_STOPPED,
    about_decoders,
    joined,
)
from copilot.strategies.work import Work, as_json, doubtful_work, link_notes, notes_at, reads, schema_work, set_property

DEFAULT_FIRST = "K9 enum default first"
COPIES_FIRST = "K9 consumers' copies first"
STOP_FIRST = "K10 stop writing first"
COLLAPSE = "K10 enum default, then remove"
_SAYS_UNKNOWN = ("UNKNOWN", "UNSPECIFIED", "OTHER", "NONE", "UNDEFINED")


def add_symbol(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to add a symbol; nothing for other operations."""
    if not isinstance(operation, AddSymbol):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Add {operation.symbol} to `{operation.field}`"
    return (
        _default_then_symbol(ground, operation, what),
        _copies_first(ground, operation, what),
        _successor(ground, operation),
        _at_once(ground, operation, what),
        new_version(ground, what, _with_symbol(operation.symbol)),
    )


def remove_symbol(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to remove a symbol; nothing for other operations."""
    if not isinstance(operation, RemoveSymbol):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Remove {operation.symbol} from `{operation.field}`"
    return (
        _stopped_first(ground, operation, what),
        _default_then_removal(ground, operation, what),
        _doc_only(ground, operation),
        _removed_at_once(ground, operation, what),
        new_version(ground, what, _without_symbol(operation.symbol)),
    )


def _enum(ground: Ground) -> dict[str, Any]:
    """The field's enum as written, or as the map has it where the text only refers to it."""
    found = fieldtype.enum_of(ground.kind)
    if found is None and ground.field is not None:
        found = fieldtype.enum_of(fieldtype.parsed(ground.field.type))
    return found or {}


def _fallback_symbol(enum: dict[str, Any], leaving_out: str = "") -> str:
    symbols = [symbol for symbol in enum.get("symbols", ()) if symbol != leaving_out]
    return next((symbol for symbol in symbols if symbol.upper() in _SAYS_UNKNOWN), symbols[0] if symbols else "")


def _symbol_added(ground: Ground, symbol: str) -> Work:
    work = schema_work(ground, "add_symbol", value=as_json(symbol))
    branches = [use for use in reads(ground) if use.mode in ("compares", "computes", "keys")]
    work += notes_at(ground, branches, f"give {symbol} a branch, by hand")
    return work + doubtful_work(ground, f"give {symbol} a branch, by hand", "consumers")


def _default_set(ground: Ground, symbol: str) -> Work:
    return schema_work(ground, "set_enum_property", name="default", value=as_json(symbol))


def _about_collapse(symbol: str) -> str:
    if symbol.upper() in _SAYS_UNKNOWN:
        return f"Readers that lack a symbol then see {symbol}."
    return f"Readers that lack a symbol then see {symbol}, which is a value of its own: they can't tell the two apart."


def _at_once(ground: Ground, operation: AddSymbol, what: str) -> Alternative:
    has_default = "default" in _enum(ground)
    return alternative(
        ground,
        "naive",
        f"{what} at once",
        "K9 naive symbol",
        (State("added", _symbol_added(ground, operation.symbol), CONSUMERS_FIRST),),
        joined(
            "New readers read old data, so consumers go first.",
            "The enum has a default, so older readers read the new symbol as that; the Apache avro package still refuses it."
            if has_default
            else "An older reader fails on the new symbol: a default of the field does not help, only one of the enum would.",
            about_decoders(ground),
        ),
    )


def _default_then_symbol(ground: Ground, operation: AddSymbol, what: str) -> Alternative | NotOffered:
    enum = _enum(ground)
    if "default" in enum:
        return NotOffered(DEFAULT_FIRST, f"The enum has the default {enum['default']} already.")
    symbol = _fallback_symbol(enum)
    given = _default_set(ground, symbol)
    states = (
        State("default given", given, CONSUMERS_FIRST, GATE_DEFAULT_OUT),
        State("symbol added", given + _symbol_added(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "default-first",
        f"{what} after giving the enum the default {symbol}",
        DEFAULT_FIRST,
        states,
        joined(
            "It wins where not every consumer can move in time: once the default is out, a reader that lacks the symbol falls"
            " back instead of failing; the Apache avro package ignores it and still fails.",
            _about_collapse(symbol),
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


def _successor(ground: Ground, operation: AddSymbol) -> Alternative | NotOffered:
    enum = _enum(ground)
    if fieldtype.base_kind(fieldtype.without_null(ground.kind)) != "enum":
        return NotOffered(
            "ST2 expand and contract", "The enum stands inside another type; a new field would copy that too."
        )
    name = free_name(ground)
    successor = {**enum, "name": _free_type_name(ground, enum), "symbols": [*enum["symbols"], operation.symbol]}
    nearest = _fallback_symbol(enum)
    return expand_contract(
        ground,
        "phased",
        f"Carry {operation.symbol} in the new field `{name}`, then drop `{operation.field}`",
        Successor(name, ["null", successor], (None,)),
        f"It wins where the meaning of {operation.symbol} must never be lost: old readers keep an enum that they know, with"
        f" {nearest} or another of its symbols written in place of the new one.",
    )


def _free_type_name(ground: Ground, enum: dict[str, Any]) -> str:
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


def _without_symbol(symbol: str) -> Any:
    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        enum = fieldtype.enum_of(field.get("type"))
        if enum is not None:
            enum["symbols"] = [other for other in enum["symbols"] if other != symbol]

    return change


def _stop_writing(ground: Ground, symbol: str) -> Work:
    notes = link_notes(ground, "producers", f"stop writing {symbol} in `{ground.operation.field}`")
    return _told(ground, symbol) + notes


def _told(ground: Ground, symbol: str) -> Work:
    doc = str(ground.properties.get("doc", ""))
    return set_property(ground, "doc", f"{doc} {symbol} is deprecated: do not write it.".strip())


def _removed(ground: Ground, symbol: str) -> Work:
    work = schema_work(ground, "remove_symbol", value=as_json(symbol))
    work += notes_at(ground, reads(ground), f"drop what is done for {symbol}, by hand")
    return work + doubtful_work(ground, f"drop what is done for {symbol}, by hand")


def _removed_at_once(ground: Ground, operation: RemoveSymbol, what: str) -> Alternative:
    return alternative(
        ground,
        "naive",
        f"{what} at once",
        "K10 naive removal",
        (State("removed", _removed(ground, operation.symbol), PRODUCERS_FIRST),),
        joined(
            "The edit people make first. Old data with the symbol can't be read any more, unless the enum has a default: then"
            " it is read as that.",
            about_decoders(ground),
        ),
    )


def _stopped_first(ground: Ground, operation: RemoveSymbol, what: str) -> Alternative:
    states = (
        State("stop writing", _stop_writing(ground, operation.symbol), PRODUCERS_FIRST, GATE_SYMBOL_STOPPED),
        State("removed", _removed(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "stop-first",
        f"{what} once nobody writes it any more",
        STOP_FIRST,
        states,
        joined(
            "The default choice: after the retention of the topic has passed, no record holds the symbol and nothing is lost.",
            about_decoders(ground),
        ),
    )


def _default_then_removal(ground: Ground, operation: RemoveSymbol, what: str) -> Alternative | NotOffered:
    enum = _enum(ground)
    if "default" in enum:
        return NotOffered(
            COLLAPSE, f"The enum has the default {enum['default']} already; removing at once collapses into it."
        )
    symbol = _fallback_symbol(enum, operation.symbol)
    given = _default_set(ground, symbol)
    states = (
        State("default given", given, CONSUMERS_FIRST, GATE_DEFAULT_OUT),
        State("removed", given + _removed(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "default-first",
        f"{what} after giving the enum the default {symbol}",
        COLLAPSE,
        states,
        joined(
            f"It wins where old records must stay readable and it does not matter that {operation.symbol} is then read as"
            f" {symbol}. The Apache avro package ignores the default and still fails.",
            about_decoders(ground),
        ),
    )


def _doc_only(ground: Ground, operation: RemoveSymbol) -> Alternative:
    return alternative(
        ground,
        "doc-only",
        f"Keep {operation.symbol} and say that it is deprecated",
        "ST14 deprecate",
        (State("deprecated", _told(ground, operation.symbol), PRODUCERS_FIRST),),
        "It wins where history must stay readable with its meaning: no byte and no reader changes.",
    )
