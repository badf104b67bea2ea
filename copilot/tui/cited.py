"""Lines of text with citations: enter opens what a line cites, and a click opens the one that it hits."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import OptionList

from copilot.tui.panes import Choices
from copilot.tui.rationale import CITE, cited


class CitedLines(Choices):
    """Each line is shown as it looks; what it cites is read from how it is written."""

    class Followed(Message):
        """A person wants to see what is cited."""

        def __init__(self, evidence: tuple[str, ...]) -> None:
            super().__init__()
            self.evidence = evidence

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.lines: tuple[tuple[str, Content], ...] = ()

    def show(self, lines: Sequence[tuple[str, Content]]) -> None:
        """Shows lines, each as it is written and as it looks, where one stood as far as there is still a line there."""
        at = self.highlighted
        self.lines = tuple(lines)
        self.clear_options()
        self.add_options([look for _, look in self.lines])
        if at is not None and at < self.option_count:
            self.highlighted = at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Followed(cited(self.lines[event.option_index][0])))

    async def _on_click(self, event: Click) -> None:
        id = event.style.meta.get(CITE)
        if id:
            event.prevent_default()
            self.highlighted = event.style.meta.get("option", self.highlighted)
            self.post_message(self.Followed((id,)))
