"""The level that a subject must keep, against every version of its history."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.compatibility import CompatibilityCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, RemoveField, RenameField
from copilot.ports import Case
from tests.checks.orders import bench, case, field

AMOUNT = field("amount", "long")
ID = field("id", "string")
RENAME = RenameField("order", "", "amount", "total")
ADD = AddField("order", "", "note", '"string"')


def run(it: Case) -> Evidence:
    return CompatibilityCheck().run(it, bench())


def rules(evidence: Evidence, severity: str = "error") -> set[str]:
    return {finding.rule for finding in evidence.findings if finding.severity == severity}


def test_a_field_with_a_default_passes_backward() -> None:
    evidence = run(case(ADD, [[ID]], [[ID, field("note", "string", default="")]]))

    assert evidence.verdict == "pass"
    assert evidence.measure("pairs_failed") == 0
    assert evidence.measure("subjects_changed") == 1


def test_a_renamed_field_without_alias_fails_backward() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long")]]))

    assert evidence.verdict == "fail"
    assert any(it.path == "total" and "version 1" in it.message for it in evidence.findings if it.severity == "error")


def test_an_alias_passes_backward_and_warns_about_the_other_direction() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long", aliases=["amount"])]]))

    assert evidence.verdict == "pass"
    assert evidence.measure("pairs_failed_beyond_level") == 1
    assert any("BACKWARD does not ask for it" in it.message for it in evidence.findings)


def test_the_same_alias_fails_full() -> None:
    renamed = [ID, field("total", "long", aliases=["amount"])]

    assert run(case(RENAME, [[ID, AMOUNT]], [renamed], level="FULL")).verdict == "fail"


def test_an_older_version_is_judged_only_by_a_transitive_level() -> None:
    history = [[ID, field("amount", "string")], [ID], [ID]]
    after = [ID, field("amount", "long", default=0)]
    add = AddField("order", "", "amount", '"long"', "0")

    plain = run(case(add, history[:2], [after]))
    strict = run(case(add, history[:2], [after], level="BACKWARD_TRANSITIVE"))

    assert plain.verdict == "pass"
    assert any("version 1" in it.message for it in plain.findings if it.severity == "warning")
    assert strict.verdict == "fail"


def test_what_was_so_before_the_change_is_a_warning() -> None:
    history = [[ID, field("amount", "string")], [ID, field("amount", "long")]]
    after = [ID, field("amount", "long"), field("note", "string", default="")]

    evidence = run(case(ADD, history, [after], level="BACKWARD_TRANSITIVE"))

    assert evidence.verdict == "pass"
    assert any("It was so before this change" in it.message for it in evidence.findings)


def test_each_phase_is_judged_against_the_one_before() -> None:
    both = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    last = [ID, field("total", ["null", "long"], default=None)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [both, last]))

    assert evidence.verdict == "pass"
    assert {it.phase for it in evidence.findings if it.severity == "warning"} <= {0, 1}


def test_a_schema_that_can_no_longer_be_read_fails() -> None:
    it = case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long")]])
    gone = replace(it, states=(replace(it.states[0], subjects=()),))

    evidence = run(gone)

    assert evidence.verdict == "fail"
    assert rules(evidence) == {"compatibility.subject-gone"}


def test_no_changed_schema_is_not_applicable() -> None:
    assert run(case(RENAME, [[ID]], [[ID]])).verdict == "not-applicable"


def test_an_assumed_level_is_said() -> None:
    it = case(ADD, [[ID]], [[ID, field("note", "string", default="")]])
    subject = replace(it.base.subjects[0], level_source="assumed")

    evidence = run(replace(it, base=replace(it.base, subjects=(subject,))))

    assert "compatibility.level-assumed" in rules(evidence, "note")


def test_removing_a_field_with_default_passes_full() -> None:
    remove = RemoveField("order", "", "note")
    history = [[ID, field("note", "string", default="")]]

    assert run(case(remove, history, [[ID]], level="FULL_TRANSITIVE")).verdict == "pass"


def test_a_default_that_is_not_of_the_first_branch_fails_where_the_change_brings_it() -> None:
    swapped = field("note", ["string", "null"], default=None)

    brought = run(case(ADD, [[ID]], [[ID, swapped]]))
    kept = run(case(ADD, [[ID, swapped]], [[ID, swapped, field("more", "string", default="")]]))

    assert (brought.verdict, rules(brought)) == ("fail", {"compatibility.default-not-first"})
    assert kept.verdict == "pass"


def test_a_default_of_null_is_not_of_a_type_that_is_only_named() -> None:
    color = field("color", {"type": "enum", "name": "Color", "symbols": ["RED"]})

    evidence = run(case(ADD, [[ID, color]], [[ID, color, field("note", ["Color", "null"], default=None)]]))

    assert rules(evidence) == {"compatibility.default-not-first"}
