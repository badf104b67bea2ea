"""A workspace whose model is on: when it is asked, and what is written down of that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.domain.model import Exchange, ModelLimits
from copilot.domain.operation import AddField, ChangeRequest
from copilot.domain.wishes import KeepsWorking
from copilot.errors import Ambiguous, ModelFailed, NotFound, NotUnderstood, WrongUsage
from copilot.ports import ModelKit
from copilot.proposals import Workspace
from tests.line import example
from tests.planners.scripted import Obliging, Script, called, kit_of, said

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
    words = "could the score be made clearer please"

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


SUGGESTED = {
    "alternatives": [
        {
            "title": "Add it with a doc",
            "argument": "Wins where people read the schema alone.",
            "preconditions": ["Nobody fills it before the deploy."],
            "phases": [
                {
                    "name": "added",
                    "edits": [],
                    "steps": [{"title": "Register it", "kind": "schema", "jobs": [], "paths": []}],
                    "gate": "",
                }
            ],
        }
    ]
}


def suggestion(folder: Path) -> dict[str, Any]:
    """Returns an alternative that adds the field with a doc, wherever the example keeps that schema."""
    pipeline = Workspace.open(folder).map()
    source = pipeline.subject("decision").latest
    edit = {
        "edit": "schema", "path": source.source.path, "action": "add_field", "record": source.name, "field": "certainty",
        "value": {"name": "certainty", "type": ["null", "double"], "default": None, "doc": "How sure it was."},
    }  # fmt: skip
    answer = json.loads(json.dumps(SUGGESTED))
    phase = answer["alternatives"][0]["phases"][0]
    phase["edits"], phase["steps"][0]["paths"] = [edit], [source.source.path]
    return dict(answer)


def test_an_alternative_of_the_model_joins_the_line_and_faces_the_same_checks(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))
    script = Obliging({"alternatives": suggestion(folder), "critic": {"cases": []}})
    there = workspace(folder, script)

    id = there.propose("add optional double certainty to decision")
    records = list(there.advance(id))

    kinds = [type(it.body).__name__ for it in records]
    assert kinds.index("Exchange") < kinds.index("Plan")
    proposal = there.load(id)
    (found,) = (it for it in proposal.alternatives if it.origin == "claude")
    checks = {it.check for it in proposal.evidence_of(proposal.alternatives[1].id)}
    assert {it.check for it in proposal.evidence_of(found.id)} >= checks - {"challenge"}
    assert proposal.decision is not None
    assert proposal.decision.ruling(found.id).outcome in ("acceptable", "chosen", "unproved", "refused")


def test_a_failing_model_leaves_the_plan_of_the_rules(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))
    there = workspace(folder, Obliging({}))

    id = there.propose("add optional double certainty to decision")
    alone = Workspace.open(Path(shutil.copytree(example(), tmp_path / "alone", symlinks=True)))
    for one in (there, alone):
        for _ in one.advance(one.propose("add optional double certainty to decision")):
            pass

    plan = there.load(id).plan
    rules = alone.load(alone.list()[-1].id).plan
    assert plan is not None
    assert rules is not None
    assert plan.alternatives == rules.alternatives
    assert [it.reason for it in plan.not_offered if it.strategy == "model"] == [
        "The script has nothing to say about alternatives."
    ]


def test_a_line_that_was_cut_short_does_not_pay_again(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))
    script = Obliging({"alternatives": suggestion(folder), "critic": {"cases": []}})
    there = workspace(folder, script)
    id = there.propose("add optional double certainty to decision")

    for record in there.advance(id):
        if isinstance(record.body, Exchange):
            break
    asked = len(script.calls)
    for _ in there.advance(id):
        pass

    purposes = [it.purpose for it in there.load(id).exchanges]
    assert asked == 1
    assert purposes.count("alternatives") == 1


def test_the_same_change_asked_with_and_without_a_model_is_two_proposals(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))
    change = "add optional double certainty to decision"
    obliging = Obliging({"alternatives": {"alternatives": []}, "critic": {"cases": []}})
    alone, on, failing = Workspace.open(folder), workspace(folder, obliging), workspace(folder, Obliging({}))

    ids = []
    for there in (alone, on, on, alone, failing, on):
        ids.append(id := there.propose(change))
        for _ in there.advance(id):
            pass

    assert ids[1] == ids[2] == ids[5]
    assert ids[0] == ids[3] != ids[1]
    assert ids[4] == ids[1]


def test_the_same_change_asked_with_other_guidance_is_asked_again(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))
    change = "add optional double certainty to decision"
    own = tmp_path / "own"
    own.mkdir()
    script = Obliging({"alternatives": {"alternatives": []}, "critic": {"cases": []}})
    prompts = PromptFiles(built_in_folder(), own)
    there = Workspace.open(folder, model=lambda tree: ModelKit(script, prompts, ModelLimits()))
    first = there.propose(change)
    for _ in there.advance(first):
        pass
    same = there.propose(change)
    text = (built_in_folder() / "alternatives.md").read_text("utf-8")
    (own / "alternatives.md").write_text(text.replace("At most three.", "At most three, all simple."))

    other = there.propose(change)

    assert same == first
    assert other != first
    assert there.load(other).request.follows == first
