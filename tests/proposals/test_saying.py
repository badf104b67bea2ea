"""A model speaks about a decision: its words and reasons are kept and shown apart, and change nothing that was decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.domain.model import Exchange, ModelLimits
from copilot.domain.proposal import Probed, Worded, after, plan_digest
from copilot.errors import WrongUsage
from copilot.ports import ModelKit
from copilot.proposals import Workspace
from tests import faces
from tests.line import copy_of_example
from tests.planners.scripted import Script, called, said


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, str]:
    return copy_of_example(tmp_path)


def workspace(folder: Path, *values: object, tool: str) -> tuple[Workspace, Script]:
    script = Script([said(called(value, tool)) for value in values])
    kit = ModelKit(script, PromptFiles(built_in_folder()), ModelLimits())
    return Workspace.open(folder, model=lambda tree: kit), script


def test_words_are_kept_beside_a_decision_that_stays_what_it_is(shop: tuple[Path, str]) -> None:
    folder, id = shop
    before = Workspace.open(folder).load(id)
    assert before.decision is not None
    chosen = before.decision.chosen
    cite = next(it.id for it in before.evidence_of(chosen) if it.verdict == "pass")
    sentence = {"alternative": chosen, "text": "Old and new readers get along.", "cites": [cite]}
    there, script = workspace(folder, {"sentences": [sentence]}, tool="words")

    bodies = [record.body for record in there.word(id)]

    after = there.load(id)
    assert [type(it) for it in bodies] == [Exchange, Worded]
    assert after.worded == Worded(((chosen, "Old and new readers get along.", (cite,)),))
    assert after.decision == before.decision
    assert plan_digest(after, chosen) == plan_digest(before, chosen)
    assert list(there.word(id)) == []
    assert len(script.calls) == 1


def test_a_probe_is_kept_with_what_was_said(shop: tuple[Path, str]) -> None:
    folder, id = shop
    before = Workspace.open(folder).load(id)
    assert before.decision is not None
    chosen = before.decision.chosen
    cite = next(it.id for it in before.evidence_of(chosen) if it.verdict == "pass")
    stated = {"choice": chosen, "cites": [cite], "reason": "It passes."}
    there, _ = workspace(folder, stated, {**stated, "choice": ""}, {**stated, "choice": ""}, tool="probe")

    bodies = [record.body for record in there.probe(id)]

    assert [type(it) for it in bodies] == [Exchange, Exchange, Exchange, Probed]
    probed = there.load(id).probed
    assert probed is not None
    assert probed.trials[0] == ("as it is", "", True)


def test_without_a_model_nothing_is_asked(shop: tuple[Path, str]) -> None:
    folder, id = shop

    with pytest.raises(WrongUsage, match="No model is on"):
        list(Workspace.open(folder).word(id))


def test_what_was_said_of_rulings_ends_with_them() -> None:
    proposal = faces.a_proposal_with_a_model()
    assert proposal.decision is not None

    decided_anew = after(proposal, proposal.decision)

    assert (decided_anew.worded, decided_anew.probed) == (None, None)
    assert decided_anew.exchanges == proposal.exchanges
