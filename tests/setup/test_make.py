"""`make demo` and `make test` work from nothing, a second time, and after a first time that failed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Stands for Python: makes an environment whose programs only say that they ran, and fails when installing where told to.
FAKE_PYTHON = """#!/bin/sh
case "$1" in
  -c) exit 0 ;;
  -m) mkdir -p "$3/bin" && touch "$3/pyvenv.cfg" ;;
esac
for name in python ruff mypy pytest pipeline-copilot; do
  printf '#!/bin/sh\\necho "ran %s $*"\\n[ -z "$FAIL_INSTALL" ] || [ %s != python ]\\n' "$name" "$name" > "$3/bin/$name"
  chmod +x "$3/bin/$name"
done
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "fake-python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return tmp_path


def make(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "VENV"))}
    command = ["make", "PYTHON=./fake-python", "VENV=.venv", *arguments]
    return subprocess.run(
        command, cwd=checkout, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )


def test_demo_installs_and_runs_the_demo(checkout: Path) -> None:
    made = make(checkout, "demo")

    assert made.returncode == 0, made.stderr
    assert "--constraint constraints.txt --no-build-isolation --editable ." in made.stdout
    assert "ran pipeline-copilot demo" in made.stdout


def test_the_second_time_installs_nothing(checkout: Path) -> None:
    make(checkout, "demo")

    again = make(checkout, "demo")

    assert "ran pipeline-copilot demo" in again.stdout
    assert "pip install" not in again.stdout


def test_after_an_installation_that_failed_everything_is_made_anew(checkout: Path) -> None:
    failed = make(checkout, "demo", FAIL_INSTALL="yes")
    (checkout / ".venv/half-installed").touch()

    again = make(checkout, "demo")

    assert failed.returncode != 0
    assert again.returncode == 0
    assert not (checkout / ".venv/half-installed").exists()


def test_an_environment_whose_commands_do_not_start_is_made_anew(checkout: Path) -> None:
    make(checkout, "demo")
    (checkout / ".venv/bin/pipeline-copilot").write_text("#!/gone/python\n")

    again = make(checkout, "demo")

    assert again.returncode == 0, again.stderr
    assert "ran pipeline-copilot demo" in again.stdout


def test_other_constraints_make_another_environment(checkout: Path) -> None:
    make(checkout, "demo")
    (checkout / ".venv/old").touch()
    with (checkout / "constraints.txt").open("a") as constraints:
        constraints.write("another==1.0\n")

    make(checkout, "demo")

    assert not (checkout / ".venv/old").exists()


def test_the_suite_is_lint_format_types_and_tests(checkout: Path) -> None:
    made = make(checkout, "test")

    ran = [line.removeprefix("ran ").strip() for line in made.stdout.splitlines() if line.startswith("ran ")]
    assert ran[-4:] == ["ruff check .", "ruff format --check .", "mypy", "pytest"]


def test_a_python_that_is_too_old_is_named_with_what_to_do(checkout: Path) -> None:
    made = make(checkout, "demo", "PYTHON=false")

    assert made.returncode != 0
    assert "Python 3.11 or newer with the venv module is needed, and false is not that." in made.stderr
    assert "make PYTHON=" in made.stderr


def test_a_folder_that_is_no_environment_is_never_removed(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv/thesis.txt").write_text("mine")

    made = make(checkout, "demo")

    assert made.returncode != 0
    assert "in the way" in made.stderr
    assert (checkout / ".venv/thesis.txt").read_text() == "mine"


def test_the_gate_calls_the_very_command_that_people_run() -> None:
    assert "\nmake test " in (ROOT / ".ci/run").read_text()


def test_the_constraints_name_exact_versions_and_no_index() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]

    assert lines
    assert [line for line in lines if line.count("==") != 1 or line.startswith("-") or "/" in line] == []
