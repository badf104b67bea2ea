"""How long the old stays, on the line itself: an alternative that drops it at once does not keep what was wished."""

from __future__ import annotations

import functools

import pytest

from copilot.domain.decision import Decision
from copilot.domain.proposal import Proposal
from copilot.proposals import Workspace
from tests.line import copy_of_example
from tests.repositories import lasting_folder

KEEP = "rename outcome to verdict in decision; keep the old field for 45 days; don't break sink; why not the alias?"


@functools.cache
def decided(change: str) -> Proposal:
    folder, id = copy_of_example(lasting_folder(), change)
    return Workspace.open(folder).load(id)


def decision_of(change: str) -> Decision:
    decision = decided(change).decision
    assert decision is not None
    return decision


def test_the_phase_before_the_old_goes_lasts_as_long_as_wished() -> None:
    proposal = decided(KEEP)
    (phased,) = (it for it in proposal.alternatives if it.id.startswith("phased-"))
    boxes = [phase.time_box for phase in phased.phases]

    assert [box.least_days for box in boxes if box] == [0.0, 0.0, 45.0]
    assert str(boxes[-2]) == '75 days, at least 45 (the default; "keep the old field for 45 days")'
    (seen,) = (it for it in proposal.evidence_of(phased.id) if it.check == "wishes")
    assert seen.verdict == "pass"


def test_an_alternative_that_drops_the_old_at_once_is_refused_by_name_of_the_rule() -> None:
    proposal, decision = decided(KEEP), decision_of(KEEP)
    alias = next(it.id for it in proposal.alternatives if it.id.startswith("alias-"))

    assert decision.ruling(alias).outcome == "refused"
    texts = [claim.text for claim in decision.ruling(alias).claims]
    assert "field outcome of decision is gone with the first deploy, and was to stay for 45 days." in texts


def test_a_way_that_the_person_does_not_want_is_refused_in_their_words() -> None:
    proposal = decided("rename customer_id to buyer_id in order; not the alias")
    (alias,) = (it for it in proposal.alternatives if it.strategy == "alias")
    assert proposal.decision

    ruling = proposal.decision.ruling(alias.id)

    assert (ruling.outcome, ruling.rule) == ("refused", "is a way that the request rules out")
    assert ruling.claims[0].text == '"not the alias" rules it out.'
    (seen,) = (it for it in proposal.evidence_of(alias.id) if it.check == "wishes")
    assert ruling.claims[0].cites == (seen.id,)
    others = {it.verdict for it in proposal.evidence if it.check == "wishes" and it.alternative != alias.id}
    assert others == {"not-applicable"}


def test_the_decision_says_with_citations_what_became_of_each_wish() -> None:
    decision = decision_of(KEEP)
    claims = {claim.text: claim.cites for claim in decision.ruling(decision.chosen).claims}

    kept = next(text for text in claims if text.startswith("As wished: field outcome"))
    assert kept.endswith("may not begin before the phase before it has lasted 45 days.")
    works = "`sink` keeps working, as wished: replay, usage, contract and rollout pass."
    assert len(claims[works]) == 4


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("don't break daily_report", 'nothing here checks the wish "don\'t break daily_report"'),
        (
            "not the moon",
            'No way that was found is called "moon", so none was refused for "not the moon".',
        ),
        ("why not the moon?", 'No way that was found is called "moon" ("why not the moon").'),
        (
            "keep the old field for 3 days",
            'Nothing is replaced that the wish "keep the old field for 3 days" could be about.',
        ),
    ],
)
def test_a_wish_that_nothing_can_tell_about_is_not_covered(wish: str, says: str) -> None:
    decision = decision_of(f"add optional double certainty to decision; {wish}")

    assert any(says in text for text in decision.not_covered)


def test_a_request_without_such_a_wish_is_not_asked_about_it() -> None:
    assert {it.check for it in decided("rename outcome to verdict in decision").evidence} & {"wishes"} == set()


def test_what_people_take_away_by_hand_can_not_be_told() -> None:
    change = "rename topic decisions to decisions.v2; keep the old topic for 30 days"
    proposal, decision = decided(change), decision_of(change)
    seen = {it.verdict for it in proposal.evidence if it.check == "wishes" and it.alternative == decision.chosen}

    assert seen == {"unknown"}
    assert any(
        '"keep the old topic for 30 days" is kept is left to people: topic decisions stays' in it
        for it in decision.not_covered
    )
