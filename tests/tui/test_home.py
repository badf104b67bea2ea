"""The first screen: what was read, what was found, and a request that becomes a proposal behind the screens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.console import RenderableType
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

import copilot.tui
from copilot.errors import CopilotError
from copilot.ports import ModelKit
from copilot.proposals import Workspace
from copilot.proposals.later import LaterWorkspace
from copilot.tui.app import CopilotApp
from copilot.tui.home import HomeScreen
from copilot.tui.proving import ProvingScreen
from copilot.tui.review import ReviewScreen
from tests.line import copy_of_example
from tests.repositories import git
from tests.tui.stage import screen_text, until

Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]
STYLES = str(Path(copilot.tui.__file__).parent / "copilot.tcss")
ASKED = "rename outcome to ruling in decision"


def at_home(folder: Path, act: Act, size: tuple[int, int] = (120, 40), model: ModelKit | None = None) -> None:
    """Opens the repository without a terminal, waits until it is read, and lets `act` press keys."""

    async def run() -> None:
        app = CopilotApp(Workspace.open(folder, model=lambda tree: model))
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await until(app, lambda: "reading the repository" not in screen_text(app))
            await idle(app, pilot)
            await act(app, pilot)

    asyncio.run(run())


async def idle(app: CopilotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def ask(app: CopilotApp, pilot: Pilot[None], text: str) -> None:
    """Asks, and returns as soon as the proof is shown; after a key, the pilot would wait until the process rests."""
    await pilot.press("slash", *text)
    await app.screen.query_one("#request", Input).action_submit()
    await until(app, lambda: isinstance(app.screen, ProvingScreen))


def test_what_was_read_stands_at_the_top_and_each_finding_with_its_proof(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "findings" in screen_text(app).split("\n")[0]
        await pilot.press("2")
        await pilot.pause()
        assert "next: " in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert ".avsc:1-15  what features reads with" in screen_text(app)
        assert '>  2     "type": "record",' in screen_text(app)

    at_home(folder, act)


def test_a_request_is_proved_behind_the_screens_and_ends_in_its_review(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await ask(app, pilot, ASKED)
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        work = next(it for it in map(app.works.of, (it.id for it in app.workspace.list())) if it)
        await idle(app, pilot)
        assert work.is_over
        assert work.id in screen_text(app)
        app.open_proposal(work.id)
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert app.workspace.load(work.id).decision is not None

    at_home(folder, act)


def test_a_proof_that_is_stopped_goes_on_from_where_it_stood(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await ask(app, pilot, ASKED)
        await pilot.press("x")
        await idle(app, pilot)
        assert isinstance(app.screen, ProvingScreen)
        id = next(id for id in (it.id for it in app.workspace.list()) if app.works.of(id))
        assert app.workspace.load(id).decision is None
        await pilot.press("p")
        await idle(app, pilot)
        assert app.workspace.load(id).decision is not None

    at_home(folder, act)


def test_words_that_are_not_understood_say_what_to_ask_for(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"rename outcom to ruling in decision", "enter")
        await idle(app, pilot)
        assert "outcome" in screen_text(app)

    at_home(folder, act)


def test_a_narrow_screen_shows_one_part_and_a_wide_one_all(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert id in screen_text(app)
        await pilot.press("2")
        await pilot.pause()
        assert "WARNING" in screen_text(app)
        assert id not in screen_text(app)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert "WARNING" in screen_text(app)
        assert id in screen_text(app)

    at_home(folder, act, size=(80, 24))


def test_an_applied_phase_names_the_gate_that_its_proposal_waits_for(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)
    decision = workspace.load(id).decision
    assert decision is not None
    workspace.approve(id, alternative=decision.chosen, confirmation="decision", note="seen")
    workspace.apply(id)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "applied" in shown
        assert "waiting for gate:" in shown
        assert "high stakes" in shown

    at_home(folder, act)


def test_what_could_not_be_read_opens_with_place_and_reason(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)
    (folder / "schemas" / "broken.avsc").write_text('{"type": "record",, }')
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=Break a schema")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "1 gap" in screen_text(app).split("\n")[0]
        await pilot.press("g")
        await pilot.pause()
        assert "schemas/broken.avsc:1" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)

    at_home(folder, act)


def test_what_is_typed_at_once_after_the_slash_is_all_there(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        for character in "/rename a/b":  # as a terminal hands over what was typed in one go
            app.post_message(events.Key(_character_to_key(character), character))
        await pilot.pause()
        assert app.screen.query_one("#request", Input).value == "rename a/b"

    at_home(folder, act)


@pytest.mark.parametrize(("columns", "parts"), [(80, "1 Map   2 Findings   3 Proposals"), (120, "─ 2 Findings ─")])
def test_the_first_frame_has_its_parts_and_says_what_it_waits_for(tmp_path: Path, columns: int, parts: str) -> None:
    folder, _ = copy_of_example(tmp_path)
    frames: list[str] = []

    class Watched(CopilotApp):
        CSS_PATH = STYLES

        def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
            super()._display(screen, renderable)
            if renderable is not None and not self._batch_count:
                frames.append(screen_text(self))

    async def run() -> None:
        app = Watched(LaterWorkspace(folder))
        async with app.run_test(size=(columns, 24)) as pilot:
            await idle(app, pilot)

    asyncio.run(run())

    assert folder.name in frames[0]
    assert parts in frames[0]
    assert "> What should change?" in frames[0]
    assert "reading the repository …" in frames[0]
    assert "? Help  q Quit" in frames[0]


def test_a_folder_that_git_refuses_ends_the_screens_with_what_git_said(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    app = CopilotApp(LaterWorkspace(tmp_path))

    async def run() -> None:
        async with app.run_test():
            await until(app, lambda: app.refusal is not None)

    asyncio.run(run())

    assert isinstance(app.refusal, CopilotError)
    assert "git repository" in app.refusal.what


def test_the_part_that_is_clicked_is_shown(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert id in screen_text(app)
        await pilot.click(offset=(screen_text(app).split("\n")[1].index("Findings"), 1))
        await pilot.pause()
        assert id not in screen_text(app)
        assert "WARNING" in screen_text(app)

    at_home(folder, act, size=(80, 24))


@pytest.mark.parametrize("is_caught_up", [False, True], ids=["first seen at home", "another screen caught up before"])
def test_a_commit_that_comes_meanwhile_is_read_when_one_comes_back(is_caught_up: bool, tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def run() -> None:
        app = CopilotApp(LaterWorkspace(folder))
        async with app.run_test(size=(120, 24)) as pilot:
            await until(app, lambda: "6 schemas" in screen_text(app))
            await pilot.press("g")
            git(folder, "rm", "--quiet", "schemas/score.avsc")
            git(folder, "commit", "--quiet", "--message=Retire a schema")
            assert not is_caught_up or app.catch_up()
            await pilot.press("q")
            await until(app, lambda: "5 schemas" in screen_text(app))
            assert git(folder, "rev-parse", "--short=9", "HEAD") in screen_text(app).split("\n")[0]

    asyncio.run(run())


@pytest.mark.parametrize("steps", [0, 2, 4, 20])
def test_a_proposal_that_is_left_while_it_opens_ends_without_an_error(steps: int, tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        app.open_proposal(id)
        for _ in range(steps):
            await asyncio.sleep(0)
        assert app.is_running

    at_home(folder, act)
