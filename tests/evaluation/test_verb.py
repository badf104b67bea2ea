"""The verb: listing, showing, a baseline, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from tests.evaluation.cases import SUITE

pytestmark = pytest.mark.slow
ONE = "hand/c-doc-record"


def evaluate(*arguments: str, out: Path) -> int:
    return main(["eval", *arguments, "--suite", str(SUITE), "--out", str(out), "--jobs", "1"])


def test_a_case_is_run_kept_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(ONE, "--fail-under", "1", out=tmp_path) == EXIT_DONE
    assert "| rules | 1 of 1 (100%" in capsys.readouterr().out
    assert evaluate("show", ONE, out=tmp_path) == EXIT_DONE
    assert "pipeline-copilot show p-" in capsys.readouterr().out


def test_a_case_that_got_worse_than_the_baseline_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("hand/k3-rename-shared", "--format", "baseline", out=tmp_path)
    good = json.loads(capsys.readouterr().out)
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps(good))
    asked = ("hand/k3-rename-shared", "--baseline", str(baseline))
    assert evaluate(*asked, out=tmp_path) == EXIT_DONE
    good["ends"]["wrong on purpose"] = good["ends"]["rules"]
    baseline.write_text(json.dumps(good))
    assert evaluate(*asked, "--planner", "wrong on purpose", out=tmp_path) == EXIT_REFUSED
    assert "| hand/k3-rename-shared | solved | fails at legal |" in capsys.readouterr().out


def test_a_baseline_of_another_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text('{"suite_version": 1, "ends": {}}')
    assert evaluate(ONE, "--baseline", str(baseline), out=tmp_path) == EXIT_USAGE
    assert "can't be compared" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such-case",), "No case is called like no-such-case"),
        (("show",), "Which case is meant?"),
        (("show", "no-such"), 'There is no case "no-such"'),
        (("show", ONE), "No proposal of this case is kept"),
        ((ONE, "--planner", "oracle"), 'There is no planner "oracle"'),
        ((ONE, "--epochs", "0"), 'Argument --epochs: "0" is no whole number above 0.'),
        ((ONE, "--tokens", "many"), 'Argument --tokens: "many" is no whole number above 0.'),
    ],
)
def test_what_is_not_there_is_told(
    arguments: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(*arguments, out=tmp_path) == EXIT_USAGE
    assert says in capsys.readouterr().err


def test_a_broken_case_is_a_failure_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "bad.toml").write_text("title = ")
    assert main(["eval", "--suite", str(tmp_path), "--out", str(tmp_path / "out")]) == EXIT_DONE
    assert "## Could not be run" in capsys.readouterr().out
