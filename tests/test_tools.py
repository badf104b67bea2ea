"""The marker `tool`: a test whose tool is missing is skipped and named in a table, never silently passed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parent / "conftest.py"


def run_pytest(folder: Path, test: str) -> str:
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = tool(name): needs a tool\n")
    (folder / "test_it.py").write_text(f"import pytest\n\n{test}\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(CONFTEST.parent.parent)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_a_missing_tool_is_named_with_the_test_that_did_not_run(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, '@pytest.mark.tool("no-such-tool")\ndef test_needs_it(): assert False')

    assert "1 skipped" in printed
    assert "not run: test" in printed
    assert "test_it.py::test_needs_it  no-such-tool" in printed


def test_a_tool_that_works_runs_the_test_and_prints_no_table(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, '@pytest.mark.tool("git")\ndef test_needs_it(): pass')

    assert "1 passed" in printed
    assert "not run" not in printed
