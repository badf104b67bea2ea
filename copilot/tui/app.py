"""The application that holds the screens. The faces know it by its two functions; nothing here decides anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from copilot.tui.picker import PickerScreen
from copilot.tui.review import ReviewScreen

if TYPE_CHECKING:
    from copilot.proposals import Workspace


def review(workspace: Workspace, id: str) -> None:
    """Opens the review of one proposal and returns when the person leaves it."""
    CopilotApp(workspace, id).run()


def choose(workspace: Workspace) -> None:
    """Opens the list of proposals; choosing one opens its review."""
    CopilotApp(workspace).run()


class CopilotApp(App[None]):
    """Shows the review of `id`, or the list of proposals where it is "". Leaving at any time loses nothing."""

    TITLE = "pipeline-copilot"
    CSS_PATH = "copilot.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(self, workspace: Workspace, id: str = "") -> None:
        super().__init__()
        self.workspace = workspace
        self.proposal_id = id

    def on_mount(self) -> None:
        if self.proposal_id:
            self.push_screen(ReviewScreen(self.workspace, self.proposal_id))
        else:
            self.push_screen(PickerScreen(self.workspace))
