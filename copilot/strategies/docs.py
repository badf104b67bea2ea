"""Ways to change what a doc says: in place, or with a name of its own where the new words change what the value means."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import ChangeDoc, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import STRATEGY, Successor, expand_contract, free_name
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.work import as_json, schema_work, set_property

_NUMBERS = ("int", "long", "float", "double")


def change_doc(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to change a doc; nothing for other operations."""
    if not isinstance(operation, ChangeDoc):
        return ()
    ground = ground_of(operation, impact, pipeline)
    return (_in_place(ground, operation), _successor(ground, operation))


def _in_place(ground: Ground, operation: ChangeDoc) -> Alternative:
    name = operation.field or ground.record
    work = (
        set_property(ground, "doc", operation.doc)
        if operation.field
        else schema_work(ground, "set_type_property", name="doc", value=as_json(operation.doc))
    )
    return alternative(
        ground,
        "doc",
        f"Change the doc of `{name}`",
        "doc only",
        (State("told", work, CONSUMERS_FIRST),),
        "No byte and no reader changes. It wins where the new words say better what the value always was."
        " No program will notice them.",
    )


def _successor(ground: Ground, operation: ChangeDoc) -> Alternative | NotOffered:
    if not operation.field or fieldtype.base_kind(fieldtype.without_null(ground.kind)) not in _NUMBERS:
        return NotOffered(STRATEGY, "The value is no number, whose unit or scale a doc could turn.")
    name = free_name(ground)
    return expand_contract(
        ground,
        "phased",
        f"Bring the new field `{name}` with the new doc",
        Successor(name, fieldtype.null_first(ground.kind), (None,), None, doc=operation.doc),
        "It wins where the new words change what the number means (its unit, its scale, what it counts): then old records must not"
        " be read under them.",
    )
