"""Ways to give a named type another name or namespace: with an alias, in a field of its own, at once, or in a new subject."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, SchemaEdit
from copilot.domain.codec import canonical
from copilot.domain.naming import is_test_path
from copilot.domain.operation import ChangeType, Operation, RenameRecord
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSource
from copilot.strategies.ground import Ground, ground_of, side_of_job
from copilot.strategies.newfield import STRATEGY as EXPAND
from copilot.strategies.newfield import Successor, expand_contract, free_name
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import about_decoders, joined, named
from copilot.strategies.work import ByHand, Work, as_json, schema_work

ALIAS = "alias on the type"


def rename_type(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to rename a record, or to move it to another namespace; nothing for other operations."""
    if not isinstance(operation, RenameRecord):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = _what(ground, operation)
    return (
        _with_alias(ground, operation, what),
        _in_new_field(ground, operation),
        _at_once(ground, operation, what),
        _new_subject(ground, operation, what),
    )


def _what(ground: Ground, operation: RenameRecord) -> str:
    space, _, name = operation.to.rpartition(".")
    if name == ground.record.rpartition(".")[2]:
        return f"Move `{name}` to the namespace {space or 'without a name'}"
    return f"Rename `{ground.record}` to `{operation.to}`"


def _renamed(ground: Ground, operation: RenameRecord) -> Work:
    work = schema_work(ground, "rename_type", value=as_json(operation.to))
    edits = [
        SchemaEdit(place, "rename_type", ground.record, "", "", as_json(operation.to)) for place in _referring(ground)
    ]
    return work + Work(tuple(edits)) + _mentions(ground, operation)


def _referring(ground: Ground) -> tuple[SchemaSource, ...]:
    """The texts of other subjects that take the type from the text of this one, by its name."""
    found: list[SchemaSource] = []
    for subject in ground.pipeline.subjects:
        latest = subject.latest
        if latest.source in ground.sources or ground.pipeline.is_foreign(latest.source.path):
            continue
        resolved = dict(fieldtype.named_types(fieldtype.parsed(latest.resolved)))
        if ground.record not in resolved or _defines(latest.text, ground.record):
            continue
        if canonical(resolved[ground.record]) == canonical(_definition(ground)):
            found.append(latest.source)
    return tuple(dict.fromkeys(found))


def _definition(ground: Ground) -> Any:
    latest = fieldtype.parsed(ground.subject.latest.resolved)
    return dict(fieldtype.named_types(latest)).get(ground.record)


def _defines(text: str, record: str) -> bool:
    try:
        schema = fieldtype.parsed(text)
    except (ValueError, RecursionError):
        return True
    return record in dict(fieldtype.named_types(schema))


def _mentions(ground: Ground, operation: RenameRecord) -> Work:
    """Lines of code that hold the name: branches of unions, generated classes, subjects of a registry."""
    schemas = {source.path for source in (*ground.sources, *_referring(ground))}
    found = []
    for mention in ground.impact.mentions:
        path = mention.span.path
        side = side_of_job(ground, path)
        if path not in schemas and side is not None and not is_test_path(path):
            text = f"{path}:{mention.span.first_line}  holds the name: say {operation.to} here, by hand where it is this type"
            found.append(ByHand(side, text))
    return Work((), tuple(found))


def _with_alias(ground: Ground, operation: RenameRecord, what: str) -> Alternative | NotOffered:
    old, new = ground.record, operation.to
    if "." not in old and "." in new:
        return NotOffered(ALIAS, f"An alias inside a namespace can't say {old}, which has none.")
    work = _renamed(ground, operation)
    for name, aliases in _aliases(ground, operation).items():
        work += schema_work(ground, "set_type_property", name="aliases", value=as_json(aliases), record=name)
    return alternative(
        ground,
        "alias",
        f"{what}, with its earlier names as aliases",
        ALIAS,
        (State("renamed", work, CONSUMERS_FIRST),),
        joined(
            "The smallest change that keeps old data readable: it wins where every reader is known and honours the alias of a"
            " type. Avro for Java, fastavro and avsc do, where it says the old name in full; the Apache avro"
            " package refuses another full name whatever it says.",
            _about_refusing(ground),
            _about_unions(ground),
            about_decoders(ground),
        ),
    )


def _aliases(ground: Ground, operation: RenameRecord) -> dict[str, list[str]]:
    """The aliases of every type whose full name changes, all earlier ones.

    The old name stands in full: the checker of the Apache avro package takes a short one for a name without a namespace.
    """
    old_space, new_space = ground.record.rpartition(".")[0], operation.to.rpartition(".")[0]
    found: dict[str, list[str]] = {}
    for full, kind in fieldtype.named_types(ground.schema):
        is_inside = full != ground.record and full.rpartition(".")[0] == old_space and "namespace" not in kind
        if full != ground.record and not (is_inside and old_space != new_space and _is_within(ground, full)):
            continue
        earlier = [alias if "." in alias else f"{old_space}.{alias}".lstrip(".") for alias in kind.get("aliases", ())]
        kept = earlier if old_space != new_space else list(kind.get("aliases", ()))
        told = (full, full.rpartition(".")[2], operation.to)
        found[full] = [full, *(alias for alias in kept if alias not in told)]
    return found


