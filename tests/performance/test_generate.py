"""The repository of the benchmark: the same every time, as large as asked, and one that a pipeline could be."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

GENERATE = Path(__file__).parents[2] / "evals/performance/generate.py"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def generated(folder: Path, files: int) -> Path:
    subprocess.run([sys.executable, str(GENERATE), str(folder), str(files)], check=True)
    return folder


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = generated(tmp_path / "a", 100), generated(tmp_path / "b", 100)

    assert git(first, "rev-parse", "HEAD") == git(second, "rev-parse", "HEAD")


def test_it_has_as_many_files_as_asked_and_all_can_be_read(tmp_path: Path) -> None:
    folder = generated(tmp_path / "a", 120)

    paths = git(folder, "ls-files").splitlines()

    assert len(paths) == 120
    for path in paths:
        text = (folder / path).read_text()
        if path.endswith(".py"):
            ast.parse(text)
        if path.endswith(".avsc"):
            assert json.loads(text)["type"] == "record"
