"""A model words what was decided: taken where it stands on the evidence, after at most two repairs, else not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from copilot.domain.model import Exchange, ModelLimits, Text
from copilot.domain.proposal import Worded
from copilot.domain.wording import CITES_MAX
from copilot.errors import ModelFailed
from copilot.planners.talk import Talk
from copilot.planners.wording import CITES_TOLD_MAX, answer_tool, evidence_text, rulings_text, word
from tests import faces
from tests.planners.scripted import PROMPTS, Script, called, said

PROPOSAL = faces.a_proposal()
CHOSEN = "alias-33bb44"
REPLAY = next(it.id for it in PROPOSAL.evidence if (it.alternative, it.check) == (CHOSEN, "replay"))
GOOD = {"alternative": CHOSEN, "text": "All 3 versions are still read.", "cites": [REPLAY]}
BAD = {**GOOD, "text": "All 9 versions are still read."}


def worded(*answers: Any) -> tuple[Worded, Script, list[Exchange]]:
    script = Script([it if isinstance(it, ModelFailed) else said(called(it, "words")) for it in answers])
    told: list[Exchange] = []
    return word(PROPOSAL, Talk(script, PROMPTS, ModelLimits(), told.append)), script, told


def test_sentences_that_stand_are_taken() -> None:
    found, script, told = worded({"sentences": [GOOD, GOOD]})

    assert found == Worded(((CHOSEN, "All 3 versions are still read.", (REPLAY,)),))
    assert [(it.purpose, it.prompt.id, it.problem) for it in told] == [("words", "words", "")]
    assert script.calls[0].forced == "words"


def test_the_model_sees_rulings_and_the_evidence_that_they_rest_on() -> None:
    _, script, _ = worded({"sentences": [GOOD]})

    asked = script.calls[0].messages[0].blocks[0]
    assert isinstance(asked, Text)
    assert "alias-33bb44 (Rename, keep the old name as an alias): chosen, rank 1" in asked.text
    assert f"{REPLAY} (alias-33bb44, replay, pass): versions 3" in asked.text
    assert "(nothing, " not in asked.text


def test_what_does_not_stand_is_repaired() -> None:
    found, script, told = worded({"sentences": [BAD]}, {"sentences": [GOOD]})

    assert len(found.sentences) == 1
    assert 'Sentence 1: It says "9"' in told[0].problem
    assert len(script.calls) == 2


def test_after_two_repairs_our_own_words_stay_alone() -> None:
    found, script, told = worded({"sentences": [BAD]}, {"sentences": [BAD, GOOD]}, {"sentences": [BAD]})

    assert found.sentences == ()
    assert "could not be used" in found.problem
    assert len(script.calls) == len(told) == 3


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"sentences": []},
        {"sentences": "All is well."},
        {"sentences": [GOOD], "rank": ["naive-11aa22"]},
        {"sentences": [{**GOOD, "cites": "all"}]},
        {"sentences": [{**GOOD, "text": None}]},
        {"sentences": [{"text": "x"}]},
        {"sentences": ["All is well."]},
        {"sentences": [{**GOOD, "text": f"It is read{' again' * number}."} for number in range(4)]},
        [GOOD],
    ],
)
def test_other_shapes_are_refused(answer: Any) -> None:
    found, _, told = worded(*[answer] * 3)

    assert found.sentences == ()
    assert all(it.problem for it in told)


def test_a_failing_model_leaves_the_reason() -> None:
    found, _, _ = worded(ModelFailed("key", "The key is refused."))

    assert found == Worded((), "The key is refused.")


def test_a_server_that_holds_a_model_to_the_tool_lets_it_name_only_what_is_there_and_end() -> None:
    schema = json.loads(answer_tool(PROPOSAL, 6).schema)["properties"]["sentences"]
    sentence = schema["items"]["properties"]

    assert PROPOSAL.decision is not None
    assert sentence["alternative"]["enum"] == [it.alternative for it in PROPOSAL.decision.rulings]
    assert set(sentence["cites"]["items"]["enum"]) <= {it.id for it in PROPOSAL.evidence}
    assert schema["maxItems"] == 2 * len(PROPOSAL.decision.rulings)
    assert sentence["cites"]["maxItems"] <= CITES_MAX


def test_evidence_that_no_told_claim_rests_on_is_not_told() -> None:
    told = evidence_text(PROPOSAL, 6)

    assert PROPOSAL.decision is not None
    claims = [it for ruling in PROPOSAL.decision.rulings for it in ruling.claims if len(it.cites) <= CITES_TOLD_MAX]
    assert {line.split()[0] for line in told.splitlines() if line.startswith("ev-")} == {
        id for it in claims for id in it.cites
    }
    assert len(told) + len(rulings_text(PROPOSAL, 6)) < 4_000


def test_a_small_model_may_be_told_of_the_chosen_ruling_alone() -> None:
    script = Script([said(called({"sentences": [GOOD]}, "words"))])
    talk = Talk(script, PROMPTS, ModelLimits(rulings=1, answer_tokens=300), lambda exchange: None)

    assert word(PROPOSAL, talk).sentences
    (call,) = script.calls
    assert PROPOSAL.decision is not None
    chosen, *others = PROPOSAL.decision.rulings
    told = repr(call.messages)
    assert (call.tokens_max, f"{chosen.alternative} (" in told) == (300, True)
    assert not any(f"{it.alternative} (" in rulings_text(PROPOSAL, 1) for it in others)
    assert f"[{len(others)} more are not told]" in told
    sentence = json.loads(call.tools[-1].schema)["properties"]["sentences"]["items"]["properties"]
    assert sentence["alternative"]["enum"] == [chosen.alternative]
