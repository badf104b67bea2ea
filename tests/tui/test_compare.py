"""The comparison, driven by its keys and the mouse: the matrix, the evidence of a cell, side by side, what other rules choose."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from copilot.domain.evidence import Finding
from copilot.domain.proposal import Proposal
from copilot.domain.source import Span
from copilot.proposals import Workspace
from copilot.reasons.ranking import decide
from copilot.tui.app import CopilotApp
from copilot.tui.beside import BesideScreen
from copilot.tui.compare import CompareScreen, Matrix
from copilot.tui.matrix import cursor_of
from copilot.tui.review import ReviewScreen
from copilot.tui.what_if import WhatIfPane
from tests import faces
from tests.golden import assert_golden
from tests.line import copy_of_example
from tests.reasons.proposals import NOTHING, all_pass, alternative, error, evidence, of_nothing, proposal
from tests.repositories import git
from tests.tui.stage import SIZES, screen_text, until, workspace_with

GOLDEN = Path(__file__).parent / "golden"
ID = "p-0123456789"
CODE = "import json\n\n\ndef score(order):\n\ttotal = order['amount']\n\treturn total * 2\n"
Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]


def compared() -> Proposal:
    """Returns a decided proposal: nothing, one that is refused at a line of the base, one of few deploys, one of few lines."""
    place = Span("scorer/main.py", 5, 5)
    broken = error("usage.left-behind", "scorer still reads amount, which is gone.")
    failing = evidence(
        "naive-0001", "usage", "fail", {"lines_changed": 4}, [replace(broken, span=place, fix="Read total.")]
    )
    note = Finding("replay.stand-in", "warning", "A default may stand in for a value.", Span("scorer/gone.py", 3, 3))
    ways = {"few-000001": (1, 9), "small-0001": (3, 2)}
    proofs = [*of_nothing(), *all_pass("naive-0001", usage=failing)]
    for id, (deploys, lines) in ways.items():
        proofs += all_pass(
            id,
            rollout=evidence(id, "rollout", measures={"coordinated_deploys": deploys}),
            usage=evidence(id, "usage", measures={"lines_changed": lines}),
            replay=evidence(id, "replay", findings=[note] if id == "small-0001" else []),
        )
    made = proposal(
        (NOTHING, alternative("naive-0001"), alternative("few-000001", 2), alternative("small-0001")), proofs
    )
    return replace(made, decision=decide(made))


def drive(folder: Path, act: Act, *, size: tuple[int, int] = (80, 24)) -> Workspace:
    """Opens the comparison of the proposal in a repository that holds its files, and lets `act` press keys."""
    return run_on(workspace_with(folder, compared(), files={"scorer/main.py": CODE}), ID, act, size=size)


def run_on(workspace: Workspace, id: str, act: Act, *, size: tuple[int, int] = (80, 24)) -> Workspace:
    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press("c")
            await settle(app, pilot)
            await act(app, pilot)

    asyncio.run(run())
    return workspace


async def settle(app: CopilotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def on(app: CopilotApp) -> CompareScreen:
    assert isinstance(app.screen, CompareScreen)
    return app.screen


def text_of(app: CopilotApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).render())


async def go_to(app: CopilotApp, pilot: Pilot[None], alternative: str, key: str) -> None:
    """Moves the cursor to a cell by the keys alone."""
    table = on(app).query_one(Matrix)
    columns = [it.value for it in table.columns]
    rows = [it.value for it in table.rows]
    at = cursor_of(table)
    assert at is not None
    down = rows.index(alternative) - rows.index(at[0])
    right = columns.index(key) - columns.index(at[1])
    await pilot.press(
        *("j" if down > 0 else "k" for _ in range(abs(down))), *("l" if right > 0 else "h" for _ in range(abs(right)))
    )
    await settle(app, pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("compare", ()),
        ("compare-evidence", ("j", "j", "j", "l", "l", "l", "l", "l", "enter")),
        ("compare-what-if", ("w", "x")),
        ("compare-beside", ("space", "j", "space", "d")),
        ("compare-help", ("question_mark",)),
    ],
)
def test_the_screen_is_as_drawn(tmp_path: Path, size: tuple[int, int], name: str, keys: tuple[str, ...]) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await settle(app, pilot)
        assert_golden(GOLDEN / f"{name}-{size[0]}x{size[1]}.txt", screen_text(app))

    drive(tmp_path, act, size=size)


def test_a_cell_opens_its_evidence_with_the_lines_it_is_about_and_how_to_see_it_again(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await go_to(app, pilot, "naive-0001", "verdict.usage")
        shown = text_of(app, "#cell-text")
        assert "scorer still reads amount, which is gone." in shown
        assert "  > 5 │ →   total = order['amount']" in shown
        assert "check usage, version 1" in shown
        assert f"pipeline-copilot verify {ID} --evidence ev-" in shown

    drive(tmp_path, act)


def test_a_file_that_is_not_there_any_more_is_said(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await go_to(app, pilot, "small-0001", "verdict.replay")
        assert "the file does not exist" in text_of(app, "#cell-text")

    drive(tmp_path, act)


def test_a_base_that_is_gone_leaves_the_evidence_readable(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        git(tmp_path, "commit", "-q", "--amend", "--allow-empty", "-m", "Begin again")
        git(tmp_path, "reflog", "expire", "--expire=now", "--all")
        git(tmp_path, "gc", "-q", "--prune=now")
        await go_to(app, pilot, "naive-11aa22", "verdict.replay")
        shown = text_of(app, "#cell-text")
        assert "can't be read" in shown
        assert "Add an alias." in shown

    run_on(workspace_with(tmp_path, faces.a_proposal()), ID, act)


def test_letter_and_outcome_open_the_alternative_and_its_ruling(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await go_to(app, pilot, "few-000001", "letter")
        assert "Phase 2: state 2" in text_of(app, "#cell-text")
        await go_to(app, pilot, "few-000001", "outcome")
        assert "wins on: fewest coordinated deploys" in text_of(app, "#cell-text")

    drive(tmp_path, act)


def test_enter_gives_a_cell_the_whole_screen_and_back_gives_the_matrix(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        assert not on(app).query_one(Matrix).display
        await pilot.press("q")
        await pilot.pause()
        assert on(app).query_one(Matrix).display
        await pilot.press("enter", "escape", "q")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)

    drive(tmp_path, act)


def test_the_key_and_a_click_on_a_heading_sort(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        table = on(app).query_one(Matrix)

        def first() -> str:
            return next(iter(table.rows)).value or ""

        assert first() == "few-000001"
        await pilot.press("o")
        await pilot.pause()
        assert "Sorted by scope." in screen_text(app)
        await pilot.click(Matrix, offset=(2, 1))
        await pilot.pause()
        assert first() == "nothing"
        await pilot.click(Matrix, offset=(2, 1))
        await pilot.pause()
        assert first() == "small-0001"
        assert "▼" in screen_text(app)

    drive(tmp_path, act)


def test_sorting_keeps_the_cursor_on_its_cell(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await go_to(app, pilot, "naive-0001", "verdict.usage")
        await pilot.press("o", "O", "o")
        await pilot.pause()
        assert cursor_of(on(app).query_one(Matrix)) == ("naive-0001", "verdict.usage")

    drive(tmp_path, act)


def test_two_marked_ones_are_put_side_by_side_and_a_third_mark_drops_the_first(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("d")
        await pilot.pause()
        assert "Mark two alternatives" in text_of(app, "#status")
        await pilot.press("space", "j", "space", "j", "space", "d")
        await pilot.pause()
        assert isinstance(app.screen, BesideScreen)
        assert "D beside A" in text_of(app, "#heading")
        await pilot.press("e", "s", "q")
        await pilot.pause()
        assert on(app)

    drive(tmp_path, act)


def test_another_order_ranks_anew_at_once_and_the_decision_stands(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w")
        await pilot.pause()
        assert "C wins on: fewest coordinated deploys, 1 against 3 (D)." in text_of(app, "#ranked")
        await pilot.press("x")
        await pilot.pause()
        assert "what if: the decision stands" in text_of(app, "#ranked")
        assert "D wins on: smallest patch, 2 against 9 (C)." in text_of(app, "#ranked")
        assert "chosen (was rank 2)" in screen_text(app)
        await pilot.press("u")
        await pilot.pause()
        assert "As decided: no rank differs." in text_of(app, "#ranked")
        assert "(was" not in screen_text(app)

    workspace = drive(tmp_path, act)
    assert workspace.records(ID)[-1].body == compared().decision


def test_a_rule_moves_by_its_keys_and_stays_highlighted(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        pane = on(app).query_one(WhatIfPane)
        before = [merit.name for merit in pane.rules.merits]
        at = before.index("fewest coordinated deploys")
        await pilot.press("w", "J", "J", "K")
        await pilot.pause()
        assert [merit.name for merit in pane.rules.merits].index("fewest coordinated deploys") == at + 1

    drive(tmp_path, act)


def test_a_hard_rule_is_neither_moved_nor_switched_off(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w", "home", "x", "J")
        await pilot.pause()
        assert "neither moved nor switched off" in text_of(app, "#status")
        assert on(app).query_one(WhatIfPane).rules.is_default

    drive(tmp_path, act)


def test_the_review_goes_on_with_the_alternative_under_the_cursor(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await go_to(app, pilot, "small-0001", "outcome")
        await pilot.press("v")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert app.screen.selected == "small-0001"

    drive(tmp_path, act)


def test_the_palette_knows_the_comparison_and_its_keys(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        names = [it.title for it in app.get_system_commands(app.screen)]
        assert {"Mark", "Side by side", "Sort", "What if"} <= set(names)
        await pilot.press("q")
        await pilot.pause()
        assert "Compare" in [it.title for it in app.get_system_commands(app.screen)]

    drive(tmp_path, act)


def test_an_undecided_proposal_can_be_compared_by_what_there_is(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("w")
        await pilot.pause()
        assert "Nothing is decided yet" in text_of(app, "#ranked")
        assert "undecided" in screen_text(app)

    run_on(workspace_with(tmp_path, faces.an_undecided_proposal()), ID, act)


def test_foreign_text_is_no_markup(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("h")
        await pilot.pause()
        assert "[bold red]boo[/] \\u001b[31m" in screen_text(app)

    run_on(workspace_with(tmp_path, faces.a_hostile_proposal()), ID, act)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_cell_of_a_real_proposal_can_be_opened(tmp_path: Path, size: tuple[int, int]) -> None:
    folder, id = copy_of_example(tmp_path)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        table = on(app).query_one(Matrix)
        empty = []
        for row in [it.value for it in table.rows]:
            for key in [it.value for it in table.columns]:
                table.move_cursor(row=table.get_row_index(row or ""), column=table.get_column_index(key or ""))
                await settle(app, pilot)
                await until(app, lambda: "reading its lines" not in text_of(app, "#cell-text"))
                empty += [] if text_of(app, "#cell-text").strip() else [(row, key)]
        assert empty == []

    run_on(Workspace.open(folder), id, act, size=size)
