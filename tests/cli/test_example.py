"""The command line from the map to the undo, on the example repository, with nothing made by hand but the approval."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.main import main
from copilot.cli.map_text import map_text
from copilot.cli.proposal_text import proposal_text
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_WAITING
from copilot.proposals import Workspace
from tests.line import copy_of_example
from tests.repositories import git

OPERATION = {"op": "add_field", "subject": "decision", "field": "risk", "type": ["null", "double"], "default": None}


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, str]:
    return copy_of_example(tmp_path)


def run(*words: str | Path, input: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from copilot.cli.main import run; run()", *map(str, words)]
    return subprocess.run(command, input=input, capture_output=True, text=True, timeout=120, check=False)


def test_the_map_of_the_example_names_what_a_reader_of_its_code_would_name(shop: tuple[Path, str]) -> None:
    text = map_text(Workspace.open(shop[0]).map())

    for word in ("decision", "fraud-scores", "order-features", "orders.v1", "scorer", "FULL (copilot.toml:7)"):
        assert word in text
    assert "services/decisions/decisions/rules.py:17" in text


def test_the_map_of_the_example_fits_its_schema(shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(files("copilot.cli").joinpath("map-1.schema.json").read_text("utf-8"))

    assert main(["map", str(shop[0]), "--format", "json"]) == EXIT_DONE

    jsonschema.validate(json.loads(capsys.readouterr().out), schema)


def test_uncommitted_changes_are_counted_and_read_when_asked(
    shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (shop[0] / "schemas" / "score.avsc").unlink()

    assert main(["map", str(shop[0])]) == EXIT_DONE
    committed = capsys.readouterr().out
    assert main(["map", str(shop[0]), "--working-tree"]) == EXIT_DONE
    as_it_stands = capsys.readouterr().out

    assert "Not read: 1 uncommitted change" in committed
    assert "schemas/score.avsc" in committed
    assert "schemas/score.avsc" not in as_it_stands


def test_an_earlier_commit_can_be_read(shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    first = git(shop[0], "rev-list", "--max-parents=0", "HEAD")

    assert main(["map", str(shop[0]), "--at", first]) == EXIT_DONE

    assert f"Pipeline at commit {first[:9]}" in capsys.readouterr().out


def test_the_flowchart_of_the_example_names_every_job(
    shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["map", str(shop[0]), "--format", "mermaid"]) == EXIT_DONE

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("    job") and '["' in line for line in lines) == len(Workspace.open(shop[0]).map().jobs)


def test_proposing_prints_progress_and_result_apart(shop: tuple[Path, str]) -> None:
    ran = run("propose", "-C", shop[0], "rename outcome to verdict in decision")

    assert ran.returncode == EXIT_DONE
    assert ran.stdout.startswith(f"{shop[1]}  rename outcome to verdict in decision\n\nChosen  ")
    assert ran.stderr == f"proposal    {shop[1]}, proved before on this commit with these tools\n"


def test_the_chosen_alternative_stands_first_and_the_text_says_what_to_type(shop: tuple[Path, str]) -> None:
    text = proposal_text(Workspace.open(shop[0]).load(shop[1]))

    headings = [line for line in text.split("\n") if line.isupper() and not line.startswith(" ")]
    assert headings[:3] == ["ALTERNATIVES", "CHECKS", "WHY THE OTHERS WERE NOT CHOSEN"]
    assert "✗ FAIL" in text
    assert f"pipeline-copilot review {shop[1]}" in text
    assert max(len(line) for line in text.split("\n")) <= 100


def test_an_operation_as_json_gives_json_that_fits_its_schema(shop: tuple[Path, str]) -> None:
    schema = json.loads(files("copilot.reasons").joinpath("proposal-1.schema.json").read_text("utf-8"))

    ran = run("propose", "-C", shop[0], "--operation", "-", "--format", "json", input=json.dumps(OPERATION))

    assert ran.returncode == EXIT_DONE
    value = json.loads(ran.stdout)
    jsonschema.validate(value, schema)
    assert value["operations"][0]["op"] == "add_field"
    assert "proved" in ran.stderr


def test_quiet_prints_no_progress(shop: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "operation.json").write_text(json.dumps([OPERATION]), "utf-8")

    ran = run("propose", "-C", shop[0], "--quiet", "--operation", f"@{tmp_path / 'operation.json'}")

    assert (ran.returncode, ran.stderr) == (EXIT_DONE, "")


def test_a_field_that_is_not_there_is_answered_with_the_nearest(shop: tuple[Path, str]) -> None:
    ran = run("propose", "-C", shop[0], "rename outcom to verdict in decision")

    assert ran.returncode == EXIT_USAGE
    assert "outcome" in ran.stderr
    assert ran.stdout == ""


def test_apply_waits_for_an_approval_and_undo_takes_it_back(
    shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, id = shop
    where = ["-C", str(folder)]

    assert main(["apply", id, *where]) == EXIT_WAITING
    Workspace.open(folder).approve(id, note="seen", confirmation="decision")
    head = git(folder, "rev-parse", "HEAD")
    assert main(["apply", *where]) == EXIT_DONE
    applied = capsys.readouterr().out
    branch = Workspace.open(folder).load(id).applied[-1].branch
    assert f"on branch {branch}" in applied
    assert (git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")) == (head, "")
    git(folder, "branch", "-q", "-m", branch, "elsewhere")
    assert main(["apply", *where]) == EXIT_DONE
    assert f"  git branch {branch} " in capsys.readouterr().out
    git(folder, "branch", "-q", "-m", "elsewhere", branch)
    assert main(["undo", id, "--from", branch, *where]) == EXIT_DONE
    undone = Workspace.open(folder).load(id).undone[-1]
    assert git(folder, "diff", "--stat", head, undone.commit, "--", "schemas", "services") == ""
    assert main(["apply", id, *where]) == EXIT_USAGE
    assert main(["log", *where]) == EXIT_DONE
    assert "undone" in capsys.readouterr().out


def test_verify_confirms_and_says_when_it_can_not(shop: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, id = shop

    assert main(["verify", id, "-C", str(folder)]) == EXIT_DONE
    assert f"The decision of {id} holds." in capsys.readouterr().out

    last = Workspace.open(folder).load(id).evidence[-1]
    assert main(["verify", id, "-C", str(folder), "--evidence", last.id]) == EXIT_DONE
    assert capsys.readouterr().out.split() == ["same", "E", last.check, last.id]

    git(folder, "update-ref", "refs/heads/main", git(folder, "rev-list", "--max-parents=0", "HEAD"))
    git(folder, "reflog", "expire", "--expire=now", "--all")
    git(folder, "gc", "-q", "--prune=now")
    assert main(["verify", id, "-C", str(folder), "--format", "json"]) == EXIT_REFUSED
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_the_demo_needs_neither_a_terminal_nor_a_name_in_git(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LANG": "C",
    }

    ran = subprocess.run(
        [sys.executable, "-c", "from copilot.cli.main import run; run()", "demo"],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )

    assert ran.returncode == EXIT_DONE, ran.stderr
    assert "Chosen  " in ran.stdout
    assert "Next, in a terminal:" in ran.stdout
