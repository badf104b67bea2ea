"""Pictures of the screens as SVG, without anything that is loaded from elsewhere: `python -m tests.tui.pictures FOLDER` draws
those of the documentation on the example repository, and the tests compare with them what the screens look like.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from copilot.example.build import build_repository
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from tests.repositories import git

CHANGE = "rename amount to total_cents in Order"
SIZE = (120, 36)
LOOKS_MAX, LOOK_SECONDS = 40, 0.5
NOW = "2026-01-02T03:04:05Z"
_ELSEWHERE = re.compile(r"\s*@font-face \{.*?\}|<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """What keys show, from the home screen or the review of a decided proposal."""

    name: str
    keys: tuple[str, ...] = ()
    is_review: bool = True


PICTURES = (
    Picture("home", is_review=False),
    Picture("review"),
    Picture("compare", ("c",)),
    Picture("sign", ("a",)),
)


def svg_of(app: App[None]) -> str:
    """Returns the screen as it is shown; a viewer's own font of fixed width takes the place of one from a server."""
    return _ELSEWHERE.sub("", app.export_screenshot(title="pipeline-copilot"))


def draw(workspace: Workspace, id: str, keys: Sequence[str], size: tuple[int, int]) -> str:
    """Returns the picture of the review of `id`, or of the home screen for "", once those keys were pressed."""
    found = ""

    async def run() -> None:
        nonlocal found
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await _settled(app, pilot)
            for key in keys:
                await pilot.press(key)
                await _settled(app, pilot)
            # Some of a screen is drawn a moment later: it is done when twice the same is there.
            for _ in range(LOOKS_MAX):
                before, found = found, svg_of(app)
                if found == before:
                    return
                await pilot.pause(LOOK_SECONDS)

    asyncio.run(run())
    return found


async def _settled(app: App[None], pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def decided(folder: Path) -> tuple[Workspace, str]:
    """Builds the example in a folder and decides a change of it."""
    build_repository(folder)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    workspace = Workspace.open(folder, clock=lambda: NOW)
    id = workspace.propose(CHANGE)
    for _ in workspace.advance(id):
        pass
    return workspace, id


def main() -> None:
    """Draws the pictures of the documentation into the folder that is named."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # What a person chose for their own screens doesn't count here.
        os.environ |= {"TEXTUAL_THEME": "copilot-dark", "XDG_CONFIG_HOME": folder}
        workspace, id = decided(Path(folder) / "shop")
        for picture in PICTURES:
            svg = draw(workspace, id if picture.is_review else "", picture.keys, SIZE)
            (target / f"{picture.name}.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
