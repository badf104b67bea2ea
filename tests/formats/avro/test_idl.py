"""Avro IDL and protocols read as the JSON schemas that they stand for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.errors import SchemaUnreadable
from copilot.formats.avro.idl import read_idl
from tests.formats.avro.arranging import FORMAT, edit, source_of

PATH = "schemas/shop.avdl"
SHOP = """/* licence */
@namespace("com.example.shop")
// Everything about orders.
protocol Shop {
  import idl "money.avdl";

  /** What became of an order. */
  enum State { OPEN, PAID, `record` } = OPEN;
  fixed Digest(16);

  /**
   * An order,
   * as placed.
   */
  @aliases(["com.example.Purchase"])
  record Order {
    /** The id. */
    string @order("ignore") id;
    union { null, decimal(9, 2) } amount = null;
    State state = "OPEN";
    array<Line> lines = [];
    map<long> counts = {"a": -1};
    @logicalType("timestamp-micros") long placed_at;
    date? day = null;
    int? floor = 3;
    string first, @aliases(["surname"]) last = "";
    Digest digest;
    com.example.money.Price? price;
  }

  record Line { string sku; @namespace("x") `int` quantity = 1; }
  error Refused { string why; }

  Order place(Order order, string by = "x") throws Refused;
  void ping() oneway;
}
"""


def parts(text: str, path: str = PATH) -> dict[str, SchemaVersion | Gap]:
    found = {}
    for part in FORMAT.parts(text, path):
        source = SchemaSource(path, "", "", "file", part.start, part.end, Span(path, part.first_line, part.last_line))
        found[part.name] = FORMAT.parse(text, source, {"schemas/money.avdl": MONEY})
    return found


MONEY = '@namespace("com.example.money") protocol Money { record Price { Unit unit; long cents; } enum Unit { EUR } }'


def order() -> SchemaVersion:
    found = parts(SHOP)["com.example.shop.Order"]
    assert isinstance(found, SchemaVersion), found
    return found


def types() -> dict[str, Any]:
    return {field["name"]: field["type"] for field in json.loads(order().resolved)["fields"]}


def test_the_records_that_no_other_refers_to_are_the_schemas_of_a_protocol() -> None:
    assert list(parts(SHOP)) == ["com.example.shop.Order", "com.example.shop.Refused"]


def test_types_of_idl_are_those_of_the_same_schema_in_json() -> None:
    found = types()

    assert found["id"] == "string"
    assert found["amount"] == ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]
    assert found["counts"] == {"type": "map", "values": "long"}
    assert found["placed_at"] == {"type": "long", "logicalType": "timestamp-micros"}
    assert found["day"] == ["null", {"type": "int", "logicalType": "date"}]
    assert found["floor"] == ["int", "null"]
    assert found["state"]["symbols"] == ["OPEN", "PAID", "record"]
    assert found["state"]["default"] == "OPEN"
    assert found["digest"] == {"type": "fixed", "name": "com.example.shop.Digest", "size": 16}
    assert [(it.path, it.type) for it in order().fields if it.path.startswith("lines[]")] == [
        ("lines[].sku", '"string"'),
        ("lines[].quantity", '{"namespace":"x","type":"int"}'),
    ]


def test_types_of_other_files_are_found_by_their_full_names() -> None:
    assert [field.path for field in order().fields if field.path.startswith("price")] == [
        "price",
        "price.unit",
        "price.cents",
    ]


def test_defaults_aliases_order_and_documentation_are_read() -> None:
    fields = {field.path: field for field in order().fields}
    resolved = {field["name"]: field for field in json.loads(order().resolved)["fields"]}

    assert (fields["counts"].default, fields["floor"].default, fields["first"].default) == ('{"a":-1}', "3", None)
    assert fields["last"].aliases == ("surname",)
    assert fields["id"].doc == "The id."
    assert resolved["id"]["order"] == "ignore"
    assert json.loads(order().resolved)["doc"] == "An order,\nas placed."
    assert json.loads(order().resolved)["aliases"] == ["com.example.Purchase"]


def test_fields_know_their_lines() -> None:
    lines = SHOP.splitlines()

    for field in order().fields:
        if field.span.path == PATH:
            assert field.name in lines[field.span.first_line - 1]


def test_a_file_of_schemas_without_a_protocol_is_read() -> None:
    text = "namespace a.b;\nschema Order;\nrecord Order { Line line; }\nrecord Line { int n; }\n"

    assert list(parts(text)) == ["a.b.Order"]


def test_a_broken_declaration_is_a_gap_with_its_line_and_the_rest_is_read() -> None:
    text = 'protocol P {\n  record A { string 1x; }\n  record B { string x; }\n  @meta({"a": {}}) int f(int x;\n}\n'
    found = parts(text)

    gap = found[""]
    assert isinstance(gap, Gap)
    assert str(gap.span) == f"{PATH}:2"
    assert gap.reason == 'not valid Avro IDL: line 2, column 21: "1" where a name should stand'
    assert isinstance(found["B"], SchemaVersion)


def test_an_edit_of_idl_is_refused_with_the_way_out() -> None:
    source = source_of(SHOP, PATH)
    with pytest.raises(SchemaUnreadable, match="Avro IDL") as refused:
        FORMAT.edit(SHOP, [edit(SHOP, "remove_field", "id", source=source)])

    assert refused.value.next


def test_a_json_protocol_holds_the_same_schemas() -> None:
    text = json.dumps(
        {
            "protocol": "Shop",
            "namespace": "com.example",
            "types": [
                {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]},
                {
                    "type": "record",
                    "name": "Order",
                    "fields": [{"name": "lines", "type": {"type": "array", "items": "Line"}}],
                },
            ],
            "messages": {},
        },
        indent=1,
    )
    found = parts(text, "schemas/shop.avpr")

    version = found["com.example.Order"]
    assert isinstance(version, SchemaVersion)
    assert [field.path for field in version.fields] == ["lines", "lines[].sku"]
    assert list(found) == ["com.example.Order"]


def test_a_list_of_records_is_several_schemas_and_a_union_with_null_is_one() -> None:
    line = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}
    order = {"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]}
    refund = {"type": "record", "name": "Refund", "fields": [{"name": "why", "type": "string"}]}

    found = parts(json.dumps([line, order, refund]), "schemas/events.avsc")

    assert list(found) == ["Order", "Refund"]
    assert all(isinstance(version, SchemaVersion) for version in found.values())
    assert FORMAT.parts(json.dumps(["null", order]), "schemas/events.avsc") == ()
    assert FORMAT.parts(json.dumps(order), "schemas/events.avsc") == ()


def test_a_part_of_a_list_is_edited_alone() -> None:
    refund = '{"type": "record", "name": "Refund", "fields": [{"name": "why", "type": "string"}]}'
    text = '[{"type": "record", "name": "Order", "fields": [{"name": "why", "type": "string"}]},\n ' + refund + "]\n"
    part = FORMAT.parts(text, "events.avsc")[1]
    source = SchemaSource("events.avsc", "", "", "file", part.start, part.end, Span("events.avsc", 2, 2))

    edited = FORMAT.edit(text, [edit(text, "rename_field", "why", "reason", source=source)])

    assert edited == text.replace(refund, refund.replace("why", "reason"))


@given(st.text(alphabet='record P{}"@(;)=<,>/*\n`?1é', max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    file = read_idl(text)

    assert all(0 <= error.offset <= len(text) for error in file.broken)


@given(st.integers(0, len(SHOP)), st.integers(0, 40))
def test_a_damaged_file_never_crashes(at: int, size: int) -> None:
    text = SHOP[:at] + SHOP[at + size :]

    for part in FORMAT.parts(text, PATH):
        source = SchemaSource(PATH, "", "", "file", part.start, part.end, Span(PATH, part.first_line, part.last_line))
        found = FORMAT.parse(text, source, {})
        assert isinstance(found, SchemaVersion | Gap)
