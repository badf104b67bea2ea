"""What registries take and what they refuse, said with the field where it is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from copilot.formats.avro.rules import Walk
from copilot.formats.avro.strict import SCHEMA_DEPTH_MAX, InvalidSchema, read_text, read_value
from tests.formats.avro.generated import schemas


def record(*fields: Any, name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(type: Any, name: str = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, **more}


@given(schemas())
def test_every_generated_schema_is_taken_and_reads_its_own_data(schema: Any) -> None:
    graph = read_value(schema)

    assert read_text(json.dumps(schema)).kind == graph.kind
    assert Walk().reasons(graph, graph, "") == ()


@pytest.mark.parametrize(
    "schema",
    [
        "string",
        {"type": "string"},
        [],
        {"type": "error", "name": "E", "fields": []},
        record(field("double", default="NaN"), field("float", "b", default="-Infinity")),
        record(field(["null", "int"], default=1), field(["int", "null"], "b", default=None)),
        record(field(record(field("int", default=1), name="In"), default={})),
        record(field("Later"), field({"type": "fixed", "name": "Later", "size": 2}, "b")),
        record(
            field(["null", "First", "Second"]),
            field(record(name="First"), "b"),
            field(record(field("string"), name="Second"), "c"),
        ),
        record(field("int", aliases=["x", "y"], order="IGNORE"), name="größe٣ͺ"),
        record(field(["null", "R"], default=None)),
        record(field({"type": "array", "items": "R"}, default=[]), field(["R", "null"], "b", default=None)),
        record(name="int", namespace="shop"),
        record(field(record(field(["null", "R"], default=None), name="In"), "b", default={})),
        record(field("Later", default={}), field(record(field("int", default=1), name="Later"), "b")),
        [record(name="In"), record(field("In", default={}), name="In", namespace="shop")],
        record(
            field("string", default="any"), field({"type": "enum", "name": "E", "symbols": ["A"]}, "b", default="Z")
        ),
    ],
)
def test_registries_take(schema: Any) -> None:
    kind = "union" if isinstance(schema, list) else schema if isinstance(schema, str) else schema["type"]

    assert read_value(schema).kind == kind.replace("error", "record")


@pytest.mark.parametrize(
    ("schema", "path", "said"),
    [
        (record(field("int"), field("long")), "a", "twice"),
        (record(field("int", default="1")), "a", "is no int"),
        (record(field("int", default=2**31)), "a", "is no int"),
        (record(field("long", default=1.0)), "a", "is no long"),
        (record(field("boolean", default=1)), "a", "is no boolean"),
        (record(field(["null", "int"], default="x")), "a", "is no union"),
        (record(field("double", default="many")), "a", "is no double"),
        (record(field({"type": "array", "items": "int"}, default=[1, "2"])), "a", "is no array"),
        (record(field(record(field("int", "b"), name="In"), default={})), "a", "is no record In"),
        (record(field("R", default={})), "a", "a record around the field"),
        (record(field(["null", "R", record(name="Other")], default={})), "a", "a record around the field"),
        (
            record(field("Later", default={}), field(record(field("int"), name="Later"), "b")),
            "a",
            "or a record around the field",
        ),
        (record(field("Later", default="ab"), field({"type": "fixed", "name": "Later", "size": 2}, "b")), "a", "is no"),
        (record(name="int"), "", "as a primitive type is"),
        (record(field("int", "no-dash")), "no-dash", "can't be the name of a field"),
        (record(field("int", "a\u0301")), "a\u0301", "can't be the name of a field"),
        (record(field("int", "\U00010000")), "\U00010000", "can't be the name of a field"),
        (record(field("Missing")), "a", "nothing defines it"),
        (record(field(["int", "int"])), "a", '"int" twice'),
        (record(field(["int", {"type": "int", "logicalType": "date"}])), "a", '"int" twice'),
        (record(field(["int", ["string"]])), "a", "a union directly inside a union"),
        (record(field({"type": {"type": "int"}})), "a", "must be a name"),
        (record(field({"type": "array"})), "a", 'without "items"'),
        (record(field("int", aliases="b")), "a", "list of names"),
        (record(field("int", order="up")), "a", "ascending"),
        (record(field("int"), name="a..R"), "", "namespace"),
        (record(field("int"), aliases=["1st"]), "", "can't be an alias"),
        (record(field(record(name="R"))), "a", "defined twice"),
        ({"type": "enum", "name": "E", "symbols": ["A", "A"]}, "", "twice"),
        ({"type": "enum", "name": "E", "symbols": ["A", "b-c"]}, "", "can't be a symbol"),
        ({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}, "", "no symbol"),
        ({"type": "fixed", "name": "F", "size": -1}, "", "whole number"),
        ({"type": "fixed", "name": "F", "size": True}, "", "whole number"),
        ({"type": "widget"}, "", "no type that an object can define"),
        ({"name": "R"}, "", "must be a name"),
        (7, "", "neither a type nor a name"),
        ({"type": "map", "values": record({"type": "int"})}, "{}", "without a name"),
    ],
)
def test_registries_refuse(schema: Any, path: str, said: str) -> None:
    with pytest.raises(InvalidSchema, match=said.replace("(", r"\(")) as caught:
        read_value(schema)

    assert caught.value.path == path


def test_a_short_name_means_an_outer_type_only_when_that_one_is_complete() -> None:
    inner = record(field("Outer"), name="Inner", namespace="a")

    with pytest.raises(InvalidSchema, match=r"a\.Outer"):
        read_value(record(field(inner), name="Outer"))


@pytest.mark.parametrize("text", ["{", '{"type": "int",}', "nothing", '{"type": "int", "x": NaN}', "", "[" * 100_000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidSchema):
        read_text(text)


def test_comments_and_a_byte_order_mark_are_read_over() -> None:
    text = '\ufeff/* an\n order */ {"type": "record", "name": "R", // its name\n "fields": [], "doc": "see http://a/b"}'

    assert read_text(text).name == "R"


def test_nesting_beyond_the_limit_is_refused_by_its_name() -> None:
    schema: Any = "int"
    for _ in range(SCHEMA_DEPTH_MAX + 5):
        schema = {"type": "array", "items": schema}

    with pytest.raises(InvalidSchema, match="SCHEMA_DEPTH_MAX"):
        read_value(schema)


def test_the_answer_of_a_registry_is_that_of_avro_for_java() -> None:
    """Each pair was seen to get this answer from Avro for Java 1.12.1."""
    fed_twice = record(field("int", "x", aliases=["a"]), field("int", "y", aliases=["a"]))
    own_alias = record(field("int", "a", aliases=["b"]), field("int", "b"))

    def answer(reader: Any, writer: Any) -> bool:
        return not Walk(as_registry=True).reasons(read_value(reader), read_value(writer), "")

    assert answer(fed_twice, record(field("int", "a")))
    assert not answer(own_alias, own_alias)
    assert not answer(record(field("int", "a", aliases=["a"])), record(field("int", "a")))
