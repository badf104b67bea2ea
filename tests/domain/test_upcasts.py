"""A chain of upcasters: what its text does to records of every version, and which modules count as one."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from copilot.domain.upcasts import Upcast, chain_text, names_led

STEPS = [Upcast(1, "price", "amount"), Upcast(4, "amount", "total_cents")]
TEXT = chain_text("shop.Order", "upcast_order", STEPS)


@pytest.mark.parametrize("name", ["price", "amount", "total_cents"])
def test_a_record_of_every_version_comes_out_under_the_last_name_and_stays_as_it_is(name: str) -> None:
    names: dict[str, Any] = {}
    exec(TEXT, names)
    record = {"order_id": "o-1", name: 1234}

    assert names["upcast_order"](record) == {"order_id": "o-1", "total_cents": 1234}
    assert record == {"order_id": "o-1", name: 1234}


def test_where_earlier_names_lead_is_read_back_from_the_module() -> None:
    assert names_led(ast.parse(TEXT), "upcast_order") == {"price": "total_cents", "amount": "total_cents"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CHAIN = (v1_to_v2, v4_to_v5)", "CHAIN = (v4_to_v5, v1_to_v2)"),
        ("CHAIN = (v1_to_v2, v4_to_v5)", "CHAIN = (v1_to_v2,)"),
        ("        record = step(record)\n", "        step(record)\n"),
        ('if name == "amount" else name: value', 'if name == "amount" else name: None'),
        ("record.items()", "record.items() if value"),
    ],
)
def test_a_module_that_does_anything_else_is_no_chain(before: str, after: str) -> None:
    assert TEXT.count(before) >= 1

    assert not names_led(ast.parse(TEXT.replace(before, after)), "upcast_order")


def test_another_function_of_the_module_leads_nowhere() -> None:
    assert not names_led(ast.parse(TEXT), "v1_to_v2")
    assert not names_led(ast.parse("def upcast_order(record):\n    return record\n"), "upcast_order")
