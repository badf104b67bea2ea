"""What two versions alone don't show: names that come back, units in renames, the bytes of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from copilot.checks.chains import READDED
from copilot.checks.compatibility import CompatibilityCheck
from copilot.checks.meanings import KEY_BYTES, UNIT_BETWEEN, UNIT_RENAMED
from copilot.domain.evidence import Finding
from copilot.domain.operation import AddField, Operation, RenameField
from copilot.domain.pipeline import PipelineMap
from tests.checks.orders import bench, case, field

ID, AMOUNT = field("id", "string"), field("amount", "int")
ADD = AddField("order", "", "amount", '"int"', "0")


def told(
    operation: Operation, history: list[list[Any]], after: list[Any], rule: str, subject: str = ""
) -> list[Finding]:
    it = case(operation, history, [after])
    if subject:
        it = replace(it, base=_named(it.base, subject), states=tuple(_named(state, subject) for state in it.states))
    return [found for found in CompatibilityCheck().run(it, bench()).findings if found.rule == rule]


def _named(pipeline: PipelineMap, name: str) -> PipelineMap:
    return replace(pipeline, subjects=tuple(replace(subject, name=name) for subject in pipeline.subjects))


def test_a_name_that_comes_back_with_another_type_is_told_with_the_version_and_line_that_had_it() -> None:
    history = [[ID, AMOUNT], [ID]]

    (found,) = told(ADD, history, [ID, field("amount", "string", default="")], READDED)

    assert (found.severity, found.path) == ("warning", "amount")
    assert "version 1 had it (schemas/order.avsc:" in found.message
    assert 'of type "int", and is now "string"' in found.message


def test_a_name_that_comes_back_with_its_type_gives_old_values_a_new_meaning() -> None:
    (found,) = told(ADD, [[ID, AMOUNT], [ID]], [ID, field("amount", "int", default=0)], READDED)

    assert "old value under the new meaning" in found.message


@pytest.mark.parametrize(("first", "then", "count"), [("millis", "micros", 1), ("micros", "micros", 0)])
def test_a_field_that_the_plan_brings_keeps_its_unit_from_phase_to_phase(first: str, then: str, count: int) -> None:
    def at(unit: str, **more: Any) -> dict[str, Any]:
        return field("at_us", ["null", {"type": "long", "logicalType": f"timestamp-{unit}"}], default=None, **more)

    it = case(ADD, [[ID]], [[ID, at(first)], [ID, at(then, doc="When.")]])

    found = [it.severity for it in CompatibilityCheck().run(it, bench()).findings if it.rule == UNIT_BETWEEN]
    assert found == ["error"] * count


def test_a_name_that_no_version_had_is_new() -> None:
    assert not told(ADD, [[ID, AMOUNT], [ID, AMOUNT]], [ID, AMOUNT, field("tax", "int", default=0)], READDED)


@pytest.mark.parametrize(
    ("old", "new", "is_told"),
    [
        ("latency_ms", "latency_s", True),
        ("latencyMs", "latencySeconds", True),
        ("amount_cents", "amount_dollars", True),
        ("amount", "amount_cents", False),
        ("latency_ms", "delay_ms", False),
        ("days", "hours", False),
        ("size_kb", "latency_ms", False),
    ],
)
def test_a_unit_that_changes_inside_a_rename_is_said_aloud(old: str, new: str, is_told: bool) -> None:
    rename = RenameField("order", "", old, new)
    after = [ID, field(new, "long", aliases=[old])]

    found = told(rename, [[ID, field(old, "long")]], after, UNIT_RENAMED)
    by_alias = told(rename, [[ID, field(old, "long")]], after, "avro.name-unit-changed")

    assert (bool(found), bool(by_alias)) == (is_told, is_told)


@pytest.mark.parametrize("subject", ["orders-key", "shop/OrderKey", "order_key", "schemas/key"])
def test_a_key_schema_whose_bytes_change_is_told(subject: str) -> None:
    add = AddField(subject, "", "amount", '"int"', "0")

    assert told(add, [[ID]], [ID, field("amount", "int", default=0)], KEY_BYTES, subject)
    assert told(add, [[ID, AMOUNT]], [AMOUNT, ID], KEY_BYTES, subject)
    assert not told(add, [[ID]], [field("id", "string", doc="What an order is called.")], KEY_BYTES, subject)


@pytest.mark.parametrize("subject", ["orders-value", "monkey", "keys", "key_events"])
def test_other_schemas_are_no_keys(subject: str) -> None:
    assert not told(AddField(subject, "", "amount", '"int"', "0"), [[ID]], [ID, AMOUNT], KEY_BYTES, subject)
