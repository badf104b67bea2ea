"""The line of keys: what fits, and what always does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.dialogs import Dialog
from copilot.tui.key_line import KEPT, MORE, Key, fitting
from tests.line import copy_of_example
from tests.tui.stage import screen_text

WORDS = st.sampled_from(("Sign", "Not now", "Reject", "Compare", *KEPT))
KEYS = st.lists(st.builds(Key, name=st.just("a"), shown=st.sampled_from(("a", "space", "?")), words=WORDS), max_size=12)


@given(keys=KEYS, columns=st.integers(40, 120))
def test_help_and_back_are_told_however_little_room_there_is(keys: list[Key], columns: int) -> None:
    shown = fitting(keys, columns)

    told = [it for it in shown if it is not None]
    assert [it for it in told if it.words in KEPT] == [it for it in keys if it.words in KEPT]
    assert len(told) == len(keys) or None in shown


@given(keys=KEYS, columns=st.integers(40, 120))
def test_no_key_is_told_by_half(keys: list[Key], columns: int) -> None:
    kept = sum(it.columns for it in keys if it.words in KEPT) + len(MORE)

    shown = fitting(keys, columns)

    assert sum(len(MORE) if it is None else it.columns for it in shown) <= max(columns, kept)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_click_on_a_key_is_the_key(tmp_path: Path, columns: int) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def run() -> None:
        app = CopilotApp(Workspace.open(folder))
        async with app.run_test(size=(columns, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            last = screen_text(app).split("\n")[-1]
            await pilot.click(offset=(last.index("? Help") + 2, 23))
            await pilot.pause()
            assert isinstance(app.screen, Dialog)

    asyncio.run(run())
