"""Pictures of the screens as SVG, without anything that is loaded from elsewhere: `python -m tests.tui.pictures FOLDER` draws
those of the documentation on the example repository, and the tests compare with them what the screens look like.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from copilot.domain.proposal import Proposal
from copilot.example.build import build_repository
from copilot.flow import Begun
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.works import Work
from tests.repositories import git
from tests.tui.stage import screen_text

CHANGE = "rename amount to total_cents in Order"
SIZE = (120, 36)
LOOKS_MAX, LOOK_SECONDS = 400, 0.1
NOW = "2026-01-02T03:04:05Z"
_ELSEWHERE = re.compile(r"\s*@font-face \{.*?\}|<!--.*?-->", re.DOTALL)
_NAMES = re.compile(r"terminal-\d+-")


@dataclass(frozen=True, slots=True)
class Step:
    """What keys lead to a screen from the one before, and which lead back; a picture without a name is on the way only."""

    name: str
    keys: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


AT_HOME = (
    Step("home"),
    Step("home-map", ("1", "down")),
    Step("home-findings", ("2",)),
    Step("finding", ("enter",), ("q",)),
    Step("completion", ("slash", *"rename cust"), ("ctrl+u", "escape")),
    Step("question", ("slash", *"rename customer_id to buyer", "enter"), ("ctrl+u", "escape")),
    Step("impact", ("slash", *"remove outcome from decision", "ctrl+o"), ("q",)),
    Step("", ("ctrl+u", "escape")),
    Step("form", ("n", *"decision", "enter"), ("escape", "escape")),
    Step("form-options", ("n", *"decision", "enter", "enter", "enter", *"parallax"), ("escape",) * 4),
    Step("home-help", ("question_mark",), ("escape",)),
)
IN_REVIEW = (
    Step("review"),
    Step("lines", ("1", "l", "j", "space"), ("space", "escape")),
    Step("evidence", ("2",)),
    Step("rationale", ("3",)),
    Step("not-covered", ("4",)),
    Step("rollout", ("6",)),
    Step("review-help", ("question_mark",), ("escape",)),
    Step("compare", ("c",)),
    Step("cell", ("right", "right", "right", "enter"), ("escape",)),
    Step("beside", ("space", "down", "d"), ("q",)),
    Step("what-if", ("w", "x"), ("q",)),
    Step("sign", ("a",), ("escape",)),
    Step("reject", ("r",), ("escape",)),
)


def svg_of(app: App[None]) -> str:
    """Returns the screen as it is shown; a viewer's own font of fixed width takes the place of one from a server."""
    return _ELSEWHERE.sub("", app.export_screenshot(title="pipeline-copilot"))


def short(svg: str) -> str:
    """Returns the picture in fewer bytes, and the same whatever else it was drawn beside."""
    return _NAMES.sub("t-", svg).replace("&#160;", "\u00a0")


def draw(workspace: Workspace, id: str, keys: Sequence[str], size: tuple[int, int]) -> str:
    """Returns the picture of the review of `id`, or of the home screen for "", once those keys were pressed."""
    ((_, svg),) = drawn(workspace, id, [Step("", keys=tuple(keys))], size, ("copilot-dark",), are_all=True)
    return svg


def drawn(
    workspace: Workspace,
    id: str,
    steps: Iterable[Step],
    size: tuple[int, int],
    themes: Sequence[str],
    *,
    are_all: bool = False,
    begin: Callable[[CopilotApp], None] | None = None,
) -> list[tuple[str, str]]:
    """Returns the named pictures of one walk through the screens, each in all themes, as (name-theme, SVG)."""
    found: list[tuple[str, str]] = []

    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await _rests(app, pilot)
            if begin is not None:
                begin(app)
                await _rests(app, pilot)
            for step in steps:
                await _press(app, pilot, step.keys)
                for theme in themes if step.name or are_all else ():
                    app.theme = theme
                    for line in app.screen.query(Input):
                        line.cursor_blink = False
                    await pilot.pause()
                    await _rests(app, pilot)
                    found.append((f"{step.name}-{theme.removeprefix('copilot-')}", svg_of(app)))
                await _press(app, pilot, step.back)

    asyncio.run(run())
    return found


async def _press(app: CopilotApp, pilot: Pilot[None], keys: Iterable[str]) -> None:
    for key in keys:
        await pilot.press(key)
        await _rests(app, pilot)


async def _rests(app: App[None], pilot: Pilot[None]) -> None:
    """Waits until twice the same is there: some of a screen is drawn a moment later."""
    before = ""
    for _ in range(LOOKS_MAX):
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = screen_text(app)
        if shown == before and "reading the repository" not in shown:
            return
        before = shown
        await asyncio.sleep(LOOK_SECONDS if "reading" in shown else 0)
    raise AssertionError(f"The screen never rests:\n{before}")


def while_proving(app: CopilotApp, proposal: Proposal) -> None:
    """Shows the proof of a proposal that stands still in the middle, so that its times are the same each time."""
    began = time.monotonic()
    work = Work(proposal.id, "proving", began=began, ended=began + 12.3)
    work.begun.extend(_begun(proposal))
    app.works._works[proposal.id] = work
    app.open_proposal(proposal.id)


def _begun(proposal: Proposal) -> Iterator[tuple[Begun, float]]:
    yield Begun("read"), 0.4
    yield Begun("plan"), 1.4
    yield Begun("compile"), 2.4
    for number, it in enumerate(proposal.alternatives[:2]):
        yield Begun("prove", it.id, "replay", 3, 8), 3.0 + 4 * number


def undecided(proposal: Proposal) -> Proposal:
    """Returns the proposal as it stands in the middle of its proof."""
    first = proposal.alternatives[0].id
    return replace(proposal, decision=None, evidence=proposal.evidence_of(first))


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
        for name, of, keys in (("home", "", ()), ("review", id, ()), ("compare", id, ("c",)), ("sign", id, ("a",))):
            (target / f"{name}.svg").write_text(draw(workspace, of, keys, SIZE), "utf-8")


if __name__ == "__main__":
    main()
