"""Ways to change a default: in the schema, in what producers write, in a new field, or in a new subject."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import ChangeDefault, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import about_decoders, joined
from copilot.strategies.work import Work, add_sibling, as_json, record_builds, set_property, set_type, writes

EXPLICIT = "explicit value"


def change_default(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to change a default; nothing for other operations."""
    if not isinstance(operation, ChangeDefault):
        return ()
    ground = ground_of(operation, impact, pipeline)
    value = fieldtype.parsed(operation.default)
    what = f"Set the default of `{operation.field}` to {as_json(value)}"
    return (
        _in_place(ground, value, what),
        _explicit(ground, value),
        _successor(ground, value),
        new_version(ground, what, lambda record, field: field.update(_typed(field["type"], value))),
    )


def _typed(kind: Any, value: Any) -> dict[str, Any]:
    return {"type": fieldtype.value_first(kind, value), "default": value}


def _in_place(ground: Ground, value: Any, what: str) -> Alternative:
    kind = fieldtype.value_first(ground.kind, value)
    work = (set_type(ground, kind) if kind != ground.kind else Work()) + set_property(ground, "default", value)
    return alternative(
        ground,
        "naive",
        f"{what} in the schema",
        "default in place",
        (State("changed", work, CONSUMERS_FIRST),),
        joined(
            "Every registry level accepts it. It wins where no retained record lacks the field: for those that do, readers see"
            " another value than before.",
            about_decoders(ground),
        ),
    )


def _explicit(ground: Ground, value: Any) -> Alternative | NotOffered:
    silent = {link.job for link in ground.impact.producers} - {use.job for use in writes(ground)}
    if not silent:
        return NotOffered(EXPLICIT, "Every producer that was found writes the field itself.")
    siblings = record_builds(ground, silent)
    if not siblings:
        return NotOffered(
            EXPLICIT, "No record that a producer builds without the field was found, so there is nothing to edit."
        )
    work = add_sibling(siblings, ground.operation.field, fieldtype.python_literal(value))
    return alternative(
        ground,
        "explicit",
        f"Let producers write {as_json(value)} in `{ground.operation.field}`, and keep the default",
        EXPLICIT,
        (State("written", work, PRODUCERS_FIRST),),
        joined(
            "It wins where old records must keep their meaning: only records written from now on have the new value.",
            about_decoders(ground),
        ),
    )


def _successor(ground: Ground, value: Any) -> Alternative:
    name = free_name(ground)
    return expand_contract(
        ground,
        "phased",
        f"Bring the new field `{name}` with the default {as_json(value)}",
        Successor(name, fieldtype.null_first(ground.kind), (None,), last_default=() if value is None else (value,)),
        "It wins where the default carries meaning: both meanings keep a name of their own while readers move.",
    )
