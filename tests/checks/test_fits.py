"""The tables of what a library takes are what the libraries do: every pair is encoded for real."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from typing import Any

import pytest

from copilot.checks.fits import misfit
from copilot.checks.kinds import Inferred, described, of_constant, of_kind, read_as
from copilot.formats.avro import AvroFormat
from copilot.ports import Undecodable

VALUES: dict[str, Any] = {
    "boolean": True,
    "int": 5,
    "float": 1.5,
    "string": "x",
    "bytes": b"x",
    "datetime": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    "naive-datetime": dt.datetime(2020, 1, 1),
    "date": dt.date(2020, 1, 1),
    "time": dt.time(1, 2, 3),
    "timedelta": dt.timedelta(1),
    "decimal": decimal.Decimal("1.50"),
    "uuid": uuid.UUID(int=3),
    "array": [1],
    "map": {"a": 1},
}
TYPES: list[Any] = [
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "string",
    "bytes",
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2},
    {"type": "array", "items": "int"},
    {"type": "map", "values": "int"},
]
# fastavro writes a UUID as the number in it and bytes as the list of theirs: no error, and yet not what anybody means.
_ACCIDENTS = {("fastavro", "uuid"), ("fastavro", "bytes")}
ENGINES = {decoder.name: decoder for decoder in AvroFormat().decoders}


def _takes(engine: str, kind: Any, value: Any) -> bool:
    schema = json.dumps({"type": "record", "name": "R", "fields": [{"name": "f", "type": kind}]})
    try:
        ENGINES[engine].encode(schema, {"f": value})
    except Undecodable:
        return False
    return True


@pytest.mark.parametrize("is_optional", [False, True])
@pytest.mark.parametrize("kind", TYPES, ids=described)
@pytest.mark.parametrize("library", ["fastavro", "avro"])
def test_what_is_said_to_be_refused_is_refused_by_the_library(library: str, kind: Any, is_optional: bool) -> None:
    whole = ["null", kind] if is_optional else kind

    for name, value in VALUES.items():
        found = misfit(of_kind(name), whole, library, {})
        is_soft = found is not None and ("cuts" in found.becomes or "only whether" in found.becomes)
        if found is not None and not is_soft and (library, name) not in _ACCIDENTS:
            assert not _takes(library, whole, value), (name, found)
        if found is None:
            assert _takes(library, whole, value), name


def test_a_fraction_that_fastavro_cuts_is_not_sure_to_be_wrong() -> None:
    found = misfit(of_kind("float"), "long", "fastavro", {})

    assert found is not None
    assert not found.is_sure
    assert "cuts the fraction off" in found.becomes


def test_null_is_refused_where_it_is_written_and_doubted_where_a_lookup_may_give_it() -> None:
    written = misfit(of_constant(None), "long", "fastavro", {})
    looked_up = misfit(Inferred(null="maybe", is_open=True), "long", "fastavro", {})
    allowed = misfit(of_constant(None), ["null", "long"], "fastavro", {})

    assert written is not None
    assert written.is_sure
    assert looked_up is not None
    assert not looked_up.is_sure
    assert allowed is None


def test_a_text_that_is_no_symbol_is_wrong() -> None:
    enum = {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}

    wrong = misfit(of_constant("GONE"), enum, "fastavro", {})

    assert wrong is not None
    assert (wrong.what, wrong.is_sure) == ('the text "GONE"', True)
    assert misfit(of_constant("NEW"), enum, "fastavro", {}) is None
    assert misfit(of_kind("string"), ["null", "Status"], "fastavro", {"Status": enum}) is None


def test_nothing_is_said_of_json_of_types_not_seen_and_of_open_values_that_fit() -> None:
    assert misfit(of_kind("string"), "long", "json", {}) is None
    assert misfit(of_kind("string"), "elsewhere.Money", "fastavro", {}) is None
    assert misfit(Inferred(is_open=True), "long", "fastavro", {}) is None


def test_a_list_is_judged_by_its_items() -> None:
    texts = Inferred(frozenset({"array"}), items=of_kind("string"))

    found = misfit(texts, {"type": "array", "items": "long"}, "fastavro", {})

    assert found is not None
    assert found.what == "a list of a text"


def test_types_are_told_in_words_and_read_as_what_libraries_give() -> None:
    assert described(["null", {"type": "long", "logicalType": "timestamp-millis"}]) == "timestamp-millis or null"
    assert described({"type": "array", "items": ["null", "long"]}) == "array of long or null"
    assert (
        described({"type": "enum", "name": "S", "symbols": list("ABCDEFGHI")})
        == "an enum of A, B, C, D, E, F and 3 more"
    )
    assert read_as(["null", {"type": "long", "logicalType": "timestamp-millis"}]).kinds == {"datetime"}
    assert read_as(["null", "long"]).null == "maybe"
