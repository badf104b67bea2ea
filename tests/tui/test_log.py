"""The log of decisions: found by words, verified again on demand, opened in the review."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from copilot.proposals import Workspace
from copilot.proposals.past import past_of
from copilot.reasons.document import record_document
from copilot.tui.app import CopilotApp
from copilot.tui.log import LogScreen, past_row, past_text
from copilot.tui.review import ReviewScreen
from tests.golden import assert_golden
from tests.line import copy_of_example
from tests.proposals.papers import PLAIN, begin, paper
from tests.repositories import commit
from tests.tui.stage import screen_text

Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]
GOLDEN = Path(__file__).parent / "golden"
NOTE = "the dashboards of risk read it, see INC-42"


def in_log(folder: Path, act: Act, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        app = CopilotApp(Workspace.open(folder))
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await settled(app, pilot)
            await pilot.press("L")
            await settled(app, pilot)
            assert isinstance(app.screen, LogScreen)
            await act(app, pilot)

    asyncio.run(run())


async def settled(app: CopilotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def _with_three(folder: Path) -> None:
    """Makes a repository with a rejected decision, one that waits, and one that came as a record from another clone."""
    made = paper(folder)
    made.open().reject(made.id, by="Bo <bo@example.org>", note=NOTE)
    waiting = begin(folder, made.base, text="rename amount to total in order, once more")
    foreign = record_document(made.open().load(waiting), PLAIN) | {
        "proposal": "p-00000000aa",
        "request": "call it total",
    }
    commit(folder, {"docs/decisions/2025-12-24-total.json": json.dumps(foreign)})


def test_decisions_stand_newest_first_with_who_said_what_and_what_was_refused(tmp_path: Path) -> None:
    _with_three(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "3 decisions, newest first" in shown
        assert "2025-12-24  applied" in shown
        await pilot.press("slash", *"inc-42")
        await settled(app, pilot)
        shown = screen_text(app)
        assert "3 decisions, 1 with these words" in shown
        assert "2026-01-02  rejected" in shown
        assert "rejected 2026-01-02 by Bo" in shown
        assert "Refused by the evidence" in shown
        await pilot.press("escape")
        await settled(app, pilot)
        assert "3 decisions, newest first" in screen_text(app)

    in_log(tmp_path, act)


def test_a_record_of_another_clone_says_why_it_can_be_neither_verified_nor_opened(tmp_path: Path) -> None:
    _with_three(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"call", "enter", "v")
        await pilot.pause()
        assert "only the record of it" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, LogScreen)

    in_log(tmp_path, act)


def test_words_that_nothing_holds_say_how_to_leave_the_search(tmp_path: Path) -> None:
    _with_three(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"coupon")
        await settled(app, pilot)
        assert "No decision holds all these words" in " ".join(screen_text(app).split())

    in_log(tmp_path, act)


def test_a_decision_is_verified_in_place_and_opened_in_its_review(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("v")
        await settled(app, pilot)
        shown = " ".join(screen_text(app).split())
        assert "The decision holds: of " in shown
        assert " same." in shown
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, ReviewScreen)

    in_log(folder, act, size=(120, 60))


def test_a_decision_whose_base_is_gone_says_what_cannot_be_run_again(tmp_path: Path) -> None:
    made = paper(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("v")
        await settled(app, pilot)
        assert "cannot be confirmed" in " ".join(screen_text(app).split())

    begin(tmp_path, "0" * 40, text="rename amount to total in order, on a lost commit")
    (tmp_path / ".git" / "pipeline-copilot" / "proposals" / f"{made.id}.jsonl").unlink()
    in_log(tmp_path, act)


def test_the_detail_of_a_decision_reads_as_it_stands(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().reject(made.id, by="Bo <bo@example.org>", note=NOTE)
    found = made.open().load(made.id)

    past = past_of(found, "2026-01-02T12:00:00Z")

    text = f"{past_row(past).plain}\n\n{past_text(past, None).plain}\n"
    assert_golden(
        GOLDEN / "log-detail.txt", text.replace(made.id, "p-0123456789").replace(made.base[:12], "0123456789ab")
    )
