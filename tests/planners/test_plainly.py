"""What people write about a record, in words of their own, is understood by its names; what is guessed is said."""

from __future__ import annotations

import pytest

from copilot.domain.impacted import AskedChange
from copilot.errors import WrongUsage
from copilot.planners.asked import asked_and_doubts, asked_from_text


@pytest.mark.parametrize(
    "text",
    [
        "add discount field to Order",
        "add the discount property to the Order record",
        "Added discount to message Order",
        "Order: add discount",
        "In Order, add a new field `discount`",
        "extend the Order schema with a discount field",
        "Order needs a new field discount",
        "we need a new column discount in Order",
        "add support for discount in Order",
        "include discount in Order",
    ],
)
def test_an_addition_is_understood_in_many_words(text: str) -> None:
    (change,) = asked_from_text(text)

    assert (change.op, change.subject, change.field) == ("add_field", "Order", "discount")


@pytest.mark.parametrize(
    ("scope", "record"),
    [
        ("the SCHEMA record", "SCHEMA"),
        ("message Event", "Event"),
        ("the Message message", "Message"),
        ("the event record", "event"),
        ("the record event", "event"),
        ("the new Document table", "Document"),
        ("the Order record", "Order"),
    ],
)
def test_a_record_may_be_called_like_a_kind_of_thing(scope: str, record: str) -> None:
    (change,) = asked_from_text(f"add discount to {scope}")

    assert (change.subject, change.field) == (record, "discount")


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("discount should be removed from Order", "remove_field"),
        ("drop the unused discount column of Order", "remove_field"),
        ("stop sending discount in Order", "remove_field"),
        ("Order no longer has discount", "remove_field"),
        ("discount in Order is no longer required", "make_optional"),
        ("change discount to nullable in Order", "make_optional"),
        ("discount must be required in Order", "make_required"),
        ("add a default of 0 to discount in Order", "change_default"),
        ("change the default value of Order.discount to 5", "change_default"),
        ("discount in Order becomes a list of strings", "change_type"),
        ("make parameters in Order a google.protobuf.Struct", "change_type"),
    ],
)
def test_other_changes_are_understood_in_many_words(text: str, op: str) -> None:
    (change,) = asked_from_text(text)

    assert (change.op, change.subject) == (op, "Order")
    assert change.field in ("discount", "parameters")


@pytest.mark.parametrize(
    "text",
    [
        "replace discount with rebate in Order",
        "rename Order.discount to Order.rebate",
        "Order: rename discount -> rebate",
        "change discount's name to rebate in Order",
        "discount in Order should be called rebate",
    ],
)
def test_a_new_name_is_understood_in_many_words(text: str) -> None:
    assert asked_from_text(text) == (AskedChange("rename_field", "Order", "", "discount", "rebate"),)


@pytest.mark.parametrize(
    "text",
    [
        "add symbol REFUNDED to OrderStatus",
        "add enum member REFUNDED to OrderStatus",
        "add REFUNDED to the OrderStatus enum",
        "OrderStatus: new enum value REFUNDED",
        "add option REFUNDED to enum OrderStatus",
    ],
)
def test_a_symbol_of_an_enum_that_is_named_itself_is_what_is_new_in_it(text: str) -> None:
    (change,) = asked_from_text(text)

    assert change == AskedChange("add_symbol", "OrderStatus", "", "REFUNDED", symbol="REFUNDED")
    assert change.is_addition


@pytest.mark.parametrize(
    "text",
    [
        "remove coupon from Order in shop/order.proto",
        "remove coupon from the message Order (shop/order.proto)",
        "remove coupon from shop/order.proto#Order",
    ],
)
def test_a_record_is_named_with_its_file(text: str) -> None:
    assert asked_from_text(text) == (AskedChange("remove_field", "shop/order.proto", "Order", "coupon"),)


def test_a_schema_that_comes_first_is_meant_by_what_follows() -> None:
    changes = asked_from_text("In the Order table: add discount, drop coupon")

    assert [(it.op, it.subject, it.field) for it in changes] == [
        ("add_field", "Order", "discount"),
        ("remove_field", "Order", "coupon"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "add discount, rebate and tax_rate to Order",
            ["add_field discount", "add_field rebate", "add_field tax_rate"],
        ),
        ("add the columns discount (FLOAT), rebate (FLOAT) to Order", ["add_field discount", "add_field rebate"]),
        ("remove the fields discount and rebate from Order", ["remove_field discount", "remove_field rebate"]),
        ("rename discount to rebate and tax to tax_rate in Order", ["rename_field discount", "rename_field tax"]),
        ("make discount and rebate optional in Order", ["make_optional discount", "make_optional rebate"]),
        ("add the enum values LATE and LOST to Order", ["add_symbol LATE", "add_symbol LOST"]),
    ],
)
def test_a_list_of_names_is_one_change_for_each(text: str, expected: list[str]) -> None:
    changes = asked_from_text(text)

    assert [f"{it.op} {it.field}" for it in changes] == expected
    assert {it.subject for it in changes} == {"Order"}


def test_a_field_that_moves_goes_here_and_comes_there() -> None:
    gone, new = asked_from_text("move discount from Order to Invoice")

    assert (gone.op, gone.subject, new.op, new.subject) == ("remove_field", "Order", "add_field", "Invoice")


@pytest.mark.parametrize(
    "text",
    [
        "add `discount: int = 0` to Order",
        "add `int64 discount = 7;` to Order",
        "add `map<string, string> discount = 9;` to Order",
        "alter table Order add column discount float",
        "add a field called discount to Order",
    ],
)
def test_a_declaration_as_it_stands_in_a_schema_is_understood(text: str) -> None:
    (change,) = asked_from_text(text)

    assert (change.op, change.subject, change.field) == ("add_field", "Order", "discount")


def test_what_names_nothing_is_passed_over_and_told() -> None:
    ((change, doubt),) = asked_and_doubts("rename Order.discount to rebate and update all consumers")

    assert (change.subject, change.field, change.to) == ("Order", "discount", "rebate")
    assert doubt == '"update all consumers" is passed over: it has no name to look for.'


def test_a_sentence_of_no_form_is_taken_by_its_names_and_says_so() -> None:
    ((change, doubt),) = asked_and_doubts(
        "the scorer has been asking for `risk_level` on the Decision message since May"
    )

    assert (change.subject, change.field) == ("Decision", "risk_level")
    assert doubt.endswith("is taken for change_type risk_level in Decision, by its names alone.")


@pytest.mark.parametrize("text", ["make everything better", "in Order", "please", "do it"])
def test_a_sentence_without_any_name_is_not_understood(text: str) -> None:
    with pytest.raises(WrongUsage, match=r"not understood|empty"):
        asked_from_text(text)
