"""How the proof of a proposal goes on, stage by stage. Leaving the screen does not stop it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Footer, Static

from copilot.reasons.words import asked_words
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import Scroll, plain
from copilot.tui.questions import record_words
from copilot.tui.works import Work


class ProvingScreen(Page):
    """Gives way to the review once there is a decision; `x` stops the proof, which can go on from there at any time."""

    NOTES = ("Leaving this screen stops nothing; the proposal opens again from the list of proposals.",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "stop", "Stop"), *KEYS]

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id_of_proposal = id

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with Scroll():
            yield Static(id="steps")
        yield Static(id="status")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        proposal = self.workspace.load(self.id_of_proposal)
        self.query_one("#heading", Static).update(plain(f"{proposal.id}  {asked_words(proposal.request)}"))
        self.set_interval(1.0, self._tick)
        self._show()

    def action_stop(self) -> None:
        self.works.stop(self.id_of_proposal)

    def moved(self, work: Work) -> None:
        if work.id != self.id_of_proposal:
            return
        self._show()
        if work.is_over and self.is_current:
            self.app.pop_screen()
            self.copilot.open_review(work.id)
            if work.error and isinstance(self.app.screen, Page):
                self.app.screen.fail(work.error)

    def _show(self) -> None:
        work = self.works.of(self.id_of_proposal)
        lines = [plain(f"{step.seconds:6.1f} s  {record_words(step.body)}") for step in (work.steps if work else ())]
        self.query_one("#steps", Static).update(Content("\n").join(lines))
        self.query_one(Scroll).scroll_end(animate=False)
        self._tick()

    def _tick(self) -> None:
        work = self.works.of(self.id_of_proposal)
        if work and not work.is_over:
            self.tell(f"{'stopping' if work.stop.is_set() else work.doing} … {work.seconds:.0f} s")
