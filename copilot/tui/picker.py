"""The list of a repository's proposals, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.widgets.option_list import Option

from copilot.domain.proposal import Proposal
from copilot.errors import CopilotError
from copilot.reasons.words import counted
from copilot.tui.dialogs import Dialog
from copilot.tui.panes import Choices, plain
from copilot.tui.review import ReviewScreen

if TYPE_CHECKING:
    from textual.widgets import OptionList

    from copilot.proposals import Workspace

EMPTY = 'No proposals yet. Make one with: pipeline-copilot propose "add optional double FIELD to SCHEMA"'


class PickerScreen(Screen[None]):
    """Enter opens a proposal's review."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.quit", "Quit")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def compose(self) -> ComposeResult:
        yield Static(plain("Proposals, newest first"), id="heading")
        yield Choices(id="proposals")
        yield Footer()

    def on_mount(self) -> None:
        self._fill()

    def on_screen_resume(self) -> None:
        self._fill()

    def _fill(self) -> None:
        choices = self.query_one("#proposals", Choices)
        at = choices.highlighted or 0
        proposals = self._workspace.list()[::-1]
        choices.clear_options()
        choices.add_options(
            [Option(plain(f"{it.id}  {it.state:9} {_asked(it)}"), id=it.id) for it in proposals]
            or [Option(plain(EMPTY), disabled=True)]
        )
        damaged = len(self._workspace.damaged())
        if damaged:
            words = f"{counted(damaged, 'proposal')} can't be read: pipeline-copilot log says why"
            choices.add_option(Option(plain(words, "$text-warning"), disabled=True))
        choices.highlighted = min(at, choices.option_count - 1)
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            try:
                review = ReviewScreen(self._workspace, event.option_id)
            except CopilotError as error:
                self.app.push_screen(Dialog("That can't be opened", str(error).split("\n")))
            else:
                self.app.push_screen(review)


def _asked(proposal: Proposal) -> str:
    return " ".join(proposal.request.text.split()) or "operations given as JSON"
