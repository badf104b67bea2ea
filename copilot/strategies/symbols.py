"""What a strategy must know about the enum of a field, and how it gets a default."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.strategies.ground import Ground
from copilot.strategies.work import Work, as_json, schema_work

SAYS_UNKNOWN = ("UNKNOWN", "UNSPECIFIED", "OTHER", "NONE", "UNDEFINED")


def enum_in(ground: Ground) -> dict[str, Any]:
    """Returns the field's enum as written, or as the map has it where the text only refers to it."""
    found = fieldtype.enum_of(ground.kind)
    if found is None and ground.field is not None:
        found = fieldtype.enum_of(fieldtype.parsed(ground.field.type))
    return found or {}


def fallback_symbol(enum: dict[str, Any], leaving_out: str = "") -> str:
    """Returns the symbol that says the least: one that means "unknown", else the first."""
    symbols = [symbol for symbol in enum.get("symbols", ()) if symbol != leaving_out]
    return next((symbol for symbol in symbols if symbol.upper() in SAYS_UNKNOWN), symbols[0] if symbols else "")


def default_set(ground: Ground, symbol: str) -> Work:
    """Gives the enum itself a default; a default of the field would not help a reader that lacks a symbol."""
    return schema_work(ground, "set_enum_property", name="default", value=as_json(symbol))
