"""The map as widgets that draw only the lines in sight: the graph, and the tree for narrow terminals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from copilot.reasons.words import listed
from copilot.tui.graph import Graph
from copilot.tui.graph_drawing import Box, Drawing, Run, box_rows
from copilot.tui.map_tree import TreeRow

_MARGIN = Spacing(1, 4, 1, 4)


class NodeView(ScrollView, can_focus=True):
    """Shows nodes, one of which is selected. The keys of the arrows go up and down the stream."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step('left')", "Upstream", show=False),
        Binding("right,l", "step('right')", "Downstream", show=False),
        Binding("up,k", "step('up')", "Up", show=False),
        Binding("down,j", "step('down')", "Down", show=False),
        Binding("enter", "open", "Details"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "map--line",
        "map--traced",
        "map--node",
        "map--unknown",
        "map--foreign",
        "map--faded",
        "map--match",
        "map--selected",
    }

    class Moved(Message):
        """Another node is selected."""

        def __init__(self, id: str) -> None:
            super().__init__()
            self.id = id

    class Opened(Message):
        """The person wants to see all of the selected node."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.graph = Graph((), ())
        self.selected = ""
        self._matches: Collection[str] | None = None

    def action_open(self) -> None:
        if self.selected:
            self.post_message(self.Opened())

    def action_step(self, direction: str) -> None:
        raise NotImplementedError

    def select(self, id: str) -> None:
        """Selects a node that is shown, and brings it into sight."""
        raise NotImplementedError

    def bring_into_sight(self, *, is_central: bool = False) -> None:
        """Scrolls to the selected node."""
        raise NotImplementedError

    def on_resize(self) -> None:
        self.bring_into_sight()

    @property
    def plain_look(self) -> Style:
        """Returns how what is no node is coloured. The widget's own style would be worked out anew each time it is asked for."""
        return self.get_component_rich_style("map--line")

    def look(self, id: str) -> Style:
        """Returns how a node is coloured; words and frames tell the same."""
        if id == self.selected:
            return self.get_component_rich_style("map--selected")
        if self._matches is not None:
            return self.get_component_rich_style("map--match" if id in self._matches else "map--faded")
        node = self.graph.by_id[id]
        return self.get_component_rich_style(f"map--{'node' if node.look == 'plain' else node.look}")


