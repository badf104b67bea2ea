"""Pairs of schemas through the decoders that can be run: what was seen, what stays foreseen, and which of the two stands."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.checks.pairs_run import run_pair
from copilot.domain.pair import DecoderVerdict
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.edits import enum, field, record
from tests import outside
from tests.formats.avro.edits import holding


def verdicts(reader: Any, writer: Any, schema_format: AvroFormat) -> dict[str, DecoderVerdict]:
    verdict = run_pair(schema_format.judge(reader, writer), reader, writer, schema_format)
    return {it.decoder: it for it in verdict.decoders}


def test_what_came_back_whole_was_run_and_the_others_stay_predicted() -> None:
    old, new = holding("int", "long")

    seen = verdicts(new, old, AvroFormat())

    assert {name: (it.reads, it.basis) for name, it in seen.items()} == {
        "java": ("yes", "predicted"),
        "python": ("yes", "ran"),
        "fastavro": ("yes", "ran"),
        "avsc": ("yes", "predicted"),
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            {"type": "map", "values": {"type": "map", "values": "string"}},
            {"type": "map", "values": {"type": "map", "values": "bytes"}},
        ),
        ("int", {"type": "int", "logicalType": "date"}),
        ({"type": "long", "logicalType": "timestamp-millis"}, "long"),
        (
            {"type": "array", "items": "int"},
            {"type": "array", "items": ["int", record(field("int", "x"), name="Part")]},
        ),
    ],
)
def test_a_value_that_is_the_same_in_another_type_came_back_whole(written: Any, read: Any) -> None:
    old, new = holding(written, read)

    seen = verdicts(new, old, AvroFormat())

    assert (seen["fastavro"].reads, seen["fastavro"].basis) == ("yes", "ran"), seen["fastavro"].note


@pytest.mark.tool("avro-java")
def test_java_reads_a_decimal_as_its_bytes_where_the_logical_type_is_gone() -> None:
    plain, decimal = holding("bytes", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2})

    assert verdicts(plain, decimal, outside.format_with(outside.java()))["java"].reads == "yes"


@pytest.mark.tool("avsc")
def test_avsc_finds_an_alias_in_the_namespace_of_its_type() -> None:
    old, new = (
        holding({**enum("A", name=name), "namespace": "a.b", **more}, "int")[0]
        for name, more in (("Old", {}), ("New", {"aliases": ["Old"]}))
    )

    seen = verdicts(new, old, outside.format_with(outside.avsc()))["avsc"]

    assert (seen.reads, seen.basis) == ("yes", "ran"), seen.note


@pytest.mark.tool("avro-java")
@pytest.mark.parametrize("kind", ["time-millis", "date"])
def test_java_reads_a_logical_type_as_its_number_where_it_is_gone_and_the_other_way_round(kind: str) -> None:
    plain, logical = holding("int", {"type": "int", "logicalType": kind})
    schema_format = outside.format_with(outside.java())

    gone = verdicts(plain, logical, schema_format)["java"]
    come = verdicts(logical, plain, schema_format)["java"]

    assert (gone.reads, gone.basis) == ("yes", "ran"), gone.note
    # Numbers beyond a day are no time of day to Java, and are refused.
    assert come.reads != "wrong-value", come.note


def test_a_refusal_is_told_in_the_decoders_own_words() -> None:
    old, new = holding(enum("A", "B"), enum("A"))

    seen = verdicts(new, old, AvroFormat())

    assert (seen["fastavro"].reads, seen["fastavro"].basis) == ("no", "ran")
    assert "B" in seen["fastavro"].note


def test_what_no_sample_shows_stays_foreseen() -> None:
    class Blind(AvroFormat):
        def samples(self, schema: str, seed: str, count: int) -> tuple[Any, ...]:
            return ({"id": "a", "a": 3},)

    old, new = holding(["null", "int"], "int")

    seen = verdicts(new, old, Blind())

    assert (seen["fastavro"].reads, seen["fastavro"].basis) == ("no", "predicted")
    assert "1 records came back whole" in seen["fastavro"].note


def test_a_schema_that_is_invalid_is_not_run() -> None:
    assert {it.basis for it in verdicts(record(field("wrong")), record(field("int")), AvroFormat()).values()} == {
        "predicted"
    }


@pytest.mark.tool("avro-java")
def test_an_alias_in_another_namespace_gives_java_the_default_instead_of_the_data() -> None:
    """The registry says yes, Java decodes, and nobody gets an error."""
    old = record(field("int"))
    new = record(field("int", "b", aliases=["a"], default=3), name="shop.v2.Order")
    schema_format = outside.format_with(outside.java())

    seen = verdicts(new, old, schema_format)

    assert schema_format.judge(new, old).compatible is True
    assert (seen["java"].reads, seen["java"].basis, seen["java"].path) == ("wrong-value", "ran", "a")
    assert "gives 3" in seen["java"].note
    assert seen["fastavro"].reads == "yes"


@pytest.mark.tool("avsc")
def test_avsc_refuses_another_namespace() -> None:
    old, new = record(field("int")), record(field("int"), name="other.Order")

    seen = verdicts(new, old, outside.format_with(outside.avsc()))

    assert (seen["avsc"].reads, seen["avsc"].basis) == ("no", "ran")
