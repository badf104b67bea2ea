"""What the first screen, its request line and the guided form look like on the smallest terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.tui.app import CopilotApp
from tests.golden import assert_golden
from tests.line import copy_of_example
from tests.tui.stage import screen_text
from tests.tui.test_home import at_home, idle

GOLDEN = Path(__file__).parent / "golden"
SCREENS: dict[str, tuple[str, ...]] = {
    "home-findings": ("2",),
    "home-finding": ("2", "down", "enter"),
    "home-proposals": (),
    "request-completion": ("slash", *"rename cust"),
    "request-ambiguous": ("slash", *"rename customer_id to buyer", "enter"),
    "request-misspelt": ("slash", *"rename outcom to ruling in decision", "enter"),
    "request-not-understood": ("slash", *"make it better", "enter"),
    "request-impact": ("slash", *"remove outcome from decision", "ctrl+o"),
    "form-schema": ("n",),
    "form-topic": ("n", *"orders.v1", "enter"),
    "form-topic-change": ("n", *"decisions", "enter", *"outcome", "enter"),
    "form-field": ("n", *"decision", "enter"),
    "form-change": ("n", *"decision", "enter", *"outcome", "enter"),
    "form-options": ("n", *"decision", "enter", "enter", "enter", *"parallax"),
}


@pytest.mark.parametrize("name", SCREENS)
def test_every_text_of_the_first_screen_is_as_it_was_read_and_approved(tmp_path: Path, name: str) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        for key in SCREENS[name]:
            await pilot.press("space" if key == " " else key)
        await idle(app, pilot)
        # A second round: what a thread answered may have asked another one.
        await idle(app, pilot)
        # Without the line of keys: what they do is tested where it is done.
        text = screen_text(app).rpartition("\n")[0]
        shown = re.sub(r"p-[0-9a-f]{10}", "p-0000000000", text)
        assert_golden(GOLDEN / f"{name}.txt", re.sub(r"(?<=main )[0-9a-f]{9}", "000000000", shown) + "\n")

    at_home(folder, act, size=(80, 24))
