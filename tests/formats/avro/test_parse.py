"""What is read from a schema text, and what is said about one that can't be read."""

from __future__ import annotations

import json

import pytest

from copilot.domain.schema import SchemaVersion
from copilot.domain.source import Span
from copilot.formats.avro.documents import SCHEMA_DEPTH_MAX
from tests.formats.avro.arranging import FORMAT, PATH, field, gap, literal_in, read, record, source_of

ORDER = """{
  "type": "record", "name": "Order", "namespace": "shop", "doc": "An order.",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "lines", "type": {"type": "array", "items": {
      "type": "record", "name": "Line",
      "fields": [
        {"name": "sku", "type": "string"},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}
      ]
    }}},
    {"name": "first", "type": ["null", "Line"], "default": null, "aliases": ["top"], "doc": "The first line."},
    {"name": "attributes", "default": {"b": null, "a": {}},
     "type": {"type": "map", "values": ["null", {"type": "map", "values": "Line"}]}}
  ]
}
"""


def test_fields_of_every_depth_are_listed_with_path_record_and_line() -> None:
    version = read(ORDER)

    assert version.name == "shop.Order"
    assert [(entry.path, entry.record, entry.span.first_line) for entry in version.fields] == [
        ("id", "shop.Order", 4),
        ("lines", "shop.Order", 5),
        ("lines[].sku", "shop.Line", 8),
        ("lines[].price", "shop.Line", 9),
        ("first", "shop.Order", 12),
        ("first.sku", "shop.Line", 8),
        ("first.price", "shop.Line", 9),
        ("attributes", "shop.Order", 13),
        ("attributes{}{}.sku", "shop.Line", 8),
        ("attributes{}{}.price", "shop.Line", 9),
    ]


def test_types_and_defaults_are_canonical_json() -> None:
    by_path = {entry.path: entry for entry in read(ORDER).fields}

    assert by_path["lines[].price"].type == '{"logicalType":"decimal","precision":9,"scale":2,"type":"bytes"}'
    assert by_path["lines[].price"].logical_type == "decimal"
    assert by_path["first"].default == "null"
    assert by_path["first"].aliases == ("top",)
    assert by_path["first"].doc == "The first line."
    assert by_path["id"].default is None
    assert by_path["attributes"].default == '{"a":{},"b":null}'


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ('"string"', "string"),
        ('["null", "int"]', "union"),
        ('{"type": "array", "items": "int"}', "array"),
        ('{"type": "enum", "name": "a.E", "symbols": ["A"]}', "a.E"),
        ('{"type": "error", "name": "E", "fields": []}', "E"),
        ('{"default": {}, "type": "map", "values": "int", "name": "stray"}', "map"),
        ('{"type": "long", "logicalType": "of-my-own"}', "long"),
    ],
)
def test_every_kind_of_schema_is_legal_outermost(schema: str, name: str) -> None:
    assert read(schema).name == name


def test_a_reference_is_resolved_in_a_sibling_file_and_defined_once() -> None:
    line = '{"type": "record", "name": "Line", "namespace": "shop",\n "fields": [{"name": "sku", "type": "string"}]}'
    order = record(field("a", "Line"), field("b", ["null", "shop.Line"]), name="shop.Order")

    version = read(order, {"schemas/line.avsc": line, "schemas/broken.avsc": "{"})

    assert json.loads(version.resolved) == {
        "type": "record",
        "name": "shop.Order",
        "fields": [
            {
                "name": "a",
                "type": {"type": "record", "name": "shop.Line", "fields": [{"name": "sku", "type": "string"}]},
            },
            {"name": "b", "type": ["null", "shop.Line"]},
        ],
    }
    assert version.fields[1].span == Span("schemas/line.avsc", 2, 2)
    assert version.fields[0].type == '"Line"'


def test_the_nearest_of_several_siblings_is_taken() -> None:
    near, far = record(field("near", "int"), name="Line"), record(field("far", "int"), name="Line")
    siblings = {"schemas/line.avsc": json.dumps(near), "other/line.avsc": json.dumps(far)}

    version = read(record(field("line", "Line")), siblings)

    assert [entry.path for entry in version.fields] == ["line", "line.near"]


def test_siblings_that_disagree_are_a_gap() -> None:
    siblings = {
        "schemas/a.avsc": json.dumps(record(field("a", "int"), name="Line")),
        "schemas/b.avsc": json.dumps(record(field("b", "int"), name="Line")),
    }

    found = gap(json.dumps(record(field("line", "Line"))), siblings)

    assert found.reason == '"Line" is defined differently in schemas/a.avsc and in schemas/b.avsc'


def test_a_recursive_record_is_listed_once_on_each_way_down() -> None:
    tree = record(field("value", "int"), field("left", ["null", "Order"]), field("right", ["null", "Order"]))

    assert [entry.path for entry in read(tree).fields] == ["value", "left", "right"]


def test_equal_schemas_in_another_layout_are_equal_in_fingerprint_and_meaning() -> None:
    plain = read(record(field("a", "int"), namespace="n"))
    other = read('{"name":"n.Order","fields":[{"type":{"type":"int"},"name":"a"}],"type":"record"}')

    assert (plain.fingerprint, plain.meaning) == (other.fingerprint, other.meaning)


