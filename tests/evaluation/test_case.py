from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from copilot.evaluation.case import BrokenCase, read_case
from copilot.evaluation.places import case_files
from tests.evaluation.cases import SUITE

WHOLE = """\
title = "A rename"
kinds = ["K3"]
family = "hand-made"
request = "rename a to b in Order"
why = "Readers."
source = "the specification"
[repository]
base = "orders"
[expect]
answer = "proposal"
operations = ['{"op": "rename_field", "default": null}']
acceptable = ["alias"]
"""


def read(folder: Path, text: str) -> object:
    file = folder / "k3" / "a.toml"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    return read_case(file, folder)


def test_a_case_is_called_as_its_path(tmp_path: Path) -> None:
    file = tmp_path / "k3" / "rename.toml"
    file.parent.mkdir()
    file.write_text(WHOLE, "utf-8")
    case = read_case(file, tmp_path)
    assert case.id == "k3/rename"
    assert case.truth.operations[0] == {"op": "rename_field", "default": None}


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('kinds = ["K3"]', 'kinds = ["K99"]', "'K99' is no kind of change"),
        ('why = "Readers."', "", "it lacks 'why'"),
        ('answer = "proposal"', 'answer = "maybe"', "'maybe' is none of proposal, question, refusal"),
        ('answer = "proposal"', 'answer = "question"', "needs what it says"),
        ('acceptable = ["alias"]', "", "needs operations and acceptable"),
        ('acceptable = ["alias"]', 'acceptable = "alias"', "'acceptable' must be a list"),
        ('base = "orders"', 'base = "orders"\nbranch = "x"', "a key 'branch' that is not known"),
        ('title = "A rename"', "title = ", "can't be read"),
        ('"default": null}', '"default": nil}', "Expecting value"),
        ('request = "rename a to b in Order"', 'request = " "', "it asks for nothing"),
    ],
)
def test_a_case_that_is_not_well_made_says_why(tmp_path: Path, was: str, now: str, says: str) -> None:
    assert was in WHOLE
    with pytest.raises(BrokenCase, match=says):
        read(tmp_path, WHOLE.replace(was, now))


@pytest.mark.parametrize("path", case_files(SUITE), ids=lambda path: str(path.relative_to(SUITE / "cases")))
def test_every_shipped_case_is_well_made(path: Path) -> None:
    case = read_case(path, SUITE / "cases")
    assert (SUITE / "repositories" / case.base).is_dir() or case.base == "example"
    assert tomllib.loads(path.read_text("utf-8"))["why"].strip().endswith((".", "!", "?"))


def test_the_shipped_cases_cover_every_kind_every_trap_and_every_edit_of_the_matrix() -> None:
    """Field facts: kinds K1 to K21, 20 traps and 57 edits. K19, K21 and traps 8 to 10 are about formats that come later."""
    root = SUITE / "cases"
    cases = [read_case(path, root) for path in case_files(SUITE)]

    assert {kind for case in cases for kind in case.kinds} == {f"K{number}" for number in (*range(1, 19), 20)}
    assert {trap for case in cases for trap in case.traps} == {*range(1, 21)} - {8, 9, 10}
    assert [path.name[:2] for path in case_files(SUITE) if path.parent.name == "matrix"] == [
        f"{number:02}" for number in range(1, 58)
    ]
