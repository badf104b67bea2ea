"""Changes that the compatibility rules allow, and what is said about them."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.units import unit_changes
from tests.formats.avro.arranging import FORMAT, field, read, record, rules


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def logical(type: str, name: str) -> dict[str, Any]:
    return {"type": type, "logicalType": name}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "State", "symbols": list(symbols), **more}


def of(type: Any, *default: Any, **more: Any) -> dict[str, Any]:
    return record({**field("a", type, *default), **more})


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (of("int"), of("int"), []),
        (of("int"), record(field("a", "int"), field("b", ["null", "int"], None)), []),
        (of("int"), of("long"), []),
        (of("long"), of("double"), [("lossy-promotion", "a", "warning")]),
        (of(["null", "long"]), of(["null", "float"]), [("lossy-promotion", "a", "warning")]),
        (of("string"), of("bytes"), [("string-and-bytes", "a", "warning")]),
        (of(decimal(9, 2)), of(decimal(9, 4)), [("decimal-scale-changed", "a", "error")]),
        (of(decimal(9, 2)), of(decimal(18, 2)), [("decimal-precision-changed", "a", "note")]),
        (of(decimal(9, 2)), of(decimal(6, 2)), [("decimal-precision-changed", "a", "warning")]),
        (
            of(logical("long", "timestamp-millis")),
            of(logical("long", "timestamp-micros")),
            [("time-unit-changed", "a", "error")],
        ),
        (
            of(logical("long", "timestamp-millis")),
            of(logical("long", "local-timestamp-millis")),
            [("logical-type-changed", "a", "error")],
        ),
        (of("long"), of(["null", logical("long", "timestamp-millis")]), [("logical-type-added", "a", "warning")]),
        (of(logical("string", "uuid")), of("string"), [("logical-type-removed", "a", "warning")]),
        (of("int", 1), of("int", 2), [("default-changed", "a", "warning")]),
        (of("int", 1), of("int"), [("default-removed", "a", "warning")]),
        (of("int", 1), of("int", -999), [("default-changed", "a", "warning"), ("default-is-sentinel", "a", "warning")]),
        (record(), of("string", ""), [("default-looks-written", "a", "note")]),
        (record(), of(["string", "null"], None), [("default-not-of-first-branch", "a", "warning")]),
        (of("int", doc="in cents"), of("int", doc="in dollars"), [("doc-unit-changed", "a", "warning")]),
        (of("int", doc="in cents"), of("int", doc="the amount, in cents"), []),
        (of(enum("A", "B")), of(enum("A", default="A")), [("enum-collapse", "a", "error")]),
        (
            of(enum("A", default="A")),
            of(enum("A", "B", default="A")),
            [("enum-collapse-in-old-readers", "a", "warning")],
        ),
        (of("int"), record(field("amount_a", "int", 7)), [("rename-loses-values", "amount_a", "warning")]),
        (of("int"), record({**field("b", "int", 7), "aliases": ["a"]}), [("alias-needed", "b", "note")]),
        (of("int", aliases=["x"]), of("int"), [("alias-removed", "a", "warning")]),
        (record(namespace="x"), record(namespace="y"), [("namespace-changed", "", "warning")]),
        (
            record(field("part", record(field("x", "int"), name="In"))),
            record(field("x", "int", 0)),
            [("default-looks-written", "x", "note"), ("move-loses-values", "x", "warning")],
        ),
        (
            record(field("a", "int"), field("part", ["null", record(field("x", "int"), name="In")], None)),
            record(field("a", "int"), field("partX", ["null", "long"], None)),
            [("move-loses-values", "partX", "warning")],
        ),
        (
            record(field("a", "int"), field("street", "string")),
            record(field("a", "int"), field("address", ["null", record(field("street", "string"), name="In")], None)),
            [("move-loses-values", "address", "warning")],
        ),
        (
            record(field("a", "int"), field("part", record(field("x", "string"), name="In"))),
            record(field("a", "int"), field("y", "string", "-")),
            [("default-is-sentinel", "y", "warning")],
        ),
        (record(name="A"), record(name="B", aliases=["A"]), [("type-renamed", "", "warning")]),
        (
            record(field("a", "int"), field("b", "int")),
            record(field("a", "int"), {**field("b", "int"), "aliases": ["a"]}),
            [("name-reused", "b", "warning")],
        ),
        (
            of({"type": "array", "items": ["null", record(field("at", decimal(9, 2)), name="Line")]}),
            of({"type": "array", "items": ["null", record(field("at", decimal(9, 3)), name="Line")]}),
            [("decimal-scale-changed", "a[].at", "error")],
        ),
    ],
)
def test_a_change_says_what_it_does_to_values(old: Any, new: Any, changes: list[tuple[str, str, str]]) -> None:
    findings = FORMAT.meaning_changes(read(old), read(new))

    assert [(*name, finding.severity) for name, finding in zip(rules(findings), findings, strict=True)] == changes


def test_of_several_fields_that_go_and_come_each_may_be_the_rename_of_one_other_only() -> None:
    old = record(
        field("id", "int"), *(field(name, "double") for name in ("declErr", "pmDeclErr", "ra_decl_Cov", "decl"))
    )
    new = record(
        field("id", "int"),
        field("dec", "double"),
        *(field(name, ["null", "double"], None) for name in ("ra_dec_Cov", "pmDecErr", "decErr")),
    )

    found = [it for it in FORMAT.meaning_changes(read(old), read(new)) if it.rule == "avro.rename-loses-values"]

    assert [(it.message.split('"')[1], it.path) for it in found] == [
        ("ra_decl_Cov", "ra_dec_Cov"),
        ("pmDeclErr", "pmDecErr"),
        ("declErr", "decErr"),
    ]


def test_a_recursive_schema_is_compared_to_the_end() -> None:
    old = record(field("next", ["null", "Order"]), field("value", "long"))
    new = record(field("next", ["null", "Order"]), field("value", "double"))

    assert rules(FORMAT.meaning_changes(read(old), read(new))) == [("lossy-promotion", "value")]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("Delay in ms.", "Delay (seconds)", (("time", "ms", "s"),)),
        ("percent", "a fraction of the total", (("share", "percent", "fraction"),)),
        ("time in UTC", "local time", (("time zone", "UTC", "local time"),)),
        ("price", "price in cents", ()),
        ("seconds", "sec", ()),
        ("delay in ms", "the order's delay in ms", ()),
        ("Total minutes.", "Total minutes. Summed up throughout the day.", ()),
        ("Error of G (g band).", "Error of G in kg.", ()),
        ("force (m/s^2)", "force (g)", ()),
        ("wind (m/s)", "wind in km/h", (("speed", "m/s", "km/h"),)),
        ("Offset in hours.", "Offset in second from GMT.", (("time", "hours", "s"),)),
        ("The first minute of data, in hours.", "The second hour, in ms.", (("time", "hours", "ms"),)),
        ("signal (mV)", "signal (kV)", (("voltage", "mV", "kV"),)),
    ],
)
def test_units_are_found_as_words(old: str, new: str, changes: tuple[tuple[str, str, str], ...]) -> None:
    assert unit_changes(old, new) == changes


def test_fields_of_one_place_are_no_rename_where_their_neighbours_changed_too() -> None:
    alone = record(field("id", "int"), field("x", "int"), field("z", "int"))
    one = record(field("id", "int"), field("y", "int", 0), field("z", "int"))
    all_new = record(field("a", "int", 0), field("b", "int", 0), field("c", "int", 0))

    assert ("rename-loses-values", "y") in rules(FORMAT.meaning_changes(read(alone), read(one)))
    assert not [it for it in rules(FORMAT.meaning_changes(read(alone), read(all_new))) if it[0].startswith("rename")]


def test_a_record_that_a_union_of_several_lacks_is_none_of_them_under_another_name() -> None:
    branches = [record(field(name, "int"), name=name) for name in ("A", "B", "C")]
    old, new = of(branches), of(branches[:2])

    assert rules(FORMAT.meaning_changes(read(old), read(new))) == []
    assert rules(FORMAT.incompatibilities(read(new), read(old))) == [("missing-union-branch", "a")]
    assert rules(FORMAT.meaning_changes(read(of(branches[:1])), read(of(branches[1:2])))) == [("type-renamed", "a")]


def test_a_symbol_that_says_that_nothing_is_known_is_no_sentinel() -> None:
    assert rules(FORMAT.meaning_changes(read(record()), read(of(enum("A", "UNKNOWN"), "UNKNOWN")))) == []


def test_a_logical_type_that_no_library_knows_is_a_warning_of_its_own() -> None:
    (found,) = FORMAT.meaning_changes(read(of(logical("string", "iso-datetime"))), read(of(logical("string", "uuid"))))

    assert (found.rule, found.severity) == ("avro.logical-type-changed", "warning")
    assert "no library knows iso-datetime" in found.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (of("int", 1), of("int", 2)),
        (of("int", 1), of("int")),
        (of("int", aliases=["x"]), of("int")),
        (record(), of(["string", "null"], None)),
        (of(enum("A", "B", default="A")), of(enum("A", "B", default="B"))),
    ],
)
def test_what_only_a_newer_reader_takes_back_is_not_said_where_the_older_one_reads(old: Any, new: Any) -> None:
    assert FORMAT.judge(new, old, reader_is="newer").meanings
    assert not FORMAT.judge(old, new, reader_is="older").meanings


@pytest.mark.parametrize(
    ("old", "new", "told", "fix"),
    [
        (of("int", doc="in ms"), of("int", doc="in s"), "says s in the schema of the data and ms in the one", "own"),
        (of(decimal(9, 2)), of(decimal(9, 4)), "written with the scale 4 and read with 2", "a field of its own"),
        (of(enum("A", default="A")), of(enum("A", "B", default="A")), "Data with B", "Move such readers first."),
        (
            record(field("amount", "int", 0)),
            record(field("amount_all", "int", 0)),
            'has "amount_all"',
            'Write "amount"',
        ),
        (record(namespace="x"), record(namespace="y"), "y.Order in the data", "while such readers are left"),
    ],
)
def test_where_the_older_schema_reads_the_words_say_so(old: Any, new: Any, told: str, fix: str) -> None:
    (meaning,) = FORMAT.judge(old, new, reader_is="older").meanings

    assert told in meaning.message
    assert fix in meaning.fix


def test_the_fix_of_what_an_older_schema_can_not_read_is_for_who_writes() -> None:
    old, new = of("int"), record(field("b", "int"))

    assert (
        FORMAT.judge(old, new, reader_is="older").reasons[0].fix
        == "Keep writing the field while such readers are left."
    )
    assert FORMAT.judge(old, new).reasons[0].fix == 'Give "a" a default.'
