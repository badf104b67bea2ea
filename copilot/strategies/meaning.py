"""Ways to give values another meaning, into which nothing converts the old ones: a new field beside, in its place, a new subject.

A name keeps its meaning in all rows but the naive one, in which nobody can tell an old value from a new one.
"""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import ChangeMeaning, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.deprecate import deprecation
from copilot.strategies.drift import add_beside
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Parallel, Successor, field_object, old_left_out, parallel_change
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_WRITTEN, about_decoders, about_keys, joined
from copilot.strategies.work import (
    Work,
    as_json,
    code_work,
    default_for_old_readers,
    doubtful_work,
    notes_at,
    producer_notes,
    reads,
    remove_aliases,
    schema_work,
    set_property,
    set_type,
    writes,
)

BESIDE = "a new field for the new meaning"
NAIVE = "naive: a new meaning under the old name"


def change_meaning(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to give a field another meaning; nothing for other operations."""
    if not isinstance(operation, ChangeMeaning):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Give `{operation.field}` another meaning"
    return (
        _beside(ground, operation),
        _parallel(ground, operation),
        new_version(ground, what, lambda record, field: field.update(doc=operation.doc)),
        _in_place(ground, operation, what),
    )


def _added(ground: Ground, operation: ChangeMeaning) -> Work:
    successor = Successor(operation.to, fieldtype.null_first(ground.kind), (None,), doc=operation.doc)
    return add_beside(ground, operation.field, field_object(ground, successor)) + _told_to_producers(ground, operation)


def _told_to_producers(ground: Ground, operation: ChangeMeaning) -> Work:
    return producer_notes(ground, f"write `{operation.to}` too: {operation.doc}")


def _contracted(ground: Ground, operation: ChangeMeaning) -> Work:
    # In the old field's place: its type may be one that is declared there, and that the new field has by name until then.
    kind = fieldtype.null_first(ground.kind)
    work = schema_work(ground, "rename_field", value=as_json(operation.to)) + remove_aliases(ground)
    work += set_type(ground, kind) if kind != ground.kind else Work()
    work += set_property(ground, "default", None) + set_property(ground, "doc", operation.doc)
    return work + _told_to_producers(ground, operation) + code_work(ground, writes(ground), "remove_key")


def _beside(ground: Ground, operation: ChangeMeaning) -> Alternative:
    return alternative(
        ground,
        "beside",
        f"Keep `{operation.field}` as it is, and give the new meaning in the new field `{operation.to}`",
        BESIDE,
        (State("beside", _added(ground, operation), PRODUCERS_FIRST, GATE_WRITTEN),),
        joined(
            "It wins where both are worth knowing: no reader has to move, and each takes the one that it means. What the new value"
            " is only the producers can say, so each is changed by hand.",
            about_decoders(ground),
        ),
    )


def _parallel(ground: Ground, operation: ChangeMeaning) -> Alternative:
    expanded = _added(ground, operation)
    told = notes_at(
        ground,
        [use for use in ground.uses if not (use.is_test or use.is_write)],
        f"read `{operation.to}`, and do with it what its meaning asks",
    )
    told += doubtful_work(ground, f"where it reads, read `{operation.to}` instead", "consumers")
    parallel = Parallel(
        expanded,
        expanded + default_for_old_readers(ground) + told,
        expanded + deprecation(ground) + told,
        expanded + old_left_out(ground) + told + code_work(ground, writes(ground), "remove_key")
        if any(not use.is_test for use in writes(ground))
        else None,
        _contracted(ground, operation) + told,
        f"`{operation.field}`",
        f"`{operation.to}`",
    )
    text = (
        "It wins where the old meaning is to go. No value of it can be turned into one of the new meaning, so readers and producers"
        " are changed by hand, and history without the new field stays without it."
    )
    return parallel_change(
        ground, "phased", f"Give the new meaning in the new field `{operation.to}`, step by step", parallel, text
    )


def _in_place(ground: Ground, operation: ChangeMeaning, what: str) -> Alternative:
    work = set_property(ground, "doc", operation.doc)
    work += notes_at(ground, [use for use in writes(ground) if not use.is_test], "write it in its new meaning, by hand")
    work += notes_at(ground, [use for use in reads(ground) if not use.is_test], "take it in its new meaning, by hand")
    return alternative(
        ground,
        "naive",
        f"{what} under the same name, said in the doc",
        NAIVE,
        (State("other meaning", work, PRODUCERS_FIRST),),
        joined(
            "The edit people make first. Every registry level accepts it, no decoder notices, and from then on nobody can tell an"
            " old value from a new one.",
            about_decoders(ground),
            about_keys(ground),
        ),
    )
