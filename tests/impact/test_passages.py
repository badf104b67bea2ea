"""What a file does with a record, read from its text."""

from __future__ import annotations

import time

from copilot.impact.passages import Sought, read_passage

SOUGHT = Sought(
    fields=frozenset({"couponcode"}),
    records=frozenset({"order"}),
    record_names=("Order",),
    schema_stems=("order",),
    weights={"orderid": 1.0, "totalcents": 1.0, "placedat": 2.0},
    stems=frozenset({"builder"}),
)


def test_who_builds_the_record_names_its_fields_close_together() -> None:
    passage = read_passage("o = Order(\n  order_id=1,\n  totalCents=2,\n  coupon_code=3,\n)\n", SOUGHT)

    assert passage.builds
    assert passage.field_near
    assert passage.density == 0.5
    assert passage.dense_lines == (2, 3)
    assert passage.field_lines == (4,)


def test_accessors_count_as_the_field() -> None:
    assert read_passage("x.getCouponCode(); x.setPlacedAt(1)", SOUGHT).field_lines == (1,)


def test_a_field_far_from_the_record_is_not_near() -> None:
    text = "mail.coupon_code\n" + "\n" * 30 + "order_id placed_at\n"

    assert not read_passage(text, SOUGHT).field_near
    assert read_passage("Order\n" + "\n" * 8 + "coupon_code", SOUGHT).field_near


def test_a_record_that_goes_on_whole_is_seen_where_its_field_is_not_named() -> None:
    text = "def send(order):\n    bus.publish(json.dumps(asdict(order)))\n"

    assert read_passage(text, SOUGHT).whole_lines[0] == 2
    assert read_passage(text + "order.coupon_code\n", SOUGHT).whole_lines == ()
    assert (
        read_passage("send(**self.settings)\nimport order\njson.dumps(context)  # of an Order\n", SOUGHT).whole_lines
        == ()
    )
    for whole in (
        "order.model_dump()",
        "json.Marshal(&order)",
        "send({...order})",
        "Order(**order)",
        "mapper.writeValueAsBytes(order)",
    ):
        assert read_passage(whole, SOUGHT).whole_lines == (1,)


def test_definitions_and_imports_are_told_apart() -> None:
    assert read_passage("export interface Order {", SOUGHT).defines
    assert read_passage('import "protos/order.proto";', SOUGHT).imports
    assert not read_passage("in order to\n", SOUGHT).imports
    assert read_passage("from shop import builder", SOUGHT).stems == {"builder"}


def test_a_large_text_that_names_the_field_everywhere_is_read_in_time() -> None:
    text = "coupon_code\n" * 2_000 + "\n" * 50 + "order_id\n" * 20_000

    started = time.monotonic()
    read_passage(text, SOUGHT)

    assert time.monotonic() - started < 5
