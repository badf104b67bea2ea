"""The whole way with a real small model: free words, its alternative, the checks, the decision; then again from what was recorded.

The model is weak. What is held here is the way, and that what it says wins nothing by itself.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.domain.model import used
from copilot.domain.operation import AddField
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE
from copilot.proposals import Workspace
from tests.outside import LOCAL_MODEL_PROGRAM, local_model, not_run
from tests.repositories import commit, init
from tests.shops import CHECKOUT, INVOICE, order_schema

WORDS = "please let us also store a remark text on every order, it may be missing"
PROMPT_TOKENS_MAX = 2_550
"""3,000 are what the whole way may take, less a margin: maps and ways that are known grow with the product."""
OWN = LOCAL_MODEL_PROGRAM.parent


def proposed(folder: Path, *more: str) -> Proposal:
    assert main(["propose", WORDS, "-C", str(folder), *more]) == EXIT_DONE
    (proposal,) = Workspace.open(folder).list()
    return proposal


@pytest.mark.slow
@pytest.mark.tool("local model")
def test_a_small_model_frames_and_suggests_and_the_checks_decide(
    tmp_path: Path,
    own_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    folder = init(tmp_path / "shop")
    commit(folder, {"schemas/order.avsc": order_schema(), **CHECKOUT, **INVOICE})
    again = Path(shutil.copytree(folder, tmp_path / "again", symlinks=True))
    shutil.copytree(OWN / "prompts", own_folder / "prompts")
    shutil.copy(OWN / "config.toml", own_folder)

    with local_model() as environ:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        main(["propose", WORDS, "-C", str(folder), "--record", str(tmp_path / "kept")])
    if "did not answer within" in "".join(capfd.readouterr()):
        not_run(request.node, "local model in time")
    (proposal,) = Workspace.open(folder).list()

    (operation,) = proposal.request.operations
    assert isinstance(operation, AddField)
    assert operation.subject == "order"
    assert [(it.purpose, it.prompt.source) for it in proposal.exchanges] == [("frame", "own"), ("alternatives", "own")]
    assert 0 < used(proposal.exchanges).all_input <= PROMPT_TOKENS_MAX
    assert proposal.plan
    assert proposal.decision
    suggested = [it for it in proposal.plan.alternatives if it.origin == "claude"]
    assert suggested or any(it.strategy == "model" for it in proposal.plan.not_offered)
    assert all(proposal.evidence_of(it.id) for it in suggested)
    assert proposal.decision.chosen
    assert {it.verdict for it in proposal.evidence_of(proposal.decision.chosen)} <= {
        "pass",
        "not-applicable",
        "unknown",
    }

    replayed = proposed(again, "--recorded", str(tmp_path / "kept"))

    assert replayed.plan == proposal.plan
    assert replayed.decision
    assert replayed.decision.chosen == proposal.decision.chosen
    assert {it.server for it in replayed.exchanges} == {"recorded"}


def test_the_prompts_for_small_models_fit_what_is_asked() -> None:
    from copilot.adapters.prompt_files import built_in_folder, read_prompt_file

    for path in sorted((OWN / "prompts").glob("*.md")):
        small, built_in = (read_prompt_file(it, path.stem, "own") for it in (path.parent, built_in_folder()))
        assert set(small.prompt.inputs) == set(built_in.prompt.inputs)
        assert small.prompt.answer == built_in.prompt.answer
        assert small.unversioned == ""
