"""What the settings say about the gate of a landed phase: how long its state lasts, and what a result must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.alternative import Gate, Phase, TimeBox
from copilot.domain.source import Span
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.proposals.gates import Standing, Ways, overrun, proofs_of, time_box
from copilot.settings import GateSettings

LANDED = "2026-01-02T12:00:00Z"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (None, "it should end by 2026-02-01, its time-box: 30 days (the default"),
        (0.5, "it should end by 2026-01-03, its time-box: 0.5 days (copilot.toml:1)"),
        (1e12, "it should end by 9999-12-31, its time-box: 1e+12 days (copilot.toml:1)"),
    ],
)
def test_a_state_says_until_when_it_should_last(days: float | None, told: str) -> None:
    settings = GateSettings("expand", "", (), days, Span("copilot.toml", 1, 1))
    phase = Phase("expand", (), (), Gate("Both fields agree."))

    standing = Standing("p-0123456789", 0, phase, LANDED, settings, None)
    assert told in time_box(standing, LANDED)
    assert not overrun(standing, LANDED)


@pytest.mark.parametrize(
    ("box", "at", "told"),
    [
        (TimeBox(37, "the source"), "2026-02-08T12:00:00Z", ""),
        (TimeBox(37, "the source"), "2026-02-08T13:00:00Z", "should have ended by 2026-02-08, less than a day ago"),
        (TimeBox(37, "the source"), "2026-02-10T13:00:00Z", "should have ended by 2026-02-08, 2 days ago"),
        (TimeBox(0, "as asked for", "2026-03-01"), "2026-03-01T23:00:00Z", ""),
        (
            TimeBox(0, "as asked for", "2026-03-01"),
            "2026-03-03T12:00:00Z",
            "should have ended by 2026-03-01, 1 day ago",
        ),
        (None, "2026-02-03T12:00:00Z", "should have ended by 2026-02-01, 2 days ago"),
    ],
)
def test_a_state_that_lasts_too_long_is_told_by_how_much(box: TimeBox | None, at: str, told: str) -> None:
    phase = Phase("expand", (), (), Gate("Both fields agree."), box)
    standing = Standing("p-0123456789", 0, phase, LANDED, None, None)

    assert overrun(standing, at).endswith(told)
    assert bool(overrun(standing, at)) == bool(told)
    assert ("That time is over" in time_box(standing, at)) == bool(told)


def test_what_the_settings_say_now_comes_before_what_was_said_when_it_was_proposed() -> None:
    phase = Phase("expand", (), (), Gate("Both fields agree."), TimeBox(5, "copilot.toml:1"))
    settings = GateSettings("expand", "", (), 90, Span("copilot.toml", 4, 4))

    assert not overrun(Standing("p-0123456789", 0, phase, LANDED, settings, None), "2026-03-01T12:00:00Z")


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


def test_a_state_that_was_wished_to_last_does_not_end_before_unless_somebody_answers_for_it(tmp_path: Path) -> None:
    result = tmp_path / "counts.csv"
    result.write_text("mismatches\n0\n")
    box = TimeBox(60, 'the default; "keep the old field for 30 days"', least_days=30)
    standing = Standing("p-0123456789", 0, Phase("expand", (), (), Gate("Both agree."), box), LANDED, None, None)
    shown, answered = Ways(result=result, holds=("mismatches = 0",)), Ways(attest="nobody reads it, see the log")

    def proved(ways: Ways, at: str) -> int:
        return len(proofs_of(standing, ways, by="Ada", at=at, run=lambda command: None))

    with pytest.raises(RefusedByEvidence, match="keep the old field for 30 days"):
        proved(shown, LANDED)
    assert proved(answered, LANDED) == 1
    assert proved(shown, "2026-05-01T12:00:00Z") == 1
