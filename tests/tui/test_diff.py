"""The diff on the screen: walking, marking and leaving out lines, both arrangements, and how fast a long one answers."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.domain.patch import FileChange
from copilot.domain.proposal import Compiled, Proposal
from copilot.patches.diff import make_patch
from copilot.tui.app import CopilotApp
from copilot.tui.diff_view import DiffView
from copilot.tui.hunks import HunkPane
from tests import faces
from tests.golden import assert_golden
from tests.tui.stage import SIZES, screen_text, workspace_with
from tests.tui.test_review import GOLDEN, drive, review_of, status_of

LINES = 3_000
KEY_SECONDS_MAX = 0.05
LONG_NAME = "a_name_that_goes_on_" * 6


def pane_of(app: CopilotApp) -> HunkPane:
    pane: HunkPane = review_of(app).query_one(HunkPane)
    return pane


def with_files(*changes: FileChange) -> Proposal:
    """Returns a proposal whose chosen alternative changes those files."""
    proposal = faces.a_proposal()
    patch = make_patch("alias-33bb44", 0, faces.COMMIT, changes)
    compiled = [
        Compiled(it.alternative, (patch,)) if it.alternative == patch.alternative else it for it in proposal.compiled
    ]
    return replace(proposal, compiled=tuple(compiled))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "keys"), [("lines", ("1", "l", "v", "j", "space")), ("split", ("1", "v"))])
def test_the_lines_are_as_drawn(tmp_path: Path, size: tuple[int, int], name: str, keys: tuple[str, ...]) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        assert_golden(GOLDEN / f"{name}-{size[0]}x{size[1]}.txt", screen_text(app))

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=size)


def test_lines_that_are_marked_are_left_out_and_taken_in_again(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "l")
        assert pane_of(app).lines.current == ("0 jobs/billing.py@@1", 2)
        await pilot.press("v", "j", "space")
        assert pane_of(app).left_out == {"jobs/billing.py@@1:2-3"}
        await pilot.press("j", "space")
        assert pane_of(app).left_out == {"jobs/billing.py@@1:2-4"}
        assert "without 3 lines" in status_of(app)
        await pilot.press("a")
        await pilot.pause()
        assert "press p first" in status_of(app)
        await pilot.press("h", "space")
        assert pane_of(app).left_out == frozenset()

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_walking_into_the_next_hunk_takes_the_list_along(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "enter", *["j"] * 12)
        await pilot.pause()
        assert pane_of(app).highlighted_id == "0 schemas/order.avsc@@1"
        await pilot.press("g")
        await pilot.pause()
        assert pane_of(app).highlighted_id == "0 jobs/billing.py@@1"
        await pilot.press("G", "h", "space")
        await pilot.pause()
        assert pane_of(app).left_out == {"schemas/order.avsc@@1"}

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_line_that_stays_can_not_be_left_out(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "l", "k", "space")
        await pilot.pause()
        assert 'Only lines with "+" or "-"' in status_of(app)
        assert pane_of(app).left_out == frozenset()

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


@pytest.mark.parametrize("key", ["space", "e"])
@pytest.mark.parametrize("size", SIZES)
def test_what_only_a_later_phase_changes_says_when_it_can_be_left_out_and_what_to_do_now(
    tmp_path: Path, size: tuple[int, int], key: str
) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "1", "j", key)
        await pilot.pause()
        # All of it, on the smallest screen too.
        shown = " ".join(screen_text(app).split())
        assert "Only phase 2 has this. It can be left out when that phase begins (pipeline-copilot next)." in shown
        assert "To have it otherwise now, ask anew in other words." in shown
        assert pane_of(app).left_out == frozenset()

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=size)


def test_a_hunk_of_a_later_phase_is_marked_before_anyone_tries_to_leave_it_out(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "1", "j")
        await pilot.pause()
        text = screen_text(app)
        assert "[-]" in text
        assert "[x]" in text
        assert "only phase 2 has this: it can be left out when that phase begins" in text

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=(140, 40))


def test_both_sides_stand_beside_each_other_on_a_wide_screen(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        row = next(line for line in screen_text(app).split("\n") if '-→   total = order["amount"]' in line)
        assert 'total = order["total"]' in row
        await pilot.press("1", "v")
        await pilot.pause()
        row = next(line for line in screen_text(app).split("\n") if '-→   total = order["amount"]' in line)
        assert 'total = order["total"]' not in row

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=(170, 40))


@pytest.mark.parametrize("keys", [("1",), ("1", "v"), ("1", "l")])
def test_no_text_of_a_long_line_is_lost(tmp_path: Path, keys: tuple[str, ...]) -> None:
    change = FileChange("jobs/long.py", "old = 1\n", f"{LONG_NAME} = 1\n")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        view = pane_of(app).lines
        rows = [view.render_line(y).text for y in range(view.size.height)]
        assert LONG_NAME in "".join(row.split("│")[-1].strip().lstrip("1 +") for row in rows)

    drive(workspace_with(tmp_path, with_files(change)), act)


def long_proposal() -> Proposal:
    before = "".join(
        f"def step_{number}(order):\n    return order['amount_{number}']\n" for number in range(LINES // 2)
    )
    return with_files(FileChange("jobs/long.py", before, before.replace("amount", "total")))


def test_a_key_is_answered_at_once_in_a_diff_of_three_thousand_lines(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        view = pane_of(app).query_one(DiffView)
        await pilot.press("1", "l")
        await pilot.pause(0.5)
        assert view.virtual_size.height > LINES
        took = []
        for key in ("j", "j", "pagedown", "G", "g", "pagedown", "v", "j", "pageup", "k"):
            began = time.process_time()
            await view.run_action(view._bindings.get_bindings_for_key(key)[0].action)
            screen_text(app)
            took.append(time.process_time() - began)
        assert sorted(took)[len(took) // 2] < KEY_SECONDS_MAX, took

    drive(workspace_with(tmp_path, long_proposal()), act, size=(140, 40))


def test_a_comment_is_kept_with_its_hunk(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "j", "m", *"is this [safe]?", "enter")
        await pilot.pause()
        assert "Ada <ada@example.com>, 2026-01-02T03:04:05Z: is this [safe]?" in " ".join(screen_text(app).split())
        assert pane_of(app).highlighted_id == "0 schemas/order.avsc@@1"

    drive(workspace, act, size=(140, 40))
    comment = workspace.load("p-0123456789").comments[0]
    assert (comment.hunk, comment.phase, comment.text) == ("schemas/order.avsc@@1", 0, "is this [safe]?")


def test_an_empty_comment_is_none(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "m", "enter", "m", "escape")
        await pilot.pause()

    drive(workspace, act)
    assert workspace.load("p-0123456789").comments == ()


def test_a_key_typed_right_after_meets_the_lines(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1")
        pane_of(app).into_lines()
        assert app.focused is pane_of(app).lines
        await pilot.pause()

    drive(workspace_with(tmp_path, faces.a_proposal()), act)
