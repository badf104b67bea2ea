"""Which orders of deploying and taking back keep every version that coexists readable? Explored over states, not over orders.

A state is which jobs run their new version, and which readers are bound to theirs by what is stored (`rollout_board`). Jobs that
nothing tells apart are interchangeable: only how many of them have moved is a state of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import factorial, prod

from copilot.checks.rollout_board import FIXED, Board, Break, Move, bits

STATES_MAX = 60_000
"""States looked at for one phase; twelve jobs have a few times 2^12 at most, as a bound reader has moved."""


@dataclass(frozen=True, slots=True)
class Explored:
    """What exploring one phase found.

    `orders` of `all_orders` orders of deploying one job after the other are safe. `before` are the pairs of jobs of which the
    first has to be through before the second begins; `is_exact` tells that every order that keeps to them is safe. `break_` is the
    shortest story in which deploying breaks, `break_back` the shortest in which taking back does. `returns` tells whether the whole
    phase can be taken back once new data is stored, `returns_last` who can be, where all have moved. `at_limit`: not all was seen.
    """

    states: int
    orders: int
    all_orders: int
    before: tuple[tuple[int, int], ...]
    is_exact: bool
    break_: Break | None
    break_back: Break | None
    returns: bool
    returns_last: tuple[int, ...]
    at_limit: bool


def explore(board: Board) -> Explored:
    """Looks at every order of deploying and taking back; never at more than `STATES_MAX` states."""
    forward = _deployed(board)
    states, broken_back, at_limit = _all_states(board)
    before = _before(board, forward)
    orders = forward.get(board.everybody, 0) * prod(factorial(len(group)) for group in board.twins)
    end = board.everybody
    bound = board.bound(end)
    last = [job for job in range(len(board.jobs)) if board.broken(end, bound, Move(1 << job, is_back=True)) is None]
    return Explored(
        states,
        orders,
        factorial(len(board.jobs)),
        before,
        orders == _kept_orders(board, before),
        planned_break(board, [])[0],
        broken_back,
        bool(orders) and _returns(board, end, bound),
        tuple(last),
        at_limit or len(forward) > STATES_MAX,
    )


def planned_break(board: Board, plan: Sequence[Move]) -> tuple[Break | None, bool]:
    """Returns the shortest break on any way that keeps to the plan, and whether every such way was looked at to its end.

    The plan's moves come one after the other, jobs of one rolling move in any order; jobs that it does not name at any time.
    """
    named = 0
    for move in plan:
        named |= move.jobs
    seen = {0}
    waiting: deque[tuple[int, tuple[Move, ...]]] = deque([(0, ())])
    while waiting and len(seen) <= STATES_MAX:
        moved, done = waiting.popleft()
        for move in _next_moves(board, moved, plan, named):
            edge = board.broken(moved, board.bound(moved), move)
            if edge is not None:
                return Break((*done, move), edge), True
            if moved | move.jobs not in seen:
                seen.add(moved | move.jobs)
                waiting.append((moved | move.jobs, (*done, move)))
    return None, not waiting


def together(board: Board) -> tuple[tuple[int, ...], ...]:
    """Returns the groups of jobs that have to wait for each other in a ring, so that only a cut-over of each is left."""
    size = len(board.jobs)
    reach = [1 << job for job in range(size)]
    for first, second in _demands(board):
        reach[first] |= 1 << second
    for middle in range(size):
        for job in range(size):
            if reach[job] >> middle & 1:
                reach[job] |= reach[middle]
    alone = {first for first, second in _demands(board) if first == second}
    groups = {tuple(it for it in range(size) if reach[job] >> it & 1 and reach[it] >> job & 1) for job in range(size)}
    return tuple(sorted(group for group in groups if len(group) > 1 or group[0] in alone))


def reduced(before: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Leaves out the pairs that follow from others."""
    pairs = set(before)
    middles = {it for pair in pairs for it in pair}
    return tuple(sorted((a, b) for a, b in pairs if not any((a, m) in pairs and (m, b) in pairs for m in middles)))


def _demands(board: Board) -> Iterator[tuple[int, int]]:
    for edge in board.edges:
        if FIXED not in (edge.writer, edge.reader):
            if edge.breaks_old:
                yield edge.reader, edge.writer
            if edge.breaks_new:
                yield edge.writer, edge.reader


