"""Every screen as a picture, at three sizes and in two themes, beside those that were looked at and found good.

The pictures are SVG in gzip; `python -m tests.tui.test_pictures FOLDER` unpacks them to be looked at.
"""

from __future__ import annotations

import gzip
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.domain.decision import Rejection
from copilot.proposals import Workspace
from tests import faces
from tests.golden import UPDATE_VARIABLE
from tests.line import example
from tests.tui.pictures import AT_HOME, IN_REVIEW, Step, drawn, short, undecided, while_proving
from tests.tui.stage import NOW, workspace_with

GOLDEN = Path(__file__).parent / "golden" / "pictures"
SIZES = ((80, 24), (120, 40), (250, 70))
THEMES = ("copilot-dark", "copilot-light")
HINT = f"look at them; if they are right, {UPDATE_VARIABLE}=1 keeps them"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}"),
]


@pytest.fixture(autouse=True)
def _nobody_chose_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", THEMES[0])
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def differing(pictures: list[tuple[str, str]], size: tuple[int, int]) -> list[str]:
    """Returns the names of the pictures that are not as in their files; writes them anew first where that is asked for."""
    differ = []
    for name, svg in pictures:
        path = GOLDEN / f"{size[0]}x{size[1]}" / f"{name}.svgz"
        if os.environ.get(UPDATE_VARIABLE):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(short(svg).encode("utf-8"), 9, mtime=0))
        if not path.exists() or gzip.decompress(path.read_bytes()).decode("utf-8") != short(svg):
            differ.append(name)
    return differ


def test_the_first_screen_and_what_it_opens_look_as_they_did(size: tuple[int, int]) -> None:
    assert differing(drawn(Workspace.open(example()), "", AT_HOME, size, THEMES), size) == [], HINT


def test_the_screens_of_a_proposal_look_as_they_did(tmp_path: Path, size: tuple[int, int]) -> None:
    # Made by hand, so that it stays the same when checks and strategies come to tell something else of the example.
    proposal = faces.a_proposal(stakes="high")
    files = {"schemas/order.avsc": faces.OLD_SCHEMA, "jobs/billing.py": faces.OLD_CODE}
    pictures = drawn(workspace_with(tmp_path, proposal, files=files), proposal.id, IN_REVIEW, size, THEMES)
    assert differing(pictures, size) == [], HINT


def test_a_proof_that_goes_on_looks_as_it_did(tmp_path: Path, size: tuple[int, int]) -> None:
    proposal = undecided(faces.a_proposal())
    workspace = workspace_with(tmp_path / "shop", proposal)
    pictures = drawn(
        workspace, proposal.id, [Step("proving")], size, THEMES, begin=lambda app: while_proving(app, proposal)
    )
    assert differing(pictures, size) == [], HINT


def test_the_log_looks_as_it_did(tmp_path: Path, size: tuple[int, int]) -> None:
    proposal = faces.a_proposal(stakes="high")
    said = Rejection("", "alias-33bb44", "Bob <bob@example.org>", NOW, "the dashboards of risk read it, see INC-42")
    rejected = replace(proposal, rejections=(said,))
    workspace = workspace_with(tmp_path / "shop", rejected)
    assert differing(drawn(workspace, "", [Step("log", ("L",))], size, THEMES), size) == [], HINT


if __name__ == "__main__":
    for file in sorted(GOLDEN.glob("*/*.svgz")):
        target = Path(sys.argv[1]) / f"{file.stem}-{file.parent.name}.svg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress(file.read_bytes()))
