"""A repository's own past as the judge: what is mined, what is scored, and that the repository stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_SURROUNDINGS
from copilot.evaluation.history import history_markdown, judge_history
from tests.repositories import commit, git, init

pytestmark = pytest.mark.slow
DAY = 86_400
START = 1_700_000_000


def schema(*names: str) -> str:
    fields = [{"name": name, "type": "long"} for name in names]
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": fields}, indent=2) + "\n"


def code(*names: str) -> str:
    return "def total(order):\n    return " + " + ".join(f'order["{name}"]' for name in names) + "\n"


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """People rename a field in the schema and in the code that reads it, and touch the notes a week later."""
    folder = init(tmp_path / "shop")
    files = {
        "schemas/order.avsc": schema("id", "amount", "fee"),
        "billing/total.py": code("amount", "fee"),
        "notes.md": "x\n",
    }
    commit(folder, {**files, "shipping/label.py": "def label(parcel):\n    return parcel\n"}, at=START)
    renamed = {"schemas/order.avsc": schema("id", "total", "fee"), "billing/total.py": code("total", "fee")}
    commit(folder, renamed, at=START + DAY)
    commit(
        folder,
        {"notes.md": "y\n", "shipping/label.py": "def label(parcel):\n    return str(parcel)\n"},
        at=START + 7 * DAY,
    )
    return folder


def test_a_commit_of_schema_and_code_is_asked_at_its_parent_and_scored(past: Path, tmp_path: Path) -> None:
    report = judge_history(str(past), tmp_path / "work")
    assert report.problem == ""
    (case,) = report.cases
    assert case.touched == {"schemas/order.avsc", "billing/total.py"}
    assert case.later == {"notes.md", "shipping/label.py"}
    listed = set(case.lists["impact"])
    assert "schemas/order.avsc" in listed <= case.touched
    assert case.edit in ("chosen", "offered")
    text = history_markdown([report])
    f1 = 2 * len(listed) / (len(listed) + 2)
    assert f"| impact | 1 | {f1:.3f} | {f1:.3f} | {len(listed)}.00 | 2.00 |" in text
    assert "Recall of both lists: 2 of 2 files." in text


def test_nothing_is_written_into_the_repository(past: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in (past / ".git").iterdir())
    judge_history(str(past), tmp_path / "work")
    assert sorted(path.name for path in (past / ".git").iterdir()) == before
    assert git(past, "status", "--porcelain") == ""


def test_an_address_that_cant_be_cloned_is_a_failure_with_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--history", str(tmp_path / "nowhere")]) == EXIT_SURROUNDINGS
    told = capsys.readouterr()
    assert f'nowhere: 0 commits: "{tmp_path / "nowhere"}" is not a folder.' in told.out
    assert told.err.splitlines()[-1].endswith("is not a folder.")


def test_a_past_without_such_commits_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = init(tmp_path / "shop")
    commit(folder, {"a.py": "x = 1\n"}, at=START)
    assert main(["eval", "--history", str(folder)]) == EXIT_DONE
    told = capsys.readouterr().out
    assert told.rstrip().endswith("Nothing was mined: no commit changed fields of a schema and other files with it.")
    assert "| impact |" not in told
