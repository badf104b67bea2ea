"""Cases answered with what was recorded of a model: its tokens, prompts and name are counted, and bound a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE
from copilot.evaluation.case import read_case
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.places import build_case
from copilot.evaluation.report import markdown
from copilot.evaluation.suite import Ways, read_suite, run_suite
from tests import messages_server as say
from tests.evaluation.cases import SUITE
from tests.messages_server import MessagesServer

pytestmark = pytest.mark.slow
ONE = "hand/c-doc-record"
USAGE = {"input_tokens": 900, "output_tokens": 40}


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Returns the planner that answers from what a server said to one case."""
    case = read_case(SUITE / "cases" / f"{ONE}.toml", SUITE / "cases")
    build_case(case, tmp_path / "shop", SUITE)
    kept = tmp_path / "kept"
    with MessagesServer(say.tool("alternatives", {"alternatives": []}, usage=USAGE)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-a-test")
        asked = ["propose", case.request, "-C", str(tmp_path / "shop"), "--model", "some-model", "--record", str(kept)]
        assert main(asked) == EXIT_DONE
    return f"recorded {kept}"


def run(recorded: str, out: Path, tokens: int) -> list[CaseOutcome]:
    cases, _ = read_suite(SUITE, [ONE, "hand/r-unknown-field"])
    return list(run_suite(cases, SUITE, out, Ways(planners=(recorded,), workers=1, tokens=tokens)))


def test_tokens_prompts_and_models_are_counted(recorded: str, tmp_path: Path) -> None:
    found, other = run(recorded, tmp_path / "out", 0)
    assert found.is_solved, found.failed
    assert (found.figure("tokens read"), found.figure("tokens written")) == (900, 40)
    assert other.is_solved, other.failed
    text = markdown([found, other])
    assert "| tokens a solved case | 470 |" in text
    assert f"| {found.models[0]} | 1 of 1" in text.partition("## By model")[2]
    assert f"| {found.prompts[0]} | 1 of 1" in text.partition("## By prompt and version")[2]


def test_no_case_is_begun_once_the_tokens_are_used_up(recorded: str, tmp_path: Path) -> None:
    found, other = run(recorded, tmp_path / "out", 500)
    assert found.is_solved, found.failed
    assert other.broken == "It was not run: 940 tokens are used up, of 500 (--tokens)."
