from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.evaluation import score
from copilot.evaluation.gates import in_order
from copilot.evaluation.outcome import GATES
from tests.evaluation.cases import outcome


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    found = score.share(8, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_share_lies_in_its_interval(right: int, more: int) -> None:
    found = score.share(right, right + more)
    assert 0 <= found.low <= found.high <= 1
    assert not found.of or found.low <= found.value + 1e-9 <= found.high + 2e-9


def test_nothing_counted_is_no_share() -> None:
    assert str(score.share(0, 0)) == "-"


def test_the_curve_only_falls() -> None:
    outcomes = [outcome("a"), outcome("b", "legal"), outcome("c", "right choice")]
    curve = [share.right for _, share in score.attrition(outcomes)]
    assert curve == sorted(curve, reverse=True)
    assert (curve[0], curve[-1]) == (3, 1)


@pytest.mark.parametrize("gate", score.LOSS_GATES)
def test_what_the_copilot_called_proved_and_was_not_is_a_silent_loss(gate: str) -> None:
    assert score.silent_losses([outcome("a"), outcome("b", gate)]).right == 1


def test_a_program_that_was_not_run_says_nothing_of_losses() -> None:
    waits = replace(outcome("a"), gates=in_order([("understood", ""), ("right choice", "")]))
    assert score.silent_losses([waits]).of == 0
    assert (score.runs([waits, outcome("b")]).right, score.runs([waits, outcome("b")]).of) == (1, 2)


@pytest.mark.parametrize("gate", [it for it in GATES if it not in score.LOSS_GATES])
def test_what_fails_elsewhere_is_none(gate: str) -> None:
    assert score.silent_losses([outcome("a", gate)]).right == 0


def test_a_clean_change_that_is_not_solved_is_a_false_alarm() -> None:
    found = score.false_alarms(
        [outcome("a", tags=("clean",)), outcome("b", "right choice", tags=("clean",)), outcome("c", "legal")]
    )
    assert (found.right, found.of) == (1, 2)


def test_kinds_are_in_their_natural_order() -> None:
    outcomes = [outcome("a"), outcome("b")]
    keys = {"a": ("K10",), "b": ("K9",)}
    assert [key for key, _ in score.by(outcomes, lambda it: keys[it.case])] == ["K9", "K10"]
