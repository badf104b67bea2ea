"""What a model was told, on the screen; and from there other guidance, a follow-up, words and a probe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.domain.model import Exchange, ModelLimits
from copilot.errors import ModelFailed
from copilot.plugins import build_model, build_prompts
from copilot.ports import ModelKit
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.dialogs import Dialog
from copilot.tui.exchanges import ExchangesScreen, exchange_of
from copilot.tui.panes import ListAndDetail
from copilot.tui.review import ReviewScreen
from tests import faces
from tests import messages_server as say
from tests.golden import assert_golden
from tests.line import copy_of_example, example
from tests.messages_server import MessagesServer
from tests.planners.scripted import Script, called, said
from tests.tui.stage import SIZES, screen_text, until, workspace_with
from tests.tui.test_editor import nothing_to_suspend, replacing
from tests.tui.test_home import idle

GOLDEN = Path(__file__).parent / "golden"
WORDS = "how sure was it, older ones lack that"
ADD = {"op": "add_field", "subject": "decision", "field": "certainty", "type": ["null", "double"], "default": None}
FRAME = PromptFiles(built_in_folder())("frame").version
Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]


def drive(workspace: Workspace, act: Act, id: str = "p-0123456789", size: tuple[int, int] = (120, 40)) -> None:
    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await idle(app, pilot)
            await act(app, pilot)

    asyncio.run(run())


def status_of(app: CopilotApp) -> str:
    return str(app.screen.query_one("#status", Static).render())


def kit_of(script: Script) -> ModelKit:
    return ModelKit(script, PromptFiles(built_in_folder()), ModelLimits())


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VISUAL", raising=False)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_screen_is_as_drawn(tmp_path: Path, size: tuple[int, int]) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w")
        await pilot.pause()
        assert_golden(GOLDEN / f"exchanges-{size[0]}x{size[1]}.txt", screen_text(app))

    drive(workspace_with(tmp_path / "shop", faces.a_proposal_with_a_model()), act, size=size)


def test_the_words_of_a_model_stand_apart_in_the_rationale(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "home")
        await pilot.pause()
        shown = screen_text(app)
        assert "In the words of a model" in shown
        assert "Worded by model-2 from the rulings; nothing rests on it." in shown
        assert "│ C: All 3 versions are read back equal" in shown

    drive(workspace_with(tmp_path / "shop", faces.a_proposal_with_a_model()), act, size=(140, 60))


def test_without_a_model_and_its_words_there_is_no_such_key(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w")
        assert isinstance(app.screen, ReviewScreen)

    drive(workspace_with(tmp_path / "shop", faces.a_proposal()), act)


def test_the_exchange_that_an_alternative_came_from_is_opened_first() -> None:
    proposal = faces.a_proposal_with_a_model()

    assert exchange_of(proposal, "alias-33bb44") == 3
    assert exchange_of(proposal, "naive-11aa22") == 1


def test_other_guidance_becomes_a_prompt_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", replacing("You turn a request", "You carefully turn a request"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        await pilot.press("w", "home", "e")
        await pilot.pause()
        assert f"Your own prompt frame, version {FRAME + 1}, is asked with from now on" in status_of(app)

    drive(workspace_with(tmp_path / "shop", faces.a_proposal_with_a_model()), act)

    own = tmp_path / "config/pipeline-copilot/prompts/frame.md"
    assert "You carefully turn a request" in own.read_text()
    assert build_prompts({"XDG_CONFIG_HOME": str(tmp_path / "config")}, tmp_path)("frame").source == "own"


def test_guidance_that_can_not_be_used_is_told_and_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", replacing("{{request}}", "{{wishes}}"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        await pilot.press("w", "home", "e")
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        assert "The prompt stays as it was" in screen_text(app)
        await pilot.press("escape")
        monkeypatch.setenv("EDITOR", replacing("{{wishes}}", "{{request}} {{request}}"))
        await pilot.press("e")
        await pilot.pause()
        assert "Your own prompt frame" in status_of(app)

    drive(workspace_with(tmp_path / "shop", faces.a_proposal_with_a_model()), act)

    assert "{{request}} {{request}}" in (tmp_path / "config/pipeline-copilot/prompts/frame.md").read_text()


def test_guidance_that_is_left_as_it_was_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", replacing("You", "You"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        await pilot.press("w", "e")
        await pilot.pause()
        assert status_of(app) == "Nothing was changed."

    drive(workspace_with(tmp_path / "shop", faces.a_proposal_with_a_model()), act)

    assert not (tmp_path / "config/pipeline-copilot/prompts").exists()


def test_words_and_a_probe_are_asked_for_on_the_screen(tmp_path: Path) -> None:
    proposal = faces.a_proposal()
    cite = next(it.id for it in proposal.evidence if (it.alternative, it.check) == ("alias-33bb44", "replay"))
    sentence = {"alternative": "alias-33bb44", "text": "All 3 versions are read.", "cites": [cite]}
    stated = {"choice": "alias-33bb44", "cites": [cite], "reason": "It is read."}
    script = Script(
        [said(called({"sentences": [sentence]}, "words")), *(said(called(stated, "probe")) for _ in range(3))]
    )

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w", "w")
        await until(app, lambda: "Worded by scripted-1" in status_of(app))
        await pilot.press("p")
        await until(app, lambda: "followed the evidence in 0 of 2 trials" in status_of(app))
        assert app.screen.query_one(ListAndDetail).items.option_count == 4
        await pilot.press("q", "3")
        await pilot.pause()
        worded = app.workspace.load("p-0123456789").worded
        assert worded is not None
        assert "All 3 versions are read." in worded.sentences[0][1]

    workspace_with(tmp_path / "shop", proposal)
    drive(Workspace.open(tmp_path / "shop", model=lambda tree: kit_of(script)), act)


def test_a_follow_up_goes_on_from_a_proposal_with_a_persons_words(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w", "f")
        await pilot.pause()
        assert f"A follow-up of {id}" in screen_text(app)
        await pilot.press(*"don't break scorer", "enter")
        await until(app, lambda: len(app.workspace.list()) == 2)
        follow = next(it for it in app.workspace.list() if it.id != id)
        assert follow.request.follows == id
        assert follow.request.operations == app.workspace.load(id).request.operations
        assert [it.words for it in follow.request.wishes] == ["don't break scorer"]
        app.works.stop_all()
        await idle(app, pilot)

    script = Script([ModelFailed("key", "The key is refused.")] * 9)
    drive(Workspace.open(folder, model=lambda tree: kit_of(script)), act, id)


@pytest.mark.slow
def test_the_story_of_a_misled_model_over_real_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free words are framed, the answer is read on the screen, the prompt is changed, and what is asked next is asked with it."""
    folder = example()
    home = tmp_path / "home"
    with MessagesServer(say.tool("frame", {"operations": [ADD]})) as server:
        environ = {
            "ANTHROPIC_BASE_URL": server.base_url,
            "ANTHROPIC_API_KEY": "key-of-a-test",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        }

        def model(tree: Any) -> ModelKit:
            asked = build_model(environ, home, "some-model")
            assert asked is not None
            return ModelKit(asked, build_prompts(environ, home, tree), ModelLimits())

        workspace = Workspace.open(folder, model=model)
        id = workspace.propose(WORDS)
        monkeypatch.setenv("EDITOR", replacing("You decide", "You, kindly, decide"))

        async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
            monkeypatch.setattr(app, "suspend", nothing_to_suspend)
            await pilot.press("w")
            await pilot.pause()
            assert isinstance(app.screen, ExchangesScreen)
            assert "scripted-1 at 127.0.0.1" in screen_text(app)
            assert "answered calls frame" in screen_text(app)
            await pilot.press("e")
            await pilot.pause()
            assert "Your own prompt frame" in status_of(app)
            server.then(say.tool("frame", {"operations": [{**ADD, "field": "sureness"}]}))
            await pilot.press("f", *"call it sureness", "enter")
            await until(app, lambda: len(server.requests) >= 2)
            await until(app, lambda: any(it.request.follows == id for it in app.workspace.list()))
            app.works.stop_all()
            await idle(app, pilot)

        drive(workspace, act, id)

    before, after = (str(it["system"]) for it in server.requests[:2])
    assert "You, kindly, decide" not in before
    assert "You, kindly, decide" in after
    follow = next(it for it in workspace.list() if it.request.follows == id)
    assert [it.field for it in follow.request.operations] == ["sureness"]
    exchange = workspace.records(follow.id)[1].body
    assert isinstance(exchange, Exchange)
    assert (exchange.prompt.source, exchange.prompt.version) == ("own", FRAME + 1)
