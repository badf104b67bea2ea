"""A workspace whose model is on: when it is asked, and what is written down of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.model import Exchange
from copilot.domain.operation import AddField, ChangeRequest
from copilot.domain.wishes import KeepsWorking
from copilot.errors import Ambiguous, ModelFailed, NotFound, NotUnderstood, WrongUsage
from copilot.proposals import Workspace
from tests.line import example
from tests.planners.scripted import Script, called, kit_of, said

WORDS = "we need to know how sure the scorer is, old decisions have no such value; don't break scorer"
ADD = {"op": "add_field", "subject": "decision", "field": "certainty", "type": ["null", "double"], "default": None}
QUESTION = {"question": {"text": "Which score is meant?", "candidates": ["score in decision", "decision"]}}


def answers(*values: object) -> Script:
    return Script([said(called(value, "frame")) for value in values])


def workspace(folder: Path, script: Script) -> Workspace:
    return Workspace.open(folder, model=lambda tree: kit_of(script))


@pytest.fixture(scope="module")
def folder() -> Path:
    return example()


def test_free_words_are_framed_and_what_was_said_follows_the_request(folder: Path) -> None:
    there = workspace(folder, script := answers({"operations": [ADD]}))
    asked: list[str] = []

    id = there.propose(WORDS, asks=asked.append)

    request, exchange = (it.body for it in there.records(id))
    assert isinstance(request, ChangeRequest)
    assert isinstance(exchange, Exchange)
    assert request.operations == (AddField("decision", "", "certainty", '["null","double"]', "null", True),)
    assert request.wishes == (KeepsWorking("scorer", "don't break scorer"),)
    assert (exchange.purpose, exchange.model, exchange.problem) == ("frame", "scripted-1", "")
    assert asked == ["scripted"]
    assert len(script.calls) == 1


def test_a_sentence_that_is_understood_asks_no_model(folder: Path) -> None:
    there = workspace(folder, script := answers())

    id = there.propose("add optional double certainty to decision; don't break scorer")

    assert script.calls == []
    assert there.load(id).request.wishes == (KeepsWorking("scorer", "don't break scorer"),)


def test_a_slip_of_the_keys_asks_no_model(folder: Path) -> None:
    with pytest.raises(NotFound, match="decisoin"):
        workspace(folder, answers()).propose("add optional double certainty to decisoin")


def test_a_change_that_can_not_be_made_asks_no_model(folder: Path) -> None:
    with pytest.raises(WrongUsage) as told:
        workspace(folder, answers()).propose("add optional double score to decision")
    assert not isinstance(told.value, NotUnderstood)


def test_a_question_comes_back_and_nothing_is_proposed(folder: Path) -> None:
    there = workspace(folder, answers(QUESTION))
    before = [it.id for it in there.list()]

    with pytest.raises(Ambiguous, match="Which score is meant") as told:
        there.propose("the score should be clearer please")
    assert told.value.candidates == ("score in decision", "decision")
    assert [it.id for it in there.list()] == before


def test_a_candidate_that_is_chosen_is_said_in_the_request(folder: Path) -> None:
    there = workspace(folder, script := answers(QUESTION, {"operations": [ADD]}))
    words = "the score should be clearer please"

    with pytest.raises(Ambiguous) as told:
        there.propose(words)
    clearer = there.clarify(words, told.value, "score in decision")
    there.propose(clearer)

    assert clearer == f"{words} (score in decision)"
    assert "score in decision" in str(script.calls[1].messages)


def test_where_no_answer_comes_the_refusal_of_the_rules_says_why(folder: Path) -> None:
    script = Script([ModelFailed("rate", "The server asks to wait for an hour.")])

    with pytest.raises(NotUnderstood, match="not understood") as told:
        workspace(folder, script).propose(f"{WORDS}, thanks")
    assert "The model scripted was asked, too: The server asks to wait for an hour." in told.value.next


def test_waiting_can_be_ended(folder: Path) -> None:
    with pytest.raises(NotUnderstood) as told:
        workspace(folder, script := answers({"operations": [ADD]})).propose(f"{WORDS}, soon", is_stopped=lambda: True)
    assert "It was stopped." in told.value.next
    assert script.calls == []


def test_the_same_words_asked_again_cost_nothing(folder: Path) -> None:
    words = "we want to see how certain it was, absent before"
    there = workspace(folder, script := answers({"operations": [ADD]}))
    id = there.propose(words)

    assert there.propose(words) == id
    assert len(script.calls) == 1
    assert len(there.load(id).exchanges) == 1
