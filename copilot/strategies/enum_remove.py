"""Ways to remove a symbol from an enum: with "unknown" in its place, once nobody writes it, in the doc only, at once, or anew."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Operation, RemoveSymbol
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.symbols import default_set, enum_in, fallback_states, fallback_symbol
from copilot.strategies.words import (
    GATE_DEFAULT_OUT,
    GATE_SYMBOL_STOPPED,
    about_decoders,
    joined,
)
from copilot.strategies.work import (
    Work,
    as_json,
    doubtful_work,
    notes_at,
    producer_notes,
    reads,
    schema_work,
    set_property,
)

STOP_FIRST = "stop writing first"
UNKNOWN_FIRST = "unknown default first"
COLLAPSE = "collapse into another symbol"


def remove_symbol(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to remove a symbol; nothing for other operations."""
    if not isinstance(operation, RemoveSymbol):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Remove {operation.symbol} from `{operation.field}`"
    return (
        _unknown_first(ground, operation, what),
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
    return _told(ground, symbol) + producer_notes(ground, f"stop writing {symbol}")


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
        "naive removal",
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
            "It wins where old readers only have to read new data: after the retention of the topic has passed, no record holds the"
            " symbol and nothing is lost. No level that asks new readers to read old data lets it through.",
            about_decoders(ground),
        ),
    )


def _unknown_first(ground: Ground, operation: RemoveSymbol, what: str) -> Alternative | NotOffered:
    enum = enum_in(ground)
    if "default" in enum and fieldtype.says_unknown(enum["default"]):
        return NotOffered(UNKNOWN_FIRST, f"The enum has the default {enum['default']} already.")
    before, given, symbol = fallback_states(ground, operation.symbol)
    states = (
        *([State("default given", before, CONSUMERS_FIRST, GATE_DEFAULT_OUT)] if before.edits else []),
        State("stop writing", given + _stop_writing(ground, operation.symbol), CONSUMERS_FIRST, GATE_SYMBOL_STOPPED),
        State("removed", given + _removed(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "unknown-first",
        f"{what} once nobody writes it, with {symbol} for whatever is left",
        UNKNOWN_FIRST,
        states,
        joined(
            f"The default choice: an old record with {operation.symbol} stays readable and says {symbol}, never another outcome"
            " that someone would act on. The Apache avro package ignores the default and refuses such a record.",
            f"{ground.subject.compatibility} lets {symbol} in only where old readers have a default, so another one is that"
            " until then; nobody writes a symbol that its readers lack, so none is read as that."
            if before.edits
            else "",
            about_decoders(ground),
        ),
    )


def _default_then_removal(ground: Ground, operation: RemoveSymbol, what: str) -> Alternative | NotOffered:
    enum = enum_in(ground)
    symbol = fallback_symbol(enum, operation.symbol)
    if "default" in enum:
        return NotOffered(COLLAPSE, f"The enum has the default {enum['default']} already.")
    if not symbol or fieldtype.says_unknown(symbol):
        return NotOffered(COLLAPSE, f"{symbol or 'No other symbol'} is what the enum falls back on anyway.")
    given = default_set(ground, symbol)
    states = (
        State("default given", given, CONSUMERS_FIRST, GATE_DEFAULT_OUT),
        State("removed", given + _removed(ground, operation.symbol), CONSUMERS_FIRST),
    )
    return alternative(
        ground,
        "collapse",
        f"{what}, every old {operation.symbol} read as {symbol} from then on",
        COLLAPSE,
        states,
        joined(
            f"A registry lets it through. Whoever reads an old record sees {symbol} where {operation.symbol} was written, and"
            " can't tell.",
            about_decoders(ground),
        ),
    )


def _doc_only(ground: Ground, operation: RemoveSymbol) -> Alternative:
    return alternative(
        ground,
        "doc-only",
        f"Keep {operation.symbol} and say that it is deprecated",
        "deprecate",
        (State("deprecated", _told(ground, operation.symbol), PRODUCERS_FIRST),),
        "It wins where history must stay readable with its meaning: no byte and no reader changes.",
    )
