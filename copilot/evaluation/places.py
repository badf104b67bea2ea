"""Where the suite lies, and the repository that a case is about, built in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import copilot
from copilot.errors import WrongUsage
from copilot.evaluation.case import CASE_SUFFIX, Case
from copilot.evaluation.families import in_words
from copilot.example.build import NewCommit, build_repository, new_repository

EXAMPLE = "example"
"""The base repository that is the product's own example."""
_FIRST_SECONDS = 1_760_000_000
_DAY_SECONDS = 86_400
_PERSON = "Eva <eva@example.org>"


def suite_folder(named: str = "") -> Path:
    """Returns the folder that holds "cases" and "repositories"; raises WrongUsage."""
    folder = Path(named) if named else Path(copilot.__file__).parent.parent / "evals"
    if not (folder / "cases").is_dir():
        raise WrongUsage(
            "There is no eval suite here.",
            where=folder,
            next="Run it in a checkout of pipeline-copilot, or name a folder with --suite.",
        )
    return folder


def case_files(folder: Path) -> tuple[Path, ...]:
    """Returns the files of all cases, in the order of their ids."""
    root = folder / "cases"
    return tuple(sorted(root.rglob(f"*{CASE_SUFFIX}")))


def build_case(case: Case, folder: Path, suite: Path) -> str:
    """Builds the repository of a case in an empty folder, and returns its last commit; raises WrongUsage, SurroundingsFailed."""
    if case.base == EXAMPLE and not case.files:
        return build_repository(folder)
    base = suite / "repositories" / case.base
    if not base.is_dir():
        raise WrongUsage(f'There is no base repository "{case.base}".', where=case.path)
    return new_repository(folder, _commits(case, base))


def _said(data: bytes, say: Callable[[str], str]) -> bytes:
    """Returns the content of a file in the words of the case; what is no text has none."""
    try:
        return say(data.decode()).encode()
    except UnicodeDecodeError:
        return data


def _commits(case: Case, base: Path) -> Iterator[NewCommit]:
    steps = sorted(step for step in base.iterdir() if step.is_dir())
    say = in_words(case.words)
    for number, step in enumerate(steps):
        files = {
            say(file.relative_to(step).as_posix()): _said(file.read_bytes(), say)
            for file in sorted(step.rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts
        }
        yield NewCommit(step.name[3:], _PERSON, _FIRST_SECONDS + number * _DAY_SECONDS, files)
    if case.files:
        seconds = _FIRST_SECONDS + len(steps) * _DAY_SECONDS
        texts = {path: None if text is None else text.encode() for path, text in case.files}
        yield NewCommit("Change what the case is about", _PERSON, seconds, texts)
