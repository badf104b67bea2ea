"""What the settings say about the gate of a landed phase: how long its state lasts, and what a result must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.alternative import Gate, Phase
from copilot.domain.source import Span
from copilot.errors import WrongUsage
from copilot.proposals.gates import Standing, Ways, proofs_of, time_box
from copilot.settings import GateSettings

LANDED = "2026-01-02T12:00:00Z"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (None, "it should end by 2026-02-01 (30 days, the default"),
        (0.5, "it should end by 2026-01-03 (0.5 days, copilot.toml)"),
        (1e12, "it should end by 9999-12-31 (1e+12 days, copilot.toml)"),
    ],
)
def test_a_state_says_until_when_it_should_last(days: float | None, told: str) -> None:
    settings = GateSettings("expand", "", (), days, Span("copilot.toml", 1, 1))
    phase = Phase("expand", (), (), Gate("Both fields agree."))

    assert told in time_box(Standing("p-0123456789", 0, phase, LANDED, settings, None))


def test_a_condition_of_the_settings_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    result = tmp_path / "counts.csv"
    result.write_text("mismatches\n0\n")
    settings = GateSettings("expand", "", ("oops",), None, Span("copilot.toml", 7, 7))
    standing = Standing("p-0123456789", 0, Phase("expand", (), (), Gate("Both fields agree.")), LANDED, settings, None)

    with pytest.raises(WrongUsage, match="is no condition") as caught:
        proofs_of(standing, Ways(result=result), by="Ada", at=LANDED, run=lambda command: None)

    assert caught.value.where == "copilot.toml:7"
    given = Ways(result=result, holds=("mismatches = 0",))
    (proof,) = proofs_of(standing, given, by="Ada", at=LANDED, run=lambda command: None)
    assert proof.text == "mismatches = 0 in counts.csv (1 row)"
