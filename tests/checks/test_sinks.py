"""Tables that records are loaded into: which changes their loaders take, and which sinks a subject has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest

from copilot.checks.columns import column_changes
from copilot.checks.sink_rules import SINK_RULES, ColumnChange
from copilot.checks.sinks import SinksCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, ChangeType, MakeOptional, Operation, RemoveField, RenameField
from copilot.domain.pipeline import Endpoint, Link
from copilot.domain.sinks import Loader, Sink
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import SCORER_PATH, bench, case, field, version

ID, AMOUNT = field("id", "string"), field("amount", "int")
ADD = AddField("order", "", "note", '["null","string"]', "null")
NOTE = field("note", ["null", "string"], default=None)
MONEY = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}


def sink(loader: Loader, *, subject: str = "order", topic: str = "") -> Sink:
    return Sink("orders_raw", loader, subject, topic, "warehouse", Span("copilot.toml", 3, 3))


def run(it: Case, *sinks: Sink, files: Mapping[str, str] | None = None) -> Evidence:
    return SinksCheck().run(replace(it, base=replace(it.base, sinks=sinks)), bench(files))


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]], *renames: tuple[str, str]) -> list[tuple[str, str]]:
    return [(it.path, it.change) for it in column_changes(version(old), version(new), renames)]


@pytest.mark.parametrize("loader", get_args(Loader))
def test_each_loader_has_a_rule_with_its_source_for_each_change(loader: Loader) -> None:
    rules = SINK_RULES[loader]

    assert rules.keys() == set(get_args(ColumnChange))
    assert all(rule.told and rule.source.startswith("https://") for rule in rules.values())


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ([ID], [ID, NOTE], [("note", "add nullable")]),
        ([ID], [ID, AMOUNT], [("amount", "add required")]),
        ([ID, NOTE], [ID], [("note", "drop nullable")]),
        ([ID, AMOUNT], [ID], [("amount", "drop required")]),
        ([field("a", "int")], [field("a", "long")], [("a", "int to long")]),
        ([field("a", "long")], [field("a", "double")], [("a", "long to double")]),
        ([field("a", "long")], [field("a", "string")], [("a", "another type")]),
        ([field("a", "int")], [field("a", ["null", "long"])], [("a", "int to long"), ("a", "make optional")]),
        ([field("a", ["null", "int"])], [field("a", "int")], [("a", "make required")]),
        ([field("a", MONEY)], [field("a", {**MONEY, "precision": 18})], [("a", "more digits")]),
        ([field("a", {**MONEY, "precision": 18})], [field("a", MONEY)], []),
        ([field("a", MONEY)], [field("a", {**MONEY, "scale": 4})], [("a", "another scale")]),
        ([ID, AMOUNT], [AMOUNT, ID], [("", "reorder")]),
        ([field("a", "string")], [field("a", {"type": "enum", "name": "E", "symbols": ["X"]})], []),
        ([field("a", "int", doc="old")], [field("a", "int", doc="new", default=0)], []),
    ],
)
def test_two_versions_stand_for_changes_of_columns(
    old: list[dict[str, Any]], new: list[dict[str, Any]], found: list[tuple[str, str]]
) -> None:
    assert changes(old, new) == found


def test_what_the_request_renames_is_a_rename_and_what_it_does_not_is_a_drop_and_an_add() -> None:
    old, new = [ID, AMOUNT], [ID, field("total", "int")]

    assert changes(old, new, ("amount", "total")) == [("total", "rename")]
    assert changes(old, new) == [("amount", "drop required"), ("total", "add required")]


def test_a_new_struct_is_one_column_and_a_field_in_an_old_one_is_told_by_its_path() -> None:
    small = {"type": "record", "name": "Part", "fields": [field("x", "int")]}
    big = {"type": "record", "name": "Part", "fields": [field("x", "int"), field("y", ["null", "int"], default=None)]}

    assert changes([ID], [ID, field("part", ["null", big])]) == [("part", "add nullable")]
    assert changes([field("part", small)], [field("part", big)]) == [("part.y", "add nullable")]


STATE = {"type": "enum", "name": "State", "symbols": ["NEW"]}
HOME = {"type": "record", "name": "Home", "fields": [field("street", "string")]}
FIXED = {"type": "fixed", "name": "Money", "size": 8, "logicalType": "decimal", "precision": 9, "scale": 2}


@pytest.mark.parametrize("named", [STATE, HOME, FIXED], ids=["enum", "record", "decimal"])
@pytest.mark.parametrize("space", [{}, {"namespace": "shop"}])
def test_a_definition_that_moves_to_the_field_that_stays_is_no_other_type(
    named: dict[str, Any], space: dict[str, str]
) -> None:
    """What a parallel change does last: the old field goes, and the new one has to define the type that both share."""
    full = ".".join((*space.values(), named["name"]))
    old = [field("was", {**named, **space}), field("now", ["null", full], default=None)]

    found = [(path, change) for path, change in changes(old, [field("now", ["null", {**named, **space}])]) if path]

    assert found == [("was", "drop required")]


def test_a_name_that_stands_for_another_kind_of_type_is_another_type() -> None:
    old = [field("first", STATE), field("then", "State")]

    assert changes(old, [field("first", STATE), field("then", "string")]) == []
    assert changes(old, [field("first", STATE), field("then", "long")]) == [("then", "another type")]
    assert changes(
        [ID, field("a", FIXED), field("b", "Money")], [ID, field("a", {**FIXED, "scale": 4}), field("b", "Money")]
    ) == [
        ("a", "another scale"),
        ("b", "another scale"),
    ]


@pytest.mark.parametrize("loader", get_args(Loader))
def test_a_nullable_column_passes_and_names_the_option(loader: Loader) -> None:
    evidence = run(case(ADD, [[ID]], [[ID, NOTE]]), sink(loader))

    assert evidence.verdict == "pass"
    assert [(it.rule, it.severity) for it in evidence.findings] == [("sinks.add-nullable", "note")]


@pytest.mark.parametrize(
    ("kinds", "loader", "verdict"),
    [
        (("int", "long"), "bigquery", "pass"),
        (("int", "long"), "snowflake", "pass"),
        (("int", "double"), "bigquery", "unknown"),
        (("int", "double"), "iceberg", "fail"),
        (("int", "double"), "delta", "unknown"),
        (("long", "double"), "delta", "fail"),
        (("string", "long"), "bigquery", "fail"),
    ],
)
def test_the_loader_decides_whether_a_column_can_change_its_type(
    kinds: tuple[str, str], loader: Loader, verdict: str
) -> None:
    change = ChangeType("order", "", "amount", f'"{kinds[1]}"')

    evidence = run(case(change, [[ID, field("amount", kinds[0])]], [[ID, field("amount", kinds[1])]]), sink(loader))

    assert evidence.verdict == verdict
    assert all("Source: https://" in it.message and "orders_raw" in it.message for it in evidence.findings)


@pytest.mark.parametrize(
    ("loader", "verdict"), [("iceberg", "unknown"), ("delta", "unknown"), ("bigquery", "pass"), ("snowflake", "pass")]
)
def test_a_required_column_that_records_lack_has_to_be_relaxed_first_where_no_option_does_it(
    loader: Loader, verdict: str
) -> None:
    remove = RemoveField("order", "", "amount")

    evidence = run(case(remove, [[ID, AMOUNT]], [[ID]]), sink(loader))

    assert evidence.verdict == verdict
    assert [it.rule for it in evidence.findings] == ["sinks.drop-required"]


def test_a_rename_waits_for_whoever_owns_the_table() -> None:
    rename = RenameField("order", "", "amount", "total")

    evidence = run(case(rename, [[ID, AMOUNT]], [[ID, field("total", "int", aliases=["amount"])]]), sink("bigquery"))

    assert evidence.verdict == "unknown"
    assert "(owner warehouse)" in evidence.findings[0].fix
    assert evidence.findings[0].span == Span("copilot.toml", 3, 3)


def test_a_topic_names_the_sink_too_and_another_one_does_not_apply() -> None:
    it = case(MakeOptional("order", "", "amount"), [[ID, AMOUNT]], [[ID, field("amount", ["null", "int"])]])

    assert run(it, sink("snowflake", subject="", topic="orders")).verdict == "unknown"
    assert run(it, sink("snowflake", subject="", topic="payments")).verdict == "not-applicable"
    assert run(it).verdict == "not-applicable"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from google.cloud import bigquery\n", 1),
        ('df.write.format("delta").saveAsTable("t")\n', 1),
        ("import psycopg2\n", 0),
        ("from google.cloud import bigquery  # was snowflake\n", 0),
    ],
)
def test_a_table_that_a_consumer_writes_is_a_sink_where_its_file_names_one_loader(text: str, found: int) -> None:
    bare = case(ADD, [[ID]], [[ID, NOTE]])
    writes = Link(
        "scorer", Endpoint("table", "dw.orders"), "produces", None, None, "certain", (Span(SCORER_PATH, 1, 1),)
    )
    it = replace(bare, base=replace(bare.base, links=(*bare.base.links, writes)))

    evidence = run(it, files={SCORER_PATH: text})

    assert evidence.measure("sinks") == found
    assert evidence.verdict == ("pass" if found else "not-applicable")


def test_what_the_check_needs_of_an_operation_is_nothing_but_renames() -> None:
    """A change that the request never mentions is told all the same."""
    operation: Operation = MakeOptional("order", "", "id")

    assert run(case(operation, [[ID, AMOUNT]], [[ID]]), sink("delta")).verdict == "unknown"
