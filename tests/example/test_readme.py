"""The README shows what the example repository really answers, only shortened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE
from copilot.example.build import build_repository

README = Path(__file__).parents[2] / "README.md"


def sentences(text: str) -> str:
    """Returns the text without its line breaks: how it is wrapped is the terminal's."""
    return " ".join(text.split())


def test_the_answer_in_the_readme_is_the_one_of_the_example_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = README.read_text("utf-8").split("```", 2)[1]
    command, _, answer = block.strip().partition("\n")
    request = re.fullmatch(r'\$ pipeline-copilot propose "(.*)"', command)
    assert request
    build_repository(tmp_path / "shop")

    assert main(["propose", request[1], "--quiet", "-C", str(tmp_path / "shop")]) == EXIT_DONE

    said = sentences(capsys.readouterr().out)
    # The README leaves out the id of an alternative, which nothing in it refers to.
    said = re.sub(r"\b([A-Z]) \([a-z-]+-[0-9a-f]{6}\): ", r"\1: ", said)
    parts = [sentences(part) for part in re.split(r"\n(?! {7,10}[^ -])|…", answer)]
    missing = [part for part in parts if part not in said]
    assert len(parts) > 10
    assert missing == []
