"""How long the state of a landed phase lasts, and from when its gate can hold, whatever number the settings give."""

from __future__ import annotations

import pytest

from copilot.domain.alternative import Gate, Phase
from copilot.domain.source import Span
from copilot.proposals.gates import Standing, time_box
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
