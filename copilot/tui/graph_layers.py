"""Where the nodes of a graph stand: in which column, in which order, in which row. Nothing is drawn here.

The way of Sugiyama, Tagawa and Toda (1981): circles are opened, each node gets the column after the last that leads to it,
arrows that pass columns get a place in each, the order in a column is that with the fewest crossings that a few sweeps find,
and rows are the nearest to what a node hangs on that the order allows.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8
SWEEPS_LARGE = 3
LARGE = 800
"""Places from which on fewer sweeps are made: a person waits, and looks at a part of it anyway."""
NODE_ROWS = 4
LANE_ROWS = 2
Ends = tuple[int, int]


@dataclass(slots=True)
class Place:
    """A box (`node` is its number) or a lane of arrows that pass a column (`node` is None).

    `row` is the first one and always even, so that arrows meet boxes and lanes in odd rows.
    """

    column: int
    node: int | None
    row: int = 0

    @property
    def rows(self) -> int:
        return LANE_ROWS if self.node is None else NODE_ROWS

    @property
    def port(self) -> int:
        """The row that arrows come to and leave from."""
        return self.row + 1

    @property
    def side_port(self) -> int:
        """The even row for what can't use the other one: arrows back, and those that would seem to join a stranger."""
        return self.row + 2 if self.node is not None else self.row


@dataclass(slots=True)
class Net:
    """What leaves one place for some of the next column; `rights` are numbers of places.

    All nets of one `bundle` come from one node, or lead back to it: where they meet they may be one line.
    """

    left: int
    rights: list[int]
    bundle: int
    is_back: bool


@dataclass(slots=True)
class Layers:
    """Columns of places (by number) from top to bottom, and the nets between each column and the next."""

    places: list[Place]
    columns: list[list[int]]
    nets: list[Net]
    chains: dict[Ends, list[tuple[int, int]]]
    """For each edge its way as (number of the net, number of the place that it leads to), from the left to the right."""


def components(count: int, edges: Iterable[Ends]) -> list[list[int]]:
    """Returns what hangs together, the largest first; nodes in rising order."""
    around: dict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        around[source].append(target)
        around[target].append(source)
    seen = [False] * count
    found = []
    for start in range(count):
        if not seen[start]:
            seen[start] = True
            members = [start]
            for one in members:
                for other in around[one]:
                    if not seen[other]:
                        seen[other] = True
                        members.append(other)
            found.append(sorted(members))
    return sorted(found, key=lambda members: -len(members))


def downstream_order(count: int, edges: Sequence[Ends]) -> list[int]:
    """Returns the nodes with what hangs together beside each other, each after what leads to it; circles are opened."""
    order: list[int] = []
    for nodes in components(count, edges):
        inside = {*nodes}
        own = [edge for edge in edges if edge[0] in inside]
        back = _closing(nodes, own)
        column = _columns(nodes, [edge[::-1] if edge in back else edge for edge in own])
        order += sorted(nodes, key=column.__getitem__)
    return order


def arranged(nodes: Sequence[int], edges: Sequence[Ends]) -> Layers:
    """Returns where the nodes of one component stand, its first row being 0."""
    back = _closing(nodes, edges)
    forward = [edge[::-1] if edge in back else edge for edge in edges]
    layers = _with_lanes(nodes, edges, back, _columns(nodes, forward))
    links = [(net.left, right) for net in layers.nets for right in net.rights]
    _order(layers, links)
    _rows(layers, links)
    return layers


def _closing(nodes: Sequence[int], edges: Sequence[Ends]) -> frozenset[Ends]:
    """Returns edges without which there is no circle: those that lead back to where a walk from the sources came through."""
    following: dict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        following[source].append(target)
    entered = {target for _, target in edges}
    state: dict[int, bool] = {}
    found = set()
    for start in sorted(nodes, key=lambda node: node in entered):
        walk: list[tuple[int, Iterator[int]]] = []
        if start not in state:
            state[start] = True
            walk.append((start, iter(following[start])))
        while walk:
            node, rest = walk[-1]
            other = next(rest, None)
            if other is None:
                state[node] = False
                walk.pop()
            elif state.get(other):
                found.add((node, other))
            elif other not in state:
                state[other] = True
                walk.append((other, iter(following[other])))
    return frozenset(found)