def _is_within(ground: Ground, full: str) -> bool:
    record = dict(fieldtype.named_types(ground.schema)).get(ground.record)
    return (
        any(kind == full for kind, _ in fieldtype.named_types({**record, "name": ground.record})) if record else False
    )


def _about_refusing(ground: Ground) -> str:
    deaf = {link.job for link in ground.impact.consumers if link.decoder and link.decoder.library == "avro"}
    return f"{named(deaf)}: decodes with the Apache avro package." if deaf else ""


def _about_unions(ground: Ground) -> str:
    holders = [field.path for field in _holders(ground) if isinstance(fieldtype.parsed(field.type), list)]
    shown = ", ".join(sorted(holders)[:3])
    return f"It is a branch of a union in {shown}, where code may tell branches by name." if holders else ""


def _holders(ground: Ground) -> list[SchemaField]:
    """The fields whose own type is, or holds, the renamed one."""
    return [
        field
        for field in ground.subject.latest.fields
        if any(
            full == ground.record for full, _ in fieldtype.named_types(fieldtype.parsed(field.type), space_of(field))
        )
    ]


def _at_once(ground: Ground, operation: RenameRecord, what: str) -> Alternative:
    return alternative(
        ground,
        "naive",
        f"{what}, without an alias",
        "naive rename",
        (State("renamed", _renamed(ground, operation), PRODUCERS_FIRST),),
        joined(
            "The edit people make first. A registry refuses it both ways, whether the type is the outermost, stands inside or is a"
            " branch of a union; Avro for Java reads it all the same, the other readers don't.",
            about_decoders(ground),
        ),
    )


def _new_subject(ground: Ground, operation: RenameRecord, what: str) -> Alternative | NotOffered:
    is_outer = ground.record == ground.subject.latest.name
    # The outermost record is what `new_version` hands to the change; a type inside is found in it by its name.
    around = ground if is_outer else replace(ground, record=ground.subject.latest.name)

    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        named_as(record, ground.record, operation.to)

    return new_version(around, what, change, has_own_name=is_outer)


def _in_new_field(ground: Ground, operation: RenameRecord) -> Alternative | NotOffered:
    holders = {(field.record, field.name): field for field in _holders(ground)}
    if ground.record == ground.subject.latest.name:
        return NotOffered(
            EXPAND, "The outermost record stands in no field, so there is none to put another one beside."
        )
    direct = [field for field in holders.values() if not any(_is_inside(other, field) for other in holders.values())]
    if len(direct) != 1 or direct[0].record not in dict(fieldtype.named_types(ground.schema)):
        return NotOffered(EXPAND, f"{len(direct)} fields hold the type, and each would need another one beside it.")
    own = direct[0]
    kind = fieldtype.parsed(own.type)
    named_as(kind, ground.record, operation.to, space_of(own))
    record = "" if own.record == ground.subject.latest.name else own.record
    asked = ChangeType(ground.subject.name, record, own.name, canonical(kind))
    beside = ground_of(asked, impact_beside(ground, own), ground.pipeline)
    name = free_name(beside)
    return expand_contract(
        beside,
        "phased",
        f"Bring the new field `{name}` of the type `{operation.to}`",
        Successor(name, fieldtype.null_first(kind), (None,)),
        "It wins where old readers can't move first, or the level asks that they read new data: they keep the type that they know.",
    )


def _is_inside(inner: SchemaField, outer: SchemaField) -> bool:
    """Tells whether a field stands inside another one's own value, so that the type is nearer to it."""
    return inner.path != outer.path and inner.path.startswith((outer.path + ".", outer.path + "[", outer.path + "{"))


def impact_beside(ground: Ground, field: SchemaField) -> Impact:
    """Returns the impact of the type's holder: the same jobs, and the uses of that field."""
    uses = tuple(use for use in ground.pipeline.uses if use.subject == ground.subject.name and use.path == field.path)
    # What mentions the type says nothing of the field.
    return replace(ground.impact, path=field.path, uses=uses, mentions=())


def space_of(field: SchemaField) -> str:
    """Returns the namespace around a field's type."""
    return field.record.rpartition(".")[0]


def named_as(schema: Any, old: str, to: str, around: str = "") -> None:
    """Gives the definition of a type inside a schema its new full name, in place."""
    for full, kind in list(fieldtype.named_types(schema, around)):
        if full == old:
            space, _, name = to.rpartition(".")
            kind["name"] = name
            if space and (kind.get("namespace") or old.rpartition(".")[0] != space):
                kind["namespace"] = space
            return
