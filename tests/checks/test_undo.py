from __future__ import annotations

from dataclasses import replace

from copilot.checks.undo import UndoCheck
from copilot.domain.evidence import Evidence
from copilot.domain.patch import FileChange, Patch
from copilot.patches.diff import make_patch
from tests.checks.benches import bench_of
from tests.checks.cases import COMMIT, alternative_of, case_of, tree_of

CHANGE = FileChange("a.py", "x\n", "y\n")
PATCH = make_patch("try-000001", 0, COMMIT, [CHANGE])


def undo(*patches: Patch, base: str = "x\n") -> Evidence:
    return UndoCheck().run(case_of(alternative_of(), patches), bench_of(tree_of({"a.py": base})))


def test_a_patch_that_reverses_passes() -> None:
    evidence = undo(PATCH, make_patch("try-000001", 1, COMMIT, []))

    assert (evidence.verdict, evidence.measure("patches"), evidence.measure("files_restored")) == ("pass", 2, 1)


def test_a_patch_whose_base_moved_fails() -> None:
    evidence = undo(PATCH, base="z\n")

    assert evidence.verdict == "fail"
    assert [finding.rule for finding in evidence.findings] == ["undo.does-not-apply"]


def test_a_diff_that_does_other_than_its_patch_fails() -> None:
    evidence = undo(replace(PATCH, diff=PATCH.diff.replace("+y", "+z")))

    assert [finding.rule for finding in evidence.findings] == ["undo.applies-differently"]


def test_changing_nothing_needs_no_undo() -> None:
    assert undo().verdict == "not-applicable"


def test_trying_twice_gives_the_same_evidence() -> None:
    assert undo(PATCH) == undo(PATCH)
