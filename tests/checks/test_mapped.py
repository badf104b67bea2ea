"""Values sent there and back through a conversion, and the same number under the same name in another unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.checks.mapped import CHANGED, REFUSED, ROUNDED, SAID
from copilot.checks.mapped_edits import OTHERWISE
from copilot.checks.replay import ReplayCheck
from copilot.checks.turned import LEFT_TO_READERS
from copilot.domain.alternative import CodeEdit
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.operation import ChangeMeaning, ChangeUnit, MergeFields, Operation, SplitField
from tests.checks.orders import Fields, bench, case, field

ID = field("id", "string")
CENTS = field("amount", "long", doc="In cents.")
DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 19, "scale": 2}
EUROS = ChangeUnit(
    "order",
    "",
    "amount",
    "euros",
    "cents",
    "1/100",
    "amount_euros",
    '{"logicalType":"decimal","precision":19,"scale":2,"type":"bytes"}',
)


def proved(operation: Operation, before: Fields, *states: Fields) -> Evidence:
    return ReplayCheck().run(case(operation, [before], states), bench())


def of_rule(evidence: Evidence, rule: str) -> list[Finding]:
    return [it for it in evidence.findings if it.rule == rule]


def test_a_new_field_with_an_exact_conversion_brings_every_value_back() -> None:
    evidence = proved(EUROS, [ID, CENTS], [ID, CENTS, field("amount_euros", ["null", DECIMAL], default=None)])

    assert evidence.verdict == "pass"
    assert evidence.measure("mapped")
    assert not of_rule(evidence, CHANGED)
    assert not of_rule(evidence, ROUNDED)


def test_a_new_unit_under_the_old_name_is_refused_with_the_record() -> None:
    evidence = proved(EUROS, [ID, CENTS], [ID, field("amount", "long", doc="In euros.")])

    assert evidence.verdict == "fail"
    found = of_rule(evidence, "replay.value-changed")[0]
    assert found.severity == "error"
    assert " cents gives " in found.message
    assert " euros where it should be " in found.message


def test_another_doc_without_another_unit_changes_no_value() -> None:
    evidence = proved(EUROS, [ID, CENTS], [ID, field("amount", "long", doc="In cents, gross.")])

    assert evidence.verdict == "pass"


def test_a_type_that_cannot_hold_the_new_value_is_told() -> None:
    narrow = field("amount_euros", ["null", {**DECIMAL, "precision": 4}], default=None)

    evidence = proved(EUROS, [ID, CENTS], [ID, CENTS, narrow])

    assert "which the new type can't hold" in of_rule(evidence, REFUSED)[0].message


def test_rounding_that_is_said_is_a_warning_with_an_example() -> None:
    seconds = ChangeUnit("order", "", "delay", "s", "ms", "1/1000", "delay_s", '"long"')

    evidence = proved(
        seconds,
        [ID, field("delay", "long")],
        [ID, field("delay", "long"), field("delay_s", ["null", "long"], default=None)],
    )

    assert evidence.verdict == "pass"
    assert "comes back as" in of_rule(evidence, ROUNDED)[0].message
    assert "nearest whole number" in of_rule(evidence, ROUNDED)[0].message


def test_a_conversion_that_loses_without_saying_so_is_refused() -> None:
    silent = {**DECIMAL, "scale": 0}

    evidence = proved(EUROS, [ID, CENTS], [ID, CENTS, field("amount_euros", ["null", silent], default=None)])

    assert of_rule(evidence, CHANGED) or of_rule(evidence, REFUSED)


def test_a_unit_that_only_a_field_beside_says_is_not_proved() -> None:
    evidence = proved(EUROS, [ID, CENTS], [ID, CENTS, field("amount_unit", "string", default="cents")])

    assert evidence.verdict == "unknown"
    assert of_rule(evidence, LEFT_TO_READERS)[0].severity == "warning"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (CodeEdit("shop/main.py", 100, "add_converted", "amount", "amount_euros", "Decimal({}) / 100"), ""),
        (CodeEdit("shop/main.py", 100, "add_converted", "amount", "amount_euros", "Decimal({}) * 100"), "writes"),
        (CodeEdit("shop/main.py", 100, "add_key", "amount", "amount_euros"), "writes"),
        (CodeEdit("shop/main.py", 100, "read_either", "amount", "amount_euros", "round({} * 100)"), ""),
        (CodeEdit("shop/main.py", 100, "read_either", "amount", "amount_euros"), "reads"),
        (CodeEdit("shop/main.py", 100, "read_converted", "amount", "amount_euros", "round({} / 100)"), "reads"),
    ],
)
def test_an_edit_that_converts_otherwise_is_refused_with_the_first_value(edit: CodeEdit, told: str) -> None:
    it = case(EUROS, [[ID, CENTS]], [[ID, CENTS, field("amount_euros", ["null", DECIMAL], default=None)]])
    phases = tuple(replace(phase, edits=(edit,)) for phase in it.alternative.phases)

    evidence = ReplayCheck().run(replace(it, alternative=replace(it.alternative, phases=phases)), bench())
    found = of_rule(evidence, OTHERWISE)

    assert [told in finding.message for finding in found] == ([True] if told else [])
    assert evidence.verdict == ("fail" if told else "pass")


def test_a_split_is_tried_with_texts_without_a_separator_and_told() -> None:
    split = SplitField("order", "", "name", ("first", "last"), " ")
    new = [field("first", ["null", "string"], default=None), field("last", ["null", "string"], default=None)]

    evidence = proved(split, [ID, field("name", "string")], [ID, field("name", "string"), *new])

    assert evidence.verdict == "pass"
    assert "which part is which is a guess" in of_rule(evidence, SAID)[0].message


def test_a_part_that_can_not_be_null_refuses_a_text_without_a_separator() -> None:
    split = SplitField("order", "", "name", ("first", "last"), " ")
    new = [field("first", "string", default=""), field("last", "string", default="")]

    evidence = proved(split, [ID, field("name", "string")], [ID, field("name", "string"), *new])

    assert evidence.verdict == "fail"
    assert "last None, which the new type can't hold" in of_rule(evidence, REFUSED)[0].message


def test_blank_parts_in_the_place_of_a_text_are_refused_with_the_record() -> None:
    split = SplitField("order", "", "name", ("first", "last"), " ")
    new = [field("first", "string", default=""), field("last", "string", default="")]

    evidence = proved(split, [ID, field("name", "string")], [ID, *new])

    assert "name is lost" in of_rule(evidence, "replay.value-lost")[0].message


def test_parts_that_do_not_come_back_are_harmless_while_they_stay() -> None:
    merge = MergeFields("order", "", "first", ("last",), "name", " ")
    parts = [field("first", "string"), field("last", "string")]
    name = field("name", ["null", "string"], default=None)

    kept, dropped = proved(merge, [ID, *parts], [ID, *parts, name]), proved(merge, [ID, *parts], [ID, name])

    assert (kept.verdict, of_rule(kept, CHANGED)[0].severity) == ("pass", "warning")
    assert of_rule(dropped, CHANGED)[0].severity == "error"


def test_a_text_that_stands_beside_a_null_is_tried_when_both_are_merged() -> None:
    merge = MergeFields("order", "", "first", ("last",), "name", "|")
    parts = [field("first", ["null", "string"], default=None), field("last", "string")]
    name = field("name", ["null", "string"], default=None)

    dropped = proved(merge, [ID, *parts], [ID, name])

    assert any("last 'p1' becomes name None" in finding.message for finding in of_rule(dropped, CHANGED))


def test_a_copy_that_lacks_one_of_the_merged_fields_has_nothing_to_try() -> None:
    merge = MergeFields("order", "", "first", ("last",), "name", " ")

    behind = proved(merge, [ID, field("first", "string")], [ID, field("name", ["null", "string"], default=None)])

    assert of_rule(behind, CHANGED) == []
    assert of_rule(behind, "check.failed") == []


def test_a_new_meaning_under_the_old_name_is_refused_whatever_the_value() -> None:
    asked = ChangeMeaning("order", "", "status", "Trials count, too.", "status_v2")
    before = field("status", "string", doc="Paid orders only.")

    same = proved(asked, [ID, before], [ID, field("status", "string", doc="Trials count, too.")])
    beside = proved(asked, [ID, before], [ID, before, field("status_v2", ["null", "string"], default=None)])

    assert same.verdict == "fail"
    assert "in the new meaning, which nobody can tell apart" in of_rule(same, "replay.value-changed")[0].message
    assert beside.verdict == "pass"
