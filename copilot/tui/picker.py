"""The list of a repository's proposals, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.widgets.option_list import Option

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
            [Option(plain(f"{it.id}  {it.state:9} {it.request.text}"), id=it.id) for it in proposals]
            or [Option(plain(EMPTY), disabled=True)]
        )
        choices.highlighted = min(at, choices.option_count - 1)
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            self.app.push_screen(ReviewScreen(self._workspace, event.option_id))