class GraphView(NodeView):
    """The drawn graph. Left and right follow an arrow, up and down go to the next box of the column."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawing: Drawing | None = None
        self._traced: Mapping[int, Mapping[int, str]] = {}
        self._last = ""
        self._was_placed = False

    def show(self, graph: Graph, drawing: Drawing, selected: str, matches: Collection[str] | None) -> None:
        """Shows another picture; `matches` are the nodes that a search found, None where there is none."""
        self._was_placed = bool(self.size)
        self.graph, self._drawing, self._matches = graph, drawing, matches
        self.virtual_size = Size(drawing.width, drawing.height)
        first = min(drawing.boxes, key=lambda id: (drawing.boxes[id].x, drawing.boxes[id].y), default="")
        self._last = ""
        self.select(selected if selected in drawing.boxes else first, is_central=True)

    def select(self, id: str, *, is_central: bool = False) -> None:
        if self._drawing is None:
            return
        self._last, self.selected = self.selected, id
        self._traced = self._drawing.traced(
            [
                *((one, id) for one in self.graph.upstream.get(id, ())),
                *((id, one) for one in self.graph.downstream.get(id, ())),
            ]
        )
        if id:
            self.bring_into_sight(is_central=is_central)
            self.post_message(self.Moved(id))
        self.refresh()

    @property
    def beyond(self) -> str:
        """Returns how much of the picture is in sight and where there is more of it, "" where all of it is."""
        left, top = self.scroll_offset
        seen = Region(left, top, *self.scrollable_content_region.size)
        boxes = [Region(*box) for box in self._drawing.boxes.values()] if self._drawing and seen else []
        hidden = [box for box in boxes if not seen.contains_region(box)]
        if not hidden:
            return ""
        sides = {
            "left": any(box.x < seen.x for box in hidden),
            "right": any(box.right > seen.right for box in hidden),
            "above": any(box.y < seen.y for box in hidden),
            "below": any(box.bottom > seen.bottom for box in hidden),
        }
        return (
            f"{len(boxes) - len(hidden)} of {len(boxes)} in sight, more {listed(it for it, so in sides.items() if so)}"
        )

    def on_resize(self) -> None:
        # Only now is there room to put it into the middle of; later the picture should not jump.
        self.bring_into_sight(is_central=not self._was_placed)
        self._was_placed = True
        if self.selected:
            self.post_message(self.Moved(self.selected))  # what is in sight is told beside what is selected

    def bring_into_sight(self, *, is_central: bool = False) -> None:
        box = self._drawing.boxes.get(self.selected) if self._drawing else None
        if box:
            self.scroll_to_region(Region(*box), spacing=_MARGIN, animate=False, center=is_central, immediate=True)

    def action_step(self, direction: str) -> None:
        """Goes to the nearest box that way; left and right go along an arrow, or back where one came from.

        Where no arrow goes on, they leave for what doesn't hang together with this one: else it would look like an arrow.
        """
        if self._drawing is None or not self.selected:
            return
        boxes, part = self._drawing.boxes, self.graph.part_of
        here = boxes[self.selected]
        near = {"left": self.graph.upstream, "right": self.graph.downstream}.get(direction, {}).get(self.selected, ())
        if near:
            there = self._last if self._last in near else min(near, key=lambda id: (abs(boxes[id].y - here.y), id))
        else:
            is_level = direction in ("left", "right")
            others = {id: box for id, box in boxes.items() if not is_level or part[id] != part[self.selected]}
            there = nearest(here, others, direction)
        if there:
            self.select(there)

    def on_click(self, event: Click) -> None:
        if self._drawing is not None:
            id = self._drawing.node_at(event.x + self.scroll_offset.x, event.y + self.scroll_offset.y)
            if id and id == self.selected:
                self.action_open()
            elif id:
                self.select(id)

    def render_line(self, y: int) -> Strip:
        left, width = self.scroll_offset.x, self.size.width
        return Strip(self._segments(y + self.scroll_offset.y, left, left + width), width)

    def _segments(self, y: int, left: int, right: int) -> Iterator[Segment]:
        """Yields exactly the cells from `left` to `right`; neighbours of one look are one piece, as pieces are what costs."""
        at, over, text = left, self._traced.get(y, {}), ""
        for run in self._drawing.row(y) if self._drawing else ():
            first, last = max(run.x, left), min(run.x + run.width, right)
            if first >= last:
                continue
            text += " " * (first - at)
            at = last
            if not run.node and not over:
                text += run.text[first - run.x : last - run.x]
                continue
            yield Segment(text, self.plain_look)
            text = ""
            yield from self._box(run, y, left, right) if run.node else self._traced_line(run, first, last, over)
        yield Segment(text + " " * (right - at), self.plain_look)

    def _box(self, run: Run, y: int, left: int, right: int) -> Strip:
        assert self._drawing is not None, "there are runs"
        text = run.text
        if run.node == self.selected:
            box = self._drawing.boxes[run.node]
            text = box_rows(self.graph.by_id[run.node], box.width, self._drawing.charset, "selected")[y - box.y]
        return Strip([Segment(text, self.look(run.node))], run.width).crop(
            left - run.x if left > run.x else 0, right - run.x
        )

    def _traced_line(self, run: Run, first: int, last: int, over: Mapping[int, str]) -> Iterator[Segment]:
        """Yields a piece of lines; what leads to or from the selected node is laid over it."""
        looks = (self.plain_look, self.get_component_rich_style("map--traced"))
        for is_traced, cells in groupby(range(first, last), over.__contains__):
            yield Segment("".join(over[x] if is_traced else run.text[x - run.x] for x in cells), looks[is_traced])


def nearest(here: Box, boxes: Mapping[str, Box], direction: str) -> str:
    """Returns which of the boxes the eye goes to that way: what lies straight ahead, and near; "" where none lies there."""
    is_level = direction in ("left", "right")
    sign = -1 if direction in ("left", "up") else 1

    def cost(other: Box) -> tuple[bool, int]:
        if is_level:
            along, aside = other.x - here.x, _apart(here.y, here.height, other.y, other.height)
        else:
            along, aside = other.y - here.y, _apart(here.x, here.width, other.x, other.width)
        return aside > 0 and is_level, along * sign + 3 * aside

    ahead = {id: box for id, box in boxes.items() if ((box.x - here.x) if is_level else (box.y - here.y)) * sign > 0}
    return min(ahead, key=lambda id: (cost(ahead[id]), id), default="")


def _apart(start: int, length: int, other: int, other_length: int) -> int:
    """Returns how far two stretches are from each other, 0 where they overlap."""
    return max(0, other - (start + length) + 1, start - (other + other_length) + 1)


class TreeView(NodeView):
    """A line for each endpoint with its writers and readers below it. Left and right go up and down the stream here, too."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: tuple[TreeRow, ...] = ()
        self._at = 0

    def show(self, graph: Graph, rows: tuple[TreeRow, ...], selected: str, matches: Collection[str] | None) -> None:
        """Shows other lines; `matches` are the nodes that a search found, None where there is none."""
        self.graph, self._rows, self._matches = graph, rows, matches
        self.virtual_size = Size(self.size.width, len(rows))
        self._at = 0
        known = any(row.node == selected for row in rows)
        self.select(selected if known else next((row.node for row in rows if row.node), ""))

    def select(self, id: str) -> None:
        rows = [at for at, row in enumerate(self._rows) if row.node == id]
        # The line that it has of its own, not one of those below others.
        self._go(min(rows, key=lambda at: bool(self._rows[at].parent), default=0))

    def action_step(self, direction: str) -> None:
        there = {"up": self._at - 1, "down": self._at + 1}.get(direction)
        if there is None:
            there = self._along(direction)
        if there is not None and 0 <= there < len(self._rows):
            self._go(there)

    def _along(self, direction: str) -> int | None:
        """Returns the line of the first node up or down the stream: below its endpoint if it is an own endpoint's."""
        row = self._rows[self._at]
        if row.parent and (row.is_writer == (direction == "right")):
            return next(at for at, it in enumerate(self._rows) if it.node == row.parent and not it.parent)
        following = (self.graph.upstream if direction == "left" else self.graph.downstream).get(row.node, ())
        if row.parent:
            return next((at for at, it in enumerate(self._rows) if it.node in following and not it.parent), None)
        return next((at for at, it in enumerate(self._rows) if it.parent == row.node and it.node in following), None)

    def _go(self, at: int) -> None:
        if self._rows:
            self._at, self.selected = at, self._rows[at].node
            self.bring_into_sight()
            self.post_message(self.Moved(self.selected))
        self.refresh()

    def bring_into_sight(self, *, is_central: bool = False) -> None:
        line = Region(0, self._at, 1, 1)
        self.scroll_to_region(line, spacing=Spacing(1, 0, 1, 0), animate=False, immediate=True, center=is_central)

    def on_click(self, event: Click) -> None:
        at = event.y + self.scroll_offset.y
        if at == self._at:
            self.action_open()
        elif at < len(self._rows):
            self._go(at)

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        if at >= len(self._rows):
            return Strip.blank(self.size.width, self.plain_look)
        row = self._rows[at]
        style = self.get_component_rich_style("map--selected") if at == self._at else self._row_look(row)
        marker = ">" if at == self._at else " "
        return Strip([Segment(f"{marker} {row.text}", style)]).adjust_cell_length(self.size.width, style)

    def _row_look(self, row: TreeRow) -> Style:
        if self._matches is None and row.parent:
            return self.plain_look
        return self.look(row.node) if row.node != self.selected else self.get_component_rich_style("map--node")
