"""A change by its names alone: no map is needed, and little is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copilot.domain.impacted import AskedChange
from copilot.errors import WrongUsage
from copilot.planners.asked import OPS, asked_from_json, asked_from_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rename amount to total_cents in order", AskedChange("rename_field", "order", "", "amount", to="total_cents")),
        ("remove coupon from protos/order.proto", AskedChange("remove_field", "protos/order.proto", "", "coupon")),
        (
            "add an optional string `channel` to Order",
            AskedChange("add_field", "Order", "", "channel", type="string"),
        ),
        ("remove order.coupon", AskedChange("remove_field", "order", "", "coupon")),
        ("add symbol LATE to state in Order", AskedChange("add_symbol", "Order", "", "state", symbol="LATE")),
    ],
)
def test_sentences_are_understood_without_a_map(text: str, expected: AskedChange) -> None:
    assert asked_from_text(text) == (expected,)


def test_each_kind_of_change_in_the_documentation_is_understood_and_none_is_left_out() -> None:
    table = (Path(__file__).parents[2] / "docs" / "change-kinds.md").read_text("utf-8")
    asked = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    sentences = [one or two for cell in asked for one, two in re.findall(r"``(.+?)``|`([^`]+)`", cell)]

    understood = {change.op for text in sentences if text.strip("…") == text for change in asked_from_text(text)}

    assert understood == set(OPS)


@pytest.mark.parametrize(
    ("text", "op", "to"),
    [
        ("make amount in Order a money object in EUR", "nest_fields", ""),
        ("move Order to namespace shop.sales", "rename_record", "shop.sales.Order"),
    ],
)
def test_a_sentence_of_its_own_is_one_of_the_operations(text: str, op: str, to: str) -> None:
    (change,) = asked_from_text(text)

    assert (change.op, change.to) == (op, to)


def test_a_later_sentence_is_about_the_same_record() -> None:
    first, second = asked_from_text("remove coupon from order; remove amount")

    assert first.subject == second.subject == "order"


@pytest.mark.parametrize("op", OPS)
def test_every_operation_needs_no_more_than_its_name_and_a_field(op: str) -> None:
    (change,) = asked_from_json(json.dumps({"op": op, "field": "x"}))

    assert (change.op, change.field) == (op, "x")


def test_all_keys_of_propose_are_taken_null_counts_as_absent_and_unknown_ones_are_passed_over() -> None:
    entry = {"op": "add_field", "subject": "o", "record": None, "field": "x", "type": ["null", "long"], "default": None}

    (change,) = asked_from_json(json.dumps([entry | {"owner": 7}]))

    assert change == AskedChange("add_field", "o", "", "x", type='["null","long"]')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[1]",
        '{"op": "explode", "field": "x"}',
        '{"op": "remove_field"}',
        '{"op": "remove_field", "field": 1}',
    ],
)
def test_what_is_no_operation_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(WrongUsage):
        asked_from_json(text)


def test_a_sentence_of_another_kind_is_refused() -> None:
    with pytest.raises(WrongUsage, match="not understood"):
        asked_from_text("make everything better")
