"""A graph as lines of characters: boxes, the lines between them, and where each of them stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from copilot.domain.visible import visible
from copilot.tui.graph import Graph, Node
from copilot.tui.graph_charset import ACROSS, DOWN, LEFT, RIGHT, UNICODE, UP, UPRIGHT, Charset
from copilot.tui.graph_layers import NODE_ROWS, Ends, Layers, arranged, components
from copilot.tui.graph_routes import Channel, Route, channels

LABEL_MAX = 26
"""Cells that a name has in its box; what is longer loses its middle, and the line below the picture has all of it."""
LABEL_MIN = 6
SHELF_GAP = 4
NARROWEST_SHELF = 110
TRACKS_WIDE = 6
"""With more upright tracks than this between two columns they stand side by side."""
_SOLID = 16


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


class Run(NamedTuple):
    """Characters from the cell `x` on, `width` cells wide; `node` is the id of the node whose box they are of, "" for lines."""

    x: int
    text: str
    width: int
    node: str = ""


class Segment(NamedTuple):
    """A level or upright piece of an edge's way, ends included."""

    x1: int
    y1: int
    x2: int
    y2: int

    def touched(self) -> Iterator[tuple[int, int, int]]:
        """Yields each cell as x, y and the sides that the piece touches there."""
        if self.y1 == self.y2:
            for x in range(self.x1, self.x2 + 1):
                yield x, self.y1, (LEFT if x > self.x1 else 0) | (RIGHT if x < self.x2 else 0)
        else:
            top, bottom = sorted((self.y1, self.y2))
            for y in range(top, bottom + 1):
                yield self.x1, y, (UP if y > top else 0) | (DOWN if y < bottom else 0)


class Way(NamedTuple):
    """An edge's line from the box at its left to that at its right; `is_back` tells that the data goes the other way."""

    segments: tuple[Segment, ...]
    is_back: bool


@dataclass(frozen=True)
class Drawing:
    """The whole picture: its size, the box of each node, the way of each edge, and its rows, made when looked at."""

    width: int
    height: int
    boxes: Mapping[str, Box]
    ways: Mapping[tuple[str, str], Way]
    charset: Charset
    _make: Callable[[int], tuple[Run, ...]]
    _made: dict[int, tuple[Run, ...]] = field(default_factory=dict)

    def row(self, y: int) -> tuple[Run, ...]:
        """Returns the runs of a row from the left; () outside of the picture."""
        if y not in self._made:
            self._made[y] = self._make(y)
        return self._made[y]

    def node_at(self, x: int, y: int) -> str:
        """Returns the id of the node whose box covers the cell, "" where there is none."""
        return next((run.node for run in self.row(y) if run.x <= x < run.x + run.width), "")

    def lines(self) -> list[str]:
        """Returns the picture as plain text."""
        return [_joined(self.row(y)) for y in range(self.height)]

    def traced(self, edges: Iterable[tuple[str, str]]) -> Mapping[int, Mapping[int, str]]:
        """Returns the ways of some edges in heavy lines, as characters by row and cell, to be laid over the picture."""
        cells: dict[tuple[int, int], int] = defaultdict(int)
        heads: dict[tuple[int, int], str] = {}
        for way in (self.ways[edge] for edge in edges if edge in self.ways):
            for segment in way.segments:
                for x, y, sides in segment.touched():
                    cells[x, y] |= sides
            heads[_head(way)] = self.charset.heads[way.is_back]
        traced: dict[int, dict[int, str]] = defaultdict(dict)
        for (x, y), sides in cells.items():
            traced[y][x] = heads.get((x, y)) or self.charset.heavy[sides or ACROSS]
        return traced


def _head(way: Way) -> tuple[int, int]:
    """Returns the cell of a way's arrow head."""
    first, last = way.segments[0], way.segments[-1]
    return (first.x1, first.y1) if way.is_back else (last.x2, last.y2)


def _joined(runs: Iterable[Run]) -> str:
    text, at = "", 0
    for run in runs:
        text += " " * (run.x - at) + run.text
        at = run.x + run.width
    return text


def draw(graph: Graph, charset: Charset = UNICODE) -> Drawing:
    """Lays a graph out and draws it; equal graphs give equal pictures."""
    number = {node.id: at for at, node in enumerate(graph.nodes)}
    certain: dict[Ends, bool] = {}
    for edge in graph.edges:
        if edge.source != edge.target:
            certain[number[edge.source], number[edge.target]] = edge.certainty == "certain"
    members = components(len(graph.nodes), certain)
    part_of = {node: at for at, nodes in enumerate(members) for node in nodes}
    edges: list[list[Ends]] = [[] for _ in members]
    for ends in certain:
        edges[part_of[ends[0]]].append(ends)
    parts = [_Part(graph.nodes, arranged(nodes, own)) for nodes, own in zip(members, edges, strict=True)]
    canvas = _Canvas(charset)
    for part, x, y in _shelved(parts):
        part.put(canvas, x, y, certain)
    return canvas.drawing()


