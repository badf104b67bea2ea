"""What a strategy must know about the enum of a field, and how it gets a default."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.strategies.ground import Ground
from copilot.strategies.rollout import CONSUMERS_FIRST, State
from copilot.strategies.words import GATE_DEFAULT_OUT
from copilot.strategies.work import Work, as_json, schema_work

UNKNOWN = "UNKNOWN"


def enum_in(ground: Ground) -> dict[str, Any]:
    """Returns the field's enum as written, or as the map has it where the text only refers to it."""
    found = fieldtype.enum_of(ground.kind)
    if found is None and ground.field is not None:
        found = fieldtype.enum_of(fieldtype.parsed(ground.field.type))
    return found or {}


def fallback_symbol(enum: dict[str, Any], leaving_out: str = "") -> str:
    """Returns the symbol that says the least: one that means "unknown", else the first."""
    symbols = [symbol for symbol in enum.get("symbols", ()) if symbol != leaving_out]
    return next((symbol for symbol in symbols if fieldtype.says_unknown(symbol)), symbols[0] if symbols else "")


def unknown_symbol(enum: dict[str, Any]) -> str:
    """Returns how this enum would say "unknown": in the case in which it writes its symbols."""
    symbols = enum.get("symbols", ())
    return UNKNOWN.lower() if symbols and all(symbol == symbol.lower() for symbol in symbols) else UNKNOWN


def fallback_states(ground: Ground, leaving_out: str = "") -> tuple[Work, Work, str]:
    """Returns what gives the enum a default that says "unknown": a step before it where one is needed, itself, and the symbol.

    A level that asks old readers to read new data only lets a symbol come in where they have a default already. Until the
    symbol is there nothing falls back on that first default, because nobody writes a symbol that its readers lack.
    """
    enum = enum_in(ground)
    symbol = fallback_symbol(enum, leaving_out)
    if fieldtype.says_unknown(symbol):
        return Work(), default_set(ground, symbol), symbol
    name = unknown_symbol(enum)
    is_asked = ground.subject.compatibility.startswith(("FORWARD", "FULL"))
    before = default_set(ground, symbol) if is_asked and "default" not in enum else Work()
    return before, schema_work(ground, "add_symbol", value=as_json(name)) + default_set(ground, name), name


def default_set(ground: Ground, symbol: str) -> Work:
    """Gives the enum itself a default; a default of the field would not help a reader that lacks a symbol."""
    return schema_work(ground, "set_enum_property", name="default", value=as_json(symbol))


def fallback_first(before: Work, given: Work) -> list[State]:
    """Returns the states that let a reader which lacks a symbol fall back on one that says unknown, before any symbol comes."""
    first = [State("default given", before, CONSUMERS_FIRST, GATE_DEFAULT_OUT)] if before.edits else []
    return [*first, State("unknown is there", given, CONSUMERS_FIRST, GATE_DEFAULT_OUT)]
