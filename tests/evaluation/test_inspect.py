"""The suite as a task of Inspect AI, run by its own command in a process that has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.cases import SUITE
from tests.outside import INSPECT_FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.tool("inspect")]
ROOT = Path(__file__).parent.parent.parent
READ = """import json, sys
from inspect_ai.log import read_eval_log
log = read_eval_log(sys.argv[1])
shown = {it.id: [it.scores["gates"].value, it.scores["gates"].answer, it.scores["gates"].explanation] for it in log.samples}
print(json.dumps([log.status, log.results.scores[0].metrics["accuracy"].value, shown]))
"""


def run(*arguments: str, folder: Path) -> str:
    """Runs Python with Inspect AI before the libraries of the tests, which it needs others than."""
    paths = [os.environ[INSPECT_FOLDER], str(ROOT)]
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_case_is_a_sample_a_run_its_solver_and_the_gates_its_scorer(tmp_path: Path) -> None:
    task = f"{ROOT / 'copilot' / 'evaluation' / 'inspect_suite.py'}@suite"
    given = ["-T", "words=hand/r-unknown-field hand/k3-rename-shared", "-T", f"folder={SUITE}"]
    wrong = ["-T", "planner=wrong on purpose"]
    command = ["-m", "inspect_ai", "eval", task, "--model", "none", "--display", "none", "--log-dir", "logs"]
    run(*command, *given, *wrong, folder=tmp_path)
    (log,) = (tmp_path / "logs").iterdir()
    status, accuracy, samples = json.loads(run("-c", READ, str(log), folder=tmp_path))
    assert (status, accuracy) == ("success", 0.5)
    assert samples["hand/r-unknown-field"] == ["C", "", "Every gate was passed."]
    value, answer, explanation = samples["hand/k3-rename-shared"]
    assert (value, answer) == ("I", "naive")
    assert "schemas/order.avsc" in explanation
