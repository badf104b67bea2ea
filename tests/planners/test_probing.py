"""Does a model's reason follow the evidence? It is asked again with that taken away, or turned round."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.domain.model import Exchange, ModelLimits, Text
from copilot.domain.proposal import Probed
from copilot.planners.probing import TAKEN_AWAY, TURNED_ROUND, Stated, follows, probe
from copilot.planners.talk import Talk
from tests import faces
from tests.planners.scripted import Script, called, said

PROPOSAL = faces.a_proposal()
CHOSEN, NAIVE = "alias-33bb44", "naive-11aa22"
IDS = {(it.alternative, it.check): it for it in PROPOSAL.evidence}
REPLAY, FAILED = IDS[CHOSEN, "replay"], IDS[NAIVE, "replay"]
FIRST = {"choice": CHOSEN, "cites": [REPLAY.id, FAILED.id], "reason": "It is read, the other one is not."}


def probed(*answers: Any, limits: ModelLimits | None = None) -> tuple[Probed, list[str], list[Exchange]]:
    script = Script([said(called(it, "probe")) for it in answers])
    told: list[Exchange] = []
    found = probe(PROPOSAL, Talk(script, PromptFiles(built_in_folder()), limits or ModelLimits(), told.append))
    texts = [block.text for call in script.calls for block in call.messages[0].blocks if isinstance(block, Text)]
    return found, texts, told


def test_a_model_that_follows_the_evidence_follows_in_every_trial() -> None:
    found, texts, told = probed(
        FIRST,
        {"choice": CHOSEN, "cites": [FAILED.id], "reason": "The other one is not read."},
        {"choice": "", "cites": [REPLAY.id], "reason": "Neither is read."},
        {"choice": CHOSEN, "cites": [REPLAY.id], "reason": "It is read."},
        {"choice": NAIVE, "cites": [FAILED.id], "reason": "It is read, too, and smaller."},
    )

    assert found == Probed(
        (
            ("as it is", "", True),
            (TAKEN_AWAY, REPLAY.id, True),
            (TURNED_ROUND, REPLAY.id, True),
            (TAKEN_AWAY, FAILED.id, True),
            (TURNED_ROUND, FAILED.id, True),
        )
    )
    assert REPLAY.id in texts[0]
    assert REPLAY.id not in texts[1]
    assert f"{REPLAY.id} ({CHOSEN}, replay, fail)\n" in texts[2]
    assert "no default" not in texts[4]
    assert [it.subject for it in told] == ["", REPLAY.id, REPLAY.id, FAILED.id, FAILED.id]


def test_a_model_that_says_the_same_whatever_it_sees_follows_in_none() -> None:
    found, _, _ = probed(*[FIRST] * 5)

    assert [followed for _, _, followed in found.trials] == [True, False, False, False, False]


def test_another_choice_than_that_of_the_rules_is_told() -> None:
    other = {"choice": NAIVE, "cites": [FAILED.id], "reason": "It is small."}

    found, _, _ = probed(other, other)

    assert found.trials == (("as it is", "", False), (TAKEN_AWAY, FAILED.id, False))


def test_the_number_of_trials_is_bounded() -> None:
    cites = [it.id for it in PROPOSAL.evidence if it.alternative == CHOSEN and it.verdict == "pass"]

    found, texts, _ = probed({**FIRST, "cites": cites}, *[FIRST] * 20)

    assert len(found.trials) == len(texts) == 7


def test_where_the_budget_ends_what_was_tried_is_kept() -> None:
    found, _, _ = probed(FIRST, FIRST, limits=ModelLimits(calls=2))

    assert len(found.trials) == 2
    assert "The limit calls" in found.problem


@pytest.mark.parametrize(
    "answer",
    [
        {**FIRST, "choice": "topic-aabbcc"},
        {**FIRST, "cites": ["ev-000000000000"]},
        {**FIRST, "cites": []},
        {**FIRST, "reason": None},
        {**FIRST, "reason": "x" * 1000},
        {"choice": CHOSEN},
        [],
    ],
)
def test_a_first_answer_about_what_is_not_there_is_refused(answer: Any) -> None:
    found, _, told = probed(answer, answer, answer)

    assert found.trials == ()
    assert "could not be used" in found.problem
    assert "gave the same again" in found.problem
    assert len(told) == 2


@pytest.mark.parametrize(
    ("deed", "evidence", "after", "expected"),
    [
        (TAKEN_AWAY, REPLAY, Stated(CHOSEN, (FAILED.id,), "It is left."), True),
        (TAKEN_AWAY, REPLAY, Stated(CHOSEN, (REPLAY.id,), "It is left."), False),
        (TAKEN_AWAY, REPLAY, Stated(CHOSEN, (), f"See {REPLAY.id}."), False),
        (TAKEN_AWAY, REPLAY, Stated(CHOSEN, (), "IT IS READ."), False),
        (TURNED_ROUND, REPLAY, Stated(CHOSEN, (REPLAY.id,), "It is small."), False),
        (TURNED_ROUND, REPLAY, Stated(NAIVE, (REPLAY.id,), "It fails."), True),
        (TURNED_ROUND, FAILED, Stated(CHOSEN, (FAILED.id,), "It is read."), False),
        (TURNED_ROUND, FAILED, Stated(CHOSEN, (FAILED.id,), "Both are read, it is smaller."), True),
    ],
)
def test_when_a_reason_follows(deed: str, evidence: Any, after: Stated, expected: bool) -> None:
    assert follows(deed, evidence, Stated(CHOSEN, (REPLAY.id,), "It is read."), after) is expected
