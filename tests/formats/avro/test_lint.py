"""What is said of one schema by itself, and that well made schemas get no word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from copilot.formats.avro.edits import field, record
from copilot.formats.avro.lint import lint


def told(schema: Any) -> list[tuple[str, str, str]]:
    return [(it.rule.removeprefix("avro."), it.severity, it.path) for it in lint(schema)]


def typed(type: str, logical: str, **more: Any) -> dict[str, Any]:
    return {"type": type, "logicalType": logical, **more}


INNER = {"type": "record", "name": "In", "fields": [field("int", "x")]}
CLEAN = record(
    field("string", "id"),
    field(["null", "double"], "price", default=None),
    field(typed("long", "timestamp-millis"), "at"),
    field(typed("bytes", "decimal", precision=9, scale=2), "amount"),
    field({"type": "enum", "name": "State", "symbols": ["NEW", "DONE"], "default": "NEW"}, "state", default="NEW"),
    field({"type": "array", "items": INNER}, "items", default=[]),
    field("In", "last", aliases=["latest"]),
    field(typed("string", "our-own-type"), "tag"),
)


def test_a_well_made_schema_gets_no_word() -> None:
    assert told(CLEAN) == []
    assert told(json.dumps(CLEAN)) == []
    assert told("string") == []


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        (field("int", default="x"), ("invalid", "error", "a")),
        (field(["null", "int"]), ("nullable-without-default", "note", "a")),
        (field(["string", "null"], default=None), ("default-not-portable", "warning", "a")),
        (field("double", default=0), ("default-not-portable", "warning", "a")),
        (field({"type": "enum", "name": "E", "symbols": ["A"]}, default="B"), ("default-not-portable", "warning", "a")),
        (field({"type": "fixed", "name": "F", "size": 2}, default="abc"), ("default-not-portable", "warning", "a")),
        (field("long", logicalType="timestamp-millis"), ("logical-type-beside", "warning", "a")),
        (field("string", symbols=["A"]), ("members-beside", "warning", "a")),
        (field(typed("int", "timestamp-millis")), ("logical-type-unfit", "warning", "a")),
        (field(typed("long", "timestamp-milis")), ("logical-type-unknown", "warning", "a")),
        (field(typed("bytes", "decimal")), ("decimal-without-precision", "warning", "a")),
        (field(typed("bytes", "decimal", precision=4, scale=6)), ("decimal-scale", "warning", "a")),
        (
            field(typed("fixed", "decimal", name="F", size=2, precision=9)),
            ("decimal-too-wide", "warning", "a"),
        ),
        (field(typed("fixed", "uuid", name="F", size=8)), ("logical-type-unfit", "warning", "a")),
        (field(["int", "long"]), ("look-alike-branches", "note", "a")),
        (field("int", aliases=["a"]), ("alias-is-a-field", "warning", "a")),
        (field("int", "größe"), ("name-not-ascii", "warning", "größe")),
        (field({"type": "array", "items": typed("int", "time-micros")}), ("logical-type-unfit", "warning", "a[]")),
        (field({"type": "map", "values": ["null", typed("int", "uuid")]}), ("logical-type-unfit", "warning", "a{}")),
        (
            field({"type": "enum", "name": "E", "symbols": ["On", "ON"]}),
            ("names-differ-by-case", "warning", "a"),
        ),
    ],
)
def test_a_flaw_is_told_where_it_is(given: dict[str, Any], finding: tuple[str, str, str]) -> None:
    assert told(record(given)) == [finding]


def test_what_several_parts_make_is_told() -> None:
    assert ("names-differ-by-case", "warning", "") in told(record(field("int", "orderId"), field("int", "orderid")))
    assert told(record(field("Later"), field({"type": "fixed", "name": "Later", "size": 2}, "b"), name="R")) == [
        ("used-before-defined", "warning", "a")
    ]
    assert told(record(field(INNER), field(INNER, "b"), name="R")) == [("defined-twice", "warning", "b")]
    assert told(record(name="shop.v2.Order")) == [("versioned-namespace", "note", "")]


def test_a_byte_order_mark_before_the_text_is_told() -> None:
    text = json.dumps(record())

    assert [it.rule for it in lint("\ufeff" + text)] == ["avro.byte-order-mark"]
    assert lint(text) == ()


def test_each_finding_says_what_to_do() -> None:
    findings = lint(record(field(["string", "null"], default=None)))

    assert [it.message for it in findings] == [
        'The default of "a" is not of the union\'s first branch: '
        "the Apache package for Python and avsc for JavaScript can't fill it in."
    ]
    assert findings[0].fix == "Put the type of the default first in the union."


def test_recursive_schemas_are_walked_once() -> None:
    tree = record(
        field(["null", "shop.Order"], "left", default=None), field(["null", "shop.Order"], "right", default=None)
    )

    assert told(tree) == []


def test_a_logical_type_beside_a_union_belongs_to_its_one_branch() -> None:
    (found,) = lint(record(field(["null", "long"], default=None, logicalType="timestamp-millis")))

    assert found.message.endswith("readers get a plain long.")
    assert found.fix == 'Write it inside: ["null", {"type": "long", "logicalType": "timestamp-millis"}].'


@pytest.mark.parametrize("size", [0, 2_000, 2**31 - 1])
def test_a_decimal_of_any_size_is_linted_at_once(size: int) -> None:
    kind = {"type": "fixed", "name": "F", "size": size, "logicalType": "decimal", "precision": 9, "scale": 2}

    found = [it.rule for it in lint(record(field(kind)))]

    assert found == (["avro.decimal-too-wide"] if size == 0 else [])
