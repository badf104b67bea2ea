"""How long the state of a phase should last: what `copilot.toml` says, what its gate waits out, else the default."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.alternative import TimeBox
from copilot.domain.proposal import Proposal
from copilot.proposals import Workspace
from tests.line import example
from tests.repositories import commit

RENAME = "rename outcome to verdict in decision"


def boxes(settings: str, request: str = RENAME, slug: str = "phased") -> dict[str, TimeBox | None]:
    """Returns the time-box of each phase of an alternative, on the example with these settings added."""
    made = planned(settings, request)
    alternative = next(it for it in made.alternatives if it.id.startswith(f"{slug}-"))
    return {it.name: it.time_box for it in alternative.phases}


def planned(settings: str, request: str) -> Proposal:
    folder = example()
    path = Path(folder, "copilot.toml")
    commit(folder, {"copilot.toml": path.read_text("utf-8") + settings if path.exists() else settings})
    workspace = Workspace.open(folder)
    id = workspace.propose(request)
    for record in workspace.advance(id):
        if type(record.body).__name__ == "Plan":
            break
    return workspace.load(id)


def test_without_a_word_every_state_but_the_last_has_the_default() -> None:
    found = boxes("")

    assert [str(it) for it in found.values()] == ["30 days (the default)"] * 3 + ["None"]


def test_a_gate_that_waits_out_a_retention_gets_its_days_on_top() -> None:
    found = boxes('\n[topics."decisions"]\nretention_days = 45\n')

    assert found["stop old write"] is not None
    assert found["stop old write"].days == 75
    assert "45 for which decisions keeps records, copilot.toml:" in found["stop old write"].source
    assert found["expand"] == TimeBox(30, "the default")


def test_what_the_settings_say_counts_and_less_than_the_retention_is_told() -> None:
    found = boxes(
        '\n[gates."stop old write"]\ndays = 5\n[gates.expand]\ndays = 1\n[topics."decisions"]\nretention_days = 45\n'
    )

    assert str(found["expand"]).startswith("1 day (copilot.toml:")
    assert found["stop old write"] is not None
    assert found["stop old write"].days == 5
    assert "decisions keeps records for 45, copilot.toml:" in found["stop old write"].source


def test_a_level_that_is_lowered_until_a_day_has_that_day() -> None:
    found = boxes("", "lower the compatibility of decision to NONE until 2026-12-31", "until")

    assert str(found["loosened"]) == "until 2026-12-31 (as asked for)"
    assert found["restored"] is None


@pytest.mark.parametrize("days", ["forever", -1])
def test_a_topic_that_keeps_records_for_ever_gives_no_days(days: object) -> None:
    found = boxes(f'\n[topics."decisions"]\nretention_days = {days!r}\n'.replace("'", '"'))

    assert {str(it) for it in found.values()} <= {"30 days (the default)", "None"}
