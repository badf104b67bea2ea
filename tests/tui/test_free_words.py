"""The request line with a model behind it: what it waits for, how waiting ends, and how a question is answered in place."""

from __future__ import annotations

import threading
from pathlib import Path

from textual.pilot import Pilot

from copilot.domain.model import Call, Reply
from copilot.errors import ModelFailed
from copilot.tui.app import CopilotApp
from tests.line import copy_of_example
from tests.planners.scripted import Script, called, kit_of, said
from tests.tui.stage import screen_text, until
from tests.tui.test_home import at_home, idle

ADD = {"op": "add_field", "subject": "decision", "field": "certainty", "type": ["null", "double"], "default": None}
QUESTION = {"question": {"text": "Which score is meant?", "candidates": ["decision.score", "score"]}}
WORDS = "how sure was it"


class Held(Script):
    """Answers only when it is let go, and fails when it has nothing left to say."""

    def __init__(self, *values: object) -> None:
        super().__init__([said(called(value, "frame")) for value in values])
        self.go = threading.Event()

    def ask(self, call: Call, seconds: float) -> Reply:
        assert self.go.wait(20)
        if call.forced != "frame":
            raise ModelFailed("script", "The script only frames.")
        return super().ask(call, seconds)


def test_free_words_wait_for_the_model_and_say_so(tmp_path: Path) -> None:
    folder, known = copy_of_example(tmp_path)
    script = Held({"operations": [ADD]})

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *WORDS, "enter")
        await until(app, lambda: "asking scripted" in screen_text(app))
        assert "escape stops" in screen_text(app)
        script.go.set()
        await idle(app, pilot)
        assert [it.request.text for it in app.workspace.list() if it.id != known] == [WORDS]

    at_home(folder, act, model=kit_of(script))


def test_escape_ends_the_waiting_and_nothing_is_proposed(tmp_path: Path) -> None:
    folder, known = copy_of_example(tmp_path)
    script = Held({"operations": [ADD]})

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *WORDS, "enter")
        await until(app, lambda: "asking scripted" in screen_text(app))
        await pilot.press("escape")
        await until(app, lambda: "Stopped waiting for the model" in screen_text(app))
        script.go.set()
        await idle(app, pilot)
        assert [it.id for it in app.workspace.list()] == [known]

    at_home(folder, act, model=kit_of(script))


def test_a_question_of_the_model_is_answered_in_place(tmp_path: Path) -> None:
    folder, known = copy_of_example(tmp_path)
    script = Held(QUESTION, {"operations": [ADD]})
    script.go.set()

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *WORDS, "enter")
        await until(app, lambda: "Which score is meant?" in screen_text(app))
        await pilot.press("enter")
        await idle(app, pilot)
        asked = [it.request.text for it in app.workspace.list() if it.id != known]
        assert asked == [f"{WORDS} (score in decision)"]

    at_home(folder, act, model=kit_of(script))
