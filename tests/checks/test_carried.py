"""Whether the steps and gates of a plan bring out what its patches change."""

from __future__ import annotations

import pytest

from copilot.checks.carried import carried_findings
from copilot.domain.alternative import Alternative, Gate, Phase, Step
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import FileChange, Patch
from copilot.ports import Case
from tests.planners.builders import COMMIT, link, pipeline

CHANGED = FileChange("shop/main.py", "a = 1\n", "a = 2\n")
DEPLOY = Step("Deploy the producers", "producers", ("shop",), ("shop/main.py",))
PROGRAM = "def main():\n    print(1)\n"


def told(*phases: Phase, changes: tuple[tuple[FileChange, ...], ...] = ((CHANGED,),)) -> list[str]:
    base = pipeline([], [link("shop", "orders", "produces", None)])
    patches = tuple(Patch("try", number, COMMIT, it, "", "") for number, it in enumerate(changes))
    alternative = Alternative("try", "", "rules", "", phases, "")
    case = Case(ChangeRequest("", (), COMMIT, "ada"), base, (), alternative, patches, ())
    return [it.rule for it in carried_findings(case)]


def test_a_plan_whose_steps_carry_all_that_changes_has_nothing_to_tell() -> None:
    assert told(Phase("all", (), (DEPLOY,))) == []
    assert told(Phase("by people", (), ())) == []


def test_a_file_that_no_step_carries_is_told_and_so_is_one_that_stays_as_it_is() -> None:
    other = Step("Deploy the producers", "producers", ("shop",), ("shop/other.py",))

    assert told(Phase("all", (), (other,))) == ["scope.not-carried", "scope.not-changed"]


def test_a_phase_without_steps_carries_nothing_where_others_have_some() -> None:
    phases = Phase("one", (), (), Gate("all moved")), Phase("two", (), (DEPLOY,))
    other = FileChange("shop/main.py", "a = 1\n", "a = 3\n")

    assert told(*phases, changes=((CHANGED,), (other,))) == ["scope.not-carried"]


def test_a_file_that_goes_back_has_to_be_carried_as_well() -> None:
    gate = Gate("all moved")
    phases = Phase("one", (), (DEPLOY,), gate), Phase("two", (), (Step("Retire it", "schema", (), ()),))

    assert told(*phases, changes=((CHANGED,), ())) == ["scope.not-carried"]


def test_a_step_for_a_job_that_is_not_there_is_told() -> None:
    assert told(Phase("all", (), (Step("Deploy", "producers", ("shoop",), ("shop/main.py",)),))) == [
        "scope.no-such-job"
    ]


def test_a_phase_that_another_one_follows_needs_a_gate() -> None:
    phases = Phase("one", (), (DEPLOY,)), Phase("two", (), ())

    assert told(*phases, changes=((CHANGED,), (CHANGED,))) == ["scope.no-gate"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (PROGRAM, ["scope.not-run"]),
        (f"{PROGRAM}\nmain()\n", []),
        (f'{PROGRAM}\nif __name__ == "__main__":\n    main()\n', []),
    ],
)
def test_a_new_program_that_nobody_starts_is_told(text: str, rules: list[str]) -> None:
    step = Step("Start the router", "producers", (), ("router.py",))

    assert told(Phase("all", (), (step,)), changes=((FileChange("router.py", None, text),),)) == rules


def test_a_new_module_that_another_file_of_the_patch_imports_needs_no_start() -> None:
    step = Step("Deploy", "producers", ("shop",), ("shop/main.py", "shop/rule.py"))
    user = FileChange("shop/main.py", "a = 1\n", "from rule import main\na = 1\n")

    assert told(Phase("all", (), (step,)), changes=((user, FileChange("shop/rule.py", None, PROGRAM)),)) == []
