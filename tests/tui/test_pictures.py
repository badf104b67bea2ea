"""The screens as pictures, at three sizes and in two themes, beside those that were looked at and found good."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.example.build import build_repository
from copilot.proposals import Workspace
from tests import faces
from tests.golden import assert_golden
from tests.tui.pictures import PICTURES, Picture, draw
from tests.tui.stage import workspace_with

GOLDEN = Path(__file__).parent / "golden" / "pictures"


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_screen_looks_as_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Picture, size: tuple[int, int], theme: str
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", f"copilot-{theme}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if picture.is_review:
        # Made by hand, so that it stays the same when checks and strategies come to tell something else of the example.
        proposal = faces.a_proposal(stakes="high")
        svg = draw(workspace_with(tmp_path, proposal), proposal.id, picture.keys, size)
    else:
        build_repository(tmp_path / "shop")
        svg = draw(Workspace.open(tmp_path / "shop"), "", picture.keys, size)

    assert_golden(GOLDEN / f"{picture.name}-{size[0]}x{size[1]}-{theme}.svg", svg)