@pytest.mark.parametrize(
    "field_type",
    [{"type": "int", "logicalType": "date"}, {"type": "int", "unit": "cents"}],
)
def test_meaning_covers_what_the_fingerprint_drops(field_type: object) -> None:
    plain, other = read(record(field("a", "int"))), read(record(field("a", field_type)))

    assert plain.fingerprint == other.fingerprint
    assert plain.meaning != other.meaning


def deep(levels: int) -> str:
    return '{"type":"array","items":' * levels + '"int"' + "}" * levels


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"type": "record",\n "name": "A",\n "fields": [],\n}', 4, "line 4, column 1: a trailing comma"),
        ("{}", 1, 'without "type"'),
        ("42", 1, "neither a type nor a name"),
        ('{"openapi": "3.0.0"}', 1, 'without "type"'),
        ('{"type": "object",\n "properties": {}}', 1, 'unknown type "object"'),
        ('{"type": "record", "name": "A"}', 1, 'without a list of "fields"'),
        ('{"type": "record", "fields": []}', 1, "record without a name"),
        ('{"type": "record", "name": "A", "fields": [\n{"name": "x"}]}', 2, 'field "x" of "A" without a type'),
        ('{"type": "record", "name": "A", "fields": [\n{"type": "int"}]}', 2, "without a name"),
        (
            '{"type": "record", "name": "A", "fields": [\n{"name": "x", "type": "int"},\n{"name": "x", "type": "long"}]}',
            3,
            '"A" has the field "x" twice',
        ),
        (
            '{"type": "record", "name": "A", "fields": [\n{"name": "x", "type": "array", "items": "int"}]}',
            2,
            "object of its own",
        ),
        (
            '{"type": "record", "name": "A", "fields": [\n{"name": "x", "type": "Missing"}]}',
            2,
            'unknown type "Missing"',
        ),
        (
            '[{"type": "fixed", "name": "F", "size": 2},\n {"type": "fixed", "name": "F", "size": 3}]',
            2,
            '"F" is defined twice',
        ),
        ('["F",\n {"type": "fixed", "name": "F", "size": 3}]', 1, "used before it is defined"),
        ('{"type": "fixed", "name": "F", "size": "3"}', 1, "whole number"),
        ('{"type": "enum", "name": "E", "symbols": ["A", "A"]}', 1, 'symbol "A" twice'),
        ('{"type": "enum", "name": "E", "symbols": ["a-b"]}', 1, '"a-b" is not a name'),
        ('{"type": "enum", "name": "E"}', 1, '"symbols"'),
        ('{"type": "array"}', 1, 'without "items"'),
        ('{"type": {"type": "string"}}', 1, "a type inside a type"),
        (deep(SCHEMA_DEPTH_MAX + 2), 1, "SCHEMA_DEPTH_MAX"),
        (deep(5000), 1, "JSON_DEPTH_MAX"),
    ],
)
def test_what_is_no_schema_is_a_gap_with_line_and_reason(text: str, line: int, words: str) -> None:
    found = gap(text)

    assert words in found.reason
    assert found.span == Span(PATH, line, line) or found.span.first_line == line


def test_fields_that_multiply_by_reference_are_bounded() -> None:
    types = [record(field("x", "int"), name="R0")]
    types += [record(field("a", f"R{n}"), field("b", f"R{n}"), name=f"R{n + 1}") for n in range(40)]

    found = gap(json.dumps(types))

    assert "FIELDS_MAX" in found.reason


@pytest.mark.parametrize("whole_file", [True, False])
def test_a_literal_in_code_is_read_with_the_lines_of_the_file(whole_file: bool) -> None:
    code = (
        "# é\nSCHEMA = {\n  'type': 'record', 'name': 'A',\n  'fields': [\n    {'name': 'ö', 'type': 'int'},\n  ],\n}\n"
    )
    source = literal_in(code)
    text = code if whole_file else code.encode()[source.start : source.end].decode()

    version = FORMAT.parse(text, source, {})

    assert isinstance(version, SchemaVersion)
    assert version.fields[0].span == Span("jobs/schema.py", 5, 5)
    assert version.text == code[code.index("{") : code.rindex("}") + 1]


def test_a_literal_with_a_name_in_it_is_a_gap() -> None:
    code = "SCHEMA = {\n  'type': 'record',\n  'name': NAME,\n  'fields': []}\n"

    found = FORMAT.parse(code, literal_in(code), {})

    assert not isinstance(found, SchemaVersion)
    assert (found.span.first_line, "`NAME` is not a literal" in found.reason) == (3, True)


def test_a_schema_in_a_python_string_is_read() -> None:
    code = 'SCHEMA = """{"type": "record", "name": "A",\n"fields": []}"""\n'

    version = FORMAT.parse(code, literal_in(code, "python-string"), {})

    assert isinstance(version, SchemaVersion)


def test_line_ends_of_windows_do_not_shift_lines() -> None:
    text = ORDER.replace("\n", "\r\n")

    version = FORMAT.parse(text, source_of(text), {})

    assert isinstance(version, SchemaVersion)
    assert version.fields[-1].span.first_line == 9
