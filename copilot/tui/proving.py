"""How the proof of a proposal goes on, stage by stage. Leaving the screen does not stop it."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from copilot.errors import CopilotError
from copilot.tui.before import AskedBefore, AskedBeforePage
from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import Board
from copilot.tui.plain import plain
from copilot.tui.stages import board, end_words, progress_words
from copilot.tui.works import Work

REDRAWS_A_SECOND = 5
PADDING_COLUMNS = 2


class ProvingScreen(AskedBeforePage):
    """Gives way to the review once there is a decision, unless the person has scrolled up to read.

    A stop or a failure is told here, with what stays; the proof can go on from there at any time.
    """

    NOTES = (
        "Leaving this screen stops nothing: the list of proposals tells how it goes on, and a message tells when it ends.",
        "Stopping loses nothing that is recorded; only the check that ran is run again.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "Stop"),
        Binding("p", "go_on", "Go on", tooltip="Go on with a proof that was stopped or failed"),
        Binding("enter", "review", "Review", key_display="enter", tooltip="Open the review, with what is there so far"),
        Binding(
            "b", "before", "Before", show=False, tooltip="who said no to what is asked again, why, and what differs now"
        ),
        *KEYS,
    ]

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id_of_proposal = id
        self._is_decided = False

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield AskedBefore()
        with Board(id="board"):
            yield Static(id="progress")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(Board).focus()
        self.set_interval(1 / REDRAWS_A_SECOND, self._tick)
        self._show()
        with suppress(CopilotError):  # shown in its place by then
            self.look_before(self.workspace.load(self.id_of_proposal))

    def on_board_sized(self, event: Board.Sized) -> None:
        # The lines are as wide as the board, which has no width before the screen is laid out.
        self._show()

    def shows(self, id: str) -> bool:
        return id == self.id_of_proposal

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_busy = self.works.is_busy(self.id_of_proposal)
        known = {"stop": is_busy, "go_on": not (is_busy or self._is_decided)}
        return known[action] if action in known else super().check_action(action, parameters)

    def action_stop(self) -> None:
        self.works.stop(self.id_of_proposal)
        self._show()

    def action_go_on(self) -> None:
        self.copilot.prove(self.id_of_proposal)
        self.refresh_bindings()
        self._show()

    def action_review(self) -> None:
        self.app.pop_screen()
        below = self.app.screen
        if not (isinstance(below, Page) and below.shows(self.id_of_proposal)):
            self.copilot.open_review(self.id_of_proposal)

    def moved(self, work: Work) -> None:
        if work.id != self.id_of_proposal:
            return
        self._show()
        if not work.is_over:
            return
        self.refresh_bindings()
        if self._is_decided and self.is_current and not self.query_one(Board).is_read:
            self.action_review()

    def _tick(self) -> None:
        if self.works.is_busy(self.id_of_proposal):
            self._show()

    def _show(self) -> None:
        work = self.works.of(self.id_of_proposal)
        try:
            proposal = self.workspace.load(self.id_of_proposal)
        except CopilotError as error:
            self.query_one("#progress", Static).update(plain(str(error), "$text-error"))
            return
        scroll = self.query_one(Board)
        self._is_decided = proposal.decision is not None and not (work and work.error)
        self.query_one("#heading", Static).update(plain(f"{proposal.id}  {proposal.state}"))
        self.query_one("#progress", Static).update(
            board(proposal, work, scroll.scrollable_content_region.width - PADDING_COLUMNS)
        )
        scroll.call_after_refresh(scroll.follow)
        if work is None:
            self.tell("Nothing goes on here: p goes on with the proof, enter opens the review.")
        elif not work.is_over and work.stop.is_set():
            self.tell(f"Stopping: {progress_words(proposal, work)}. What is recorded stays.", "$text-warning")
        elif not work.is_over:
            self.tell(f"{progress_words(proposal, work)} … {work.seconds:.0f} s in all. q leaves it going on.")
        elif proposal.decision is None:
            self.tell(f"{end_words(proposal, work)} p goes on, enter shows it.", "$text-warning")
        else:
            self.tell(f"{end_words(proposal, work)} enter opens the review.")
