"""Approving and rejecting: exactly one plan, by a named person, with what high stakes ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.proposal import plan_digest
from copilot.errors import RefusedByEvidence, WrongUsage
from tests.proposals.papers import NAIVE, NOTHING, PLAIN, paper


def test_an_approval_names_plan_person_and_time(tmp_path: Path) -> None:
    made = paper(tmp_path)

    approval = made.open().approve(made.id, note="seen with Bob")

    proposal = made.open().load(made.id)
    assert proposal.approvals == (approval,)
    assert proposal.state == "approved"
    assert approval.plan == plan_digest(proposal, PLAIN)
    assert (approval.by, approval.at, approval.note) == (
        "Ada <ada@example.org>",
        "2026-01-02T12:00:00Z",
        "seen with Bob",
    )


def test_a_plan_that_changed_since_it_was_seen_is_not_approved(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(RefusedByEvidence, match="changed since you looked"):
        made.open().approve(made.id, plan="what was seen before")


def test_a_refused_alternative_cannot_be_approved(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(RefusedByEvidence, match="refused by the evidence") as caught:
        made.open().approve(made.id, alternative=NAIVE)
    assert "It was seen." in str(caught.value)


def test_where_all_are_refused_nothing_can_be_approved(tmp_path: Path) -> None:
    made = paper(tmp_path, chosen="")

    with pytest.raises(RefusedByEvidence, match="Every alternative was refused"):
        made.open().approve(made.id)


def test_changing_nothing_needs_no_approval(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(WrongUsage, match="changes nothing"):
        made.open().approve(made.id, alternative=NOTHING)


def test_an_unknown_alternative_lists_those_that_are_there(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(WrongUsage, match='no alternative "other"') as caught:
        made.open().approve(made.id, alternative="other")
    assert PLAIN in caught.value.next


def test_high_stakes_ask_for_the_subjects_name(tmp_path: Path) -> None:
    made = paper(tmp_path, stakes="high")

    with pytest.raises(RefusedByEvidence, match="typed confirmation"):
        made.open().approve(made.id, confirmation="orders")
    assert made.open().approve(made.id, confirmation="order")


def test_a_rejected_plan_stays_rejected(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().reject(made.id, note="no")

    with pytest.raises(RefusedByEvidence, match="a no is final"):
        made.open().approve(made.id)
    assert made.open().load(made.id).state == "rejected"


def test_an_applied_plan_cannot_be_rejected(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    made.open().apply(made.id)

    with pytest.raises(WrongUsage, match="applied already"):
        made.open().reject(made.id)
