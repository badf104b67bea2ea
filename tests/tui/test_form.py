"""The guided form: keyboard alone, on the smallest screen, to the same proposal as the sentence makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from copilot.domain.operation import AddField, RekeyTopic, RemoveField, RenameField, RenameTopic
from copilot.tui.app import CopilotApp
from copilot.tui.form import FormScreen
from copilot.tui.home import HomeScreen
from tests.line import copy_of_example
from tests.tui.stage import screen_text
from tests.tui.test_home import at_home, idle


def sentence_of(app: CopilotApp) -> str:
    return str(app.screen.query_one("#sentence", Static).render())


@pytest.mark.parametrize(
    ("keys", "text", "operation"),
    [
        (
            ("*decision", "enter", "*outc", "enter", "enter", "*ruling", "enter"),
            "rename outcome to ruling in decision",
            RenameField("decision", "", "outcome", "ruling"),
        ),
        (
            (
                "*decision",
                "enter",
                "enter",
                "*add",
                "enter",
                "*parallax",
                "tab",
                "*dou",
                "right",
                "tab",
                "*opt",
                "right",
                "enter",
            ),
            "add optional double `parallax` to decision",
            AddField("decision", "", "parallax", '["null","double"]', "null", True),
        ),
        (
            ("*decision", "enter", "*reason", "enter", "*remove", "enter", "enter"),
            "remove reason from decision",
            RemoveField("decision", "", "reason"),
        ),
        (
            ("*orders.v1", "enter", "enter", "enter", "*orders.v2", "enter"),
            "rename topic orders.v1 to orders.v2",
            RenameTopic("schemas/order", "orders.v1", "orders.v2"),
        ),
        (
            ("*topic", "down", "enter", "*customer", "enter", "*key", "enter", "*scores", "enter"),
            "key topic fraud-scores by customer_id as scores",
            RekeyTopic("score", "", "customer_id", "fraud-scores", "scores"),
        ),
    ],
    ids=["rename", "add", "remove", "rename a topic", "key a topic"],
)
def test_steps_lead_to_the_proposal_of_the_sentence(
    tmp_path: Path, keys: tuple[str, ...], text: str, operation: object
) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.pause()
        for key in keys:
            await pilot.press(*(key[1:] if key.startswith("*") else (key,)))
        await idle(app, pilot)
        asked = [it.request for it in app.workspace.list() if it.id != id]
        assert [(it.text, it.operations) for it in asked] == [(text, (operation,))]

    at_home(folder, act, size=(80, 24))


def test_what_is_still_needed_is_said_and_the_cursor_goes_there(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("n", *"decision", "enter", *"outc", "enter", "enter")
        await pilot.pause()
        assert sentence_of(app) == "rename outcome to TO in decision"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FormScreen)
        assert "Still needed: its new name." in screen_text(app)
        await pilot.press(*"x")
        assert sentence_of(app) == "rename outcome to x in decision"
        assert [it.id for it in app.workspace.list()] == [id]

    at_home(folder, act, size=(80, 24))


def test_escape_goes_back_step_by_step_and_then_leaves(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("n", *"decision", "enter", *"outc", "enter", "enter")
        for shown in ("What should change?", "Which field?", "Which schema or topic?"):
            await pilot.press("escape")
            await pilot.pause()
            assert shown in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert [it.id for it in app.workspace.list()] == [id]

    at_home(folder, act, size=(80, 24))


def test_letters_that_fit_nothing_say_so(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("n", *"zzz", "enter")
        await pilot.pause()
        assert "Nothing here has these letters." in screen_text(app)

    at_home(folder, act, size=(80, 24))
