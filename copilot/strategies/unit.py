"""Ways to give values in another unit: a new field with the unit in its name, a unit beside the value, or a new subject.

The old name is never given a new meaning but in the naive row, which every registry accepts and `replay` refuses with a record.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.mapping import Mapping, mapping_of, number_kind, scaled, unless_null
from copilot.domain.operation import ChangeUnit, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.units import unit_field, units_in_name
from copilot.strategies.drift import add_beside
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Successor, expand_contract, field_object
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_BOTH_READ, about_decoders, about_keys, joined
from copilot.strategies.work import (
    add_sibling,
    code_work,
    doubtful_work,
    notes_at,
    reads,
    set_property,
    writes,
)

NAIVE = "naive: a new meaning under the old name"
BESIDE = "unit beside the value"


def change_unit(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to change a field's unit; nothing for other operations."""
    if not isinstance(operation, ChangeUnit):
        return ()
    ground = ground_of(operation, impact, pipeline)
    mapping = mapping_of(operation, {operation.field: ground.kind})
    assert mapping is not None, "a request was checked against the same type"
    what = f"Give `{operation.field}` in {operation.unit} instead of {operation.was}"
    successor = _successor(ground, operation, mapping)
    return (
        _parallel(ground, operation, mapping, what, successor),
        _beside(ground, operation),
        new_version(ground, what, _replaced(ground, successor)),
        _in_place(ground, operation, what),
    )


def _successor(ground: Ground, operation: ChangeUnit, mapping: Mapping) -> Successor:
    (new,) = mapping.new
    ((_, back),) = mapping.back
    kept = ground.default if ground.has_default else None
    return Successor(
        new.name,
        fieldtype.null_first(new.kind),
        (None,),
        new.written.replace(f"{{{operation.field}}}", "{}"),
        back=back.replace(f"{{{new.name}}}", "{}"),
        doc=_doc(ground, operation),
        properties=(("unit", operation.unit),),
        last_default=(0,) if kept == 0 and fieldtype.fits(0, new.kind) else (),
        readers_note=f"goes on in {operation.was}: the value of `{new.name}` is converted back",
    )


def _doc(ground: Ground, operation: ChangeUnit) -> str:
    """Returns the field's doc with the new unit in the place of the old one; a sentence of its own where none is named."""
    doc = str(ground.properties.get("doc", ""))
    pattern = re.compile(rf"\b{re.escape(operation.was)}\b", re.IGNORECASE)
    if pattern.search(doc):
        return pattern.sub(operation.unit, doc)
    between = "" if not doc or doc.endswith((".", "!", "?")) else "."
    return f"{doc}{between} In {operation.unit}.".strip()


def _parallel(ground: Ground, operation: ChangeUnit, mapping: Mapping, what: str, successor: Successor) -> Alternative:
    return expand_contract(
        ground,
        "phased",
        f"{what} step by step, in the new field `{operation.to}`",
        successor,
        joined(
            "It wins wherever values live longer than a deploy: a name keeps its meaning, so nobody who is late, or reads old"
            f" records again, takes {operation.was} for {operation.unit}.",
            f"The new value is {_said(mapping, operation)}.",
            mapping.said,
        ),
    )


def _said(mapping: Mapping, operation: ChangeUnit) -> str:
    return mapping.new[0].written.replace(f"{{{operation.field}}}", f"`{operation.field}`")


def _replaced(ground: Ground, successor: Successor) -> Any:
    added = field_object(ground, successor)

    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        at = record["fields"].index(field)
        record["fields"][at] = {key: value for key, value in added.items() if key != "default"}
        record["fields"][at]["type"] = fieldtype.without_null(added["type"])
        if fieldtype.is_nullable(ground.kind):
            record["fields"][at] = added

    return change


def _converted_in_place(ground: Ground, operation: ChangeUnit) -> str:
    """Returns the expression for the value in the new unit in the type that the field has now."""
    expression = scaled(ground.kind, ground.kind, Fraction(operation.factor)) or "{}"
    return unless_null(ground.kind, expression, "")


def _in_place(ground: Ground, operation: ChangeUnit, what: str) -> Alternative:
    work = set_property(ground, "doc", _doc(ground, operation))
    work += code_work(ground, writes(ground), "wrap_value", expression=_converted_in_place(ground, operation))
    work += notes_at(ground, reads(ground), f"gets {operation.unit} under the same name, by hand")
    work += doubtful_work(ground, f"see that it is about {operation.unit} now, by hand")
    return alternative(
        ground,
        "naive",
        f"{what} under the same name, said in the doc",
        NAIVE,
        (State("other unit", work, PRODUCERS_FIRST),),
        joined(
            "The edit people make first. Every registry level accepts it, and no decoder notices: records from before are read"
            f" as {operation.unit} from then on, and whoever is late reads new ones as {operation.was}.",
            about_decoders(ground),
            about_keys(ground),
        ),
    )


def _beside(ground: Ground, operation: ChangeUnit) -> Alternative | NotOffered:
    name = unit_field(operation.field)
    if any(it.record == ground.record and it.name == name for it in ground.subject.latest.fields):
        return NotOffered(BESIDE, f"There is a field `{name}` already.")
    if units_in_name(operation.field):
        return NotOffered(
            BESIDE, f"The name `{operation.field}` says a unit itself, and would be wrong for the other one."
        )
    if Fraction(operation.factor).denominator > 1 and number_kind(ground.kind) != "floating":
        return NotOffered(BESIDE, f"Values in {operation.unit} don't fit the field's type without being rounded.")
    added = {
        "name": name,
        "type": "string",
        "default": operation.was,
        "doc": f"The unit of {operation.field}: {operation.was} or {operation.unit}. Readers must look at it.",
    }
    known = add_beside(ground, operation.field, added)
    told = [use for use in reads(ground) if not use.is_test]
    known += notes_at(ground, told, f"look at `{name}`, and convert where it says {operation.unit}")
    known += doubtful_work(ground, f"look at `{name}` where it reads", "consumers")
    work = known + code_work(ground, writes(ground), "wrap_value", expression=_converted_in_place(ground, operation))
    entries = [use for use in writes(ground) if use.form in ("literal", "keyword", "subscript")]
    work += add_sibling(entries, name, repr(operation.unit))
    return alternative(
        ground,
        "unit-beside",
        f"Write the unit of `{operation.field}` beside it, in `{name}`, then values in {operation.unit}",
        BESIDE,
        (
            State("unit known", known, CONSUMERS_FIRST, GATE_BOTH_READ),
            State("other unit", work, PRODUCERS_FIRST),
        ),
        joined(
            f"It wins where values of both units will come for good. Records without the unit are in {operation.was}, as they"
            " were. A single reader that does not look at the unit is wrong without a sign, and each is changed by hand.",
            about_decoders(ground),
        ),
    )
