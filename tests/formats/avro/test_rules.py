"""Reasons why data can't be read: one schema pair each, with the rule and the path down to the field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.avro.arranging import FORMAT, field, read, record, rules

LINE_OLD = record(field("sku", "string"), field("price", "int"), name="Line")
LINE_NEW = record(field("sku", "string"), field("price", "string"), field("tax", "int"), name="Line")


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "State", "symbols": list(symbols), **more}


def fixed(size: int, name: str = "Hash") -> dict[str, Any]:
    return {"type": "fixed", "name": name, "size": size}


def of(type: Any, *default: Any) -> dict[str, Any]:
    return record(field("a", type, *default))


@pytest.mark.parametrize(
    ("reader", "writer", "reasons"),
    [
        (record(field("a", "int"), field("b", "int", 0)), of("int"), []),
        (record(field("a", "int"), field("b", "int")), of("int"), [("reader-field-missing-default", "b")]),
        (of("int"), record(field("a", "int"), field("b", "int")), []),
        (of("long"), of("int"), []),
        (of("int"), of("long"), [("type-mismatch", "a")]),
        (of("bytes"), of("string"), []),
        (of(["null", "int"]), of("int"), []),
        (of("int"), of(["null", "int"]), [("type-mismatch", "a")]),
        (of(["null", "int"]), of(["null", "int", "string"]), [("missing-union-branch", "a")]),
        (of(["null", "string"]), of(["int", "null"]), [("missing-union-branch", "a")]),
        (of(enum("A", "B")), of(enum("A")), []),
        (of(enum("A")), of(enum("A", "B")), [("missing-enum-symbols", "a")]),
        (of(enum("A", default="A")), of(enum("A", "B")), []),
        (of(enum("A"), "A"), of(enum("A", "B")), [("missing-enum-symbols", "a")]),
        (of(fixed(4)), of(fixed(8)), [("fixed-size-mismatch", "a")]),
        (of(fixed(4)), of(fixed(4, "Sum")), [("name-mismatch", "a")]),
        (record(field("a", "int"), namespace="x"), record(field("a", "int"), namespace="y"), []),
        (record(field("a", "int"), name="B"), record(field("a", "int"), name="C"), [("name-mismatch", "")]),
        (record(name="B", namespace="x", aliases=["C"]), record(name="C", namespace="x"), []),
        (record(name="B", namespace="x", aliases=["C"]), record(name="C", namespace="y"), [("name-mismatch", "")]),
        (of({"type": "array", "items": "int"}), of({"type": "array", "items": "string"}), [("type-mismatch", "a[]")]),
        (of({"type": "map", "values": "int"}), of({"type": "map", "values": "null"}), [("type-mismatch", "a{}")]),
        (of(LINE_NEW), of(LINE_OLD), [("type-mismatch", "a.price"), ("reader-field-missing-default", "a.tax")]),
        (
            of(["null", {"type": "array", "items": LINE_NEW}]),
            of(["null", {"type": "array", "items": LINE_OLD}]),
            [("type-mismatch", "a[].price"), ("reader-field-missing-default", "a[].tax")],
        ),
        (record({**field("b", "int"), "aliases": ["a"]}), of("int"), []),
        (
            record({**field("b", "int"), "aliases": ["a"]}),
            record(field("a", "int"), field("b", "int")),
            [("ambiguous-alias", "b")],
        ),
        (
            record(field("a", "int"), {**field("b", "int"), "aliases": ["a"]}),
            of("int"),
            [("shared-alias", "b")],
        ),
    ],
)
def test_a_pair_of_schemas_gives_these_reasons(reader: Any, writer: Any, reasons: list[tuple[str, str]]) -> None:
    assert rules(FORMAT.incompatibilities(read(reader), read(writer))) == reasons


def test_a_reason_says_where_and_what_would_mend_it() -> None:
    reader = read(
        '{"type": "record", "name": "A", "fields": [\n{"name": "a", "type": "int"},\n{"name": "b", "type": ["null", "int"]}]}'
    )

    (finding,) = FORMAT.incompatibilities(reader, read(record(field("a", "int"), name="A")))

    assert finding.span is not None
    assert (finding.span.first_line, finding.severity) == (3, "error")
    assert finding.message == 'The data lacks "b" (of A), and the field has no default.'
    assert finding.fix == 'Give "b" a default; that it may be null is not one.'


def test_null_in_the_data_is_named() -> None:
    (finding,) = FORMAT.incompatibilities(read(of("int")), read(of(["null", "int"])))

    assert finding.message == 'The data may hold null at "a", and int can\'t.'


def test_recursive_schemas_are_compared_to_the_end() -> None:
    old = record(field("next", ["null", "Order"]), field("value", "int"))
    new = record(field("next", ["null", "Order"]), field("value", "string"))

    assert rules(FORMAT.incompatibilities(read(new), read(old)))[-1] == ("type-mismatch", "value")
    assert FORMAT.incompatibilities(read(old), read({**old, "doc": "x"})) == ()
