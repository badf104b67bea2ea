"""The mouse reaches what the keys do: a node of the graph, a tab, a cell of the matrix, a hunk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from copilot.proposals import Workspace
from copilot.tui import matrix
from copilot.tui.app import CopilotApp
from copilot.tui.compare import Matrix
from copilot.tui.hunks import HunkPane
from copilot.tui.map_views import GraphView
from tests import faces
from tests.line import copy_of_example
from tests.tui.stage import screen_text, workspace_with
from tests.tui.test_home import at_home

Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]
FILES = {"schemas/order.avsc": faces.OLD_SCHEMA, "jobs/billing.py": faces.OLD_CODE}


def in_review(folder: Path, act: Act) -> None:
    proposal = faces.a_proposal()
    workspace: Workspace = workspace_with(folder, proposal, files=FILES)

    async def run() -> None:
        app = CopilotApp(workspace, proposal.id)
        app.animation_level = "none"
        async with app.run_test(size=(120, 40)) as pilot:
            await rests(app, pilot)
            await act(app, pilot)

    asyncio.run(run())


async def rests(app: CopilotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def click(app: CopilotApp, pilot: Pilot[None], text: str) -> None:
    """Clicks the first place where a text stands on the screen."""
    lines = screen_text(app).split("\n")
    y = next((at for at, line in enumerate(lines) if text in line), None)
    assert y is not None, screen_text(app)
    await pilot.click(offset=(lines[y].index(text) + 1, y))
    await rests(app, pilot)


def test_a_click_on_a_tab_opens_it(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await click(app, pilot, "3 Rationale")
        assert app.screen.query_one(TabbedContent).active == "rationale"

    in_review(tmp_path, act)


def test_a_click_on_an_alternative_and_on_a_hunk_selects_them(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await click(app, pilot, "naive: Rename")
        assert "B  Rename everywhere at once" in screen_text(app)
        await click(app, pilot, "[x] 6")
        pane = app.screen.query_one(HunkPane)
        assert pane.highlighted is not None
        assert pane.highlighted.hunk.path == "schemas/order.avsc"

    in_review(tmp_path, act)


def test_a_click_on_a_cell_of_the_matrix_goes_there_and_a_second_one_opens_its_evidence(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await rests(app, pilot)
        await click(app, pilot, "✗ FAIL")
        assert matrix.cursor_of(app.screen.query_one(Matrix)) == ("naive-11aa22", "verdict.replay")
        await click(app, pilot, "✗ FAIL")
        assert app.screen.has_class("reading")

    in_review(tmp_path, act)


@pytest.mark.parametrize("name", ["scorer", "features"])
def test_a_click_on_a_node_of_the_graph_stands_on_it(tmp_path: Path, name: str) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "z", "left")
        await rests(app, pilot)
        assert app.screen.query_one(GraphView).display
        await click(app, pilot, f"│ {name}")
        assert f" job  {name} " in screen_text(app)

    at_home(folder, act, size=(200, 40))
