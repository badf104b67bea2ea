"""Ways to remove a field: at once, readers first, after a default, after a deprecation, or by leaving it empty."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Operation, RemoveField
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.deprecate import deprecation
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newsubject import new_version, without_field
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import (
    GATE_DEFAULT_OUT,
    GATE_DEPRECATED,
    GATE_READERS_STOPPED,
    about_decoders,
    about_keys,
    joined,
)
from copilot.strategies.work import (
    Work,
    built_by_consumers,
    code_work,
    default_for_old_readers,
    default_given,
    doubtful_work,
    notes_at,
    reads,
    reads_stopped,
    schema_work,
    set_property,
    set_type,
    writes,
)

DEFAULT_FIRST = "default first, then drop"
ONE_ROUND = "one round of deploys"
NULL_OUT = "keep and write null"


def remove(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to remove a field; nothing for other operations."""
    if not isinstance(operation, RemoveField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    if len([field for field in ground.subject.latest.fields if field.record == ground.record]) < 2:
        return (NotOffered("remove", f"`{operation.field}` is the only field of its record."),)
    return (
        _deprecated_first(ground),
        _readers_first(ground),
        _default_first(ground),
        _null_out(ground),
        _at_once(ground),
        new_version(ground, f"Leave `{operation.field}` out", without_field(operation.field)),
    )


def _dropped(ground: Ground) -> Work:
    work = schema_work(ground, "remove_field") + code_work(ground, writes(ground), "remove_key")
    inside = [use for use in ground.uses_by("producers") if use not in writes(ground)]
    work += notes_at(ground, inside, "the producer reads it itself: take this out by hand")
    return work + doubtful_work(ground, "take it out by hand where it is this field", "producers")


def _gone(ground: Ground) -> Work:
    work = _dropped(ground) + reads_stopped(ground) + code_work(ground, built_by_consumers(ground), "remove_key")
    return work + doubtful_work(ground, "take it out by hand where it is this field", "consumers")


def _at_once(ground: Ground) -> Alternative:
    work = _dropped(ground) + notes_at(ground, reads(ground), "reads a field that is gone")
    return alternative(
        ground,
        "naive",
        f"Drop `{ground.operation.field}` from schema and producers at once",
        "naive drop",
        (State("dropped", work, PRODUCERS_FIRST),),
        joined(
            "The edit people make first. It works where nobody reads the field any more.",
            "" if ground.has_default else "The field has no default: a reader that still has it fails on new data.",
            about_keys(ground),
        ),
    )


def _readers_first(ground: Ground) -> Alternative | NotOffered:
    if not reads(ground):
        return NotOffered(ONE_ROUND, "No consumer was found that reads the field, so there is nothing to move first.")
    return alternative(
        ground,
        "readers-first",
        f"Drop `{ground.operation.field}` from consumers and producers in one round of deploys",
        ONE_ROUND,
        (State("dropped", _gone(ground), CONSUMERS_FIRST),),
        joined(
            "It wins where all readers are known and can do without the field by the time the producers stop writing it.",
            about_decoders(ground),
            about_keys(ground),
        ),
    )


def _default_first(ground: Ground) -> Alternative | NotOffered:
    if ground.has_default:
        return NotOffered(DEFAULT_FIRST, "The field has a default already.")
    given = default_given(ground)
    if given is None:
        return NotOffered(DEFAULT_FIRST, "Its type has no neutral value to use as a default.")
    return alternative(
        ground,
        "default-first",
        f"Give `{ground.operation.field}` a default, then drop it",
        DEFAULT_FIRST,
        (
            State("default given", given, CONSUMERS_FIRST, GATE_DEFAULT_OUT),
            State("dropped", _gone(ground), CONSUMERS_FIRST),
        ),
        joined(
            "After the first state any reader can decode records without the field"
            + (
                "; code that still reads it takes the default for a value."
                if reads(ground)
                else ": the drop needs no order."
            ),
            "Against the versions before it the drop is still not compatible both ways.",
            about_decoders(ground),
        ),
    )


def _deprecated_first(ground: Ground) -> Alternative:
    marked = deprecation(ground) + default_for_old_readers(ground)
    stopped = marked + reads_stopped(ground) + doubtful_work(ground, "stop reading it by hand", "consumers")
    states = [State("deprecate", marked, CONSUMERS_FIRST, GATE_DEPRECATED)]
    if stopped != marked:
        states.append(State("readers stop", stopped, CONSUMERS_FIRST, GATE_READERS_STOPPED))
    states.append(State("drop", _gone(ground), CONSUMERS_FIRST))
    return alternative(
        ground,
        "deprecate",
        f"Deprecate `{ground.operation.field}`, move its readers, then drop it",
        "deprecate, then drop",
        tuple(states),
        joined(
            "It wins where not all readers are known: nothing breaks before the last state, and that one waits for proof that"
            " nobody reads the field.",
            about_decoders(ground),
            about_keys(ground),
        ),
    )


def _null_out(ground: Ground) -> Alternative:
    name = ground.operation.field
    kind = fieldtype.null_first(ground.kind)
    work = (set_type(ground, kind) if kind != ground.kind else Work()) + set_property(ground, "default", None)
    work += code_work(ground, writes(ground), "set_value", expression="None")
    work += notes_at(ground, reads(ground), "make it work with None, by hand")
    work += doubtful_work(ground, "make it work with None, by hand", "consumers")
    return alternative(
        ground,
        "null-out",
        f"Keep `{name}` in the schema and write null",
        NULL_OUT,
        (State("emptied", work, CONSUMERS_FIRST),),
        joined(
            "It wins where a sink or a table forbids dropping columns. The name stays taken, and every reader must bear null.",
            about_decoders(ground),
        ),
    )
