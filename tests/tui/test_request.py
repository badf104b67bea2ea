"""The request line: what it offers while a person types, how it asks back in place, and the look at what a change touches."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from copilot.planners.completing import Names, Vocabulary
from copilot.tui.app import CopilotApp
from copilot.tui.home import HomeScreen
from copilot.tui.reading import ListScreen
from copilot.tui.request import RequestLine
from tests.line import copy_of_example
from tests.tui.stage import screen_text
from tests.tui.test_home import at_home, idle


def line_of(app: CopilotApp) -> Input:
    return app.screen.query_one("#request", Input)


def test_tab_takes_the_first_offer_and_the_next_one_follows(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename outc", "tab")
        assert line_of(app).value == "rename outcome "
        await pilot.press("tab", *"ruling ", "tab")
        assert line_of(app).value == "rename outcome to ruling in decision "

    at_home(folder, act, size=(80, 24))


def test_keys_that_come_before_the_line_is_complete_are_kept() -> None:
    class Bare(App[None]):
        def compose(self) -> ComposeResult:
            yield RequestLine(id="line")

    async def run() -> None:
        app = Bare()
        async with app.run_test() as pilot:
            line = app.query_one(RequestLine)
            line.know(Vocabulary({}, Names(()), Names(()), Names(())))
            line.input.focus()
            await pilot.press("escape", "down", *"ren")
            assert line.text == "ren"
            await line.complete_itself()
            await pilot.pause()
            assert "rename FIELD to NAME in SCHEMA" in screen_text(app)

    asyncio.run(run())


def test_down_goes_into_the_offers_and_enter_takes_one_without_asking(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename customer_id to x ", "down", "down", "enter")
        assert line_of(app).value.startswith("rename customer_id to x in ")
        assert [it.id for it in app.workspace.list()] == [id]

    at_home(folder, act, size=(80, 24))


def test_up_brings_earlier_requests_back_and_down_what_was_written(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"zzz", "up")
        assert line_of(app).value == "rename outcome to verdict in decision"
        await pilot.press("up")
        assert line_of(app).value == "rename outcome to verdict in decision"
        await pilot.press("down")
        assert line_of(app).value == "zzz"

    at_home(folder, act, size=(80, 24))


def test_an_ambiguous_request_is_asked_back_in_place_and_goes_on_with_the_answer(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename customer_id to buyer", "enter")
        await idle(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert '"customer_id" can mean 3 things. Which one?' in screen_text(app)
        assert "customer_id in score" in screen_text(app)
        await pilot.press("down", "down", "enter")
        await idle(app, pilot)
        asked = [it for it in app.workspace.list() if it.id != id]
        assert [(it.request.text, it.request.operations[0].subject) for it in asked] == [
            ("rename customer_id to buyer in score", "score")
        ]

    at_home(folder, act, size=(80, 24))


def test_a_request_that_is_not_understood_shows_why_and_sentences_that_would_be(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename outcom to ruling in decision", "enter")
        await idle(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert 'No field "outcom" in "decision". Did you mean "outcome"?' in screen_text(app)
        await pilot.press("down", "enter")
        assert line_of(app).value == "rename outcome to ruling in decision"
        assert [it.id for it in app.workspace.list()] == [id]
        await pilot.press("escape", "escape")
        assert not line_of(app).has_focus

    at_home(folder, act, size=(80, 24))


def test_what_a_written_change_touches_is_shown_before_anything_is_proposed(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"remove outcome from decision", "ctrl+o")
        await idle(app, pilot)
        assert isinstance(app.screen, ListScreen)
        assert "WILL HAVE TO CHANGE" in screen_text(app)
        assert "schemas/decision.avsc" in screen_text(app)
        assert [it.id for it in app.workspace.list()] == [id]
        await pilot.press("q")
        assert line_of(app).value == "remove outcome from decision"

    at_home(folder, act, size=(120, 40))


def test_an_emptied_line_offers_nothing(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename cust")
        await pilot.pause()
        assert "customer_id   in features" in screen_text(app)
        await pilot.press("ctrl+u")
        await pilot.pause()
        assert "customer_id   in features" not in screen_text(app)

    at_home(folder, act)
