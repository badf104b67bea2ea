"""Decoders of other languages: what they give back, how they refuse, and when they don't count."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from copilot.errors import SurroundingsFailed
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.decoders import FastavroDecoder
from copilot.formats.avro.outside import OutsideDecoder, trusted
from copilot.ports import Decoded, Undecodable
from tests import outside
from tests.formats.avro.arranging import read, record

DECODERS: dict[str, Callable[[], OutsideDecoder]] = {"avro-java": outside.java, "avsc": outside.avsc}
each = pytest.mark.parametrize("tool", [pytest.param(name, marks=pytest.mark.tool(name)) for name in DECODERS])
EVERYTHING = [
    ("a", "int", -1),
    ("b", "string", 'ż雪🚀 "\\\n'),
    ("c", "double", 0.1),
    ("d", "bytes", b"\x00\xff"),
    ("e", {"type": "array", "items": {"type": "map", "values": "long"}}, [{"k 1": 5}, {}]),
    ("f", ["null", "string"], None),
    ("g", {"type": "fixed", "name": "Two", "size": 2}, b"ab"),
    ("h", {"type": "enum", "name": "Kind", "symbols": ["X", "Y"]}, "Y"),
    ("i", ["null", {"type": "record", "name": "In", "fields": [{"name": "x", "type": "boolean"}]}], {"x": True}),
    ("k", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, Decimal("12.34")),
    ("l", "float", 0.25),
]
TIME = ("m", {"type": "long", "logicalType": "timestamp-millis"}, datetime(1969, 7, 20, 20, 17, tzinfo=UTC))


def resolved(*fields: tuple[str, Any, Any]) -> str:
    return read(record(*({"name": name, "type": type} for name, type, _ in fields))).resolved


@each
def test_values_of_every_kind_come_back_as_the_python_decoders_give_them(tool: str) -> None:
    decoder, schema = DECODERS[tool](), resolved(*EVERYTHING)
    value = {name: value for name, _, value in EVERYTHING}

    assert decoder.decode(decoder.encode(schema, value), schema, schema) == Decoded(value, 0)


@pytest.mark.tool("avsc")
def test_a_time_before_1970_is_one_for_avsc_too() -> None:
    schema = resolved(TIME)

    assert outside.avsc().decode(outside.avsc().encode(schema, {"m": TIME[2]}), schema, schema).value == {"m": TIME[2]}


@each
def test_a_refusal_is_undecodable_and_the_next_record_is_read(tool: str) -> None:
    decoder = DECODERS[tool]()
    writer, reader = resolved(("a", "int", 1)), resolved(("a", "int", 1), ("b", "int", 1))
    data = decoder.encode(writer, {"a": 1})

    with pytest.raises(Undecodable, match="b"):
        decoder.decode(data, writer, reader)
    with pytest.raises(Undecodable):
        decoder.decode(b"", writer, writer)

    assert decoder.decode(data + b"x", writer, writer) == Decoded({"a": 1}, 1)


@each
def test_a_record_that_is_a_deep_tree_is_read(tool: str) -> None:
    tree = record({"name": "child", "type": ["null", "Order"]}, name="Order")
    schema = read(tree).resolved
    value: dict[str, Any] = {"child": None}
    for _ in range(200):
        value = {"child": value}

    assert DECODERS[tool]().decode(FastavroDecoder().encode(schema, value), schema, schema).value == value


@each
def test_each_passes_its_test_and_tells_its_version(tool: str) -> None:
    decoder = DECODERS[tool]()

    assert trusted([decoder]) == ((decoder,), ())
    assert decoder.version[0].isdigit()


def answering(*answers: Mapping[str, Any] | SurroundingsFailed) -> OutsideDecoder:
    left = list(answers)

    def ask(asked: Mapping[str, str]) -> Mapping[str, Any]:
        answer = left.pop(0)
        if isinstance(answer, SurroundingsFailed):
            raise answer
        return answer

    return OutsideDecoder("java", ask)


RIGHT = {
    "items": ["list", -1, -2], "key": -257, "text": "ża", "part": 1.5, "raw": ["bytes", "00ff"], "kind": "B", "added": None
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([SurroundingsFailed("The decoder java failed: no jar.")], "no jar"),
        ([{"refused": "never"}], "refuses a record that every reader takes: never"),
        ([{"value": {**RIGHT, "key": 1}, "leftover": 1}], "whose value is known"),
        ([{"value": RIGHT, "leftover": 0}], "with 0 of 1 byte left"),
        ([{"value": RIGHT, "leftover": 1}, {"value": RIGHT, "leftover": 0}], "that every reader refuses"),
    ],
)
def test_a_decoder_that_fails_its_test_is_not_run_and_said(answers: Sequence[Any], reason: str) -> None:
    schema_format = AvroFormat(lambda: [answering(*answers)])

    assert [decoder.name for decoder in schema_format.decoders] == ["fastavro", "avro"]
    ((name, told),) = schema_format.decoders_not_run
    assert name == "java"
    assert reason in told


def test_fastavro_passes_the_same_test() -> None:
    usable, failed = trusted([FastavroDecoder()])

    assert (len(usable), failed) == (1, ())


def test_schemas_reach_the_program_as_one_line_of_strings() -> None:
    seen: list[Mapping[str, str]] = []

    def ask(asked: Mapping[str, str]) -> Mapping[str, Any]:
        seen.append(json.loads(json.dumps(asked)))
        return {"value": {"a": ["list", ["instant", 0, 1000]]}, "leftover": 0}

    decoded = OutsideDecoder("java", ask).decode(b"\x01", "{}", "{}")

    assert seen == [{"writer": "{}", "reader": "{}", "data": "01"}]
    assert decoded.value == {"a": [datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]}