def _shelved(parts: Sequence[_Part]) -> Iterator[tuple[_Part, int, int]]:
    """Yields where each part stands: side by side as long as they are no wider than the widest, then on a shelf below."""
    widest = max([NARROWEST_SHELF, *(part.width for part in parts)])
    x = y = below = 0
    for part in parts:
        if x and x + part.width > widest:
            x, y = 0, below
        yield part, x, y
        x += part.width + SHELF_GAP
        below = max(below, y + part.height + 1)


class _Part:
    """What hangs together, laid out, with the left edge and width of each column."""

    def __init__(self, nodes: Sequence[Node], layers: Layers) -> None:
        self._nodes = nodes
        self._layers = layers
        self._channels = channels(layers)
        self._widths = [self._column_width(column) for column in layers.columns]
        self._lefts = [0]
        for width, channel in zip(self._widths, self._channels, strict=False):
            self._lefts.append(self._lefts[-1] + width + _channel_width(channel))
        self.width = self._lefts[-1] + self._widths[-1]
        self.height = max(place.row + place.rows for place in layers.places)

    def _column_width(self, column: Iterable[int]) -> int:
        nodes = [node for at in column if (node := self._layers.places[at].node) is not None]
        return max((_label_width(self._nodes[node]) + 4 for node in nodes), default=1)

    def put(self, canvas: _Canvas, x: int, y: int, certain: Mapping[Ends, bool]) -> None:
        """Draws the part with its upper left corner there."""
        for place in self._layers.places:
            if place.node is not None:
                box = Box(x + self._lefts[place.column], y + place.row, self._widths[place.column], NODE_ROWS)
                canvas.box(self._nodes[place.node], box)
        pieces = {
            (route.net, end): self._pieces(column, channel, route, end, x, y)
            for column, channel in enumerate(self._channels)
            for route in channel.routes
            for end in route.ends
        }
        solid: dict[tuple[int, int], bool] = defaultdict(bool)
        for ends, chain in self._layers.chains.items():
            for step in chain:
                solid[step] |= certain[ends]
        for step, segments in sorted(pieces.items(), key=lambda item: not solid[item[0]]):
            canvas.line(self._layers.nets[step[0]].bundle, segments, is_solid=solid[step])
        for ends, chain in self._layers.chains.items():
            whole = tuple(segment for step in chain for segment in pieces[step])
            is_back = self._layers.nets[chain[0][0]].is_back
            canvas.way((self._nodes[ends[0]].id, self._nodes[ends[1]].id), Way(whole, is_back))
        canvas.next_part(len(self._layers.nets))

    def _pieces(self, column: int, channel: Channel, route: Route, end: int, x: int, y: int) -> tuple[Segment, ...]:
        """Returns a net's way to one end: through the lane that it comes from, to its track, along that, and to the end."""
        layers = self._layers
        start, row = route.start + y, route.ends[end] + y
        into = layers.places[end]
        left = self._lefts[column] + (
            0 if layers.places[layers.nets[route.net].left].node is None else self._widths[column]
        )
        right = self._lefts[column + 1] - (0 if into.node is None else 1)
        turn = (
            right
            if route.track is None
            else self._lefts[column] + self._widths[column] + _track_at(channel, route.track)
        )
        left, right, turn = left + x, right + x, turn + x
        pieces = [Segment(left, start, turn, start), Segment(turn, start, turn, row), Segment(turn, row, right, row)]
        if into.node is None and row != into.port + y:
            pieces.append(Segment(right, row, right, into.port + y))
        return tuple(piece for piece in pieces if piece[:2] != piece[2:])


def _channel_width(channel: Channel) -> int:
    return _track_at(channel, channel.tracks) + (2 if channel.tracks else 3)


def _track_at(channel: Channel, track: int) -> int:
    return 1 + track * (2 if channel.tracks <= TRACKS_WIDE else 1)


def _label_width(node: Node) -> int:
    widest = max(cell_len(visible(words, keep="")) for words in (node.name, node.note, _title(node)))
    return max(LABEL_MIN, min(LABEL_MAX, widest))


def _title(node: Node) -> str:
    return f"{node.title} {node.marks}".rstrip()


