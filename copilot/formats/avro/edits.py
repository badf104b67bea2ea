"""57 edits of a schema that people make, each with a value written before it and one written after it.

They are what `compat --matrix` tries every decoder with. A value stands for one record, so what a decoder makes of it says nothing
about other records of the same edit; where that matters, an edit is there with two values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

_NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class TriedEdit(NamedTuple):
    """`old_value` is written with `old` and read with `new`, `new_value` the other way round.

    `renames` says which field carries which on (paths). `converts` says for the two directions whether a value in another type
    (a text as bytes) is the same value. `expected` is what reading with `new` should give where that can't be told from names.
    """

    name: str
    old: Any
    new: Any
    old_value: Any
    new_value: Any
    renames: tuple[tuple[str, str], ...] = ()
    converts: tuple[bool, bool] = (False, False)
    expected: Any = None


def record(*fields: Any, name: str = "shop.Order", **more: Any) -> dict[str, Any]:
    """Returns a record; "id" is what the records here have beside what is edited."""
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(type: Any, name: str = "a", **more: Any) -> dict[str, Any]:
    """Returns a field."""
    return {"name": name, "type": type, **more}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    """Returns an enum."""
    return {"type": "enum", "name": "shop.S", "symbols": list(symbols), **more}


def logical(type: str, logical_type: str, **more: Any) -> dict[str, Any]:
    """Returns a type with a logical type."""
    return {"type": type, "logicalType": logical_type, **more}


def array(items: str) -> dict[str, Any]:
    """Returns an array."""
    return {"type": "array", "items": items}


ID = field("string", "id")
INNER = {"type": "record", "name": "shop.In", "fields": [field("int", "x")]}
OUTER = {"type": "record", "name": "shop.Out", "fields": [field("int", "x")]}
_MILLIS, _MICROS = logical("long", "timestamp-millis"), logical("long", "timestamp-micros")
_MONEY = logical("bytes", "decimal", precision=9, scale=2)


def _types(name: str, old: Any, new: Any, old_value: Any, new_value: Any, **more: Any) -> TriedEdit:
    """Returns an edit of the type of one field."""
    return TriedEdit(
        name,
        record(ID, field(old)),
        record(ID, field(new)),
        {"id": "i", "a": old_value},
        {"id": "i", "a": new_value},
        **more,
    )


def _adds(name: str, added: dict[str, Any], value: Any, *, removes: bool = False) -> TriedEdit:
    """Returns an edit that brings a field, or takes it away."""
    without, has = (record(ID), {"id": "i"}), (record(ID, added), {"id": "i", "a": value})
    (old, old_value), (new, new_value) = (has, without) if removes else (without, has)
    return TriedEdit(name, old, new, old_value, new_value)


def _renames(name: str, old: dict[str, Any], new: dict[str, Any]) -> TriedEdit:
    return TriedEdit(
        name, record(ID, old), record(ID, new), {"id": "i", "a": 1}, {"id": "i", "b": 1}, renames=(("a", "b"),)
    )


def _records(name: str, new: dict[str, Any]) -> TriedEdit:
    """Returns an edit of the outermost record's name."""
    return TriedEdit(name, record(ID), new, {"id": "i"}, {"id": "i"})


