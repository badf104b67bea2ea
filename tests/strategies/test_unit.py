"""A change of unit: which ways there are, what they edit, and that the old name keeps its meaning in all but the naive one."""

from __future__ import annotations

import ast

from copilot.formats.avro import AvroFormat
from copilot.patches.compile import PatchCompiler
from tests.planners.builders import ORDER, shop
from tests.strategies.test_families import field, offered, schema_after, text_after, with_field

EUROS = "change the unit of amount in order from cents to euros"


def test_the_new_field_says_its_unit_in_name_property_and_doc() -> None:
    built = shop()
    real, _ = offered(EUROS, built)

    during, after = schema_after(real["phased"], built, 0), schema_after(real["phased"], built)

    assert list(real) == ["phased", "new-subject", "naive"]
    assert field(during, "amount") == field(ORDER, "amount")
    assert field(during, "amount_euros")["doc"] == "In euros."
    assert field(during, "amount_euros")["unit"] == "euros"
    assert field(after, "amount") is None
    assert field(after, "amount_euros")["type"][1]["scale"] == 2


def test_producers_write_both_and_readers_go_on_with_the_old_unit() -> None:
    built = shop()
    phased = offered(EUROS, built)[0]["phased"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(phased, built.tree)
    assert isinstance(compiled, tuple), compiled

    produced = text_after(compiled[0], built, "services/orders/main.py")
    moved = moved_file = text_after(compiled[1], built, "services/billing/main.py")
    stopped = text_after(compiled[2], built, "services/orders/main.py")
    contracted = text_after(compiled[3], built, "services/billing/main.py")

    assert '"amount": order.amount,' in produced
    assert '"amount_euros": Decimal(order.amount) / 100,' in produced
    assert "from decimal import Decimal" in produced
    assert 'order["amount"] if order.get("amount_euros") is None else round(order["amount_euros"] * 100)' in moved
    assert '"amount_euros": Decimal(order.amount) / 100,' in stopped
    assert '"amount":' not in stopped
    assert text_after(compiled[2], built, "services/billing/main.py") == moved_file
    assert 'total = round(order["amount_euros"] * 100)' in contracted
    ast.parse(produced)


def test_a_test_of_a_consumer_builds_the_converted_value() -> None:
    built = shop()
    phased = offered(EUROS, built)[0]["phased"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(phased, built.tree)
    assert isinstance(compiled, tuple), compiled

    assert '{"amount_euros": Decimal(3) / 100' in text_after(compiled[-1], built, "services/billing/tests/test_main.py")


def test_the_naive_edit_changes_the_doc_and_the_value_and_nothing_else() -> None:
    built = shop()
    naive = offered(EUROS, built)[0]["naive"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(naive, built.tree)
    assert isinstance(compiled, tuple), compiled

    assert field(schema_after(naive, built), "amount") == {"name": "amount", "type": "int", "doc": "In euros."}
    assert "(order.amount + 50) // 100" in text_after(compiled[0], built, "services/orders/main.py")


def test_a_unit_beside_the_value_is_offered_where_the_type_holds_both() -> None:
    built = shop(with_field(name="amount", type="double", doc="In euros."))
    real, _ = offered("change the unit of amount in order from euros to cents as amount_cents", built)
    beside = real["unit-beside"]

    known, other = schema_after(beside, built, 0), schema_after(beside, built)
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(beside, built.tree)
    assert isinstance(compiled, tuple), compiled

    assert field(known, "amount_unit")["default"] == "euros"
    assert known == other
    assert "\"amount_unit\": 'cents'" in text_after(compiled[1], built, "services/orders/main.py")
    assert [step.kind for step in beside.phases[0].steps] == ["schema", "consumers", "producers"]


def test_a_unit_beside_the_value_is_not_offered_where_the_type_would_round() -> None:
    _, refused = offered(EUROS, shop())

    assert "being rounded" in refused["unit beside the value"]


def test_a_unit_beside_the_value_is_not_offered_where_the_name_says_a_unit() -> None:
    built = shop(with_field(name="delay_s", type="int"))
    _, refused = offered("change the unit of delay_s in order from s to ms", built)

    assert "says a unit itself" in refused["unit beside the value"]
