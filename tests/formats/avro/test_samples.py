"""The records that a schema is tried with."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from copilot.formats.avro.samples import SAMPLE_VALUES_MAX
from tests.formats.avro.arranging import FORMAT, field, read, record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WIDE = record(
    field("i", "int"),
    field("l", "long"),
    field("s", "string"),
    field("u", ["null", "int", "string"]),
    field("e", {"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}),
    field("list", {"type": "array", "items": "string"}),
    field("map", {"type": "map", "values": "int"}),
)


def column(name: str, count: int = 40) -> list[Any]:
    return [value[name] for value in FORMAT.samples(read(WIDE).resolved, "seed", count)]


def test_boundary_values_come_first() -> None:
    assert {-(2**31), 2**31 - 1, 0} <= set(column("i"))
    assert {-(2**63), 2**63 - 1, 2**53 + 1} <= set(column("l"))
    assert "" in column("s")
    assert any(len(text) > 250 for text in column("s"))
    assert any(not text.isascii() for text in column("s"))


def test_numbers_and_times_that_readers_get_wrong_are_tried() -> None:
    stamp, money = {"type": "long", "logicalType": "timestamp-millis"}, {"type": "bytes", "logicalType": "decimal"}
    schema = record(
        field("f", "float"), field("d", "double"), field("t", stamp), field("m", {**money, "precision": 4, "scale": 2})
    )

    samples = FORMAT.samples(read(schema).resolved, "seed", 40)

    for name in ("f", "d"):
        values = [value[name] for value in samples]
        assert any(math.isnan(value) for value in values)
        assert any(math.isinf(value) for value in values)
        assert {math.copysign(1, value) for value in values if value == 0} == {1, -1}
    before, *_ = sorted(EPOCH - value["t"] for value in samples if value["t"] < EPOCH)
    assert before == timedelta(milliseconds=1)
    assert {Decimal("99.99"), Decimal("-99.99")} <= {value["m"] for value in samples}


def test_every_branch_symbol_and_size_is_tried() -> None:
    assert {type(value) for value in column("u")} == {type(None), int, str}
    assert set(column("e")) == {"A", "B", "C"}
    assert {0, 1, 3} <= {len(items) for items in column("list")}
    assert {0, 1, 3} <= {len(items) for items in column("map")}


def test_the_same_seed_gives_the_same_records_and_another_one_others() -> None:
    resolved = read(WIDE).resolved

    assert FORMAT.samples(resolved, "a", 80) == FORMAT.samples(resolved, "a", 80)
    assert FORMAT.samples(resolved, "a", 80) != FORMAT.samples(resolved, "b", 80)
    assert FORMAT.samples(resolved, "a", 5) == FORMAT.samples(resolved, "a", 80)[:5]


def test_a_recursive_record_ends() -> None:
    tree = record(field("value", "int"), field("left", ["null", "Order"]), field("right", ["null", "Order"]))

    samples = FORMAT.samples(read(tree).resolved, "seed", 20)

    assert len(samples) == 20
    assert any(value["left"] for value in samples)
    assert max(len(json.dumps(value)) for value in samples) < 1_000_000


def test_a_record_that_multiplies_in_itself_stays_bounded() -> None:
    children = [field(f"c{place}", ["null", {"type": "array", "items": ["null", "Order"]}]) for place in range(6)]

    samples = FORMAT.samples(read(record(field("value", "int"), *children)).resolved, "seed", 40)

    assert max(len(json.dumps(value)) for value in samples) < 1_000_000


def test_a_record_that_has_no_finite_value_has_no_samples() -> None:
    assert FORMAT.samples(read(record(field("self", "Order"))).resolved, "seed", 3) == ()


def test_schemas_without_a_record_have_samples_too() -> None:
    assert FORMAT.samples('["null","int"]', "seed", 3)[0] is None
    assert FORMAT.samples('"string"', "seed", 1) == ("",)


def test_fewer_records_are_made_of_a_schema_with_very_many_fields() -> None:
    wide = read(record(*(field(f"f{number}", "int") for number in range(SAMPLE_VALUES_MAX)))).resolved

    assert len(FORMAT.samples(wide, "seed", 8)) == 2
