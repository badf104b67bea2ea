"""Approving and rejecting: exactly one plan, by a named person, with what high stakes ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.proposal import plan_digest
from copilot.errors import RefusedByEvidence, WaitingForApproval, WrongUsage
from copilot.proposals import Workspace
from tests.proposals.papers import NAIVE, NOTHING, PLAIN, begin, paper


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
        made.open().approve(made.id, confirmation="orders", note="seen")
    assert made.open().approve(made.id, confirmation="order", note="seen")


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


def test_high_stakes_ask_for_a_reason(tmp_path: Path) -> None:
    made = paper(tmp_path, stakes="high")

    with pytest.raises(RefusedByEvidence, match="needs a reason"):
        made.open().approve(made.id, confirmation="order", note=" ")


@pytest.mark.parametrize(
    ("remind", "until", "when"),
    [
        ("2026-02-01", "2026-02-01", ""),
        ("in 2 weeks", "2026-01-16", ""),
        ("1 month", "2026-02-01", ""),
        ("the billing  team has moved", "", "the billing team has moved"),
        ("2026-02-01, or when billing has moved", "", "2026-02-01, or when billing has moved"),
    ],
)
def test_not_now_is_until_a_day_or_until_words_come_true(tmp_path: Path, remind: str, until: str, when: str) -> None:
    made = paper(tmp_path)

    postponed = made.open().postpone(made.id, remind, note="later")

    assert (postponed.until, postponed.when, postponed.by) == (until, when, "Ada <ada@example.org>")
    assert made.open().load(made.id).state == "postponed"


@pytest.mark.parametrize("remind", ["", " ", "2026-02-30", "2026-01-02", "2025-12-31", "999999 weeks"])
def test_a_day_that_can_not_come_is_refused(tmp_path: Path, remind: str) -> None:
    made = paper(tmp_path)

    with pytest.raises(WrongUsage) as caught:
        made.open().postpone(made.id, remind)
    assert caught.value.next
    assert made.open().load(made.id).postponed is None


def test_what_is_put_off_is_not_applied_until_it_is_approved_again(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    made.open().postpone(made.id, "2026-02-01")

    with pytest.raises(WaitingForApproval, match="postponed until 2026-02-01"):
        made.open().apply(made.id)
    made.open().approve(made.id)
    assert made.open().apply(made.id)


def test_what_is_due_comes_first_and_the_rest_is_newest_first(tmp_path: Path) -> None:
    made = paper(tmp_path)
    newer = begin(made.folder, made.base, text="another one")
    made.open().postpone(made.id, "2026-01-05")

    def ids(now: str) -> list[str]:
        return [it.id for it in Workspace.open(made.folder, clock=lambda: now).newest()]

    order = ids("2026-01-04T23:59:59Z")
    assert sorted(order) == sorted([made.id, newer])
    assert ids("2026-01-05T00:00:00Z")[0] == made.id
