"""Words that several faces use: an outcome with its rank, and what was left open."""

from __future__ import annotations

from copilot.domain.decision import Ruling
from copilot.reasons.words import outcome_and_rule


def test_what_could_not_be_settled_is_said_once_and_with_the_outcome() -> None:
    ruling = Ruling("a-000001", "unproved", 2, "unproved (usage and contract), behind on: proved, not only hoped", ())

    assert outcome_and_rule(ruling) == ("unproved (usage and contract), rank 2", "behind on: proved, not only hoped")


def test_other_outcomes_keep_their_rule() -> None:
    ruling = Ruling("a-000001", "acceptable", 2, "behind on: fewest phases", ())

    assert outcome_and_rule(ruling) == ("acceptable, rank 2", "behind on: fewest phases")
