"""Edits of one schema, and what four decoders make of all data that the edited schemas allow, in both directions.

A letter for each of java, fastavro, python, avsc: Y reads, W reads another value for some data, n refuses some data. The first word
is the new schema reading old data, the second the old one reading new data. Seen with Avro for Java 1.12.1, fastavro 1.13.1, avro
1.12.2 and avsc 5.7.9 on boundary values.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from copilot.formats.avro.edits import ID, INNER, OUTER, enum, field, logical, record


class Edit(NamedTuple):
    """`old` and `new` are schemas; `rules` are a registry's answers in the two directions."""

    name: str
    old: Any
    new: Any
    rules: tuple[bool, bool]
    backward: str
    forward: str


def holding(old: Any, new: Any) -> tuple[Any, Any]:
    return record(field("string", "id"), field(old)), record(field("string", "id"), field(new))


YES, NO = True, False
EDITS = (
    Edit("add a field with a default", record(ID), record(ID, field("int", default=1)), (YES, YES), "YYYY", "YYYY"),
    Edit("add a field without default", record(ID), record(ID, field("int")), (NO, YES), "nnnn", "YYYY"),
    Edit(
        "add a nullable field without default",
        record(ID),
        record(ID, field(["null", "int"])),
        (NO, YES),
        "nnnn",
        "YYYY",
    ),
    Edit("rename without alias", record(field("int")), record(field("int", "b")), (NO, NO), "nnnn", "nnnn"),
    Edit(
        "rename with alias", record(field("int")), record(field("int", "b", aliases=["a"])), (YES, NO), "YYnY", "nnnn"
    ),
    Edit(
        "rename with alias and default",
        record(field("int")),
        record(field("int", "b", aliases=["a"], default=3)),
        (YES, NO),
        "YYWY",
        "nnnn",
    ),
    Edit(
        "rename with alias and default, and another namespace",
        record(field("int")),
        record(field("int", "b", aliases=["a"], default=3), name="shop.v2.Order"),
        (YES, NO),
        "WYnn",
        "nnnn",
    ),
    Edit("rename the record", record(ID), record(ID, name="shop.Sale"), (NO, NO), "Ynnn", "Ynnn"),
    Edit(
        "rename the record with alias",
        record(ID),
        record(ID, name="shop.Sale", aliases=["Order"]),
        (YES, NO),
        "YYnY",
        "Ynnn",
    ),
    Edit("change the namespace", record(ID), record(ID, name="sales.Order"), (YES, YES), "YYnn", "YYnn"),
    Edit("rename an inner record", *holding(INNER, OUTER), (NO, NO), "Ynnn", "Ynnn"),
    Edit("rename an inner record in a union", *holding(["null", INNER], ["null", OUTER]), (NO, NO), "Ynnn", "Ynnn"),
    Edit("int to long", *holding("int", "long"), (YES, NO), "YYYY", "nnnn"),
    Edit("int to float", *holding("int", "float"), (YES, NO), "WYYY", "nnnn"),
    Edit("int to double", *holding("int", "double"), (YES, NO), "YYYY", "nnnn"),
    Edit("long to float", *holding("long", "float"), (YES, NO), "WWYW", "nnnn"),
    Edit("long to double", *holding("long", "double"), (YES, NO), "WWYW", "nnnn"),
    Edit("double to long", *holding("double", "long"), (NO, YES), "nnnn", "WWYW"),
    Edit("int to string", *holding("int", "string"), (NO, NO), "nnnn", "nnnn"),
    Edit("string to bytes", *holding("string", "bytes"), (YES, YES), "YYnY", "WnnW"),
    Edit("make optional", *holding("int", ["null", "int"]), (YES, NO), "YYYY", "nnnn"),
    Edit("one more branch", *holding("int", ["int", "string"]), (YES, NO), "YYYY", "nnnn"),
    Edit("reorder a union", *holding(["int", "string"], ["string", "int"]), (YES, YES), "YYYY", "YYYY"),
    Edit("promote into a union", *holding("int", ["null", "long"]), (YES, NO), "YYYY", "nnnn"),
    Edit(
        "add a field whose default is of the second branch",
        record(ID),
        record(ID, field(["string", "null"], default=None)),
        (YES, YES),
        "YYnn",
        "YYYn",
    ),
    Edit(
        "add a double with a whole default",
        record(ID),
        record(ID, field("double", default=0)),
        (YES, YES),
        "YYnY",
        "YYYY",
    ),
    Edit("add a symbol", *holding(enum("A"), enum("A", "B")), (YES, NO), "YYYY", "nnnn"),
    Edit(
        "add a symbol where the enum has a default",
        *holding(enum("A", default="A"), enum("A", "B", default="A")),
        (YES, YES),
        "YYYY",
        "WWnW",
    ),
    Edit(
        "add a symbol where only the field has a default",
        record(field(enum("A"), default="A")),
        record(field(enum("A", "B"), default="A")),
        (YES, NO),
        "YYYY",
        "nnnn",
    ),
    Edit("reorder symbols", *holding(enum("A", "B"), enum("B", "A")), (YES, YES), "YYYY", "YYYY"),
    Edit("enum to string", *holding(enum("A"), "string"), (NO, NO), "nnnn", "nnnn"),
    Edit(
        "milliseconds to microseconds",
        *holding(logical("long", "timestamp-millis"), logical("long", "timestamp-micros")),
        (YES, YES),
        "WYYW",
        "WYYW",
    ),
    Edit(
        "another scale",
        *holding(
            logical("bytes", "decimal", precision=9, scale=2),
            logical("bytes", "decimal", precision=9, scale=4),
        ),
        (YES, YES),
        "WYYW",
        "WYYW",
    ),
    Edit(
        "more precision",
        *holding(
            logical("bytes", "decimal", precision=9, scale=2),
            logical("bytes", "decimal", precision=18, scale=2),
        ),
        (YES, YES),
        "YYYY",
        "YYYY",
    ),
    Edit(
        "another size",
        *holding({"type": "fixed", "name": "F", "size": 2}, {"type": "fixed", "name": "F", "size": 4}),
        (NO, NO),
        "nnnn",
        "nnnn",
    ),
    Edit("scalar to array", *holding("int", {"type": "array", "items": "int"}), (NO, NO), "nnnn", "nnnn"),
    Edit(
        "wider items",
        *holding({"type": "array", "items": "int"}, {"type": "array", "items": "long"}),
        (YES, NO),
        "YYnY",
        "nnnn",
    ),
    Edit("reorder fields", record(ID, field("int")), record(field("int"), ID), (YES, YES), "YYYY", "YYYY"),
    Edit(
        "change a default", record(field("int", default=1)), record(field("int", default=2)), (YES, YES), "YYYY", "YYYY"
    ),
    Edit("remove a default", record(field("int", default=1)), record(field("int")), (YES, YES), "YYYY", "YYYY"),
    Edit(
        "swap two fields by aliases",
        record(field("int"), field("int", "b")),
        record(field("int", aliases=["b"]), field("int", "b", aliases=["a"])),
        (NO, YES),
        "YYYn",
        "YYYY",
    ),
    Edit(
        "an alias while both names are written",
        record(field("int"), field("int", "b")),
        record(field("int", "b", aliases=["a"])),
        (NO, NO),
        "nWYn",
        "nnnn",
    ),
)
