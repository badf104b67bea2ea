"""What another order of the rules would choose is told from the same evidence, and changes no decision."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.proposal import Proposal
from copilot.reasons.merits import MERITS, Merit
from copilot.reasons.ranking import decide
from copilot.reasons.what_if import RuleList, how_it_differs, ranked_by, why_it_wins
from tests.reasons.proposals import NOTHING, all_pass, alternative, evidence, of_nothing, proposal
from tests.reasons.test_ranking import proposals

ORDERS = st.permutations(MERITS)
NAMES = tuple(merit.name for merit in MERITS)


def two_ways() -> Proposal:
    """Returns a proposal in which `few` needs fewer deploys, and `small` changes fewer lines."""
    few, small = alternative("few-000001"), alternative("small-0001")
    usages = {
        id: evidence(id, "usage", measures={"lines_changed": lines})
        for id, lines in (("few-000001", 9), ("small-0001", 2))
    }
    deploys = {
        id: evidence(id, "rollout", measures={"coordinated_deploys": count})
        for id, count in (("few-000001", 1), ("small-0001", 3))
    }
    proofs = (*(it for id in usages for it in all_pass(id, usage=usages[id], rollout=deploys[id])), *of_nothing())
    made = proposal((NOTHING, few, small), proofs)
    return replace(made, decision=decide(made))


def test_it_says_which_rule_makes_the_winner_win_and_by_how_much() -> None:
    made = two_ways()

    ranking = ranked_by(made)

    assert why_it_wins(made, ranking) == "B wins on: fewest coordinated deploys, 1 against 3 (C)."
    assert how_it_differs(made, ranking) == ("As decided: no rank differs.",)


def test_another_order_has_another_winner_and_says_how_that_differs() -> None:
    made = two_ways()
    rules = RuleList().moved("smallest patch", -len(MERITS))

    ranking = ranked_by(made, rules.asked)

    assert why_it_wins(made, ranking) == "C wins on: smallest patch, 2 against 9 (B)."
    assert how_it_differs(made, ranking) == (
        'The decision chose B, "wins on: fewest coordinated deploys, 1 against 3".',
        "C: rank 1 here, rank 2 as decided.",
        "B: rank 2 here, rank 1 as decided.",
    )
    assert decide(made) == made.decision


def test_a_rule_that_is_switched_off_counts_no_more_and_comes_back_where_it_was() -> None:
    rules = RuleList().switched("fewest coordinated deploys")

    assert ranked_by(two_ways(), rules.asked).winner == "small-0001"
    assert not rules.is_default
    assert rules.switched("fewest coordinated deploys") == RuleList()


def test_the_same_order_for_another_reason_tells_both_reasons() -> None:
    made = two_ways()
    rules = RuleList().switched("fewest coordinated deploys").switched("smallest patch")
    deploys = {"few-000001": {"one_way_phases": 0}, "small-0001": {"one_way_phases": 2}}
    still = {id: evidence(id, "rollout", measures=measures) for id, measures in deploys.items()}
    proofs = tuple(
        still[it.alternative] if it.check == "rollout" and it.alternative in still else it for it in made.evidence
    )

    ranking = ranked_by(replace(made, evidence=proofs), rules.asked)

    assert why_it_wins(made, ranking) == "B wins on: fewest phases that can't be taken back, 0 against 2 (C)."
    assert how_it_differs(made, ranking) == (
        'No rank differs; the decision says "wins on: fewest coordinated deploys, 1 against 3".',
    )


def test_a_winner_against_one_that_has_no_figure_says_so() -> None:
    made = two_ways()
    proofs = (*(it for it in made.evidence if (it.alternative, it.check) != ("small-0001", "rollout")),)
    rules = RuleList().switched("proved, not only hoped")

    ranking = ranked_by(replace(made, evidence=proofs), rules.asked)

    assert why_it_wins(made, ranking) == "B wins on: fewest coordinated deploys, 1 against not asked (C)."


def test_a_winner_that_is_proved_says_what_the_other_leaves_open() -> None:
    made = two_ways()
    proofs = tuple(
        evidence(it.alternative, "usage", "unknown") if (it.alternative, it.check) == ("few-000001", "usage") else it
        for it in made.evidence
    )

    ranking = ranked_by(replace(made, evidence=proofs))

    assert why_it_wins(made, ranking) == "C wins on: proved, not only hoped, nothing open against usage open (B)."


def test_without_any_rule_those_that_are_left_are_equal() -> None:
    made = two_ways()

    assert why_it_wins(made, ranked_by(made, ())) == "B and C are equal by these rules: the name only gives an order."


def test_the_only_one_wins_whatever_the_rules_are_and_none_where_all_are_refused() -> None:
    only = proposal((NOTHING, alternative("only-00001")), (*of_nothing(), *all_pass("only-00001")))
    none = replace(only, compiled=proposal(only.alternatives, (), refused=["only-00001"]).compiled)

    assert why_it_wins(only, ranked_by(only)) == "B wins: it is the only one that is not refused."
    assert why_it_wins(none, ranked_by(none)) == "No alternative wins: the hard rules refuse them all."
    assert how_it_differs(only, ranked_by(only)) == ("Nothing is decided yet: this is by what has been proved so far.",)


@pytest.mark.parametrize(("by", "place"), [(-1, 1), (1, 3), (-9, 0), (99, len(MERITS) - 1)])
def test_a_rule_moves_and_stops_at_either_end(by: int, place: int) -> None:
    moved = RuleList().moved(NAMES[2], by)

    assert [merit.name for merit in moved.merits].index(NAMES[2]) == place
    assert sorted(merit.name for merit in moved.merits) == sorted(NAMES)


@given(proposals())
def test_the_rules_of_a_decision_give_its_order(made: Proposal) -> None:
    decision, ranking = decide(made), ranked_by(made)

    assert [(it.alternative, it.outcome, it.rank, it.rule) for it in ranking.rulings] == [
        (it.alternative, it.outcome, it.rank, it.rule) for it in decision.rulings
    ]
    assert ranking.winner == decision.chosen


@given(proposals(), ORDERS, st.data())
def test_leaving_out_a_rule_that_decided_nothing_changes_nothing(
    made: Proposal, order: list[Merit], data: st.DataObject
) -> None:
    ranking = ranked_by(made, order)
    idle = [merit for merit in order if not ranking.decided_by(merit.name)]
    left_out = data.draw(st.sampled_from(idle))

    without = ranked_by(made, [merit for merit in order if merit != left_out])

    assert without == ranking


@given(proposals(), ORDERS, st.integers(0, len(MERITS)))
def test_what_is_refused_stays_refused_whatever_the_order(made: Proposal, order: list[Merit], kept: int) -> None:
    refused = {it.alternative: it for it in decide(made).rulings if it.outcome == "refused"}

    ranking = ranked_by(made, order[:kept])

    told = {it.alternative: it for it in ranking.rulings if it.outcome == "refused"}
    assert {id: it.rule for id, it in told.items()} == {id: it.rule for id, it in refused.items()}
    assert not set(ranking.order) & set(refused)


@given(proposals(), ORDERS)
def test_each_neighbour_is_told_apart_by_a_rule_that_counts(made: Proposal, order: list[Merit]) -> None:
    ranking = ranked_by(made, order)

    pairs = [(lead.better, lead.worse) for lead in ranking.leads]
    ranked = [id for id in ranking.order if id != "nothing"]
    assert pairs == list(pairwise(ranked))
    assert all(lead.merit in NAMES or lead.merit == "" for lead in ranking.leads)
