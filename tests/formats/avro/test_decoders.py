"""The two real decoders behind the socket: what they give back, and how they refuse."""

from __future__ import annotations

import decimal
import json
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest

from copilot.formats.avro.decoders import ApacheDecoder, FastavroDecoder
from copilot.ports import Decoded, DecoderUnderTest, Undecodable
from tests.formats.avro.arranging import field, read, record

DECODERS: list[DecoderUnderTest] = [FastavroDecoder(), ApacheDecoder()]
both = pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.name)


def resolved(*fields: Any) -> str:
    return read(record(*fields)).resolved


@both
def test_defaults_are_filled_in_and_nothing_is_left_over(decoder: DecoderUnderTest) -> None:
    writer, reader = resolved(field("a", "int")), resolved(field("a", "int"), field("b", "string", "x"))

    decoded = decoder.decode(decoder.encode(writer, {"a": 1}), writer, reader)

    assert (decoded.value, decoded.leftover_bytes) == ({"a": 1, "b": "x"}, 0)


@both
def test_bytes_that_the_schema_does_not_cover_are_counted(decoder: DecoderUnderTest) -> None:
    long, short = resolved(field("a", "int"), field("b", "string")), resolved(field("a", "int"))

    decoded = decoder.decode(decoder.encode(long, {"a": 1, "b": "xyz"}), short, short)

    assert decoded.leftover_bytes == 4


@both
def test_a_refusal_is_undecodable_with_a_short_reason(decoder: DecoderUnderTest) -> None:
    writer, reader = resolved(field("a", "int")), resolved(field("a", "int"), field("b", "int"))
    data = decoder.encode(writer, {"a": 1})

    with pytest.raises(Undecodable) as caught:
        decoder.decode(data, writer, reader)
    with pytest.raises(Undecodable):
        decoder.encode(writer, {"a": "no number"})
    with pytest.raises(Undecodable):
        decoder.decode(b"", writer, writer)

    assert "b" in str(caught.value)
    assert len(str(caught.value)) <= 300


@both
def test_a_record_of_more_fields_than_the_apache_package_takes_at_once_is_read_as_any_other(
    decoder: DecoderUnderTest,
) -> None:
    shared = {"type": "enum", "name": "side.Side", "symbols": ["LEFT", "RIGHT"]}
    fields = [
        field("first", shared),
        *(field(f"f{number}", "int") for number in range(1_200)),
        field("last", "side.Side"),
    ]
    writer, reader = resolved(*fields), resolved(*fields, field("more", "string", "none"))
    value = {"first": "LEFT", **{f"f{number}": number for number in range(1_200)}, "last": "RIGHT"}

    decoded = decoder.decode(decoder.encode(writer, value), writer, reader)

    assert decoded == Decoded({**value, "more": "none"}, 0)


def test_the_apache_package_refuses_a_wide_record_with_two_fields_of_a_name() -> None:
    fields = [{"name": f"f{number % 600}", "type": "int"} for number in range(601)]

    with pytest.raises(Undecodable, match="f0 already in use"):
        ApacheDecoder().encode(json.dumps({"type": "record", "name": "Wide", "fields": fields}), {})


def test_the_apache_package_tells_wide_records_by_their_names() -> None:
    """Else most of a reason is the first lines of a schema, and printing it takes longer than reading the record."""
    writer, reader = resolved(field("a", "int")), resolved(field("a", "int"), field("b", "int"))
    apache = ApacheDecoder()

    with pytest.raises(Undecodable) as caught:
        apache.decode(apache.encode(writer, {"a": 1}), writer, reader)

    assert "No default value for field b" in str(caught.value)
    assert "fields" not in str(caught.value)


def test_an_alias_feeds_fastavro_and_not_the_apache_package() -> None:
    writer, reader = resolved(field("a", "int")), resolved({**field("b", "int", 7), "aliases": ["a"]})

    values = [decoder.decode(decoder.encode(writer, {"a": 1}), writer, reader).value for decoder in DECODERS]

    assert values == [{"b": 1}, {"b": 7}]


def test_the_context_for_decimals_stays_as_it_was() -> None:
    schema = resolved(field("a", {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}))
    precision = decimal.getcontext().prec

    value = ApacheDecoder().decode(ApacheDecoder().encode(schema, {"a": decimal.Decimal("1.25")}), schema, schema).value

    assert value == {"a": decimal.Decimal("1.25")}
    assert decimal.getcontext().prec == precision


@both
def test_the_version_is_that_of_the_installed_package(decoder: DecoderUnderTest) -> None:
    assert decoder.version == version(decoder.name)


@both
def test_a_type_used_twice_under_a_namespace_is_decoded(decoder: DecoderUnderTest) -> None:
    line = {"type": "record", "name": "Line", "fields": [field("x", "int")]}
    schema = read(record(field("a", line), field("b", ["null", "Line"]), namespace="shop")).resolved
    value = {"a": {"x": 1}, "b": {"x": 2}}

    assert decoder.decode(decoder.encode(schema, value), schema, schema).value == value


def test_neither_library_is_imported_before_it_is_used() -> None:
    code = "import sys; from copilot.formats.avro import AvroFormat; print(sorted({'avro', 'fastavro'} & set(sys.modules)))"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed == "[]\n"


@both
def test_a_refusal_says_the_same_in_every_run(decoder: DecoderUnderTest) -> None:
    schema = resolved(field("a", "double"))

    with pytest.raises(Undecodable) as caught:
        decoder.decode(b"\x00", schema, schema)

    assert "0x" not in str(caught.value)
    assert "BytesIO object" not in str(caught.value)


@both
@pytest.mark.parametrize("union", [["boolean", "int", "null"], ["null", "long", "boolean"]])
def test_a_truth_value_beside_a_whole_number_comes_back_as_one(decoder: DecoderUnderTest, union: list[str]) -> None:
    schema = resolved(field("flag", union))

    decoded = decoder.decode(decoder.encode(schema, {"flag": True}), schema, schema)

    assert decoded.value["flag"] is True


def test_a_uuid_of_either_schema_comes_back_as_text() -> None:
    uuid = {"type": "string", "logicalType": "uuid"}
    plain, marked = resolved(field("a", "string")), resolved(field("a", uuid))
    text = "12345678-1234-5678-1234-567812345678"
    decoder = FastavroDecoder()

    for writer, reader in ((plain, marked), (marked, plain), (marked, marked)):
        assert decoder.decode(decoder.encode(writer, {"a": text}), writer, reader).value == {"a": text}


def test_a_default_that_is_filled_in_with_itself_is_refused_and_does_not_take_the_process_along() -> None:
    plain = {"type": "record", "name": "Plain", "fields": [{"name": "w", "type": "string"}]}
    union = [plain, "Own", {"type": "array", "items": "Own"}]
    for default in ({"w": "x"}, [{"w": "x"}]):
        kinds = union if isinstance(default, dict) else [union[2], plain]
        schema = {"type": "record", "name": "Own", "fields": [{"name": "k", "type": kinds, "default": default}]}

        with pytest.raises(Undecodable, match="filled in with this default again"):
            FastavroDecoder().encode(json.dumps(schema), {"k": {"w": "y"}})

    fine = {"type": "record", "name": "Own", "fields": [{"name": "k", "type": plain, "default": {"w": "x"}}]}
    assert FastavroDecoder().encode(json.dumps(fine), {}) == b"\x02x"
