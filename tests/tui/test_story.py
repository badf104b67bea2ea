"""Whole stories, by keys alone, on a real repository: from a request to the branch that git shows, to the log, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.compare import CompareScreen
from copilot.tui.home import HomeScreen
from copilot.tui.hunks import HunkPane
from copilot.tui.log import LogScreen
from copilot.tui.review import ReviewScreen
from copilot.tui.sign import SignScreen
from tests.keys import listed, sits_down, ssh_key
from tests.line import example
from tests.repositories import commit, git
from tests.tui.stage import screen_text, until

Act = Callable[["Story"], Awaitable[None]]
ASKED = "rename customer_id to buyer"
LEFT_OUT = "services/features/tests/test_features.py"
NOTE = "risk reads the old name"
SIZES = [(80, 24), (160, 48)]


class Story:
    """An application, and what a person does with it: types, looks, and waits until something is to be seen."""

    def __init__(self, app: CopilotApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.words for text in texts), f"to see {texts}")

    async def at(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen), f"the screen {screen.__name__}")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        await until(self.app, is_so, what)

    @property
    def words(self) -> str:
        return " ".join(screen_text(self.app).split())

    async def proved(self) -> str:
        """Waits for the review of what was asked, and returns its id."""
        await self.at(ReviewScreen)
        await self.app.workers.wait_for_complete()
        return self.app.workspace.newest()[0].id


def tell(folder: Path, act: Act, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        app = CopilotApp(Workspace.open(folder))
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            story = Story(app, pilot)
            await story.until(lambda: "jobs" in story.words.split("findings")[0], "what was read")
            await act(story)

    asyncio.run(run())


def typed(text: str) -> list[str]:
    return ["slash" if character == "/" else character for character in text]


async def asks(story: Story, text: str) -> None:
    await story.pilot.press("slash", *typed(text), "enter")


async def chooses_the_order(story: Story) -> str:
    """Asks something that can mean three things, says which, and waits for the proof."""
    await asks(story, ASKED)
    await story.sees("can mean 3 things", "customer_id in schemas/order")
    await story.pilot.press("down", "enter")
    return await story.proved()


async def approves(story: Story) -> None:
    """Types the name of the schema and a reason, as high stakes ask for."""
    await story.press("a")
    await story.at(SignScreen)
    await story.sees("type the name schemas/order")
    await story.press(*typed("schemas/order"), "enter", *"agreed", "enter")


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_from_a_request_to_a_signed_branch_and_back_again(size: tuple[int, int]) -> None:
    folder = example()
    head = git(folder, "rev-parse", "HEAD")
    seen: dict[str, str] = {}

    async def act(story: Story) -> None:
        seen["id"] = id = await chooses_the_order(story)
        workspace = story.app.workspace
        decision = workspace.load(id).decision
        assert decision is not None
        chosen = decision.chosen

        await story.press("c")
        await story.at(CompareScreen)
        await story.sees("chosen", "rank 2", "refused")
        await story.press("w")
        await story.sees("what if: the decision stands")
        await story.press("x")
        await story.sees("u Reset")
        await story.press("q")
        await story.at(ReviewScreen)

        review = story.app.screen
        pane = review.query_one(HunkPane)
        await story.press("1")
        while pane.highlighted and pane.highlighted.hunk.path != LEFT_OUT:
            await story.press("j")
        await story.press("space")
        assert len(pane.left_out) == 1
        await story.press("a")
        await story.at(ReviewScreen)
        await story.press("p")
        await story.sees("Proved: what is left is an alternative of its own")
        revised = workspace.load(id).revisions[-1].alternative.id
        assert isinstance(review, ReviewScreen)
        assert review.selected == revised != chosen

        await story.press("1", "m", *"is it in cents?", "enter")
        await story.sees("The comment is kept.")
        await approves(story)
        await story.sees("It is approved.", "b Apply on a branch")
        assert "is it in cents?" in str(story.app.screen.query_one("#plan-text").render())
        await story.press("b")
        await story.sees("Applied on branch")
        seen["branch"] = branch = workspace.load(id).applied[-1].branch
        changed = git(folder, "diff", "--name-only", f"{head}..{branch}").split("\n")
        assert "schemas/order.avsc" in changed
        assert LEFT_OUT not in changed
        assert "buyer" in git(folder, "show", f"{branch}:schemas/order.avsc")

        await story.press("q", "q")
        await story.at(HomeScreen)
        await story.press("L")
        await story.at(LogScreen)
        await story.sees("1 decision", "applied")
        await story.press("enter")
        await story.at(ReviewScreen)
        await story.press("a")
        await story.sees("Applied on branch")
        await story.press("u")
        await story.sees("Take", "enter takes it back")
        await story.press("enter")
        await story.sees("Taken back on branch")
        await story.press("q")
        await story.at(ReviewScreen)
        await story.press("a")
        await story.sees("Taken back on branch")
        assert "Merge" not in str(story.app.screen.query_one("#plan-text").render())

    tell(folder, act, size)

    undone = Workspace.open(folder).load(seen["id"]).undone[-1]
    assert git(folder, "diff", "--name-only", f"{head}..{undone.branch}", "--", "schemas", "services") == ""
    assert (git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")) == (head, "")


@pytest.mark.slow
@pytest.mark.tool("ssh-keygen")
def test_two_people_sign_what_one_of_them_asked_for(tmp_path: Path) -> None:
    folder = example()
    commit(folder, {"copilot.toml": "[approval]\npeople = 2\n"}, "Ask for two people")
    keys = {name: ssh_key(tmp_path, name) for name in ("ada", "bob")}
    allowed = tmp_path / "allowed"
    allowed.write_text(listed((f"{name}@example.org", key) for name, key in keys.items()), "utf-8")

    async def ada(story: Story) -> None:
        id = await chooses_the_order(story)
        await approves(story)
        await story.sees("1 more needed", f"pipeline-copilot show {id} --export FILE")
        assert not story.app.workspace.load(id).applied

    async def bob(story: Story) -> None:
        await story.press("enter")
        await story.at(ReviewScreen)
        await approves(story)
        await story.sees("It is approved.")
        await story.press("b")
        await story.sees("Applied on branch")

    sits_down(folder, "ada", keys["ada"], allowed)
    tell(folder, ada)
    sits_down(folder, "bob", keys["bob"], allowed)
    tell(folder, bob)

    proposal = Workspace.open(folder).newest()[0]
    assert [it.by for it in proposal.approvals] == ["Ada <ada@example.org>", "Bob <bob@example.org>"]
    assert git(folder, "rev-parse", proposal.applied[-1].branch) == proposal.applied[-1].commits[-1]


@pytest.mark.slow
def test_what_was_rejected_is_told_to_who_asks_for_it_again() -> None:
    folder = example()

    async def act(story: Story) -> None:
        rejected = await chooses_the_order(story)
        await story.press("r", *NOTE, "enter")
        await story.sees("Rejected.")
        await story.press("q")
        await story.at(HomeScreen)
        commit(folder, {"notes.txt": "later\n"}, "Go on")

        await asks(story, "rename customer_id to buyer_id in schemas/order")
        again = await story.proved()
        assert again != rejected
        await story.sees("Asked before", "rejected", NOTE)

    tell(folder, act, (120, 40))
