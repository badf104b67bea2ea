"""How arrows run between two columns: which of them turn in which upright track, so that no two strangers seem to be one line."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from copilot.tui.graph_layers import Layers


@dataclass(slots=True)
class Route:
    """A net's way: out of its place in row `start`, up or down in `track` (None where it needs none), into `ends`, by place."""

    net: int
    start: int
    ends: dict[int, int]
    track: int | None = None

    @property
    def is_straight(self) -> bool:
        return set(self.ends.values()) == {self.start}

    @property
    def extent(self) -> tuple[int, int]:
        rows = (self.start, *self.ends.values())
        return min(rows), max(rows)


@dataclass(slots=True)
class Channel:
    """All that runs between a column and the next. `tracks` is how many upright tracks it needs."""

    routes: list[Route] = field(default_factory=list)
    tracks: int = 0


def channels(layers: Layers) -> list[Channel]:
    """Returns the channel right of each column but the last."""
    found = [Channel() for _ in layers.columns[1:]]
    for number, net in enumerate(layers.nets):
        left = layers.places[net.left]
        # Arrows back keep to the side ports of boxes, where no arrow of the other way is.
        start = left.side_port if net.is_back and left.node is not None else left.port
        ends = {}
        for right in net.rights:
            place = layers.places[right]
            ends[right] = place.side_port if net.is_back and place.node is not None else place.port
        found[left.column].routes.append(Route(number, start, ends))
    for channel in found:
        _assign(channel, layers)
    return found


def _assign(channel: Channel, layers: Layers) -> None:
    routes = channel.routes
    after = _constraints(routes)
    order, stuck = _in_order(routes, after)
    if stuck:
        # Two that would have to turn before each other: one of them comes in by the side, where nobody leaves.
        for route in stuck:
            taken = {other.start: other for other in stuck if other is not route}
            for place, row in route.ends.items():
                if row in taken and _must_wait(place, taken[row]):
                    route.ends[place] = layers.places[place].side_port
        order, stuck = _in_order(routes, _constraints(routes))
    _tracks(channel, [*order, *stuck])


def _constraints(routes: Sequence[Route]) -> Mapping[int, set[int]]:
    """Returns for each route those that must turn further right: they come in along a row that it leaves by."""
    leaving: dict[int, list[int]] = defaultdict(list)
    for at, route in enumerate(routes):
        leaving[route.start].append(at)
    after: dict[int, set[int]] = defaultdict(set)
    for at, route in enumerate(routes):
        for place, row in route.ends.items():
            for other in leaving[row]:
                if other != at and _must_wait(place, routes[other]):
                    after[other].add(at)
    return after


def _must_wait(place: int, leaving: Route) -> bool:
    """Tells whether what comes to a place may join the line of its row only where the route that leaves by it is done with."""
    return place not in leaving.ends or not leaving.is_straight


def _in_order(routes: Sequence[Route], after: Mapping[int, set[int]]) -> tuple[list[Route], list[Route]]:
    """Returns the routes from the left to the right, and those that wait for each other."""
    waiting = [0] * len(routes)
    for followers in after.values():
        for at in followers:
            waiting[at] += 1
    ready = [(_turn(route), at) for at, route in enumerate(routes) if not waiting[at]]
    heapq.heapify(ready)
    order, seen = [], set()
    while ready:
        _, at = heapq.heappop(ready)
        order.append(routes[at])
        seen.add(at)
        for other in after.get(at, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, (_turn(routes[other]), other))
    return order, [route for at, route in enumerate(routes) if at not in seen]


def _turn(route: Route) -> tuple[int, int]:
    """Orders turns so that fewest cross: of those that go down the lowest first, of those that go up the highest first."""
    top, bottom = route.extent
    is_down = bottom - route.start >= route.start - top
    return (0, -route.start) if is_down else (1, route.start)


def _tracks(channel: Channel, order: Iterable[Route]) -> None:
    """Gives each route the leftmost track that is free in its rows and right of those that must turn before it."""
    after = _constraints(channel.routes)
    number = {id(route): at for at, route in enumerate(channel.routes)}
    least = [0] * len(channel.routes)
    taken: list[list[tuple[int, int]]] = []
    for route in order:
        at = number[id(route)]
        if route.is_straight:
            continue
        top, bottom = route.extent
        track = least[at]
        while track < len(taken) and any(top <= last and first <= bottom for first, last in taken[track]):
            track += 1
        if track == len(taken):
            taken.append([])
        taken[track].append((top, bottom))
        route.track = track
        for other in after.get(at, ()):
            least[other] = max(least[other], track + 1)
    channel.tracks = len(taken)
