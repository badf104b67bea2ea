"""Symbols that stand in a schema only for readers to fall back on: nobody writes them, so no sample may hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from copilot.checks.lineage import Lineage
from copilot.domain import fieldtype
from copilot.domain.operation import AddSymbol, Operation, RenameSymbol

Unwritten = Mapping[str, frozenset[str]]
"""Symbols by the full name of their enum."""


def unwritten_symbols(lineage: Lineage, operations: tuple[Operation, ...]) -> Unwritten:
    """Returns the symbols that an alternative brings to enums that were there, without being asked to."""
    if lineage.base is None:
        return {}
    asked = {operation.symbol for operation in operations if isinstance(operation, AddSymbol)}
    asked |= {operation.to for operation in operations if isinstance(operation, RenameSymbol)}
    before = _symbols(lineage.base.latest.resolved)
    found: dict[str, frozenset[str]] = {}
    for after in lineage.after:
        for name, symbols in _symbols(after.resolved).items() if after else ():
            new = frozenset(symbols) - frozenset(before.get(name, symbols)) - asked
            if new:
                found[name] = found.get(name, frozenset()) | new
    return found


def as_written(resolved: str, unwritten: Unwritten) -> str:
    """Returns the schema whose records a producer really writes: without those symbols."""
    if not unwritten:
        return resolved
    schema = json.loads(resolved)
    for name, kind in fieldtype.named_types(schema):
        if kind.get("type") == "enum" and name in unwritten:
            kept = [symbol for symbol in kind.get("symbols", ()) if symbol not in unwritten[name]]
            if kept:
                kind["symbols"] = kept
                if kind.get("default") in unwritten[name]:
                    del kind["default"]
    return json.dumps(schema)


def _symbols(resolved: str) -> dict[str, list[str]]:
    enums: list[tuple[str, Any]] = [
        (name, kind) for name, kind in fieldtype.named_types(json.loads(resolved)) if kind.get("type") == "enum"
    ]
    return {name: [str(symbol) for symbol in kind.get("symbols", ())] for name, kind in enums}
