"""The Sign screen, driven by its keys: what is approved stands there, one answer is enough, and what came of it is shown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from copilot.domain.decision import Comment
from copilot.domain.proposal import plan_digest
from copilot.domain.source import Span
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.dialogs import Dialog, Note, Remind
from copilot.tui.picker import proposal_row, read_proposals
from copilot.tui.review import ReviewScreen
from tests import faces
from tests.golden import assert_golden
from tests.keys import listed, sits_down, ssh_key
from tests.repositories import commit, git
from tests.tui.stage import SIZES, screen_text, workspace_with

GOLDEN = Path(__file__).parent / "golden"
ID, ALIAS, EXPAND = "p-0123456789", "alias-33bb44", "expand-55cc66"
FILES = {"schemas/order.avsc": faces.OLD_SCHEMA, "jobs/billing.py": faces.OLD_CODE}
Act = Callable[[CopilotApp, Pilot[None]], Awaitable[None]]


def sign(workspace: Workspace, act: Act, *, size: tuple[int, int] = (80, 24), keys: tuple[str, ...] = ("a",)) -> None:
    """Opens the review, goes on to the Sign screen by its keys, and lets `act` press more."""

    async def run() -> None:
        app = CopilotApp(workspace, ID)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await press(app, pilot, *keys)
            await act(app, pilot)

    asyncio.run(run())


async def press(app: CopilotApp, pilot: Pilot[None], *keys: str) -> None:
    """Presses keys one by one and waits for what each begins; an act may begin another one."""
    for key in keys:
        await pilot.press(key)
        for _ in range(2):
            await app.workers.wait_for_complete()
            await pilot.pause()


def status_of(app: CopilotApp) -> str:
    return str(app.screen.query_one("#status", Static).render())


def dialogs_on(app: CopilotApp) -> list[Dialog]:
    return [screen for screen in app.screen_stack if isinstance(screen, Dialog)]


def whole_text(app: CopilotApp) -> str:
    return str(app.screen.query_one("#plan-text", Static).render())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("name", "stakes", "keys"),
    [
        ("sign-high", "high", ("a",)),
        ("sign-low", "low", ("j", "a")),
        ("sign-approved", "low", ("j", "a", "y")),
        ("sign-applied", "low", ("j", "a", "y", "b")),
        ("not-now", "low", ("j", "a", "n")),
    ],
)
def test_the_screen_is_as_drawn(
    tmp_path: Path, size: tuple[int, int], name: str, stakes: str, keys: tuple[str, ...]
) -> None:
    proposal = faces.a_proposal(stakes="high" if stakes == "high" else "low")
    said = Comment(
        ALIAS, 0, "jobs/billing.py@@1", Span("jobs/billing.py", 2, 2), "is it in cents?", "Bob <b@x.org>", ""
    )
    workspace = workspace_with(tmp_path, replace(proposal, comments=(said,)), files=FILES)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        # A commit that was made here holds the record, whose words change more often than this screen.
        shown = re.sub(r"(?m)^   [0-9a-f]{12}(?=  )", f"   {'0' * 12}", screen_text(app))
        assert_golden(GOLDEN / f"{name}-{size[0]}x{size[1]}.txt", shown)

    sign(workspace, act, size=size, keys=keys)


def test_all_that_is_approved_stands_there(tmp_path: Path) -> None:
    proposal = faces.a_proposal(stakes="high")
    workspace = workspace_with(tmp_path, proposal)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        held = workspace.load(ID)
        text = whole_text(app)
        assert plan_digest(held, EXPAND) in text
        assert held.request.commit in text
        assert "The rules chose C, and not this one." in text
        for patch in held.patches_of(EXPAND):
            assert all(change.path in text for change in patch.changes)
        assert "later, when: No record of the old shape is left in the topic." in text
        assert "+1 -1" in text
        assert "One consumer must change together with the schema." in text
        assert "Readers outside this repository." in text
        assert "Approvals: 0 of 1 person" in text

    sign(workspace, act, keys=("j", "a"))


def test_low_stakes_take_one_key_and_applying_one_more_on_the_same_screen(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)
    head = git(tmp_path, "rev-parse", "HEAD")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        screen = app.screen
        await press(app, pilot, "y")
        assert workspace.load(ID).state == "approved"
        assert not workspace.load(ID).applied
        await press(app, pilot, "b")
        assert app.screen is screen
        assert dialogs_on(app) == []
        applied = workspace.load(ID).applied[-1]
        assert applied.branch in whole_text(app)
        assert applied.commits[-1][:12] in whole_text(app)
        await press(app, pilot, "q")
        assert isinstance(app.screen, ReviewScreen)
        assert "applied" in screen_text(app)
        keys = screen_text(app).split("\n")[-1]
        assert "a Applied" in keys
        assert not any(word in keys for word in ("Sign", "Not now", "Reject", "In/out", "Prove"))

    sign(workspace, act)
    assert git(tmp_path, "rev-parse", "HEAD") == head
    assert workspace.load(ID).approvals[-1].alternative == ALIAS


def test_the_next_phase_and_how_to_come_back_to_it_stand_where_it_was_applied(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        text = whole_text(app)
        assert 'Then phase 2, "contract"' in text
        assert "No record of the old shape is left in the topic." in text
        assert f"pipeline-copilot next {ID}" in text
        assert f"pipeline-copilot undo {ID} --from copilot/" in text

    sign(workspace, act, keys=("j", "a", "y", "b"))


def test_high_stakes_take_the_name_of_the_subject_and_a_reason(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(stakes="high"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, *"ordre", "enter")
        assert "That is not the name" in status_of(app), "at once, and not only after the reason"
        assert app.focused is app.screen.query_one("#name")
        app.screen.query_one("#name", Input).value = "order"
        app.screen.query_one("#reason", Input).value = "  "
        await press(app, pilot, "enter", "enter")
        assert "It takes a reason" in status_of(app)
        assert workspace.load(ID).approvals == ()
        await press(app, pilot, *"ok", "enter")
        assert "b puts it on a branch" in screen_text(app)

    sign(workspace, act)
    assert workspace.load(ID).approvals[-1].note == "ok"


@pytest.mark.parametrize("keys", [("escape",), ("b", "escape"), ("tab", "tab", "escape")])
def test_nothing_is_approved_by_looking(tmp_path: Path, keys: tuple[str, ...]) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, *keys)
        assert isinstance(app.screen, ReviewScreen)

    sign(workspace, act)
    assert workspace.load(ID).approvals == ()


def test_a_plan_that_changed_behind_the_screen_is_not_approved(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        Workspace.open(tmp_path).reject(ID, note="seen from elsewhere")
        await press(app, pilot, "y")
        assert "a no is final" in screen_text(app)

    sign(workspace, act)
    assert workspace.load(ID).approvals == ()


def test_a_head_that_moved_is_told_before_anything_is_approved(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        moved = commit(tmp_path, {"README.md": "New.\n"}, "Go on")
        await press(app, pilot, "y")
        assert f"HEAD has moved to {moved[:12]} while you looked" in screen_text(app)
        assert workspace.load(ID).approvals == ()
        await press(app, pilot, "escape")
        assert f"here    {moved}: HEAD is not at the base" in whole_text(app)
        await press(app, pilot, "y")
        assert "o asks the same again here" in " ".join(screen_text(app).split())
        await press(app, pilot, "b")
        assert workspace.load(ID).state == "approved"

    sign(workspace, act, size=(140, 40))
    assert git(tmp_path, "branch", "--list", "copilot/*") == ""


def test_a_head_that_moved_after_the_approval_is_not_applied_to(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        commit(tmp_path, {"README.md": "New.\n"}, "Go on")
        await press(app, pilot, "b")
        assert "The plan was proved on commit" in screen_text(app)

    sign(workspace, act, size=(140, 40), keys=("a", "y"))
    assert workspace.load(ID).applied == ()


def test_the_same_is_asked_again_where_head_is_now(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)
    moved = commit(tmp_path, {"README.md": "New.\n"}, "Go on")

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "o")

    sign(workspace, act)
    again = next(it for it in workspace.list() if it.id != ID)
    assert (again.request.commit, again.request.follows) == (moved, ID)
    assert again.request.operations == workspace.load(ID).request.operations


def test_not_now_keeps_when_and_note_and_comes_up_again(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, Remind)
        await press(app, pilot, "enter")
        assert "is needed" in screen_text(app)
        await press(app, pilot, *"billing has moved", "enter", *"talk to Bob", "enter")
        assert isinstance(app.screen, ReviewScreen)
        assert "postponed" in screen_text(app)
        await press(app, pilot, "a")
        assert "postponed until billing has moved, by Ada <ada@example.com>: talk to Bob" in whole_text(app)
        await press(app, pilot, "y")
        assert workspace.load(ID).state == "approved"

    sign(workspace, act, keys=("n",))


def test_a_proposal_is_due_on_the_day_that_it_was_put_off_to(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())
    workspace.postpone(ID, "in 1 week", note="after the release")

    before = read_proposals(workspace)
    later = read_proposals(Workspace.open(tmp_path, clock=lambda: "2026-01-09T03:04:05Z"))

    assert (before.due, later.due) == (frozenset[str](), frozenset({ID}))
    row = str(proposal_row(later.all[0], is_due=True))
    assert "due: it was postponed until 2026-01-09, by Ada <ada@example.com>: after the release" in row


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, *"2026-02-31", "enter", "enter")
        assert "no day of the calendar" in screen_text(app)

    sign(workspace, act, keys=("n",))
    assert workspace.load(ID).postponed is None


def test_a_rejection_from_here_is_one_note(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal())

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "r")
        assert isinstance(app.screen, Note)
        await press(app, pilot, *"no", "enter")
        assert workspace.load(ID).rejections[-1].note == "no"

    sign(workspace, act)


def test_the_next_phase_is_asked_for_with_its_gate_and_refused_while_nothing_has_landed(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, faces.a_proposal(), files=FILES)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "g")
        assert "this must be so: No record of the old shape" in " ".join(screen_text(app).split())
        await press(app, pilot, *"seen", "enter")
        assert [it for it in dialogs_on(app) if not isinstance(it, Note)]
        assert len(workspace.list()) == 1

    sign(workspace, act, keys=("j", "a", "y", "b"))


@pytest.mark.tool("ssh-keygen")
def test_two_people_sign_one_after_the_other_and_then_it_is_applied(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    keys = {name: ssh_key(tmp_path, name) for name in ("ada", "bob")}
    allowed = tmp_path / "allowed"
    allowed.write_text(listed((f"{name}@example.org", key) for name, key in keys.items()), "utf-8")
    workspace = workspace_with(shop, faces.a_proposal(), files={**FILES, "copilot.toml": "[approval]\npeople = 2\n"})
    sits_down(shop, "ada", keys["ada"], allowed)

    async def ada(app: CopilotApp, pilot: Pilot[None]) -> None:
        assert "Approvals: 0 of 2 people" in whole_text(app)
        await press(app, pilot, "y")
        text = whole_text(app)
        assert "Approvals: 1 of 2 people" in text
        assert "signed as ada@example.org with SHA256:" in text
        assert f"pipeline-copilot show {ID} --export FILE" in screen_text(app)
        await press(app, pilot, "y", "b")
        assert len(workspace.load(ID).approvals) == 1

    async def bob(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "y", "b")
        assert "Applied on branch" in whole_text(app)

    sign(workspace, ada, size=(120, 40))
    sits_down(shop, "bob", keys["bob"], allowed)
    sign(workspace, bob, size=(120, 40))
    assert len(workspace.load(ID).applied) == 1


def test_a_rule_that_is_not_enforceable_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    workspace = workspace_with(
        tmp_path, faces.a_proposal(), files={**FILES, "copilot.toml": "[approval]\npeople = 2\n"}
    )

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "y")
        shown = screen_text(app)
        assert "not enforceable here" in shown
        assert "user.signingkey" in shown

    sign(workspace, act, size=(140, 40))
    assert workspace.load(ID).approvals == ()
