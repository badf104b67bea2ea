"""The pieces that the panes of the review are made of: a list that j and k move in, and a list with one detail beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, OptionList, Static
from textual.widgets.option_list import Option

from copilot.tui.plain import plain

Detail = Callable[[str], Content]

_MOVES: list[BindingType] = [
    Binding("j", "cursor_down", "Down", show=False),
    Binding("k", "cursor_up", "Up", show=False),
]


class Choices(OptionList):
    """An option list that j and k move in as well."""

    BINDINGS: ClassVar[list[BindingType]] = _MOVES


class Rows(DataTable[object]):
    """A table whose rows are chosen, not its cells."""

    BINDINGS: ClassVar[list[BindingType]] = _MOVES


class Scroll(VerticalScroll):
    """A scrolled pane that the keyboard reaches, j and k included."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
    ]


class Board(Scroll):
    """A pane that stays at its end while more is written there, until somebody scrolls away from it."""

    class Sized(Message):
        """The board has another size than before."""

    _was_scrolled = False

    def on_resize(self) -> None:
        self.post_message(self.Sized())

    def follow(self) -> None:
        """Goes on at the end where more is written than there is room for; what has room stands at the top."""
        if self.max_scroll_y and not self._was_scrolled:
            self.anchor()

    def release_anchor(self) -> None:
        # Called for every scrolling by a person, and never for the following itself.
        self._was_scrolled = True
        super().release_anchor()

    @property
    def is_read(self) -> bool:
        """Tells whether somebody has scrolled to what stands before the end, and is there still."""
        return self._was_scrolled and not self.is_vertical_scroll_end


class ListAndDetail(Horizontal):
    """Items at the left, the highlighted one's detail at the right: two widgets, however many items there are."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="list-and-detail")
        self._detail: Detail = lambda _: Content("")
        self._absent = ""

    def compose(self) -> ComposeResult:
        yield Choices(classes="items")
        with Scroll(classes="detail"):
            yield Static(classes="detail-text")

    @property
    def items(self) -> Choices:
        return self.query_one(Choices)

    def show(
        self, items: Sequence[tuple[str, Content]], detail: Detail, *, keep: str | None = None, absent: str = ""
    ) -> None:
        """Fills the list; an item whose id is "" is a heading. `keep` is the id to highlight, `absent` stands for no items."""
        self._detail = detail
        self._absent = absent
        self.items.clear_options()
        self.items.add_options([Option(prompt, id=id or None, disabled=not id) for id, prompt in items])
        ids = [id for id, _ in items]
        wanted = keep if keep in ids else next((id for id in ids if id), None)
        self.items.highlighted = ids.index(wanted) if wanted else None
        self._show_detail(wanted)
        if wanted == next((id for id in ids if id), None):
            # The heading above the first item would else be scrolled out of sight.
            self.items.call_after_refresh(self.items.scroll_home, animate=False)

    @property
    def highlighted_id(self) -> str | None:
        """Returns the id of the highlighted item, None where there is none."""
        at = self.items.highlighted
        return None if at is None else self.items.get_option_at_index(at).id

    def highlight(self, id: str) -> None:
        """Highlights an item that is in the list."""
        self.items.highlighted = self.items.get_option_index(id)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        # The message can be older than the list that is shown now.
        self._show_detail(self.highlighted_id)

    def _show_detail(self, id: str | None) -> None:
        self.query_one(".detail-text", Static).update(self._detail(id) if id else plain(self._absent, "dim"))
        self.query_one(Scroll).scroll_home(animate=False)
