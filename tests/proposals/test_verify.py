"""Verifying: the same, changed, or not to be seen again, and whether the decision holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copilot.domain.decision import Decision
from copilot.domain.operation import Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.proposal import Proposal, fold
from copilot.errors import SurroundingsFailed, WrongUsage
from copilot.flow import run_plain
from copilot.plugins import Kit
from copilot.proposals.verify import see_again, verify
from tests.paper_line import PIPELINE, PaperCheck, begin, decide, paper_kit, store_of
from tests.repositories import commit, init


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    folder = init(tmp_path / "repository")
    return paper_kit(folder, commit(folder, {PIPELINE: "zero\n"}))


@pytest.fixture
def decided(tmp_path: Path, kit: Kit) -> Proposal:
    store = store_of(tmp_path / "store")
    proposal = begin(store, kit.tree.snapshot.commit)
    list(run_plain(proposal, kit, store))
    return fold(proposal.id, store.records(proposal.id))


def test_equal_tools_see_the_same(decided: Proposal, kit: Kit) -> None:
    verification = verify(decided, kit)

    assert {seen.outcome for seen in verification.seen} == {"same"}
    assert len(verification.seen) == len(decided.evidence)
    assert verification.holds


def test_a_changed_check_is_named_first_and_the_decision_may_still_hold(decided: Proposal, kit: Kit) -> None:
    newer = tuple(replace(check, version=2) if check.name == "second" else check for check in kit.checks)  # type: ignore[type-var]

    verification = verify(decided, replace(kit, checks=newer))

    first = next(seen for seen in verification.seen if seen.outcome != "same")
    assert (first.check, first.outcome) == ("second", "changed")
    assert "the check was changed" in first.reason
    assert verification.holds


def test_a_missing_check_cannot_be_run_again(decided: Proposal, kit: Kit) -> None:
    verification = verify(decided, replace(kit, checks=kit.checks[1:]))

    assert {seen.check for seen in verification.seen if seen.outcome == "can't be re-run"} == {"first"}
    assert verification.holds


def test_a_check_that_sees_nothing_here_cannot_be_run_again(decided: Proposal, kit: Kit) -> None:
    blind = (PaperCheck("first", fault="raises"), *kit.checks[1:])

    verification = verify(decided, replace(kit, checks=blind))

    blinded = [seen for seen in verification.seen if seen.outcome == "can't be re-run"]
    assert {seen.alternative for seen in blinded} == {"two-000001", "one-000002"}
    assert "ZeroDivisionError" in blinded[0].reason


def test_a_later_check_that_leaves_the_question_open_has_changed(decided: Proposal, kit: Kit) -> None:
    stricter = (PaperCheck("first", version=2, fault="raises"), *kit.checks[1:])

    verification = verify(decided, replace(kit, checks=stricter))

    reasons = {seen.alternative: seen.reason for seen in verification.seen if seen.outcome == "changed"}
    assert reasons["two-000001"] == "The verdict was pass and is unknown now."
    assert not verification.holds
    assert verification.reason == '"two-000001" was proved, and now first can\'t be settled.'


def test_without_any_check_nothing_is_confirmed(decided: Proposal, kit: Kit) -> None:
    verification = verify(decided, replace(kit, checks=()))

    assert verification.decision == "can't be re-run"
    assert not verification.holds


def test_a_base_that_can_be_read_no_more_confirms_nothing(decided: Proposal, kit: Kit) -> None:
    def lost(operation: Operation, pipeline: PipelineMap) -> Impact:
        raise SurroundingsFailed("The schema is gone.")

    verification = verify(decided, replace(kit, impact_of=lost))

    assert verification.decision == "can't be re-run"
    assert verification.reason == "The schema is gone."
    assert len(verification.seen) == len(decided.evidence)


def test_another_choice_means_that_the_decision_no_longer_holds(decided: Proposal, kit: Kit) -> None:
    def choose_last(proposal: Proposal) -> Decision:
        return replace(decide(proposal), chosen="one-000002")

    verification = verify(decided, replace(kit, decide=choose_last))

    assert not verification.holds
    assert verification.reason == '"two-000001" was chosen, and now it is "one-000002".'


def test_an_open_proposal_cannot_be_verified(decided: Proposal, kit: Kit) -> None:
    with pytest.raises(WrongUsage, match="not decided yet"):
        verify(replace(decided, decision=None), kit)


def test_one_evidence_is_seen_again_by_its_check_alone(decided: Proposal, kit: Kit) -> None:
    old = decided.evidence[-1]
    others_fail = tuple(
        check if check.name == old.check else PaperCheck(check.name, fault="raises") for check in kit.checks
    )

    seen = see_again(decided, replace(kit, checks=others_fail), old.id)

    assert (seen.outcome, seen.alternative, seen.check, seen.now) == ("same", old.alternative, old.check, old.id)


def test_one_evidence_of_a_check_that_is_not_here_cannot_be_seen_again(decided: Proposal, kit: Kit) -> None:
    seen = see_again(decided, replace(kit, checks=()), decided.evidence[0].id)

    assert (seen.outcome, seen.now) == ("can't be re-run", "")


@pytest.mark.parametrize(
    ("id", "told"), [("ev-nothing", "No evidence has this id"), ("ev-", "Several evidences begin so")]
)
def test_an_id_that_names_no_single_evidence_is_said_to(decided: Proposal, kit: Kit, id: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        see_again(decided, kit, id)