def _next_moves(board: Board, moved: int, plan: Sequence[Move], named: int) -> Iterator[Move]:
    """Yields what may be deployed next, one of each group of twins: of those in the plan's turn, and those that it never names."""
    free = board.everybody & ~named & ~moved
    yield from (Move(1 << group_bit) for group_bit in _first_of_twins(board, free, moved))
    for move in plan:
        left = move.jobs & ~moved
        if left:
            if move.is_at_once:
                yield move
            else:
                yield from (Move(1 << job) for job in _first_of_twins(board, left, moved))
            return


def _first_of_twins(board: Board, free: int, moved: int) -> Iterator[int]:
    for group in board.twins:
        left = [job for job in group if free >> job & 1 and not moved >> job & 1]
        if left:
            yield left[0]


def _deployed(board: Board) -> dict[int, int]:
    """Returns each state that is reached by safe deploys alone, with the number of ways to it (twins counted once)."""
    ways = {0: 1}
    layer = {0: 1}
    while layer and len(ways) <= STATES_MAX:
        reached: dict[int, int] = {}
        for moved, count in layer.items():
            bound = board.bound(moved)
            for job in _first_of_twins(board, board.everybody, moved):
                if board.broken(moved, bound, Move(1 << job)) is None:
                    after = moved | 1 << job
                    reached[after] = reached.get(after, 0) + count
        ways |= reached
        layer = reached
    return ways


def _all_states(board: Board) -> tuple[int, Break | None, bool]:
    """Deploys and takes back in every order; returns the number of states, the shortest break back, and whether any are left."""
    start = (0, 0)
    seen = {start}
    waiting: deque[tuple[int, int, tuple[Move, ...]]] = deque([(0, 0, ())])
    found: Break | None = None
    while waiting and len(seen) <= STATES_MAX:
        moved, bound, done = waiting.popleft()
        for move in _moves(board, moved):
            edge = board.broken(moved, bound, move)
            if edge is not None:
                found = found or (Break((*done, move), edge) if move.is_back else None)
                continue
            after = moved & ~move.jobs if move.is_back else moved | move.jobs
            state = after, bound | board.bound(moved | move.jobs)
            if state not in seen:
                seen.add(state)
                waiting.append((*state, (*done, move)))
    return len(seen), found, bool(waiting)


def _moves(board: Board, moved: int) -> Iterator[Move]:
    yield from (Move(1 << job) for job in _first_of_twins(board, board.everybody, moved))
    for group in board.twins:
        there = [job for job in group if moved >> job & 1]
        if there:
            yield Move(1 << there[-1], is_back=True)


def _returns(board: Board, moved: int, bound: int) -> bool:
    seen = {moved}
    waiting = [moved]
    while waiting and len(seen) <= STATES_MAX:
        now = waiting.pop()
        if not now:
            return True
        for move in _moves(board, now):
            before = now & ~move.jobs
            if move.is_back and before not in seen and not board.broken(now, bound, move):
                seen.add(before)
                waiting.append(before)
    return False


def _before(board: Board, forward: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """Returns the pairs that every safe order has in the same sequence; nothing where no order is safe."""
    useful = {board.everybody} & forward.keys()
    for moved in sorted(forward, key=lambda it: -it.bit_count()):
        onward = (moved | 1 << job for job in range(len(board.jobs)) if not moved >> job & 1)
        if any(it in useful and board.broken(moved, board.bound(moved), Move(it & ~moved)) is None for it in onward):
            useful.add(moved)
    if not useful:
        return ()
    pairs = []
    for firsts in board.twins:
        for seconds in board.twins:
            last, first = firsts[-1], seconds[0]
            if firsts != seconds and not any(it >> first & 1 and not it >> last & 1 for it in useful):
                pairs += [(one, other) for one in firsts for other in seconds]
    return tuple(sorted(pairs))


def _kept_orders(board: Board, before: tuple[tuple[int, int], ...]) -> int:
    """Counts the orders that keep to the pairs."""
    needed = [bits(first for first, second in before if second == job) for job in range(len(board.jobs))]
    layer = {0: 1}
    for _ in board.jobs:
        reached: dict[int, int] = {}
        for moved, count in layer.items():
            for job in _first_of_twins(board, board.everybody, moved):
                if not needed[job] & ~moved:
                    reached[moved | 1 << job] = reached.get(moved | 1 << job, 0) + count
        layer = reached
    return layer.get(board.everybody, 0) * prod(factorial(len(group)) for group in board.twins)