def fitted(text: str, width: int, cut: str = "…") -> str:
    """Returns text of exactly so many cells: filled up, or without its middle. What hides in it becomes visible."""
    text = visible(text, keep="")
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    head = (width - 1) // 2
    tail = text
    while cell_len(tail) > width - 1 - head:
        tail = tail[1:]
    return set_cell_size(set_cell_size(text, head) + cut + tail, width)


def box_rows(node: Node, width: int, charset: Charset, frame: str = "") -> tuple[str, ...]:
    """Returns the rows of a node's box; `frame` is another one than that of its kind."""
    own = "job" if node.kind == "job" and node.look == "plain" else node.look
    corners, level, upright = charset.frames[frame or own]
    inner = width - 4
    title = fitted(_title(node), min(inner, cell_len(visible(_title(node), keep=""))), charset.cut)
    rest = level * (inner - cell_len(title))
    return (
        f"{corners[0]} {title} {rest}{corners[1]}",
        f"{upright} {fitted(node.name, inner, charset.cut)} {upright}",
        f"{upright} {fitted(node.note, inner, charset.cut)} {upright}",
        corners[2] + level * (width - 2) + corners[3],
    )


class _Canvas:
    """Cells as they are drawn: of which bundle of arrows each is, and the sides that it touches; all of them where several meet."""

    def __init__(self, charset: Charset) -> None:
        self._charset = charset
        self._cells: dict[int, dict[int, int]] = defaultdict(dict)
        self._met: dict[tuple[int, int], dict[int, int]] = {}
        self._boxes: dict[str, Box] = {}
        self._runs: dict[int, list[Run]] = defaultdict(list)
        self._ways: dict[tuple[str, str], Way] = {}
        self._heads: dict[tuple[int, int], str] = {}
        self._first_bundle = 0

    def box(self, node: Node, box: Box) -> None:
        self._boxes[node.id] = box
        for row, text in enumerate(box_rows(node, box.width, self._charset), box.y):
            self._runs[row].append(Run(box.x, text, box.width, node.id))

    def line(self, bundle: int, segments: Iterable[Segment], *, is_solid: bool) -> None:
        bundle += self._first_bundle
        mark = _SOLID if is_solid else 0
        for segment in segments:
            for x, y, sides in segment.touched():
                self._touch(x, y, bundle, sides | mark)

    def _touch(self, x: int, y: int, bundle: int, sides: int) -> None:
        row = self._cells[y]
        known = row.get(x)
        if known is None:
            row[x] = bundle << 5 | sides
        elif (met := self._met.get((x, y))) is not None:
            met[bundle] = met.get(bundle, 0) | sides
        elif known >> 5 == bundle:
            row[x] = known | sides
        else:
            self._met[x, y] = {known >> 5: known & 31, bundle: sides}

    def way(self, ends: tuple[str, str], way: Way) -> None:
        self._ways[ends] = way

    def next_part(self, bundles: int) -> None:
        """Tells bundles of the next part from those so far."""
        self._first_bundle += bundles

    def drawing(self) -> Drawing:
        self._heads = {_head(way): self._charset.heads[way.is_back] for way in self._ways.values()}
        height = max([0, *(row + 1 for row in self._runs), *(row + 1 for row in self._cells)])
        lasts = (max(cells) + 1 for cells in self._cells.values())
        width = max([0, *(box.x + box.width for box in self._boxes.values()), *lasts])
        return Drawing(width, height, self._boxes, self._ways, self._charset, self._row)

    def _row(self, y: int) -> tuple[Run, ...]:
        runs = [*self._runs.get(y, ())]
        cells = self._cells.get(y, {})
        text, start = "", 0
        for x in sorted(cells):
            if text and x != start + len(text):
                runs.append(Run(start, text, len(text)))
                text = ""
            start = start if text else x
            text += self._heads.get((x, y)) or self._character(x, y, cells[x])
        if text:
            runs.append(Run(start, text, len(text)))
        return tuple(sorted(runs))

    def _character(self, x: int, y: int, cell: int) -> str:
        met = self._met.get((x, y))
        if not met:
            return self._line(cell)
        # Where strangers meet, the level line goes under the other: it is crossed, or joined from the side by what has the
        # same end. A corner over it is round, so that whoever follows the level line doesn't take it for a fork.
        upright = [sides for sides in met.values() if sides & UPRIGHT]
        if len(upright) == 1:
            return self._charset.joins.get(upright[0] & 15) or self._line(upright[0])
        return self._line(reduce(or_, met.values()))

    def _line(self, sides: int) -> str:
        return (self._charset.lines if sides & _SOLID else self._charset.faint)[sides & 15 or ACROSS]