TRIED_EDITS = (
    _adds("add a field with default", field("int", default=1), 5),
    _adds("add a field without default", field("int"), 5),
    _adds("add a nullable field without default", field(["null", "int"]), 5),
    _adds("remove a field that had a default", field("int", default=1), 5, removes=True),
    _adds("remove a field without default", field("int"), 5, removes=True),
    _renames("rename, no alias", field("int"), field("int", "b")),
    _renames("rename, the new name has the old one as alias", field("int"), field("int", "b", aliases=["a"])),
    _renames("rename, no alias, the new name has a default", field("int"), field("int", "b", default=0)),
    _renames("rename, no alias, both names have a default", field("int", default=0), field("int", "b", default=0)),
    _records("rename the record, no alias", record(ID, name="shop.Sale")),
    _records("rename the record, with alias", record(ID, name="shop.Sale", aliases=["shop.Order"])),
    _records("change the namespace only", record(ID, name="sales.Order")),
    _types("rename a nested record", INNER, OUTER, {"x": 1}, {"x": 1}),
    _types("rename a nested record in a union", ["null", INNER], ["null", OUTER], {"x": 1}, {"x": 1}),
    _types("int to long", "int", "long", 7, 7),
    _types("int to float", "int", "float", 7, 7.0),
    _types("long to float, beyond 2^53", "long", "float", 2**53 + 1, 7.0),
    _types("long to double, beyond 2^53", "long", "double", 2**53 + 1, 7.0),
    _types("long to int", "long", "int", 7, 7),
    _types("double to long", "double", "long", 7.0, 7),
    _types("int to string", "int", "string", 7, "7"),
    _types("string to bytes", "string", "bytes", "abc", b"\xff\x00", converts=(True, True)),
    _types("make optional, null written", "int", ["null", "int"], 7, None),
    _types("make optional, a value written", "int", ["null", "int"], 7, 7),
    _types("make required, null written", ["null", "int"], "int", None, 7),
    _types("make required, a value written", ["null", "int"], "int", 7, 7),
    TriedEdit(
        "make required with a field default, null written",
        record(ID, field(["null", "int"])),
        record(ID, field("int", default=0)),
        {"id": "i", "a": None},
        {"id": "i", "a": 7},
    ),
    _types("int to [int, string], a string written", "int", ["int", "string"], 7, "x"),
    _types("int to [int, string], an int written", "int", ["int", "string"], 7, 7),
    _types("reorder a union", ["int", "string"], ["string", "int"], 7, "x"),
    _types("int to [null, long]", "int", ["null", "long"], 7, 7),
    _adds("add [string, null] with default null", field(["string", "null"], default=None), "x"),
    _types("add a symbol, no enum default", enum("A", "B"), enum("A", "B", "C"), "A", "C"),
    _types(
        "add a symbol, the enum has a default",
        enum("A", "B", default="A"),
        enum("A", "B", "C", default="A"),
        "B",
        "C",
    ),
    TriedEdit(
        "add a symbol, only the field has a default",
        record(ID, field(enum("A", "B"), default="A")),
        record(ID, field(enum("A", "B", "C"), default="A")),
        {"id": "i", "a": "B"},
        {"id": "i", "a": "C"},
    ),
    _types("remove a symbol, no enum default", enum("A", "B", "C"), enum("A", "B"), "C", "A"),
    _types("remove a symbol, the enum has a default", enum("A", "B", "C"), enum("A", "B", default="A"), "C", "B"),
    _types("rename a symbol", enum("A", "B"), enum("A", "C"), "B", "C"),
    _types("reorder symbols", enum("A", "B"), enum("B", "A"), "A", "B"),
    _types("enum to string", enum("A", "B"), "string", "A", "A"),
    _types("string to enum", "string", enum("A", "B"), "A", "A"),
    _types("timestamp-millis to timestamp-micros", _MILLIS, _MICROS, _NOON, _NOON),
    _types(
        "long that holds seconds to timestamp-millis", "long", _MILLIS, 1_772_366_400, _NOON, converts=(False, True)
    ),
    _types("decimal scale 2 to 4", _MONEY, {**_MONEY, "scale": 4}, Decimal("12.34"), Decimal("12.3456")),
    _types("decimal precision 9 to 18", _MONEY, {**_MONEY, "precision": 18}, Decimal("12.34"), Decimal("12.34")),
    _types("double to decimal", "double", _MONEY, 12.5, Decimal("12.50")),
    TriedEdit(
        "another unit in the doc only",
        record(ID, field("long", doc="Price in cents.")),
        record(ID, field("long", doc="Price in dollars.")),
        {"id": "i", "a": 1299},
        {"id": "i", "a": 12},
    ),
    _types(
        "another size of a fixed",
        {"type": "fixed", "name": "shop.F", "size": 2},
        {"type": "fixed", "name": "shop.F", "size": 4},
        b"ab",
        b"abcd",
    ),
    _types("scalar to array", "int", array("int"), 7, [7]),
    _types("map to record", {"type": "map", "values": "int"}, INNER, {"x": 1}, {"x": 1}),
    _types("array of int to array of long", array("int"), array("long"), [7], [7]),
    TriedEdit(
        "flatten a nested record",
        record(ID, field(INNER, "part")),
        record(ID, field("int", "x")),
        {"id": "i", "part": {"x": 1}},
        {"id": "i", "x": 1},
        renames=(("part.x", "x"),),
    ),
    TriedEdit(
        "flatten a nested record, the new field has a default",
        record(ID, field(INNER, "part")),
        record(ID, field("int", "x", default=0)),
        {"id": "i", "part": {"x": 1}},
        {"id": "i", "x": 1},
        renames=(("part.x", "x"),),
    ),
    TriedEdit(
        "reorder fields", record(ID, field("int")), record(field("int"), ID), {"id": "i", "a": 1}, {"id": "i", "a": 1}
    ),
    TriedEdit(
        "change a default",
        record(ID, field("int", default=1)),
        record(ID, field("int", default=2)),
        {"id": "i", "a": 5},
        {"id": "i", "a": 5},
    ),
    TriedEdit(
        "remove a default",
        record(ID, field("int", default=1)),
        record(ID, field("int")),
        {"id": "i", "a": 5},
        {"id": "i", "a": 5},
    ),
    TriedEdit(
        "swap two fields by aliases",
        record(field("int"), field("int", "b")),
        record(field("int", aliases=["b"]), field("int", "b", aliases=["a"])),
        {"a": 1, "b": 2},
        {"a": 1, "b": 2},
        expected={"a": 2, "b": 1},
    ),
)
