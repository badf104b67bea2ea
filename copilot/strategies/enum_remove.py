"""Ways to remove a symbol from an enum: once nobody writes it, after an enum default, in the doc only, at once, or anew."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Operation, RemoveSymbol
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.symbols import default_set, enum_in, fallback_symbol
from copilot.strategies.words import (
    GATE_DEFAULT_OUT,
    GATE_SYMBOL_STOPPED,
    about_decoders,
    joined,
)
from copilot.strategies.work import Work, as_json, doubtful_work, link_notes, notes_at, reads, schema_work, set_property

STOP_FIRST = "K10 stop writing first"
COLLAPSE = "K10 enum default, then remove"


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
    enum = enum_in(ground)
    if "default" in enum:
        return NotOffered(
            COLLAPSE, f"The enum has the default {enum['default']} already; removing at once collapses into it."
        )
    symbol = fallback_symbol(enum, operation.symbol)
    given = default_set(ground, symbol)
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
