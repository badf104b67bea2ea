"""The test of recorded bytes that a person can add: it fails on the base and passes once the change is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, RefusedByEvidence
from copilot.proposals import Workspace
from tests.line import copy_of_example


def outcome(folder: Path, text: str) -> int:
    file = folder / "tests" / "test_recorded_bytes.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=folder).returncode


@pytest.mark.parametrize(
    "change",
    ["rename amount to total_cents in schemas/order.avsc", "add an optional double parallax to decision"],
)
def test_it_fails_on_the_base_and_passes_with_the_change(
    change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, id = copy_of_example(tmp_path, change)
    proposal = Workspace.open(folder).load(id)
    assert proposal.decision is not None

    assert main(["show", id, "-C", str(folder), "--contract-test"]) == EXIT_DONE
    text = capsys.readouterr().out
    before = outcome(folder, text)
    for it in proposal.patches_of(proposal.decision.chosen)[0].changes:
        (folder / it.path).write_text(it.after or "", "utf-8")
    after = outcome(folder, text)

    assert (before, after) == (1, 0)


def test_what_only_people_read_has_no_such_test(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path, 'change the doc of amount in schemas/order.avsc to "In cents."')

    with pytest.raises(RefusedByEvidence, match="would pass on the base too"):
        Workspace.open(folder).contract_test(id)
