"""Screens to read on: one text in full, or a list with the detail of each item. What they show is handed to them whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import Detail, ListAndDetail, Scroll
from copilot.tui.plain import plain

BACK: tuple[BindingType, ...] = (Binding("escape", "leave", "Back", show=False), *KEYS)


class TextScreen(Page):
    """Shows one text over the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*BACK]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        yield Static(plain(self._heading), id="heading")
        with Scroll(classes="text"):
            yield Static(self._text)
        yield KeyLine()


class ListScreen(Page):
    """Shows a list and the detail of what is highlighted; enter shows that detail over the whole screen."""

    NOTES = ("Enter opens what is highlighted over the whole screen.",)
    BINDINGS: ClassVar[list[BindingType]] = [*BACK]

    def __init__(self, title: str, items: Sequence[tuple[str, Content]], detail: Detail, *, absent: str) -> None:
        super().__init__()
        self._heading = title
        self._items = items
        self._detail = detail
        self._absent = absent

    def compose(self) -> ComposeResult:
        yield Static(plain(self._heading), id="heading")
        yield ListAndDetail(id="listed")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(ListAndDetail).show(self._items, self._detail, absent=self._absent)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            self.app.push_screen(TextScreen(self._heading, self._detail(event.option_id)))
