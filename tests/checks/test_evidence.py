from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from copilot.checks.evidence import make_evidence
from copilot.domain.evidence import Evidence, Finding, Measure
from copilot.domain.patch import Patch
from tests.checks.cases import COMMIT, alternative_of, case_of

PATCH = Patch("try-000001", 0, COMMIT, (), "", "d" * 64)
FINDINGS = (
    Finding("a.note", "note", "One."),
    Finding("b.error", "error", "Two.", phase=1),
    Finding("a.error", "error", "Three."),
    Finding("b.error", "error", "Two.", phase=1),
)


def evidence(
    findings: tuple[Finding, ...] = FINDINGS, measures: tuple[Measure, ...] = (), patch: Patch = PATCH
) -> Evidence:
    case = case_of(alternative_of(), (patch,))
    return make_evidence("scope", 1, case, verdict="pass", findings=findings, measures=measures)


def test_the_id_is_short_and_names_what_it_is() -> None:
    assert re.fullmatch(r"ev-[0-9a-f]{12}", evidence().id)


def test_base_and_patches_are_inputs_always() -> None:
    assert evidence().recipe.inputs == (("base", COMMIT), ("patch.0", "d" * 64))


@given(st.permutations(FINDINGS))
def test_the_order_of_finding_does_not_change_the_evidence(findings: list[Finding]) -> None:
    assert evidence(tuple(findings)) == evidence()


def test_findings_stand_worst_first_and_once() -> None:
    assert [finding.message for finding in evidence().findings] == ["Three.", "Two.", "One."]


def test_a_volatile_measure_does_not_change_the_id() -> None:
    slow = evidence(measures=(Measure("took", 9.5, "seconds", is_volatile=True),))

    assert slow.id == evidence().id
    assert slow.measure("took") == 9.5


def test_a_stable_measure_changes_the_id() -> None:
    assert evidence(measures=(Measure("lines", 2, "lines"),)).id != evidence().id


def test_another_patch_changes_the_id() -> None:
    other = Patch("try-000001", 0, COMMIT, (), "", "e" * 64)

    assert evidence(patch=other).id != evidence().id
