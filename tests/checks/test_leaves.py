"""Values of records that contain themselves come back, or are missed, at every depth."""

from __future__ import annotations

import time
from typing import Any

import pytest

from copilot.checks.leaves import leaves_of, outline_of
from copilot.checks.replay import ReplayCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, Operation, RemoveField, RenameField
from copilot.domain.schema import SchemaField
from copilot.domain.source import Span
from tests.checks.orders import Fields, bench, case, field

AMOUNT = field("amount", "long")
WAYS_TO_CONTAIN = {
    "directly": field("inner", ["null", "Order"], default=None),
    "in a list": field("inner", {"type": "array", "items": "Order"}, default=[]),
    "in a map": field("inner", {"type": "map", "values": "Order"}, default={}),
    "in a list of maps": field("inner", {"type": "array", "items": {"type": "map", "values": "Order"}}, default=[]),
    "in another record": field(
        "inner",
        ["null", {"type": "record", "name": "Box", "fields": [field("kept", ["null", "Order"], default=None)]}],
        default=None,
    ),
}
contained = pytest.mark.parametrize("inner", WAYS_TO_CONTAIN.values(), ids=WAYS_TO_CONTAIN)


def replayed(operation: Operation, before: Fields, after: Fields) -> Evidence:
    return ReplayCheck().run(case(operation, [before], [after]), bench())


def listed(*paths: str) -> tuple[SchemaField, ...]:
    return tuple(SchemaField(path, path, "Order", '"int"', None, (), "", "", Span("", 1, 1)) for path in paths)


def errors(evidence: Evidence) -> set[str]:
    return {finding.rule for finding in evidence.findings if finding.severity == "error"}


@contained
def test_a_field_added_to_a_record_that_contains_itself_loses_nothing(inner: dict[str, Any]) -> None:
    add = AddField("order", "", "note", '"string"', '""')

    evidence = replayed(add, [AMOUNT, inner], [AMOUNT, inner, field("note", "string", default="")])

    assert evidence.verdict == "pass", evidence.findings


@contained
def test_a_value_is_missed_however_deep_it_lies(inner: dict[str, Any]) -> None:
    rename = RenameField("order", "", "amount", "total")

    evidence = replayed(rename, [AMOUNT, inner], [field("total", "long", default=0), inner])

    assert "replay.value-defaulted" in errors(evidence)


@contained
def test_an_alias_is_followed_however_deep(inner: dict[str, Any]) -> None:
    rename = RenameField("order", "", "amount", "total")

    evidence = replayed(rename, [AMOUNT, inner], [field("total", "long", aliases=["amount"]), inner])

    assert not errors(evidence)


@contained
def test_the_field_that_contains_its_record_can_be_renamed(inner: dict[str, Any]) -> None:
    rename = RenameField("order", "", "inner", "deeper")

    evidence = replayed(rename, [AMOUNT, inner], [AMOUNT, {**inner, "name": "deeper", "aliases": ["inner"]}])

    assert not errors(evidence)


@contained
def test_the_field_that_contains_its_record_can_go(inner: dict[str, Any]) -> None:
    evidence = replayed(RemoveField("order", "", "inner"), [AMOUNT, inner], [AMOUNT])

    assert not errors(evidence)


def test_records_that_contain_each_other_and_have_equal_fields_are_told_apart() -> None:
    owner = {"type": "record", "name": "Owner", "fields": [AMOUNT, field("inner", ["null", "Order"], default=None)]}
    inner = field("inner", ["null", owner], default=None)
    rename = RenameField("order", "", "amount", "total")

    kept = replayed(rename, [AMOUNT, inner], [field("total", "long", aliases=["amount"]), inner])
    lost = replayed(rename, [AMOUNT, inner], [field("total", "long", default=0), inner])

    assert not errors(kept), kept.findings
    assert "replay.value-defaulted" in errors(lost)


def test_a_list_of_records_and_texts_comes_back() -> None:
    line = {"type": "record", "name": "Line", "fields": [field("sku", "string")]}
    lines = field("lines", {"type": "array", "items": ["string", line]})
    add = AddField("order", "", "note", '"string"', '""')

    evidence = replayed(add, [AMOUNT, lines], [AMOUNT, lines, field("note", "string", default="")])

    assert evidence.verdict == "pass", evidence.findings


def test_a_record_without_fields_gains_one() -> None:
    add = AddField("order", "", "note", '"string"', '""')

    evidence = replayed(add, [], [field("note", "string", default="")])

    assert evidence.verdict == "pass", evidence.findings


def test_a_map_is_no_record_though_a_key_is_called_like_a_field() -> None:
    outline = outline_of(listed("a", "b", "labels"))

    leaves = leaves_of({"a": 1, "b": 2, "labels": {"a": 3}}, outline)

    assert {place[-1][1]: value for place, value in leaves.items()} == {"a": 1, "b": 2, "labels": {"a": 3}}


def test_the_values_of_ten_thousand_lists_are_found_at_once() -> None:
    names = [f"f{number}" for number in range(10_000)]
    outline = outline_of(listed(*names, *(f"{name}[]" for name in names)))
    value = {f"f{number}": [{"inner": 1}] for number in range(10_000)}
    begun = time.process_time()

    found = leaves_of(value, outline)

    assert len(found) == 10_000
    assert time.process_time() - begun < 5
