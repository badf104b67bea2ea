"""The decision is a function of the evidence, whatever order it comes in."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.decision import Decision
from copilot.domain.evidence import Evidence, Finding, Verdict
from copilot.domain.proposal import Proposal
from copilot.domain.wishes import Prefers
from copilot.reasons.merits import WORTH
from copilot.reasons.ranking import decide
from copilot.reasons.rationale import claims_of, problems_in
from copilot.reasons.refusals import MANDATORY
from tests.reasons.proposals import CHECKS, NOTHING, all_pass, alternative, error, evidence, of_nothing, proposal

LOSS = error(
    "replay.value-lost", "fastavro: amount is lost: 5 gives 0, data of version 1 read as phase 1 (8 of 8 records)."
)


def outcome(decision: Decision, id: str) -> tuple[str, int, str]:
    ruling = decision.ruling(id)
    return ruling.outcome, ruling.rank, ruling.rule


def test_fewest_coordinated_deploys_win_and_it_says_so() -> None:
    few, many = alternative("few-000001"), alternative("many-00001")
    proofs = (
        *all_pass("few-000001", rollout=evidence("few-000001", "rollout", measures={"coordinated_deploys": 1})),
        *all_pass("many-00001", rollout=evidence("many-00001", "rollout", measures={"coordinated_deploys": 3})),
        *of_nothing(),
    )

    decision = decide(proposal((NOTHING, many, few), proofs))

    assert decision.chosen == "few-000001"
    assert outcome(decision, "few-000001") == ("chosen", 1, "wins on: fewest coordinated deploys, 1 against 3")
    assert outcome(decision, "many-00001") == ("acceptable", 2, "behind on: fewest coordinated deploys, 3 against 1")
    words = "Jobs that have to move together or in order: 1 for few-000001, 3 for many-00001."
    assert decision.ruling("few-000001").claims[0].text == words
    assert decision.stakes == "low"


@pytest.mark.parametrize(
    ("check", "measure", "rule"),
    [
        ("usage", "uses_left", "fewest uses left as they are"),
        ("replay", "history_refused", "most of the history can still be read"),
    ],
)
def test_a_way_that_leaves_more_behind_loses_however_few_phases_it_has(check: str, measure: str, rule: str) -> None:
    whole, part = alternative("whole-0001", 3), alternative("part-00001")
    proofs = (
        *all_pass("whole-0001", **{check: evidence("whole-0001", check, measures={measure: 0})}),
        *all_pass("part-00001", **{check: evidence("part-00001", check, measures={measure: 2})}),
    )

    decision = decide(proposal((whole, part), proofs))

    assert decision.chosen == "whole-0001"
    assert outcome(decision, "part-00001")[2] == f"behind on: {rule}, 2 against 0"
    assert rule in WORTH


def test_value_loss_refuses_before_anything_else_is_compared() -> None:
    lossy, safe = alternative("lossy-0001"), alternative("safe-00001", 3)
    proofs = (
        *all_pass("lossy-0001", replay=evidence("lossy-0001", "replay", "fail", {"lost": 8}, [LOSS])),
        *all_pass(
            "safe-00001",
            usage=evidence("safe-00001", "usage", measures={"phases": 3}),
            rollout=evidence("safe-00001", "rollout", measures={"coordinated_deploys": 9}),
        ),
    )

    decision = decide(proposal((lossy, safe), proofs))

    assert decision.chosen == "safe-00001"
    assert outcome(decision, "lossy-0001") == ("refused", 0, "loses or changes values")
    assert decision.ruling("lossy-0001").claims[0].text == LOSS.message


def test_each_failing_check_refuses_by_its_own_rule() -> None:
    names = {
        "scope": "goes beyond its scope",
        "syntax": "leaves broken syntax",
        "compatibility": "breaks the compatibility level",
        "replay": "can't be read",
        "contract": "breaks a contract",
        "rollout": "breaks a reader while it goes out",
        "sinks": "stops the loading of a table",
        "usage": "leaves uses behind",
        "undo": "can't be undone",
        "challenge": "fails on a case that was executed",
        "commands": "fails the repository's own commands",
        "plugged": "fails plugged",
    }
    for check, rule in names.items():
        failing = evidence("try-000001", check, "fail", findings=[error(f"{check}.broken", "It broke.")])
        proofs = all_pass("try-000001", **{check: failing})

        assert outcome(decide(proposal((alternative("try-000001"),), proofs)), "try-000001") == ("refused", 0, rule)


def test_what_cannot_be_compiled_is_refused() -> None:
    decision = decide(proposal((alternative("try-000001"),), (), refused=["try-000001"]))

    assert decision.chosen == ""
    assert outcome(decision, "try-000001") == ("refused", 0, "can't be compiled to a patch")


def test_unknown_never_counts_as_a_pass() -> None:
    sure, unsure = alternative("sure-00001", 3), alternative("maybe-0001")
    doubt = Finding("usage.blind-spot", "warning", "scorer uses fields here that reading can't name: order[key].")
    proofs = (
        *all_pass("sure-00001", usage=evidence("sure-00001", "usage", measures={"phases": 3})),
        *all_pass("maybe-0001", usage=evidence("maybe-0001", "usage", "unknown", findings=[doubt])),
    )

    decision = decide(proposal((unsure, sure), proofs))

    assert decision.chosen == "sure-00001"
    assert outcome(decision, "maybe-0001") == (
        "unproved",
        2,
        "unproved (usage), behind on: proved, not only hoped, usage open against nothing open",
    )


def test_the_best_unproved_one_is_put_forward_with_high_stakes_where_none_is_proved() -> None:
    proofs = all_pass("maybe-0001", usage=evidence("maybe-0001", "usage", "unknown"))

    decision = decide(proposal((NOTHING, alternative("maybe-0001")), (*proofs, *of_nothing())))

    assert outcome(decision, "maybe-0001") == ("chosen", 1, "unproved (usage), the only one that is not refused")
    assert decision.stakes == "high"


def test_a_missing_check_leaves_it_unproved() -> None:
    proofs = [it for it in all_pass("try-000001") if it.check != "undo"]

    assert (
        "unproved (undo not asked)" in decide(proposal((alternative("try-000001"),), proofs)).ruling("try-000001").rule
    )


def test_doing_what_was_asked_comes_before_every_merit() -> None:
    half, whole = alternative("half-00001"), alternative("whole-0001", 3)
    proofs = (
        *all_pass("half-00001", usage=evidence("half-00001", "usage", measures={"operations_done": 0})),
        *all_pass("whole-0001", rollout=evidence("whole-0001", "rollout", measures={"coordinated_deploys": 7})),
    )

    decision = decide(proposal((half, whole), proofs))

    assert decision.chosen == "whole-0001"
    assert (
        decision.ruling("whole-0001").rule
        == "wins on: most of what was asked, all of it against some of it left to people"
    )


def test_deploys_that_nobody_explored_do_not_count_as_none() -> None:
    explored, left = alternative("explored-1"), alternative("left-00001")
    undone = {"operations_done": 0}
    proofs = (
        *all_pass(
            "explored-1",
            usage=evidence("explored-1", "usage", measures=undone),
            rollout=evidence("explored-1", "rollout", measures={"coordinated_deploys": 2}),
        ),
        *all_pass(
            "left-00001",
            usage=evidence("left-00001", "usage", measures=undone),
            rollout=evidence("left-00001", "rollout", "not-applicable", {"coordinated_deploys": 0}),
        ),
    )

    decision = decide(proposal((left, explored), proofs))

    assert decision.chosen == "explored-1"
    ruling = decision.ruling("explored-1")
    assert ruling.rule.endswith("wins on: fewest coordinated deploys, 2 against not explored")
    assert "for left-00001 its deploys are left to people, so none were explored" in ruling.claims[0].text
    assert not ruling.claims[0].is_background


def test_the_winner_is_held_against_the_best_that_does_as_much() -> None:
    """The next in the order may leave the work to people: that it was beaten tells a person nothing about the real choice."""
    whole, partly, lax = alternative("whole-0001"), alternative("partly-001"), alternative("lax-000001")
    left = evidence("partly-001", "usage", measures={"operations_done": 0, "manual_places": 4})
    proofs = (
        *all_pass("whole-0001"),
        *all_pass("partly-001", usage=left),
        *all_pass("lax-000001", replay=evidence("lax-000001", "replay", measures={"stand_ins": 1})),
    )

    decision = decide(proposal((lax, partly, whole), proofs))

    ruling = decision.ruling("whole-0001")
    assert [it.alternative for it in decision.rulings] == ["whole-0001", "partly-001", "lax-000001"]
    assert ruling.rule == "wins on: no value that can be taken for another, 0 against 1"
    assert ruling.claims[1].text == "whole-0001 does what was asked; partly-001 leaves 4 places to people."


def test_honest_and_left_to_people_comes_before_proved_and_ambiguous() -> None:
    honest, proved = alternative("honest-001"), alternative("proved-001")
    unproved = evidence("honest-001", "contract", "unknown")
    stand_in = evidence("proved-001", "replay", measures={"stand_ins": 1})
    proofs = (
        *all_pass(
            "honest-001", contract=unproved, usage=evidence("honest-001", "usage", measures={"manual_places": 9})
        ),
        *all_pass("proved-001", replay=stand_in),
    )

    decision = decide(proposal((proved, honest), proofs))

    assert decision.chosen == "honest-001"
    assert decision.ruling("honest-001").rule == (
        "unproved (contract), wins on: no value that can be taken for another, 0 against 1"
    )


def test_what_waits_comes_first_where_something_is_not_known() -> None:
    proofs = (
        *all_pass("hasty-0001", usage=evidence("hasty-0001", "usage", "unknown", measures={"open_at_once": 1})),
        *all_pass("waits-0001", usage=evidence("waits-0001", "usage", "unknown", measures={"phases": 3})),
    )

    decision = decide(proposal((alternative("hasty-0001"), alternative("waits-0001")), proofs))

    assert decision.chosen == "waits-0001"


def test_what_waits_comes_before_the_wording_where_something_is_not_known() -> None:
    at_once, waiting = alternative("once-00001"), alternative("wait-00001", 3)
    worded = {"open_at_once": 4, "operations_reworded": 0}
    careful = {"open_at_once": 0, "operations_reworded": 1}
    proofs = (
        *all_pass("once-00001", usage=evidence("once-00001", "usage", "unknown", worded)),
        *all_pass("wait-00001", usage=evidence("wait-00001", "usage", "unknown", careful)),
    )

    assert decide(proposal((at_once, waiting), proofs)).chosen == "wait-00001"


@pytest.mark.parametrize(
    ("verdict", "lines", "is_open"), [("unknown", 9, True), ("unknown", 8, True), ("pass", 9, False)]
)
def test_which_of_several_unproved_ones_is_an_open_question_where_only_their_size_differs(
    verdict: Verdict, lines: int, is_open: bool
) -> None:
    one, other = alternative("one-000001"), alternative("other-0001")
    longer = evidence("other-0001", "usage", verdict, {"lines_changed": lines})
    of_one = all_pass("one-000001", usage=evidence("one-000001", "usage", verdict))

    decision = decide(proposal((NOTHING, one, other), (*of_one, *all_pass("other-0001", usage=longer), *of_nothing())))

    asked = [it.text for it in decision.stakes_reasons if "open question" in it.text]
    assert [text.split(" it is to be ")[0] for text in asked] == ["Which of one-000001 and other-0001"] * is_open


def test_an_open_question_rests_on_what_is_known_where_the_use_was_not_looked_at() -> None:
    ones = (alternative("one-000001"), alternative("other-0001"))
    proofs = [it for one in ones for it in all_pass(one.id) if it.check != "usage"]

    made = proposal((NOTHING, *ones), (*proofs, *of_nothing()))

    assert any("open question" in it.text for it in decide(made).stakes_reasons)
    assert list(problems_in(decide(made), made.evidence)) == []


def test_equal_ones_are_called_equal() -> None:
    made = proposal(
        (alternative("one-000001"), alternative("two-000001")), (*all_pass("one-000001"), *all_pass("two-000001"))
    )

    ruling = decide(made).ruling("one-000001")

    assert ruling.rule == "wins on: equal, the name only gives an order"
    assert "choose either" in ruling.claims[0].text


def test_a_way_that_the_person_names_wins_only_where_all_rules_call_it_equal() -> None:
    ones = (alternative("one-000001"), alternative("two-000001"))
    wish = Prefers("two", "we'd rather use two")
    equal = proposal(ones, (*all_pass("one-000001"), *all_pass("two-000001")))
    dearer = evidence("two-000001", "usage", measures={"lines_changed": 9})
    worse = proposal(ones, (*all_pass("one-000001"), *all_pass("two-000001", usage=dearer)))

    wished = decide(replace(equal, request=replace(equal.request, wishes=(wish,))))
    outdone = decide(replace(worse, request=replace(worse.request, wishes=(wish,))))

    assert (decide(equal).chosen, wished.chosen, outdone.chosen) == ("one-000001", "two-000001", "one-000001")
    assert wished.ruling("two-000001").rule == "wins on: equal by every rule, so the wish decides"
    told = 'two-000001 and one-000001 are equal by every rule; "we\'d rather use two" names two-000001.'
    assert wished.ruling("two-000001").claims[0].text == told
    assert wished.ruling("one-000001").rule == "behind on: equal by every rule, so the wish decides"


def test_a_wrong_order_of_deploys_a_lost_record_and_a_value_that_stands_in_make_stakes_high() -> None:
    for rule, told in (
        ("rollout.story", "A reader breaks in a wrong order of deploys: It shows."),
        ("usage.no-consumer", "Readers would get something else, and none is known: It shows."),
        ("rollout.stored", "A reader loses what is stored: It shows."),
        ("scope.free-form", "No rule of the catalogue made it: It shows."),
        ("replay.stand-in", "Some reader gets another value: It shows."),
        ("replay.default-moved", "Some reader gets another value: It shows."),
    ):
        check = rule.split(".")[0]
        seen = evidence("try-000001", check, findings=[Finding(rule, "warning", "It shows.")])

        decision = decide(proposal((alternative("try-000001"),), all_pass("try-000001", **{check: seen})))

        assert decision.stakes == "high"
        assert [claim.text for claim in decision.stakes_reasons] == [told]


def test_records_that_readers_of_before_refuse_make_stakes_high_where_none_of_them_is_known() -> None:
    unseen = evidence("try-000001", "usage", findings=[Finding("usage.no-consumer", "note", "None was found.")])

    def stakes(refused: int) -> list[str]:
        replay = evidence("try-000001", "replay", measures={"records": 8, "refused": refused})
        made = proposal((alternative("try-000001"),), all_pass("try-000001", usage=unseen, replay=replay))
        assert list(problems_in(decide(made), made.evidence)) == []
        return [claim.text for claim in decide(made).stakes_reasons]

    assert stakes(0) == []
    assert stakes(4) == ["Readers that do not move with it refuse records, and none is known: None was found."]


def test_changing_nothing_is_refused_unless_all_else_is() -> None:
    bad = all_pass("bad-000001", undo=evidence("bad-000001", "undo", "fail", findings=[error("undo.x", "It stays.")]))

    with_good = decide(proposal((NOTHING, alternative("good-00001")), (*of_nothing(), *all_pass("good-00001"))))
    with_bad = decide(proposal((NOTHING, alternative("bad-000001")), (*of_nothing(), *bad)))

    assert outcome(with_good, "nothing") == ("refused", 0, "does not do what was asked")
    assert outcome(with_bad, "nothing")[0] == "acceptable"
    assert with_bad.chosen == ""


def test_commands_that_were_asked_for_must_be_settled() -> None:
    made = proposal(
        (alternative("try-000001"),), all_pass("try-000001", commands=evidence("try-000001", "commands", "unknown"))
    )
    asked = replace(made, request=replace(made.request, commands=("pytest",)))

    assert "unproved (commands)" in decide(asked).ruling("try-000001").rule
    assert "unproved" not in decide(made).ruling("try-000001").rule


VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from(("pass", "pass", "pass", "fail", "unknown", "not-applicable"))
SMALL = st.integers(0, 2)


@st.composite
def proofs_of(draw: st.DrawFn, id: str) -> tuple[Evidence, ...]:
    made = []
    for check in CHECKS:
        verdict: Verdict = draw(VERDICTS)
        measures: dict[str, float] = {}
        if check == "usage":
            measures = {name: draw(SMALL) for name in ("manual_places", "consumers_touched", "phases", "lines_changed")}
            measures["operations_done"] = draw(st.integers(0, 1))
        if check == "replay":
            measures = {"lost": draw(SMALL), "stand_ins": draw(SMALL)}
        if check == "rollout":
            measures = {name: draw(SMALL) for name in ("coordinated_deploys", "one_way_phases")}
        findings = [error(f"{check}.broken", f"{draw(SMALL)} of 3 broke.")] if verdict == "fail" else []
        if draw(st.integers(0, 9)):
            made.append(evidence(id, check, verdict, measures, findings))
    return tuple(made)


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    ids = [f"way-{number:06d}" for number in range(draw(st.integers(1, 4)))]
    proofs = [it for id in ids for it in draw(proofs_of(id))]
    refused = [id for id in ids if draw(st.integers(0, 9)) == 0]
    return proposal((NOTHING, *(alternative(id) for id in ids)), (*of_nothing(), *proofs), refused=refused)


@given(proposals(), st.randoms(use_true_random=False))
def test_order_changes_nothing(made: Proposal, random: Random) -> None:
    shuffled = list(made.evidence)
    random.shuffle(shuffled)
    assert made.plan
    turned = replace(made.plan, alternatives=tuple(reversed(made.plan.alternatives)))

    assert decide(replace(made, evidence=tuple(shuffled), plan=turned)) == decide(made)


@given(proposals())
def test_adding_a_loser_changes_nothing_ahead_of_it(made: Proposal) -> None:
    assert made.plan
    before = decide(made)
    for last in before.rulings:
        if last.alternative == before.chosen or last.alternative == "nothing":
            continue
        rest = tuple(it for it in made.plan.alternatives if it.id != last.alternative)
        without = decide(replace(made, plan=replace(made.plan, alternatives=rest)))

        assert without.chosen == before.chosen
        order = [it.alternative for it in before.rulings if it.rank and it.alternative != last.alternative]
        assert [it.alternative for it in without.rulings if it.rank] == order


@given(proposals())
def test_every_number_in_a_claim_stands_in_a_cited_evidence(made: Proposal) -> None:
    decision = decide(made)

    assert claims_of(decision)
    assert list(problems_in(decision, made.evidence)) == []


@given(proposals())
@settings(max_examples=60)
def test_a_ruling_changes_when_evidence_that_it_rests_on_is_taken_away(made: Proposal) -> None:
    decision = decide(made)
    for ruling in decision.rulings:
        resting = {id for it in ruling.claims if not it.is_background for id in it.cites if id not in it.beside}
        cited = {id for claim in ruling.claims for id in claim.cites}
        for id in cited:
            left = decide(replace(made, evidence=tuple(it for it in made.evidence if it.id != id)))

            assert id not in resting or outcome(left, ruling.alternative) != outcome(decision, ruling.alternative)
            assert id not in {cite for claim in claims_of(left) for cite in claim.cites}


def test_a_figure_of_the_loser_that_decides_nothing_is_cited_as_background() -> None:
    half, whole = alternative("half-00001"), alternative("whole-0001")
    undone = evidence("half-00001", "usage", measures={"operations_done": 0})
    proofs = (*all_pass("half-00001", usage=undone), *all_pass("whole-0001"), *of_nothing())

    claim = decide(proposal((NOTHING, half, whole), proofs)).ruling("whole-0001").claims[0]

    assert "leaves some of it to people" in claim.text
    assert (claim.is_background, claim.beside) == (False, (undone.id,))


def test_a_check_that_need_not_pass_is_background_where_it_passes() -> None:
    plugged = evidence("try-000001", "plugged")

    passing = decide(proposal((alternative("try-000001"),), all_pass("try-000001", plugged=plugged)))

    claim = next(it for it in passing.ruling("try-000001").claims if it.text.endswith("pass."))
    assert claim.beside == (plugged.id,)


@given(proposals())
def test_no_alternative_with_an_open_check_counts_as_proved(made: Proposal) -> None:
    for ruling in decide(made).rulings:
        if ruling.alternative == "nothing" or ruling.outcome == "refused":
            continue
        verdicts = {it.check: it.verdict for it in made.evidence_of(ruling.alternative)}
        is_open = any(verdicts.get(check, "unknown") == "unknown" for check in MANDATORY)

        assert "fail" not in verdicts.values()
        assert ruling.rule.startswith("unproved") == is_open
