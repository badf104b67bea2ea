"""The review screen, driven by its keys at the smallest and at a comfortable size."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static, TabbedContent

from copilot.domain.proposal import Proposal
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.cited import CitedLines
from copilot.tui.dialogs import Dialog
from copilot.tui.home import HomeScreen
from copilot.tui.hunks import HunkPane
from copilot.tui.panes import Choices, ListAndDetail
from copilot.tui.rationale import cited
from copilot.tui.review import ReviewScreen
from tests import faces
from tests.golden import assert_golden
from tests.repositories import git
from tests.tui.stage import SIZES, screen_text, until, workspace_with

GOLDEN = Path(__file__).parent / "golden"
Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]


def drive(workspace: Workspace, act: Act, *, id: str = "p-0123456789", size: tuple[int, int] = (80, 24)) -> None:
    """Runs the application without a terminal and lets `act` press its keys."""

    async def run() -> None:
        app = CopilotApp(workspace, id)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await until(app, lambda: bool(id) or "reading the repository" not in screen_text(app))
            await app.workers.wait_for_complete()
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(run())


def status_of(app: CopilotApp) -> str:
    return str(review_of(app).query_one("#status", Static).render())


def review_of(app: CopilotApp) -> ReviewScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, ReviewScreen))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("diff", ()),
        ("evidence", ("2",)),
        ("rationale", ("3",)),
        ("not-covered", ("4",)),
        ("look-at", ("5",)),
        ("rollout", ("6",)),
        ("refused-evidence", ("k", "2")),
        ("hunk-out", ("1", "j", "space")),
        ("help", ("question_mark",)),
    ],
)
def test_the_screen_is_as_drawn(tmp_path: Path, size: tuple[int, int], name: str, keys: tuple[str, ...]) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        assert_golden(GOLDEN / f"{name}-{size[0]}x{size[1]}.txt", screen_text(app))

    drive(workspace_with(tmp_path, faces.a_proposal(stakes="high")), act, size=size)


def test_the_chosen_alternative_is_selected_first(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert review_of(app).selected == "alias-33bb44"

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_moving_in_the_table_shows_another_alternative(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j")
        assert review_of(app).selected == "expand-55cc66"
        await pilot.press("k", "up", "k")
        assert review_of(app).selected == "nothing"
        await pilot.pause()
        assert "This alternative changes nothing." in screen_text(app)

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


@pytest.mark.parametrize("stakes", ["low", "high"])
def test_escape_takes_an_approval_back_before_it_is_given(tmp_path: Path, stakes: str) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(stakes="high" if stakes == "high" else "low"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "escape")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)

    drive(workspace, act)
    assert workspace.load("p-0123456789").approvals == ()


@pytest.mark.parametrize("key", ["a", "r"])
def test_who_has_no_name_in_git_is_told_so_before_anything_is_asked(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    workspace = workspace_with(tmp_path, faces.a_proposal(stakes="high"))
    git(tmp_path, "config", "--unset", "user.email")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await pilot.pause()
        assert "Git doesn't know who you are" in screen_text(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ReviewScreen)

    drive(workspace, act)


def test_a_rejection_keeps_its_note_and_is_final(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("r", *"no", "enter")
        await pilot.pause()
        assert workspace.load("p-0123456789").state == "rejected"
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert "rejected, which is final" in status_of(app)

    drive(workspace, act)
    assert workspace.load("p-0123456789").rejections[-1].note == "no"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("k", "a"), "This alternative is refused: unreadable."),
        (("k", "k", "a"), "changes nothing, so there is nothing to approve"),
        (("1", "space", "a"), "nobody has proved that change: press p first"),
    ],
)
def test_what_can_not_be_approved_says_why(tmp_path: Path, keys: tuple[str, ...], said: str) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        assert said in status_of(app)
        assert isinstance(app.screen, ReviewScreen)

    drive(workspace, act)
    assert workspace.load("p-0123456789").approvals == ()


def test_a_hunk_that_is_left_out_can_be_taken_in_again(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "space")
        assert review_of(app).query_one(HunkPane).left_out == {"jobs/billing.py@@1"}
        await pilot.press("space")
        assert review_of(app).query_one(HunkPane).left_out == frozenset()

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_left_out_hunks_belong_to_their_alternative(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        pane = review_of(app).query_one(HunkPane)
        await pilot.press("1", "space", "shift+tab", "shift+tab", "j")
        await pilot.pause()
        assert review_of(app).selected == "expand-55cc66"
        assert pane.left_out == frozenset()
        await pilot.press("k")
        await pilot.pause()
        assert pane.left_out == {"jobs/billing.py@@1"}

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_hunk_of_a_later_phase_alone_can_not_be_left_out(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        pane = review_of(app).query_one(HunkPane)
        await pilot.press("j", "1", "j")
        assert pane.highlighted_id == "1 jobs/billing.py@@1"
        await pilot.press("space")
        assert pane.left_out == frozenset()
        await pilot.press("j", "space")
        assert pane.left_out == {"schemas/order.avsc@@1"}

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_the_rationale_begins_at_the_alternative_that_is_selected(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "3")
        await pilot.pause()
        reasons = review_of(app).query_one("#reasons", Choices)
        assert reasons.highlighted is not None
        assert "D: Write both names" in str(reasons.get_option_at_index(reasons.highlighted).prompt)

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_line_that_cites_nothing_says_so(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "cites no evidence" in status_of(app)

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_citation_opens_its_evidence(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        review = review_of(app)
        failed = next(it for it in faces.a_proposal().evidence if it.verdict == "fail")
        await pilot.press("3")
        review.go_to_line_citing(failed.id)
        await pilot.press("enter")
        await pilot.pause()
        assert review.query_one(TabbedContent).active == "evidence"
        assert review.selected == failed.alternative
        assert review.query_one("#checks", ListAndDetail).highlighted_id == failed.id

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_backspace_goes_back_to_the_citation(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        review = review_of(app)
        failed = next(it for it in faces.a_proposal().evidence if it.verdict == "fail")
        await pilot.press("3")
        await pilot.pause()
        review.go_to_line_citing(failed.id)
        line = review.query_one("#reasons", CitedLines).highlighted
        await pilot.press("enter")
        await pilot.pause()
        assert review.selected == failed.alternative
        await pilot.press("backspace")
        await pilot.pause()
        assert review.query_one(TabbedContent).active == "rationale"
        assert review.query_one("#reasons", CitedLines).highlighted == line
        assert review.selected == "alias-33bb44"
        await pilot.press("backspace")
        await pilot.pause()
        assert "goes back from the evidence" in status_of(app)

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_click_on_a_citation_opens_that_one(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        review = review_of(app)
        await pilot.press("3")
        await pilot.pause()
        reasons = review.query_one("#reasons", CitedLines)
        at = next(at for at, (line, _) in enumerate(reasons.lines) if len(cited(line)) > 1)
        reasons.highlighted = at
        await pilot.pause()
        id = cited(reasons.lines[at][0])[1]
        y, row = next((y, row) for y, row in enumerate(screen_text(app).split("\n")) if id in row)
        await pilot.click(offset=(row.index(id) + 3, y))
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        assert review.query_one("#checks", ListAndDetail).highlighted_id == id

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=(140, 40))


def test_what_is_not_covered_stands_beside_the_verdict(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        heading, *rest = screen_text(app).split("\n")
        assert "decided, stakes low, 2 not covered" in heading
        assert any("4 Not covered (2)" in line for line in rest)

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_a_text_of_the_repository_is_no_markup(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.pause()
        assert "[bold red]boo[/] \\u001b[31m" in screen_text(app)

    drive(workspace_with(tmp_path, faces.a_hostile_proposal()), act, size=(140, 40))


def test_quitting_changes_nothing(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())
    before = workspace.records("p-0123456789")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "space", "q")
        await pilot.pause()

    drive(workspace, act)
    assert workspace.records("p-0123456789") == before


def test_an_undecided_proposal_can_be_looked_at(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "2", "3", "4", "a")
        await pilot.pause()
        assert "p goes on with the proof" in status_of(app)

    drive(workspace_with(tmp_path, faces.an_undecided_proposal()), act)


def test_a_screen_that_shrinks_keeps_the_selection(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert review_of(app).selected == "expand-55cc66"
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert review_of(app).selected == "expand-55cc66"

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=(140, 40))


def test_the_list_opens_a_review_and_comes_back(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "rename amount to total in order" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ReviewScreen)
        await pilot.press("q")
        await pilot.pause()
        assert not isinstance(app.screen, ReviewScreen | Dialog)
        assert isinstance(app.screen, HomeScreen)

    drive(workspace_with(tmp_path, faces.a_proposal()), act, id="")


def test_a_proposal_that_was_damaged_is_told_where_it_is_opened_and_counted_in_the_list(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())
    file = tmp_path / ".git" / "pipeline-copilot" / "proposals" / "p-0123456789.jsonl"

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        file.write_text(file.read_text("utf-8").replace("alias-33bb44", "alias-33bb55", 1), "utf-8")
        await pilot.press("enter")
        await pilot.pause()
        assert "changed or damaged" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "1 proposal can't be read: pipeline-copilot log says why" in screen_text(app)

    drive(workspace, act, id="")


def test_an_empty_list_says_how_to_begin(tmp_path: Path) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "No proposals yet." in screen_text(app)

    drive(workspace_with(tmp_path), act, id="")


def proposals() -> tuple[Proposal, ...]:
    return (
        faces.a_proposal(),
        faces.a_proposal(stakes="high"),
        faces.a_refused_proposal(),
        faces.an_applied_proposal(),
    )


@pytest.mark.parametrize("proposal", proposals(), ids=lambda proposal: proposal.state)
def test_every_state_can_be_walked_through(tmp_path: Path, proposal: Proposal) -> None:
    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "j", "k", "2", "j", "tab", "j", "3", "j", "enter", "escape", "4", "j", "1", "p")
        await pilot.pause()
        assert review_of(app).is_current or app.screen_stack

    drive(workspace_with(tmp_path, proposal), act)
