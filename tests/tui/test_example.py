"""The review on a real proposal: what a person leaves out is proved, approved and applied through the keys alone."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.dialogs import Dialog
from copilot.tui.hunks import HunkPane
from copilot.tui.review import ReviewScreen
from tests.line import copy_of_example
from tests.repositories import git
from tests.tui.stage import SIZES, screen_text

TMUX_SECONDS = 60.0
POLL_SECONDS = 0.2


async def idle(app: CopilotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def screen_stack_is_free_of_dialogs(app: CopilotApp) -> bool:
    return not any(isinstance(screen, Dialog) for screen in app.screen_stack)


def review_of(app: CopilotApp) -> ReviewScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, ReviewScreen))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_tab_of_every_alternative_can_be_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)

    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            assert id in screen_text(app)
            for _ in workspace.load(id).alternatives:
                await pilot.press("up")
            await pilot.press("1", "j", "2", "j", "3", "j", "4", "j", "5", "j")
            await pilot.pause()
            assert review_of(app).selected == "nothing"

    asyncio.run(run())


def test_a_change_without_a_hunk_is_proved_approved_and_applied(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)
    before = workspace.load(id)
    head = git(folder, "rev-parse", "HEAD")

    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            review = review_of(app)
            await pilot.press("1", "space")
            assert len(review.query_one(HunkPane).left_out) == 1
            await pilot.press("a")
            assert app.screen is review
            await pilot.press("p")
            await idle(app, pilot)
            after = workspace.load(id)
            assert len(after.revisions) == 1
            assert review.selected == after.revisions[0].alternative.id

    asyncio.run(run())
    after = workspace.load(id)
    assert after.decision is not None
    assert len(after.evidence_of(after.revisions[0].alternative.id)) == len(before.evidence_of("nothing"))
    assert git(folder, "rev-parse", "HEAD") == head


def test_the_chosen_change_is_approved_by_name_and_applied(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)
    head = git(folder, "rev-parse", "HEAD")

    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press("a")
            await idle(app, pilot)
            await pilot.press(*"decision", "enter", *"looks right", "enter")
            await idle(app, pilot)
            await pilot.press("b")
            await idle(app, pilot)
            await idle(app, pilot)
            shown = screen_text(app)
            assert "Applied, phase 1 of " in shown
            assert "g Next phase" in shown
            whole = str(app.screen.query_one("#plan-text").render())
            assert f"pipeline-copilot next {id}" in whole, "a scroll away, below what brings the phase into service"
            assert screen_stack_is_free_of_dialogs(app)
            await pilot.press("q")

    asyncio.run(run())
    applied = workspace.load(id).applied[-1]
    assert git(folder, "rev-parse", applied.branch) == applied.commits[-1]
    assert (git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")) == (head, "")


@pytest.mark.slow
@pytest.mark.tool("tmux")
def test_a_real_terminal_of_the_smallest_size_shows_the_review(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    socket = str(tmp_path / "tmux")
    command = shlex.join(
        [sys.executable, "-c", "from copilot.cli.main import run; run()", "review", id, "-C", str(folder)]
    )
    tmux = ["tmux", "-S", socket, "-f", os.devnull]

    def act(*words: str) -> str:
        return subprocess.run([*tmux, *words], capture_output=True, text=True, check=True, timeout=30).stdout

    def wait_for(text: str) -> str:
        until = time.monotonic() + TMUX_SECONDS
        while text not in (shown := act("capture-pane", "-p")) and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        assert text in shown
        return shown

    act(
        "new-session",
        "-d",
        "-x",
        "80",
        "-y",
        "24",
        f"NO_COLOR=1 TEXTUAL_ANIMATIONS=none {command}; sleep {TMUX_SECONDS}",
    )
    try:
        wait_for(id)
        act("send-keys", "2")
        wait_for("FULL does not ask for it")
        act("send-keys", "r")
        wait_for("enter rejects")
        act("send-keys", "-l", "not now")
        act("send-keys", "Enter")
        wait_for("Rejected.")
        act("send-keys", "q")
        wait_for(f"{id} is rejected.")
    finally:
        act("kill-server")
    assert Workspace.open(folder).load(id).rejections[-1].note == "not now"
