"""Ways to make a field optional or required: by null, by a sentinel, by a rule in the documentation, or in a new field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import MakeOptional, MakeRequired, Operation
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import STRATEGY, Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_FILLED, about_decoders, about_keys, joined
from copilot.strategies.work import (
    Work,
    as_json,
    code_work,
    doubtful_work,
    notes_at,
    producer_notes,
    reads,
    remove_default,
    set_property,
    set_type,
)

SENTINEL = "sentinel default"
VALUE_FIRST = "value first"
NO_DEFAULT = "naive nullable"
WITH_DEFAULT = "default instead of null"
GUARDED = "rule, not type"
FILLED_FIRST = "value guaranteed first"


def make_optional(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to make a field optional; nothing for other operations."""
    if not isinstance(operation, MakeOptional):
        return ()
    ground = ground_of(operation, impact, pipeline)
    return (
        _null_first(ground),
        _sentinel(ground),
        _value_first(ground),
        _nullable_successor(ground),
        _no_default(ground),
    )


def make_required(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to make a field required; nothing for other operations."""
    if not isinstance(operation, MakeRequired):
        return ()
    ground = ground_of(operation, impact, pipeline)
    return (
        _rule_only(ground),
        _default_instead(ground),
        _strict_successor(ground),
        _filled_first(ground),
        _strict(ground),
        new_version(ground, f"Require `{operation.field}`", _without_null),
    )


def _without_null(record: dict[str, Any], field: dict[str, Any]) -> None:
    field["type"] = fieldtype.without_null(field["type"])
    field.pop("default", None)


_DECIDE = {
    "computes": "make it work with None, by hand: say what null counts as in the computation",
    "compares": "make it work with None, by hand: say which branch null takes",
    "keys": "make it work with None, by hand: say which key null has",
    "passes": "make it work with None, by hand: see that null is allowed where it goes",
}


def _null_guards(ground: Ground, uses: Iterable[FieldUse] | None = None) -> Work:
    """Leaves every read to a person, with what is to be decided there."""
    guards = Work()
    for use in reads(ground) if uses is None else uses:
        guards += notes_at(ground, [use], _DECIDE.get(use.mode, "make it work with None, by hand"))
    return guards + doubtful_work(ground, "make it work with None, by hand", "consumers")


def _null_counts_as(ground: Ground, value: Any) -> Work:
    """Lets our own code compute with the default in place of null: the schema says by it what a missing value stands for.

    What compares, keys or hands on may have a branch for null in mind, so that is left to a person.
    """
    computing = [use for use in reads(ground) if use.mode == "computes" and not use.is_test]
    literal = fieldtype.python_literal(value)
    work = code_work(ground, computing, "read_null", expression=literal)
    work += notes_at(ground, computing, f"computes with {literal} where it is null, see that this is meant")
    return work + _null_guards(ground, [use for use in reads(ground) if use not in computing])


def _null_first(ground: Ground) -> Alternative:
    kind = fieldtype.null_first(ground.kind)
    work = (set_type(ground, kind) if kind != ground.kind else Work()) + set_property(ground, "default", None)
    return alternative(
        ground,
        "null-first",
        f"Let `{ground.operation.field}` be null, null being its default",
        "null first",
        (State("optional", work + _null_guards(ground), CONSUMERS_FIRST),),
        joined(
            "It wins where every consumer can be given a branch for null by the time a producer writes one: old readers can't read"
            " a null.",
            about_decoders(ground),
            about_keys(ground),
        ),
    )


def _sentinel(ground: Ground) -> Alternative | NotOffered:
    if ground.has_default:
        return NotOffered(SENTINEL, "The field has a default already, so data without it can be read.")
    kind = fieldtype.without_null(ground.kind)
    try:
        value = fieldtype.neutral_value(kind)
    except ValueError:
        return NotOffered(SENTINEL, "Its type has no value that could stand for a missing one.")
    work = set_property(ground, "default", value)
    if fieldtype.is_nullable(ground.kind):
        work += set_type(ground, [*fieldtype.branches(kind), "null"])
    return alternative(
        ground,
        "sentinel",
        f"Keep the type of `{ground.operation.field}` and give it the default {as_json(value)}",
        SENTINEL,
        (State("optional", work, CONSUMERS_FIRST),),
        joined(
            "It wins where old readers can't move: the bytes stay as they are. Nobody can tell the default from a value, so it"
            " must not occur in real data.",
            about_decoders(ground),
        ),
    )


def _value_first(ground: Ground) -> Alternative | NotOffered:
    if not ground.has_default or ground.default is None:
        return NotOffered(VALUE_FIRST, "The field has no default of its own type to keep.")
    work = set_type(ground, [*fieldtype.branches(fieldtype.without_null(ground.kind)), "null"])
    return alternative(
        ground,
        "value-first",
        f"Let `{ground.operation.field}` be null and keep its default {as_json(ground.default)}",
        VALUE_FIRST,
        (State("optional", work + _null_counts_as(ground, ground.default), CONSUMERS_FIRST),),
        joined(
            "It wins where data without the field must keep its present meaning: code that computes takes null for the default.",
            about_decoders(ground),
        ),
    )


def _nullable_successor(ground: Ground) -> Alternative:
    name = free_name(ground)
    return expand_contract(
        ground,
        "phased",
        f"Bring the optional field `{name}`",
        Successor(name, fieldtype.null_first(ground.kind), (None,), readers_note="make it work with None, by hand"),
        "It wins where consumers can't all move first: old readers keep a field that is never null until they have moved.",
    )


def _no_default(ground: Ground) -> Alternative | NotOffered:
    if fieldtype.is_nullable(ground.kind):
        return NotOffered(NO_DEFAULT, "The field can be null already; only its default is missing.")
    work = set_type(ground, fieldtype.null_first(ground.kind)) + remove_default(ground)
    return alternative(
        ground,
        "naive",
        f"Let `{ground.operation.field}` be null, without a default",
        NO_DEFAULT,
        (State("nullable", work + _null_guards(ground), CONSUMERS_FIRST),),
        joined(
            "The edit people make first. Null is allowed, yet data without the field still can't be read: in Avro only a default"
            " makes a field optional.",
            about_decoders(ground),
        ),
    )


def _type_strict(ground: Ground) -> Work:
    kind = fieldtype.without_null(ground.kind)
    return (set_type(ground, kind) if kind != ground.kind else Work()) + remove_default(ground)


def _filled_first(ground: Ground) -> Alternative | NotOffered:
    """Producers are held to a value first; the type follows once no record without one can be read any more."""
    level = ground.subject.compatibility
    if fieldtype.is_nullable(ground.kind) and level.startswith(("BACKWARD", "FULL")):
        return NotOffered(
            FILLED_FIRST,
            f"{level} asks that new readers read data of the version before: a schema without null refuses it, even where no null"
            " was ever written.",
        )
    promised = _promised(ground)
    return alternative(
        ground,
        "filled-first",
        f"Let producers always set `{ground.operation.field}`, and require it once no record is without it",
        FILLED_FIRST,
        (
            State("promised", promised, PRODUCERS_FIRST, GATE_FILLED),
            State("required", promised + _type_strict(ground), PRODUCERS_FIRST),
        ),
        joined(
            "It ends as asked, with a type that forbids null. It wins where producers move first and what is stored without a value"
            " leaves the topic in time.",
            about_decoders(ground),
        ),
    )


def _strict(ground: Ground) -> Alternative:
    work = _type_strict(ground)
    work += producer_notes(ground, f"make sure that `{ground.operation.field}` is set in every record")
    return alternative(
        ground,
        "naive",
        f"Require `{ground.operation.field}` in place",
        "naive required",
        (State("required", work, PRODUCERS_FIRST),),
        joined(
            "The edit people make first. New readers refuse old data of the nullable type, even where no null was ever written.",
            about_decoders(ground),
        ),
    )


def _default_instead(ground: Ground) -> Alternative | NotOffered:
    kind = fieldtype.without_null(ground.kind)
    if ground.has_default and ground.default is not None and kind == ground.kind:
        return NotOffered(WITH_DEFAULT, "The field is not nullable and has a default already.")
    try:
        value = ground.default if ground.has_default and ground.default is not None else fieldtype.neutral_value(kind)
    except ValueError:
        return NotOffered(WITH_DEFAULT, "Its type has no neutral value to use as a default.")
    work = (set_type(ground, kind) if kind != ground.kind else Work()) + set_property(ground, "default", value)
    work += producer_notes(ground, f"make sure that `{ground.operation.field}` is never null")
    return alternative(
        ground,
        "default",
        f"Forbid null in `{ground.operation.field}`, with the default {as_json(value)}",
        WITH_DEFAULT,
        (State("required", work, PRODUCERS_FIRST),),
        joined(
            "It wins where old records lack the field altogether. It does not help with old nulls: a default stands in for a"
            " missing field, not for a null.",
            about_decoders(ground),
        ),
    )


def _rule_only(ground: Ground) -> Alternative:
    return required_by_rule(
        ground,
        f"Keep the type of `{ground.operation.field}` and require it by a rule",
        GUARDED,
        "The cheapest that breaks nobody: old data stays readable, and producers are held to the rule by a guard of their own."
        " The format itself enforces nothing.",
    )


def required_by_rule(ground: Ground, title: str, strategy: str, argument: str) -> Alternative:
    """Offers to say that the field is required, as a property and in its doc, and to leave the guard to the producers."""
    states = (State("required", _promised(ground), PRODUCERS_FIRST),)
    return alternative(ground, "guarded", title, strategy, states, argument)


def _promised(ground: Ground) -> Work:
    doc = f"{ground.properties.get('doc', '')} Required: producers must set it, readers may rely on it.".strip()
    work = set_property(ground, "required", True) + set_property(ground, "doc", doc)
    return work + producer_notes(ground, f"refuse a record without `{ground.operation.field}` before it is sent")


def _strict_successor(ground: Ground) -> Alternative | NotOffered:
    if not fieldtype.is_nullable(ground.kind):
        return NotOffered(
            STRATEGY, "The field is never null already; a new one would need a default just as this one has."
        )
    kind = fieldtype.without_null(ground.kind)
    try:
        value = fieldtype.neutral_value(kind)
    except ValueError:
        return NotOffered(STRATEGY, "A new field of this type would have no default to read old data with.")
    name = free_name(ground)
    return expand_contract(
        ground,
        "phased",
        f"Bring the field `{name}` that is never null",
        Successor(name, kind, (value,), None),
        "It wins where readers want a type without null and history must stay readable: what stands for an old null is decided"
        " where the new field is written.",
    )
