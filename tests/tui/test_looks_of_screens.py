"""Themes, no colours and plain ASCII: what is drawn, what is kept, and that a screen for a browser only shows."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widgets import Tab

from copilot.adapters.own_screen import Look, keep_look, kept_look
from copilot.errors import WrongUsage
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.ascii import in_ascii
from copilot.tui.themes import CONTRAST, DARK, LIGHT, NAMES, THEMES
from tests.line import copy_of_example
from tests.tui.stage import screen_text

Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def staged(app: CopilotApp, act: Act, size: tuple[int, int] = (120, 40)) -> None:
    async def run() -> None:
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(run())


def choose(app: CopilotApp, name: str) -> None:
    next(it for it in app.get_system_commands(app.screen) if it.title == name).callback()


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (it / 12.92 if it <= 0.03928 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Returns the ratio of WCAG 2.1, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_signals_can_be_read_on_every_ground(theme: Theme) -> None:
    least = 7 if theme.name == CONTRAST else 4.5
    drawn = theme.to_color_system().generate()
    for ground in ("background", "surface"):
        for signal in ("foreground", "text-success", "text-warning", "text-error", "text-accent"):
            assert contrast(drawn[signal], drawn[ground]) >= least, (signal, ground)


@pytest.mark.parametrize("is_kept", [False, True], ids=["chosen", "kept"])
def test_high_contrast_reaches_the_names_of_tabs(tmp_path: Path, is_kept: bool) -> None:
    folder, id = copy_of_example(tmp_path)
    if is_kept:
        keep_look(Look(theme=CONTRAST), os.environ, Path.home())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        if not is_kept:
            choose(app, "High contrast colours")
            await pilot.pause()
        for tab in app.screen.query(Tab):
            ground, drawn = (
                it.triplet.hex for it in (tab.rich_style.bgcolor, tab.rich_style.color) if it and it.triplet
            )
            assert contrast(ground, drawn) >= 7, str(tab.label)

    staged(CopilotApp(Workspace.open(folder), id), act)


@pytest.mark.parametrize(("where", "side"), [(".diff-lines", "left"), (".detail", "left"), ("#answer", "top")])
def test_high_contrast_reaches_the_lines_between_parts(tmp_path: Path, where: str, side: str) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        choose(app, "High contrast colours")
        await pilot.press(*(("a",) if where == "#answer" else ()))
        await pilot.pause()
        kind, colour = getattr(app.screen.query(where).first().styles, f"border_{side}")
        assert kind == "solid"
        assert contrast(colour.hex, "#000000") >= 3

    staged(CopilotApp(Workspace.open(folder), id), act)


def test_good_and_bad_differ_in_blue_not_only_between_red_and_green() -> None:
    for theme in THEMES:
        drawn = theme.to_color_system().generate()
        assert int(drawn["success"][5:7], 16) - int(drawn["error"][5:7], 16) > 100


def test_a_chosen_theme_is_kept_for_the_next_time_and_not_in_the_repository(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert app.theme == DARK
        choose(app, f"{NAMES[LIGHT]} colours")
        await pilot.pause()
        assert app.theme == LIGHT

    async def again(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert app.theme == LIGHT

    staged(CopilotApp(Workspace.open(folder)), act)
    staged(CopilotApp(Workspace.open(folder)), again)
    assert kept_look(os.environ, tmp_path) == Look(LIGHT)
    assert subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True).stdout == b""


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_plain_ascii_draws_every_screen_without_another_character(tmp_path: Path, size: tuple[int, int]) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert screen_text(app).isascii()
        await pilot.press("2", "question_mark")
        await pilot.pause()
        assert screen_text(app).isascii()
        await pilot.press("escape")
        app.open_review(id)
        await pilot.pause()
        for key in "12345":
            await pilot.press(key)
            await pilot.pause()
            assert screen_text(app).isascii()
        assert "pass" in screen_text(app)

    staged(CopilotApp(Workspace.open(folder), is_ascii=True), act, size)


def test_plain_ascii_can_be_switched_on_and_off_while_it_runs(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert not screen_text(app).isascii()
        choose(app, "Plain ASCII")
        await pilot.pause()
        assert screen_text(app).isascii()
        choose(app, "Box characters and signs")
        await pilot.pause()
        assert not screen_text(app).isascii()

    staged(CopilotApp(Workspace.open(folder)), act)


def test_a_locale_without_utf_8_gets_ascii_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    folder, _ = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert screen_text(app).isascii()

    staged(CopilotApp(Workspace.open(folder)), act)


def test_without_colours_only_shades_of_grey_are_drawn(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    def colours(app: CopilotApp) -> set[tuple[int, int, int]]:
        styles = [it.style for strip in app.screen._compositor.render_strips() for it in strip if it.style]
        found = [it for style in styles for it in (style.color, style.bgcolor) if it is not None]
        return {(it.triplet.red, it.triplet.green, it.triplet.blue) for it in found if it.triplet}

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert any(len(set(it)) > 1 for it in colours(app))
        choose(app, "No colours")
        await pilot.pause()
        assert all(len(set(it)) == 1 for it in colours(app))

    staged(CopilotApp(Workspace.open(folder)), act)


@given(st.text())
def test_ascii_is_as_wide_as_what_it_stands_for(text: str) -> None:
    assert in_ascii(text).isascii()
    assert cell_len(in_ascii(text)) == cell_len(text) or not text.isprintable()


@pytest.mark.parametrize(
    ("drawn", "plain"), [("╭─╮", "+-+"), ("│x│", "|x|"), ("✓ pass", "+ pass"), ("é漢", "?"), ("▔", "_")]
)
def test_lines_stay_lines_and_signs_stay_told_apart(drawn: str, plain: str) -> None:
    assert plain in in_ascii(drawn)


def test_a_screen_for_a_browser_shows_and_refuses_every_act(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder, is_only_shown=True)
    before = workspace.load(id)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "Only shown here" in screen_text(app)
        await pilot.press("slash", "n")
        assert not app.screen.query_one("#request").has_focus
        app.open_review(id)
        await pilot.pause()
        assert "Only shown here" in screen_text(app)
        assert "a Approve" not in screen_text(app)
        review = app.screen
        await pilot.press("a", "r", "p", "space")
        await pilot.pause()
        assert app.screen is review

    staged(CopilotApp(workspace), act)
    for refused in (
        lambda: workspace.propose("remove reason from decision"),
        lambda: list(workspace.advance(id)),
        lambda: workspace.approve(id, confirmation="decision"),
        lambda: workspace.reject(id),
        lambda: workspace.apply(id),
        lambda: workspace.undo(id, from_branch="main"),
    ):
        with pytest.raises(WrongUsage, match="only shows"):
            refused()
    assert workspace.load(id) == before
    assert [it.id for it in workspace.list()] == [id]


def test_what_a_server_starts_draws_for_the_browser_and_says_that_it_only_shows(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)
    environ = os.environ | {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "100", "ROWS": "30"}
    command = [sys.executable, "-c", "from copilot.cli.main import run; run()"]
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            drawn = b""
            while b"Only shown here" not in drawn and len(drawn) < 1_000_000:
                got = os.read(process.stdout.fileno(), 65536)
                if not got:
                    break
                drawn += got
        finally:
            process.kill()
    assert b"__GANGLION__" in drawn
    assert b"Only shown here" in drawn
