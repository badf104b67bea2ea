"""Two alternatives side by side, or one below the other where the terminal is narrow; what differs carries a mark."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from copilot.domain.proposal import Proposal
from copilot.reasons.words import counted, letters_of
from copilot.tui.differences import DIFFERS, aspects_of, differences_text
from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import Scroll
from copilot.tui.plain import plain

_FRAME = 4
"""What the padding and the scroll bar take of the width."""


class BesideScreen(Page):
    """Shows what two alternatives of a proposal have in common, and in what they differ."""

    NOTES = (f'"{DIFFERS}" stands before what differs; what is the same is dim.',)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "only_different", "Only what differs", tooltip="Show only what differs, or everything"),
        Binding("s", "swap", "Swap", tooltip="Swap left and right"),
        *KEYS,
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, proposal: Proposal, left: str, right: str) -> None:
        super().__init__()
        self._proposal = proposal
        self._ids = (left, right)
        self._is_only_different = False

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with Scroll(id="beside"):
            yield Static(id="differences", classes="detail-text")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show(self.size.width)
        self.query_one("#beside").focus()

    def on_resize(self, event: Resize) -> None:
        self._show(event.size.width)

    def action_only_different(self) -> None:
        self._is_only_different = not self._is_only_different
        self._show(self.size.width)
        self.query_one("#beside", Scroll).scroll_home(animate=False)

    def action_swap(self) -> None:
        self._ids = (self._ids[1], self._ids[0])
        self._show(self.size.width)

    def _show(self, width: int) -> None:
        known = letters_of(self._proposal)
        letters = (known[self._ids[0]], known[self._ids[1]])
        aspects = aspects_of(self._proposal, *self._ids)
        different = sum(it.is_different for it in aspects)
        told = f"{different} of {counted(len(aspects), 'aspect')} differ"
        self.query_one("#heading", Static).update(
            Content.assemble(plain(f"{letters[0]} beside {letters[1]}  ", "bold"), plain(told, "$text-accent"))
        )
        text = differences_text(aspects, letters, width - _FRAME, only_different=self._is_only_different)
        self.query_one("#differences", Static).update(text)
