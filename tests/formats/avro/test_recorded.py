"""Recorded records as values of a schema: plain JSON, Avro's JSON encoding, lines and lists, and what does not fit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from copilot.checks.values import same
from copilot.formats.avro import AvroFormat
from tests.formats.avro.arranging import FORMAT, field, read, record

ORDER = read(record(field("id", "string"), field("note", ["null", "string"], None), field("n", "int"))).resolved
GOOD = {"id": "a", "note": None, "n": 1}


def logical(type: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": type, "logicalType": name, **more}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        json.dumps([GOOD]),
        json.dumps(GOOD) + "\nno JSON\n" + json.dumps({"id": 1}) + "\n",
        "\ufeff" + json.dumps(GOOD),
        json.dumps({"id": "a", "n": 1}),
    ],
)
def test_one_record_a_list_and_lines_are_read(text: str) -> None:
    assert FORMAT.recorded(ORDER, text) == (GOOD,)


@pytest.mark.parametrize(
    "value",
    [
        {"id": "a", "n": 1, "note": None, "more": 1},
        {"id": "a"},
        {"id": "a", "n": 2**31},
        {"id": "a", "n": True},
        {"id": "a", "n": 1.5},
        {"id": None, "n": 1},
        "text",
        [[]],
    ],
)
def test_records_of_other_versions_are_left_out(value: Any) -> None:
    assert FORMAT.recorded(ORDER, json.dumps([value])) == ()


def test_a_value_in_a_union_may_be_wrapped_as_avro_encodes_it() -> None:
    assert FORMAT.recorded(ORDER, json.dumps({**GOOD, "note": {"string": "x"}})) == ({**GOOD, "note": "x"},)


@pytest.mark.parametrize(
    ("type", "told", "value"),
    [
        (logical("long", "timestamp-millis"), 1000, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (logical("long", "timestamp-micros"), "1969-12-31T23:59:59Z", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (logical("int", "date"), 1, date(1970, 1, 2)),
        (logical("int", "time-millis"), "12:30:00", time(12, 30)),
        (logical("bytes", "decimal", precision=6, scale=2), "12.34", Decimal("12.34")),
        (logical("bytes", "decimal", precision=6, scale=2), 12.3, Decimal("12.30")),
        (logical("string", "uuid"), "b5b3a7d2-6f0c-4c7e-9a30-0d6a1d0f4b11", "b5b3a7d2-6f0c-4c7e-9a30-0d6a1d0f4b11"),
        ("bytes", "\u00ff", b"\xff"),
        ({"type": "map", "values": "double"}, {"k": 1}, {"k": 1.0}),
    ],
)
def test_each_type_is_read_and_comes_back_from_a_decoder(type: Any, told: Any, value: Any) -> None:
    schema = read(record(field("a", type))).resolved

    (found,) = FORMAT.recorded(schema, json.dumps({"a": told}))

    assert found == {"a": value}
    for decoder in AvroFormat().decoders:
        assert same(found, decoder.decode(decoder.encode(schema, found), schema, schema).value)


@pytest.mark.parametrize("told", ["12.345", "no number", "NaN", True, None, {}, [1]])
def test_what_a_decimal_can_not_hold_is_left_out(told: Any) -> None:
    schema = read(record(field("a", logical("bytes", "decimal", precision=6, scale=2)))).resolved

    assert FORMAT.recorded(schema, json.dumps({"a": told})) == ()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({**GOOD, "more": 1}, 'the record has "more", which record Order lacks'),
        ({"id": "a"}, 'the record lacks "n"'),
        ({**GOOD, "n": 2**31}, '"n" is beyond the range of int'),
        ({**GOOD, "n": True}, '"n" is true or false, and has to be int'),
        ({**GOOD, "note": 7}, '"note" is a whole number, and has to be string'),
        ([[]], "the record is a list, and has to be record Order"),
    ],
)
def test_a_record_that_does_not_fit_is_told_by_place_and_kind(value: Any, why: str) -> None:
    found = FORMAT.fitted((ORDER,), json.dumps([GOOD, value], indent=1))

    assert (found.count, [it.why for it in found.misfits]) == (2, [why])


def test_why_a_record_does_not_fit_never_holds_its_values() -> None:
    kinds = [
        logical("int", "date"),
        logical("bytes", "decimal", precision=4, scale=2),
        logical("long", "timestamp-millis"),
    ]
    enum = {"type": "enum", "name": "E", "symbols": ["A"]}
    for type in [*kinds, enum, {"type": "fixed", "name": "F", "size": 2}, "int", ["null", "int", "boolean"], "bytes"]:
        schema = read(record(field("a", type))).resolved
        for value in ("jane@x.example", 1e400, 10**30, "€€", "1.2345", {"jane": 1}):
            found = FORMAT.fitted((schema,), json.dumps({"a": value}))
            assert not any("jane" in it.why or "345" in it.why or "00000" in it.why for it in found.misfits)


def test_the_line_of_each_record_is_where_it_begins() -> None:
    whole = '\n[\n {"id": 1},\n {"id": "a",\n  "n": 1}, {"id": 2}\n]\n'
    lines = '{"id": "a", "n": 1}\n\n{"id": "a\u2028"}\r\nno JSON\n'

    assert [it.line for it in FORMAT.fitted((ORDER,), whole).misfits] == [3, 5]
    assert [(it.line, it.why) for it in FORMAT.fitted((ORDER,), lines).misfits] == [
        (3, 'the record lacks "n"'),
        (4, "it is no JSON"),
    ]
    assert [it.line for it in FORMAT.fitted((ORDER,), '{"id": 1,\n}').misfits] == [2]
