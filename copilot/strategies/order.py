"""Ways to change the order of fields or of symbols: in place, or in a new subject for those who read by position."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered, SchemaEdit
from copilot.domain.operation import Operation, ReorderFields, ReorderSymbols
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.drift import single_copies, single_links
from copilot.strategies.ground import Ground, ground_of, version_at
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.words import about_decoders, joined, named
from copilot.strategies.work import ByHand, Work, as_json, notes_at, reads, schema_work


def reorder(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to reorder fields or symbols; nothing for other operations."""
    if isinstance(operation, ReorderFields):
        ground = ground_of(operation, impact, pipeline)
        what = f"Put the fields of {ground.record} in the order {', '.join(operation.fields)}"
        work = _reordered(ground, operation.fields)
        return (
            _in_place(ground, what, work + _by_position(ground), _about_positions(ground)),
            new_version(ground, what, lambda record, field: _sort_fields(record, operation.fields)),
        )
    if isinstance(operation, ReorderSymbols):
        ground = ground_of(operation, impact, pipeline)
        what = f"Put the symbols of `{operation.field}` in the order {', '.join(operation.symbols)}"
        work = schema_work(ground, "reorder_symbols", value=as_json(list(operation.symbols)))
        counted = [use for use in reads(ground) if use.mode in ("computes", "keys") and not use.is_test]
        work += notes_at(ground, counted, "see that it takes the symbol's name and not its place in the list")
        about = (
            "Readers take a symbol by its name, so all of them read the same. Whoever kept the symbol's number (a table, a"
            " dictionary, a sort by the enum) gets another one."
        )
        return (
            _in_place(ground, what, work, about),
            new_version(ground, what, lambda record, field: _sort_symbols(field, operation.symbols)),
        )
    return ()


def _reordered(ground: Ground, names: tuple[str, ...]) -> Work:
    """Reorders what each place has; a copy that stands for the writer's schema also gets what it lacks, where it is read."""
    single = [copy for link in single_links(ground) for copy in single_copies(ground, link.job)]
    edits: list[SchemaEdit] = []
    for place in ground.sources:
        version = version_at(place, ground.pipeline) or ground.subject.latest
        own = [field.name for field in version.fields if field.record == ground.record]
        wanted = [name for name in names if name in own] + [name for name in own if name not in names]
        if wanted != own:
            edits.append(SchemaEdit(place, "reorder_fields", ground.record, "", "", as_json(wanted)))
        if place not in single:
            continue
        for at, name in enumerate(names):
            before = sum(other in own for other in names[:at])
            if name not in own and before:
                field = as_json(fieldtype.field_of(ground.schema, ground.record, name))
                edits.append(SchemaEdit(place, "add_field", ground.record, name, own[before - 1], field))
    return Work(tuple(edits))


def _in_place(ground: Ground, what: str, work: Work, about: str) -> Alternative:
    return alternative(
        ground,
        "naive",
        f"{what}, in place",
        "reorder in place",
        (State("reordered", work, CONSUMERS_FIRST),),
        joined(about, about_decoders(ground)),
    )


def _by_position(ground: Ground) -> Work:
    """Names the consumers that put records into tables or files, where columns may be filled by position."""
    consumers = {link.job: link for link in ground.impact.consumers}
    outlets = [
        link
        for link in ground.pipeline.links
        if link.job in consumers and link.direction == "produces" and link.endpoint.kind in ("table", "file")
    ]
    text = "writes {kind} {name}: see that each column is filled by its name, not by its place"
    return Work(
        (),
        tuple(
            dict.fromkeys(
                ByHand(
                    "consumers",
                    f"{link.proof[0] if link.proof else link.job}  {link.job}: "
                    + text.format(kind=link.endpoint.kind, name=link.endpoint),
                )
                for link in outlets
            )
        ),
    )


def _about_positions(ground: Ground) -> str:
    single = {link.job for link in ground.impact.consumers if link.decoder and link.decoder.reader_schema == "single"}
    return joined(
        "Every level accepts it, and readers that resolve by name read the same. Whoever reads by position (a CSV file, `SELECT *`,"
        " a tuple of the values) silently takes one field for another.",
        f"{named(single)} takes its own schema for the writer's, so bytes and text have to change at once."
        if single
        else "",
    )


def _sort_fields(record: dict[str, Any], names: tuple[str, ...]) -> None:
    record["fields"] = sorted(record["fields"], key=lambda field: names.index(field["name"]))


def _sort_symbols(field: dict[str, Any], symbols: tuple[str, ...]) -> None:
    enum = fieldtype.enum_of(field.get("type"))
    if enum is not None:
        enum["symbols"] = list(symbols)
