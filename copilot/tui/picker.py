"""The list of a repository's proposals, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets.option_list import Option

from copilot.reasons.words import asked_words, counted
from copilot.tui.panes import Choices, plain

if TYPE_CHECKING:
    from copilot.proposals import Workspace

EMPTY = "No proposals yet. Write below what should change."


class ProposalList(Choices):
    """Each option's id is that of a proposal."""

    def __init__(self, workspace: Workspace, *, id: str) -> None:
        super().__init__(id=id)
        self._workspace = workspace

    def on_mount(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Reads the proposals anew."""
        at = self.highlighted or 0
        proposals = self._workspace.list()[::-1]
        self.clear_options()
        self.add_options(
            [Option(plain(f"{it.id}  {it.state:9} {asked_words(it.request)}"), id=it.id) for it in proposals]
            or [Option(plain(EMPTY), disabled=True)]
        )
        damaged = len(self._workspace.damaged())
        if damaged:
            words = f"{counted(damaged, 'proposal')} can't be read: pipeline-copilot log says why"
            self.add_option(Option(plain(words, "$text-warning"), disabled=True))
        self.highlighted = min(at, self.option_count - 1)
