"""How much of the recorded data breaks a rule, and whether it is refused before anybody has counted."""

from __future__ import annotations

import json
from dataclasses import replace

from copilot.checks.recorded import FILES_MAX
from copilot.checks.rules import BROKEN, COUNTED, UNMEASURED, is_enforced, rule_findings
from copilot.domain.alternative import Alternative, CodeEdit, Edit, NewFile, Phase
from copilot.domain.evidence import Finding
from copilot.domain.operation import ChangeRequest, ConstrainField
from copilot.domain.patch import FileChange, Patch
from copilot.domain.samples import SampleFiles
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.planners.builders import COMMIT, link, pipeline, subject

RECORD = {"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "int"}]}
RULE = ConstrainField("order", "", "amount", '{"minimum":0}')
WRAPPED = CodeEdit("main.py", 0, "wrap_value", "amount", "", "checked_amount({})")
ENFORCE = NewFile("rule.py", 'MODE = "enforce"\nif value is None or (value >= 0):\n    ...\n')
AUDIT = NewFile("rule.py", ENFORCE.text.replace("enforce", "audit"))


def case(*phases: tuple[Edit, ...]) -> Case:
    base = pipeline([subject("order", "order.avsc", RECORD)], [link("shop", "orders", "produces", "order")])
    named = tuple(Phase(f"phase {number}", edits, ()) for number, edits in enumerate(phases))
    held = FileChange("main.py", "emit(amount)\n", "emit(checked_amount(amount))\n")
    patches = tuple(Patch("try", number, COMMIT, (held,), "", "") for number in range(len(phases)))
    request = ChangeRequest("", (RULE,), COMMIT, "ada")
    return Case(request, base, (impact_of(RULE, base),), Alternative("try", "", "rules", "", named, ""), patches, ())


def found(it: Case, *amounts: int, path: str = "tests/fixtures/orders.jsonl") -> list[tuple[str, str]]:
    files = {path: "\n".join(json.dumps({"amount": amount}) for amount in amounts)} if amounts else {}
    findings: list[Finding] = list(rule_findings(it, bench_of(tree_of(files))))
    assert not any("4711" in finding.message for finding in findings)
    return [(finding.rule, finding.severity) for finding in findings]


def test_recorded_values_that_a_first_deploy_refuses_are_an_error() -> None:
    assert found(case((ENFORCE, WRAPPED)), 1, -4711) == [(BROKEN, "error"), (UNMEASURED, "warning")]


def test_they_are_a_note_where_producers_count_first() -> None:
    assert found(case((AUDIT, WRAPPED), (ENFORCE, WRAPPED)), 1, -4711) == [(BROKEN, "note")]


def test_refusing_unseen_is_an_open_question_also_where_recorded_values_keep_the_rule() -> None:
    assert found(case((ENFORCE, WRAPPED)), 1, 2) == [(COUNTED, "note"), (UNMEASURED, "warning")]
    assert found(case((ENFORCE, WRAPPED))) == [(UNMEASURED, "warning")]


def test_files_outside_of_folders_for_samples_are_not_taken_for_records() -> None:
    assert found(case((AUDIT, WRAPPED)), -4711, path="config/orders.jsonl") == []


def test_files_that_the_settings_name_are_looked_at_before_what_looks_like_samples() -> None:
    asked = case((ENFORCE, WRAPPED))
    named = (SampleFiles("order", "records/*.jsonl", Span("copilot.toml", 4, 4)),)
    asked = replace(asked, base=replace(asked.base, samples=named))
    others = {f"data/{number:02}.json": "{}" for number in range(FILES_MAX)}
    findings = rule_findings(asked, bench_of(tree_of({**others, "records/orders.jsonl": '{"amount": -4711}'})))

    assert [finding.rule for finding in findings] == [BROKEN, UNMEASURED]


def test_a_rule_that_nothing_refuses_is_not_carried_out() -> None:
    assert is_enforced(RULE, case((AUDIT, WRAPPED), (ENFORCE, WRAPPED)))
    assert not is_enforced(RULE, case((AUDIT, WRAPPED)))
    assert not is_enforced(RULE, case((ENFORCE,)))


def test_a_rule_with_another_limit_or_that_no_code_asks_for_is_not_carried_out() -> None:
    other = replace(ENFORCE, text=ENFORCE.text.replace(">= 0", ">= 1"))
    lost = case((ENFORCE, WRAPPED))
    lost = replace(lost, patches=tuple(replace(it, changes=()) for it in lost.patches))

    counted = replace(AUDIT, text=AUDIT.text.replace(">= 0", ">= 1"))

    assert not is_enforced(RULE, case((other, WRAPPED)))
    assert not is_enforced(RULE, case((counted, WRAPPED), (ENFORCE, WRAPPED)))
    assert not is_enforced(RULE, lost)