def _columns(nodes: Sequence[int], edges: Sequence[Ends]) -> dict[int, int]:
    following: dict[int, list[int]] = defaultdict(list)
    waiting = dict.fromkeys(nodes, 0)
    for source, target in edges:
        following[source].append(target)
        waiting[target] += 1
    sources = [node for node in nodes if not waiting[node]]
    column = dict.fromkeys(nodes, 0)
    ready = list(sources)
    for node in ready:
        for other in following[node]:
            column[other] = max(column[other], column[node] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    # What nothing leads to stands right before the first thing that it leads to, not at the far left.
    for node in sources:
        if following[node]:
            column[node] = min(column[other] for other in following[node]) - 1
    return column


def _with_lanes(nodes: Sequence[int], edges: Sequence[Ends], back: frozenset[Ends], column: dict[int, int]) -> Layers:
    """Returns the layers unordered. Arrows of one node share a lane as long as they go the same way."""
    places = [Place(column[node], node) for node in nodes]
    number = {node: at for at, node in enumerate(nodes)}
    bundles: dict[tuple[int, bool], list[Ends]] = defaultdict(list)
    for edge in edges:
        bundles[edge[edge in back], edge in back].append(edge)
    nets: list[Net] = []
    chains: dict[Ends, list[tuple[int, int]]] = defaultdict(list)
    for bundle, ((node, is_back), members) in enumerate(bundles.items()):
        at = number[node]
        waiting = [(edge, number[edge[not is_back]]) for edge in members]
        while waiting:
            following = places[at].column + 1
            net = Net(at, [end for _, end in waiting if places[end].column == following], bundle, is_back)
            left = [(edge, end) for edge, end in waiting if places[end].column > following]
            if left:
                places.append(Place(following, None))
                at = len(places) - 1
                net.rights.append(at)
            for edge, end in waiting:
                chains[edge].append((len(nets), end if places[end].column == following else at))
            nets.append(net)
            waiting = left
    columns: list[list[int]] = [[] for _ in range(max(place.column for place in places) + 1)]
    for at, place in enumerate(places):
        columns[place.column].append(at)
    return Layers(places, columns, nets, dict(chains))


def _order(layers: Layers, links: Sequence[Ends]) -> None:
    """Brings each column into the order with the fewest crossings that was met."""
    before, after = _neighbours(links)
    layers.columns = _walked(layers, before, after)
    best, fewest = [list(column) for column in layers.columns], _crossings(layers.columns, after)
    for sweep in range(SWEEPS if len(layers.places) < LARGE else SWEEPS_LARGE):
        sides, columns = (before, layers.columns) if sweep % 2 == 0 else (after, layers.columns[::-1])
        for fixed, column in pairwise(columns):
            rank = {at: float(position) for position, at in enumerate(fixed)}
            own = {at: float(position) for position, at in enumerate(column)}
            column.sort(key=lambda at: _mean([rank[it] for it in sides[at]], own[at]))
        crossings = _crossings(layers.columns, after)
        if crossings < fewest:
            best, fewest = [list(column) for column in layers.columns], crossings
    layers.columns = best


def _neighbours(links: Sequence[Ends]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for left, right in links:
        before[right].append(left)
        after[left].append(right)
    return before, after


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _walked(layers: Layers, before: dict[int, list[int]], after: dict[int, list[int]]) -> list[list[int]]:
    """Returns the columns in the order in which a walk in depth meets the places: what belongs together begins together."""
    columns: list[list[int]] = [[] for _ in layers.columns]
    seen: set[int] = set()
    starts = [at for column in layers.columns for at in column]
    for start in starts:
        waiting = [start]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                columns[layers.places[at].column].append(at)
                waiting += [*before[at][::-1], *after[at][::-1]]
    return columns


def _crossings(columns: Sequence[Sequence[int]], after: dict[int, list[int]]) -> int:
    count = 0
    for column, following in pairwise(columns):
        rank = {at: position for position, at in enumerate(following)}
        met: list[int] = []
        for at in column:
            ends = sorted(rank[it] for it in after[at])
            count += sum(len(met) - bisect_left(met, end + 1) for end in ends)
            for end in ends:
                insort(met, end)
    return count


def _rows(layers: Layers, links: Sequence[Ends]) -> None:
    """Gives each place its row: in order, without overlap, and near to what it hangs on."""
    before, after = _neighbours(links)
    for column in layers.columns:
        _settle(layers, column, [0.0] * len(column), [1.0] * len(column))
    sides = (before, after, before, after, before) if len(layers.places) < LARGE else (before, after, before)
    for side in sides:
        for column in layers.columns if side is before else layers.columns[::-1]:
            wanted, weights = [], []
            for at in column:
                place = layers.places[at]
                hung = [layers.places[it].row for it in side[at] or (after if side is before else before)[at]]
                wanted.append(_mean(hung, place.row))
                weights.append(0.1 if not side[at] else 4.0 if place.node is None else 1.0)
            _settle(layers, column, wanted, weights)
    top = min(place.row for place in layers.places)
    for place in layers.places:
        place.row -= top


def _settle(layers: Layers, column: Sequence[int], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """Puts a column as near to the wanted rows as its order allows, by least squares: what collides moves as one block."""
    blocks: list[tuple[float, float, list[int]]] = []
    offset = 0
    for at, row, weight in zip(column, wanted, weights, strict=True):
        start, weight_sum, members = row - offset, weight, [at]
        while blocks and blocks[-1][0] >= start:
            other, other_weight, others = blocks.pop()
            start = (other * other_weight + start * weight_sum) / (other_weight + weight_sum)
            weight_sum += other_weight
            members = others + members
        blocks.append((start, weight_sum, members))
        offset += layers.places[at].rows
    offset = 0
    for start, _, members in blocks:
        # Rounding down to even rows keeps the order of the blocks, and every height is even.
        even = int(start // 2) * 2
        for at in members:
            layers.places[at].row = even + offset
            offset += layers.places[at].rows
