"""Ways to tag a field: with every field that its value is handed on to, or alone. No byte changes, and no program has to move."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, SchemaEdit
from copilot.domain.naming import is_test_path
from copilot.domain.operation import Operation, TagField
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.schema import SchemaSource
from copilot.domain.tags import Carrier, carriers_of, tags_property
from copilot.domain.twins import places_of
from copilot.strategies.ground import Ground, ground_of, version_at
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.work import ByHand, Work, as_json

EVERYWHERE = "tag with its copies"


def tag_field(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to tag a field; nothing for other operations."""
    if not isinstance(operation, TagField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    carriers = carriers_of(operation.subject, impact.path, pipeline)
    own = _tagged(ground, operation.tag, operation.subject, ground.record, operation.field)
    return (_with_carriers(ground, own, carriers, operation), _alone(ground, own, carriers, operation))


def _with_carriers(
    ground: Ground, own: Work, carriers: tuple[Carrier, ...], operation: TagField
) -> Alternative | NotOffered:
    if not carriers:
        return NotOffered(EVERYWHERE, f"No job was seen that hands the value of `{operation.field}` on.")
    work = own
    for it in carriers:
        work += _tagged(ground, operation.tag, it.subject, it.field.record, it.field.name)
    ways = [_way(it) for it in carriers]
    return alternative(
        ground,
        "with-copies",
        f"Tag `{operation.field}` as {operation.tag}, and every field that its value is handed on to",
        EVERYWHERE,
        (State("tagged", work, CONSUMERS_FIRST),),
        " ".join(
            (
                "The default choice: who asks for personal data asks for the tag, topic by topic, and no byte changes.",
                *ways,
                "A value that is computed from it is not followed.",
            )
        ),
    )


def _alone(ground: Ground, own: Work, carriers: tuple[Carrier, ...], operation: TagField) -> Alternative:
    left = "" if carriers else " No job was seen that hands the value on as it is."
    return alternative(
        ground,
        "naive" if carriers else "tag",
        f"Tag `{operation.field}` in {operation.subject} as {operation.tag}",
        "tag alone",
        (State("tagged", own, CONSUMERS_FIRST),),
        (
            "The edit people make first: what is derived from the record keeps the value, and says nothing of it."
            * bool(carriers)
        )
        + (f"No byte and no reader changes.{left}" * (not carriers)),
    )


def _tagged(ground: Ground, tag: str, subject: str, record: str, field: str) -> Work:
    """Adds the tag at each place that holds the schema and the field, keeping the tags that are there."""
    pipeline, name = ground.pipeline, tags_property(ground.pipeline)
    edits: list[SchemaEdit] = []
    by_hand: list[ByHand] = []
    for place in places_of(pipeline.subject(subject), pipeline):
        properties = _properties(place, record, field, pipeline)
        listed = (properties or {}).get(name)
        tags = listed if isinstance(listed, list) else []
        if properties is None or tag in tags or is_test_path(place.path):
            continue
        if pipeline.is_foreign(place.path):
            by_hand.append(ByHand("consumers", f"{place.span}  has `{field}` too: tag it as {tag}"))
        else:
            edits.append(SchemaEdit(place, "set_property", record, field, name, as_json([*tags, tag])))
    return Work(tuple(edits), tuple(by_hand))


def _properties(place: SchemaSource, record: str, field: str, pipeline: PipelineMap) -> dict[str, object] | None:
    version = version_at(place, pipeline)
    return fieldtype.field_of(fieldtype.parsed(version.resolved), record, field) if version else None


def _way(carrier: Carrier) -> str:
    if not carrier.job:
        return f"The record itself likely repeats it in {carrier.field.path}."
    return (
        f"{carrier.job} hands it on to {carrier.field.path} of {carrier.subject} ({carrier.certainty}{_at(carrier)})."
    )


def _at(carrier: Carrier) -> str:
    return f", {carrier.span}" if carrier.span else ""
