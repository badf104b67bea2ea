"""Cases run whole: the judge tells a copilot that is right from one that is wrong on purpose."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.checks.battery import BATTERY
from copilot.domain.proposal import Proposal
from copilot.evaluation.case import Case, read_case
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.places import build_case
from copilot.evaluation.planners import Choice, decided
from copilot.evaluation.report import as_baseline, differences, ends_of_cases, junit, markdown, page
from copilot.evaluation.run import run_case
from copilot.evaluation.suite import Ways, read_suite, run_suite
from tests.evaluation.cases import SUITE, outcome

pytestmark = pytest.mark.slow


def case(id: str) -> Case:
    return read_case(SUITE / "cases" / f"{id}.toml", SUITE / "cases")


def run(wanted: Case, planner: str = "rules") -> CaseOutcome:
    return run_case(wanted, SUITE, planner)


def test_a_rename_by_alias_passes_every_gate() -> None:
    found = run(case("hand/k3-rename-shared"))
    assert not found.broken
    assert found.is_solved, found.failed
    assert (found.figure("impact right"), found.figure("impact affected")) == (3, 3)


def test_a_schema_that_is_a_literal_in_code_is_judged_by_its_own_level() -> None:
    added = run(case("grid/k1-add-outage"))
    assert added.is_solved, added.failed
    assert {it.gate: it.passed for it in added.gates}["legal"] == "pass"
    assert not run(case("grid/k1-add-outage"), "wrong on purpose").is_solved


def test_the_edit_that_people_make_first_does_not() -> None:
    found = run(case("hand/k3-rename-shared"), "wrong on purpose")
    assert found.failed is not None
    assert found.failed.gate == "legal"


def test_a_wrong_answer_key_fails_where_it_is_wrong() -> None:
    right = case("hand/k3-rename-shared")
    values = (replace(right.truth.values[0], value=99),)
    found = run(replace(right, truth=replace(right.truth, values=values)))
    assert found.failed is not None
    assert found.failed.gate == "values survive"
    assert "gives 1234" in found.failed.note


def test_gates_ask_nothing_of_a_program_that_people_have_to_finish_first() -> None:
    found = run(case("hand/k8-optional-computed"))
    passed = {it.gate: it.passed for it in found.gates}
    assert found.figure("by hand") == 2
    assert [passed[gate] for gate in ("readable", "values survive", "contracts hold")] == ["n/a"] * 3
    assert found.is_solved, found.failed


def test_what_was_not_shown_to_be_undone_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.checks.battery.BATTERY", tuple(it for it in BATTERY if it.name != "undo"))
    found = run(case("hand/c-doc-record"))
    assert found.failed is not None
    assert (found.failed.gate, found.failed.note) == (
        "undo proven",
        "The copilot did not prove that it can be taken back.",
    )


def test_a_refusal_must_say_what_it_is_about() -> None:
    right = case("hand/r-unknown-field")
    assert run(right).is_solved
    wrong = run(replace(right, truth=replace(right.truth, says=("coupon",))))
    assert wrong.failed is not None
    assert wrong.failed.gate == "right choice"


def test_a_proposal_where_a_question_is_right_is_not_understood() -> None:
    right = case("hand/k3-rename-shared")
    asked = replace(right.truth, answer="question", candidates=("order",))
    found = run(replace(right, truth=asked))
    assert found.failed is not None
    assert found.failed.gate == "understood"


def test_a_case_that_cant_be_run_is_a_failure_of_its_own() -> None:
    found = run(replace(case("hand/k3-rename-shared"), base="nowhere"))
    assert 'no base repository "nowhere"' in found.broken


def test_a_base_repository_may_hold_what_is_no_text(tmp_path: Path) -> None:
    asked = case("hand/r-unknown-field")
    shutil.copytree(SUITE / "repositories" / asked.base, tmp_path / "repositories" / asked.base)
    picture = tmp_path / "repositories" / asked.base / "01-first" / "logo.png"
    picture.write_bytes(b"\x89PNG\xff")
    build_case(replace(asked, words=(("PNG", "GIF"),)), tmp_path / "built", tmp_path)
    assert (tmp_path / "built" / "logo.png").read_bytes() == picture.read_bytes()


def test_a_second_run_takes_what_is_known(tmp_path: Path) -> None:
    cases, _ = read_suite(SUITE, ["hand/r-unknown-field"])
    first = list(run_suite(cases, SUITE, tmp_path, Ways(workers=1)))
    assert list(run_suite(cases, SUITE, tmp_path, Ways(workers=1))) == first
    assert len(list((tmp_path / "results").iterdir())) == 1


def stops_the_process(proposal: Proposal) -> str:
    os._exit(7)


def never_answers(proposal: Proposal) -> str:
    time.sleep(60)
    return ""


def raises(proposal: Proposal) -> str:
    raise KeyError("no such alternative")


@pytest.mark.parametrize(
    ("planner", "why"),
    [
        (stops_the_process, "Its process ended with 7."),
        (never_answers, "It took over 20 s, and was ended."),
        (raises, "KeyError: 'no such alternative'"),
    ],
)
def test_a_planner_that_does_not_answer_is_a_failure_of_each_case_alone(
    planner: Choice, why: str, tmp_path: Path
) -> None:
    cases, _ = read_suite(SUITE, ["hand/c-doc-record"])
    ways = Ways(planners=("bad", "rules"), case_seconds=20, choices={"bad": planner, "rules": decided})
    bad, good = run_suite(cases, SUITE, tmp_path, ways)
    assert bad.broken == why
    assert not bad.is_solved
    assert good.is_solved


def test_a_planner_that_writes_outside_its_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def writes(proposal: Proposal) -> str:
        (tmp_path / "repository" / "shop" / "records.py").write_text("gone = True\n")
        return decided(proposal)

    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda **_: nullcontext(str(tmp_path)))
    found = run_case(case("hand/c-doc-record"), SUITE, "bad", choices={"bad": writes})
    assert found.broken == "The planner wrote outside its own folder: shop/records.py."


def test_a_model_is_asked_in_turns_and_the_rules_once(tmp_path: Path) -> None:
    cases, _ = read_suite(SUITE, ["hand/r-unknown-field"])
    ways = Ways(planners=("rules", "model"), epochs=3)
    found = list(run_suite(cases, SUITE, tmp_path, ways))
    assert [(it.planner, it.epoch) for it in found] == [("rules", 0), ("model", 0), ("model", 1), ("model", 2)]
    assert "| model | 1 of 1" in markdown(found).partition("## In turns")[2]


def test_the_report_names_failures_first_and_what_differs() -> None:
    now = [outcome("a", "legal"), outcome("b")]
    text = markdown(now, ends_of_cases([outcome("a"), outcome("c")]), Path("/kept"))
    assert text.index("## Failures") < text.index("## Gates in order")
    assert "| a | solved | fails at legal |" in text
    ends = ends_of_cases(now)
    assert list(differences(ends, ends)) == []
    assert "it is wrong" in page(now)
    assert 'failures="1"' in junit(now)
    assert as_baseline(now)["ends"] == {"rules": {"a": "fails at legal", "b": "solved"}}
