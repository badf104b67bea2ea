"""How a proof goes on, as a person sees it: stages, the check that runs, a stop, a failure, and the end told elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.errors import SurroundingsFailed
from copilot.tui.app import CopilotApp
from copilot.tui.panes import Scroll
from copilot.tui.proving import ProvingScreen
from copilot.tui.review import ReviewScreen
from tests.line import example
from tests.tui.held import HeldWorkspace
from tests.tui.stage import screen_text, until

Act = Callable[[CopilotApp, Pilot[None], str], Awaitable[None]]
ASKED = "rename outcome to ruling{} in decision"


@pytest.fixture(scope="module")
def shop() -> Path:
    return example()


def while_proving(folder: Path, asked: str, act: Act, size: tuple[int, int] = (80, 24)) -> None:
    """Begins the proof of a request, shows it once it stands still before a check, and lets `act` press keys."""

    async def run() -> None:
        workspace = HeldWorkspace.open(folder)
        app = CopilotApp(workspace)
        app.animation_level = "none"
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            id = workspace.propose(asked)
            app.prove(id)
            app.open_proposal(id)
            await until(app, lambda: "proving B: replay, " in screen_text(app))
            # The line below is drawn before the board above it has got its new height.
            await pilot.pause()
            await act(app, pilot, id)
            go(app)
            await app.workers.wait_for_complete()
            await pilot.pause()

    asyncio.run(run())


def go(app: CopilotApp) -> None:
    assert isinstance(app.workspace, HeldWorkspace)
    app.workspace.go.set()


def test_each_stage_and_the_check_that_runs_now_are_told_with_their_times(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        shown = screen_text(app)
        assert "done    read" in shown
        assert "now     prove" in shown
        assert "waits   decide" in shown
        assert "now     B" in shown
        assert " of " in next(line for line in shown.split("\n") if " replay, " in line)
        assert "waits   C" in shown
        assert "x Stop" in shown

    while_proving(shop, ASKED.format(2), act)


def test_a_board_that_has_room_stands_at_the_top(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        assert ASKED.format(7) in "".join(screen_text(app).split("\n")[:3])

    while_proving(shop, ASKED.format(7), act, size=(100, 50))


def test_a_stop_is_told_at_once_and_what_is_recorded_stays(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        kept = len(app.workspace.load(id).evidence)
        await pilot.press("x")
        await until(app, lambda: not app.works.is_busy(id))
        await pilot.pause()
        assert isinstance(app.screen, ProvingScreen)
        assert f"{kept} verdicts recorded so far stay" in screen_text(app)
        assert "p Go on" in screen_text(app)
        go(app)
        await pilot.press("p")
        await until(app, lambda: isinstance(app.screen, ReviewScreen))
        assert app.workspace.load(id).decision is not None

    while_proving(shop, ASKED.format(3), act)


def test_a_decision_is_told_in_words_to_who_looks_elsewhere(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        await pilot.press("q")
        await pilot.pause()
        go(app)
        await until(app, lambda: not app.works.is_busy(id))
        await until(app, lambda: "Decided: " in screen_text(app))
        assert id in screen_text(app)

    while_proving(shop, ASKED.format(4), act)


def test_the_review_waits_for_who_has_scrolled_up_to_read(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        proving = app.screen
        proving.query_one(Scroll).scroll_home(animate=False)
        await until(app, lambda: not proving.query_one(Scroll).is_vertical_scroll_end)
        go(app)
        await until(app, lambda: not app.works.is_busy(id))
        await pilot.pause()
        assert app.screen is proving
        assert "enter opens the review" in " ".join(screen_text(app).split())
        await pilot.press("enter")
        await until(app, lambda: isinstance(app.screen, ReviewScreen))

    while_proving(shop, ASKED.format(5), act, size=(80, 12))


def test_a_failure_of_the_line_is_shown_in_its_place_with_what_to_do(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        assert isinstance(app.workspace, HeldWorkspace)
        app.workspace.failure = SurroundingsFailed("The disk is full.", next="Free some space.")
        go(app)
        await until(app, lambda: not app.works.is_busy(id))
        await pilot.pause()
        assert isinstance(app.screen, ProvingScreen)
        shown = screen_text(app)
        assert "Failed. The disk is full." in shown
        assert "Free some space." in shown
        app.workspace.failure = None
        await pilot.press("p")
        await until(app, lambda: isinstance(app.screen, ReviewScreen))

    while_proving(shop, ASKED.format(6), act, size=(80, 30))


def test_a_review_that_is_opened_too_early_tells_what_is_waited_for_and_ends_at_the_choice(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        await pilot.press("enter")
        await until(app, lambda: isinstance(app.screen, ReviewScreen))
        await until(app, lambda: "proving B: replay, " in screen_text(app) and " s in all" in screen_text(app))
        assert "1 pass" not in screen_text(app)
        assert "✓ pass" in screen_text(app), "what is proved so far stands in the table"
        go(app)
        await until(app, lambda: not app.works.is_busy(id))
        await pilot.pause()
        review = app.screen
        assert isinstance(review, ReviewScreen)
        decision = app.workspace.load(id).decision
        assert decision is not None
        assert review.selected == decision.chosen

    while_proving(shop, ASKED.format(8), act)


def test_a_proof_that_goes_on_from_the_review_is_shown_stage_by_stage_and_gives_way_to_it(shop: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None], id: str) -> None:
        await pilot.press("x")
        await until(app, lambda: not app.works.is_busy(id))
        await pilot.press("enter")
        await until(app, lambda: isinstance(app.screen, ReviewScreen))
        depth = len(app.screen_stack)
        await pilot.press("p")
        await until(app, lambda: isinstance(app.screen, ProvingScreen))
        go(app)
        await until(app, lambda: isinstance(app.screen, ReviewScreen))
        assert len(app.screen_stack) == depth, "the same review is shown, not another over it"
        assert "Proved and decided." in screen_text(app)

    while_proving(shop, ASKED.format(9), act)
