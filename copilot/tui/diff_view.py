"""The diff as one widget that draws only the rows on the screen, however long the diff is; its lines can be walked and marked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.visual import Visual

from copilot.tui.diff import Line, Row, chopped, line_look, shown
from copilot.tui.plain import plain
from copilot.tui.syntax import Colours, Piece

SLICE_SECONDS = 0.008
SLICE_EVERY_SECONDS = 0.02
"""Colours are looked for in slices this long, this often, so that keys are answered in between."""
_MIDDLE = "│"


@dataclass(frozen=True, slots=True)
class Document:
    """All rows, and by hunk the colours of its file before and after and the numbers of the lines that are left out."""

    rows: tuple[Row, ...]
    colours: Mapping[str, tuple[Colours, Colours]]
    left_out: Mapping[str, frozenset[int]]


class DiffView(ScrollView, can_focus=True):
    """Rows of a diff; with the focus, one line is the current one, and `v` begins to mark lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", "In/out"),
        Binding("v", "mark", "Mark"),
        Binding("h,left,escape", "back", "Hunks", key_display="h"),
        Binding("l,right", "step(0)", "Here", show=False),
        Binding("j,down", "step(1)", "Down", show=False),
        Binding("k,up", "step(-1)", "Up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False),
        Binding("g,home", "edge(0)", "Top", show=False),
        Binding("G,end", "edge(-1)", "Bottom", show=False),
    ]

    class Reached(Message):
        """The current line came into another hunk."""

        def __init__(self, hunk: str) -> None:
            super().__init__()
            self.hunk = hunk

    class Chosen(Message):
        """Space was pressed on these lines, by hunk and number."""

        def __init__(self, lines: Mapping[str, frozenset[int]]) -> None:
            super().__init__()
            self.lines = lines

    class Left(Message):
        """The person went back to the list of hunks."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._document = Document((), {}, {})
        self._tops: list[int] = []
        self._strips: dict[int, list[Strip]] = {}
        self._digits = 1
        self._is_split = False
        self._hunk = ""
        self._at = 0
        self._marked_from: int | None = None
        self._wanted: list[Colours] = []
        self._slices: Timer | None = None

    @property
    def current(self) -> tuple[str, int]:
        """Returns the hunk of the current line and the line's number in it, 0 where it is a heading."""
        if not self._document.rows:
            return "", 0
        row = self._document.rows[self._at]
        return row.hunk, min((line.number for line in row.lines), default=0)

    def show(self, document: Document, hunk: str, *, keeps_place: bool = False) -> None:
        """Shows a document at a hunk, or where one stood before in what is the same document but for its states."""
        self._document = document
        self._digits = len(str(max((it.old or it.new for row in document.rows for it in row.lines), default=1))) + 1
        self._is_split = any(row.right is not None for row in document.rows)
        self._marked_from = None
        self._lay_out()
        if keeps_place and self._at < len(document.rows):
            self._hunk = hunk
        else:
            self.go_to(hunk)

    def go_to(self, hunk: str) -> None:
        """Brings the beginning of a hunk to the top, as far as there is enough below it."""
        self._hunk = hunk
        at = next((at for at, row in enumerate(self._document.rows) if row.hunk == hunk), 0)
        self._at = next((n for n in range(at, len(self._document.rows)) if self._is_changed(n)), at)
        self._forget()
        if self._tops:
            self.scroll_to(y=self._tops[at], animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        top = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if not self._tops or top >= self._tops[-1]:
            return Strip.blank(width, self.rich_style)
        at = bisect_right(self._tops, top) - 1
        if at not in self._strips:
            self._strips[at] = self._drawn(at, width)
        strips = self._strips[at]
        return strips[min(top - self._tops[at], len(strips) - 1)]

    def on_resize(self, event: Resize) -> None:
        at = bisect_right(self._tops, self.scroll_offset.y) - 1
        self._lay_out()
        if 0 <= at < len(self._tops):
            self.scroll_to(y=self._tops[at], animate=False, immediate=True)

    def on_mount(self) -> None:
        self._slices = self.set_interval(SLICE_EVERY_SECONDS, self._colour, pause=True)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._forget())

    def on_focus(self) -> None:
        self._forget()

    def on_blur(self) -> None:
        self._marked_from = None
        self._forget()

    def on_click(self, event: Click) -> None:
        top = self.scroll_offset.y + event.y
        if self._tops and top < self._tops[-1]:
            self._move_to(bisect_right(self._tops, top) - 1)

    def action_step(self, by: int) -> None:
        to = self._at + by
        while 0 <= to < len(self._document.rows) and not self._document.rows[to].lines:
            to += by
        if 0 <= to < len(self._document.rows):
            self._move_to(to)
        else:
            self.scroll_to(y=0 if by < 0 else self.max_scroll_y, animate=False, immediate=True)

    def action_page(self, by: int) -> None:
        if self._tops:
            top = self._tops[self._at] + by * max(self.size.height - 1, 1)
            self._move_to(min(max(bisect_right(self._tops, top) - 1, 0), len(self._document.rows) - 1))

    def action_edge(self, at: int) -> None:
        if self._document.rows:
            self._move_to(at % len(self._document.rows))

    def action_mark(self) -> None:
        self._marked_from = None if self._marked_from is not None else self._at
        self._forget()

    def action_choose(self) -> None:
        found: dict[str, frozenset[int]] = {}
        for at in self._marked:
            row = self._document.rows[at]
            numbers = {line.number for line in row.lines if line.sign in ("+", "-")}
            found[row.hunk] = found.get(row.hunk, frozenset()) | numbers
        self._marked_from = None
        self.post_message(self.Chosen(found))

    def action_back(self) -> None:
        if self._marked_from is not None:
            self.action_mark()
        else:
            self.post_message(self.Left())

    @property
    def _marked(self) -> range:
        start = self._at if self._marked_from is None else self._marked_from
        return range(min(start, self._at), min(max(start, self._at) + 1, len(self._document.rows)))

    def _is_changed(self, at: int) -> bool:
        return any(line.sign in ("+", "-") for line in self._document.rows[at].lines)

    def _move_to(self, at: int) -> None:
        before, self._at = self._at, at
        if self._marked_from is None:
            self._strips.pop(before, None)
            self._strips.pop(at, None)
            self.refresh()
        else:
            self._forget()
        self._reveal(at)
        hunk = self._document.rows[at].hunk
        if hunk != self._hunk:
            self._hunk = hunk
            self._forget()
            self.post_message(self.Reached(hunk))

    def _reveal(self, at: int) -> None:
        """Scrolls as little as shows the row, with the headings right above it."""
        first = at
        while first and not self._document.rows[first - 1].lines:
            first -= 1
        height = self.scrollable_content_region.height
        top, bottom = self._tops[first], self._tops[at + 1]
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif bottom > self.scroll_offset.y + height:
            self.scroll_to(y=min(bottom - height, self._tops[at]), animate=False, immediate=True)

    def _forget(self) -> None:
        self._strips.clear()
        self.refresh()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        heights = [self._height(row, width) for row in self._document.rows] if width else []
        self._tops = [0, *accumulate(heights)] if heights else []
        self.virtual_size = Size(width, self._tops[-1] if self._tops else 0)
        self._forget()

    def _height(self, row: Row, width: int) -> int:
        if not row.lines:
            return len(chopped(row.heading, width - 2))
        room = self._text_width(row, width)
        return max(_rows_of(line, room) for line in row.lines)

    def _text_width(self, row: Row, width: int) -> int:
        return (width // 2 - 3 if self._is_split else width - 2) - self._digits

    def _drawn(self, at: int, width: int) -> list[Strip]:
        row = self._document.rows[at]
        if not row.lines:
            lines = self._heading(row, width)
        elif self._is_split:
            lines = self._beside(row, at, width)
        else:
            lines = self._half(row, row.left, at, width)
        content = Content("\n").join(lines)
        return Visual.to_strips(self, content, width, None, self.visual_style, pad=True)

    def _heading(self, row: Row, width: int) -> list[Content]:
        is_here = row.hunk == self._hunk and row.heading.startswith("@@")
        starts = chopped(row.heading, width - 2)
        text = plain(row.heading, f"{row.style} reverse" if is_here else row.style)
        mark = "> " if is_here else "  "
        return [
            Content.assemble(mark if not start else "  ", text[start:end]) for start, end in _pairs(starts, len(text))
        ]

    def _beside(self, row: Row, at: int, width: int) -> list[Content]:
        half = width // 2
        left = self._half(row, row.left, at, half)
        right = self._half(row, row.right, at, width - half - 1)
        empty = (Content(" " * half), Content(" " * (width - half - 1)))
        rows = range(max(len(left), len(right)))
        return [
            Content.assemble(
                left[n] if n < len(left) else empty[0], (_MIDDLE, "dim"), right[n] if n < len(right) else empty[1]
            )
            for n in rows
        ]

    def _half(self, row: Row, line: Line | None, at: int, width: int) -> list[Content]:
        if line is None:
            return []
        digits = self._digits
        is_out = line.number in self._document.left_out.get(row.hunk, ()) and line.sign in ("+", "-")
        look = line_look(line, self._pieces(row, line), is_left_out=is_out)
        is_here = self.has_focus and at in self._marked
        sign = ">" if is_here else "x" if is_out else " "
        number = line.old or line.new
        gutter = Content.styled(f"{sign}{number or '':>{digits}} ", "reverse" if is_here else "dim")
        blank = Content(" " * (digits + 2))
        text_width = self._text_width(row, self.scrollable_content_region.width)
        base = look.spans[0].style if look.spans and line.sign in ("+", "-") and not is_out else ""
        lines = []
        for start, end in _pairs(chopped(look.plain, text_width), len(look)):
            part = look[start:end]
            fill = Content.styled(" " * max(width - digits - 2 - part.cell_length, 0), base)
            lines.append(Content.assemble(blank if start else gutter, part, fill))
        return lines

    def _pieces(self, row: Row, line: Line) -> Sequence[Piece]:
        both = self._document.colours.get(row.hunk)
        if both is None:
            return ()
        colours, number = (both[0], line.old) if line.old else (both[1], line.new)
        if not colours.is_done and colours not in self._wanted:
            self._wanted.append(colours)
            if self._slices:
                self._slices.resume()
        return colours.line(number)

    def _colour(self) -> None:
        if not self._wanted:
            if self._slices:
                self._slices.pause()
            return
        self._wanted[0].go_on(SLICE_SECONDS)
        if self._wanted[0].is_done:
            self._wanted.pop(0)
        self._forget()


def _rows_of(line: Line, room: int) -> int:
    # Most lines are short and plain: a diff of thousands is laid out anew at each key that leaves something out.
    if len(line.text) < room and line.text.isascii() and line.text.isprintable():
        return 1
    return len(chopped(shown(line), room))


def _pairs(starts: Sequence[int], end: int) -> list[tuple[int, int]]:
    return list(zip(starts, [*starts[1:], end], strict=True))
