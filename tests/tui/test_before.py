"""The screens of a proposal say what was said no to before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.before import AskedBefore
from copilot.tui.dialogs import Dialog
from copilot.tui.review import ReviewScreen
from tests.line import copy_of_example
from tests.proposals.papers import Paper, begin, paper
from tests.repositories import commit
from tests.tui.stage import screen_text

NOTE = "the dashboards of risk read it, see INC-42"


def test_the_review_tells_who_rejected_the_same_and_all_of_it_on_a_key(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().reject(made.id, by="Bo <bo@example.org>", note=NOTE)
    again = begin(tmp_path, commit(tmp_path, {"more.txt": "more\n"}))

    async def run() -> None:
        app = CopilotApp(made.open(), again)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            shown = " ".join(screen_text(app).split())
            assert f"{made.id}: this was rejected by Bo <bo@example.org> on 2026-01-02: {NOTE}" in shown
            await pilot.press("b")
            await pilot.pause()
            assert isinstance(app.screen, Dialog)
            assert f"the base moved from {made.base[:9]}" in " ".join(screen_text(app).split())

    asyncio.run(run())


def test_nothing_is_said_where_nobody_asked_before(tmp_path: Path) -> None:
    made: Paper = paper(tmp_path)

    async def run() -> None:
        app = CopilotApp(made.open(), made.id)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(app.screen, ReviewScreen)
            assert not app.screen.query_one(AskedBefore).display
            assert app.screen.check_action("before", ()) is False

    asyncio.run(run())


def test_a_follow_up_shows_its_answer_and_all_that_it_changed_on_a_key(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    there = Workspace.open(folder)
    follower = there.propose("why not the alias?", follows=id)
    for _ in there.advance(follower):
        pass

    async def run() -> None:
        app = CopilotApp(there, follower)
        app.animation_level = "none"
        async with app.run_test(size=(120, 40)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert 'Follow-up (b tells all): "why not the alias": alias-' in " ".join(screen_text(app).split())
            await pilot.press("b")
            await pilot.pause()
            assert "The choice stays phased-" in " ".join(screen_text(app).split())

    asyncio.run(run())
