"""Orders of deploying and taking back, explored over states: the same answers as looking at every order by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.checks import rollout_states
from copilot.checks.rollout_board import FIXED, Board, Edge, Move
from copilot.checks.rollout_states import STATES_MAX, explore, planned_break, reduced, together


def board(jobs: str, *edges: Edge) -> Board:
    return Board(tuple(jobs), edges)


def names(found: Board, pairs: tuple[tuple[int, int], ...]) -> set[str]:
    return {found.jobs[first] + found.jobs[second] for first, second in pairs}


def test_readers_that_cannot_take_new_data_go_before_its_writer() -> None:
    made = board("pbr", Edge(0, 1, breaks_old=True), Edge(0, 2, breaks_old=True))

    found = explore(made)

    assert names(made, found.before) == {"bp", "rp"}
    assert (found.orders, found.all_orders, found.is_exact) == (2, 6, True)
    assert found.break_ is not None
    assert found.break_.moves == (Move(0b001),)


def test_a_reader_whose_new_version_cannot_take_old_data_waits_for_every_writer() -> None:
    made = board("pqr", Edge(0, 2, breaks_new=True), Edge(1, 2, breaks_new=True))

    assert names(made, explore(made).before) == {"pr", "qr"}


def test_where_both_sides_break_no_order_is_safe_and_a_cut_over_is_left() -> None:
    made = board("pr", Edge(0, 1, breaks_old=True, breaks_new=True))

    found = explore(made)

    assert found.orders == 0
    assert together(made) == ((0, 1),)
    assert planned_break(made, [Move(0b11, is_at_once=True)])[0] is None


def test_a_job_that_reads_what_it_writes_can_break_against_its_own_other_instances() -> None:
    made = board("p", Edge(0, 0, breaks_old=True))

    assert explore(made).orders == 0
    assert together(made) == ((0,),)
    assert planned_break(made, [Move(1)])[0] is not None
    assert planned_break(made, [Move(1, is_at_once=True)])[0] is None


def test_a_reader_that_never_moves_stops_the_writer_for_good() -> None:
    found = explore(board("p", Edge(0, FIXED, breaks_old=True)))

    assert found.orders == 0
    assert found.break_ is not None


def test_what_is_stored_binds_a_reader_even_after_its_writer_is_taken_back() -> None:
    found = explore(board("pr", Edge(0, 1, breaks_old=True)))

    assert found.returns is False
    assert found.returns_last == (0,)
    assert found.break_back is not None
    assert found.break_back.moves[-1] == Move(0b10, is_back=True)


def test_what_only_new_readers_cannot_take_can_be_taken_back() -> None:
    assert explore(board("pr", Edge(0, 1, breaks_new=True))).returns is True


def test_a_plan_breaks_only_on_the_ways_that_it_leaves_open() -> None:
    made = board("prq", Edge(0, 1, breaks_old=True))

    assert planned_break(made, [Move(0b010), Move(0b101)])[0] is None
    broken, _ = planned_break(made, [Move(0b101), Move(0b010)])
    assert broken is not None
    assert broken.moves[-1] == Move(0b001)


def test_pairs_that_follow_from_others_are_left_out() -> None:
    assert reduced([(0, 1), (1, 2), (0, 2)]) == ((0, 1), (1, 2))


def test_twelve_jobs_are_looked_at_to_the_end() -> None:
    chain = tuple(Edge(job, job + 1, breaks_old=job % 2 == 0, breaks_new=job % 2 == 1) for job in range(11))

    found = explore(Board(tuple("abcdefghijkl"), chain))

    assert not found.at_limit
    assert found.is_exact
    assert 0 < found.states <= STATES_MAX


def test_jobs_that_nothing_tells_apart_are_counted_not_listed() -> None:
    fan = Board(tuple(f"r{number}" for number in range(40)), tuple(Edge(0, it, breaks_old=True) for it in range(1, 40)))

    found = explore(fan)

    assert found.states < 100
    assert found.orders == factorial(39)
    assert not found.at_limit
    readers = sum(1 << it for it in range(1, 40))
    assert planned_break(fan, [Move(readers), Move(1)]) == (None, True)
    assert planned_break(fan, [Move(readers | 1)])[0] is not None


def test_where_there_are_too_many_states_it_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_states, "STATES_MAX", 20)
    chain = tuple(Edge(job, job + 1, breaks_old=job % 2 == 0, breaks_new=job % 2 == 1) for job in range(9))
    made = Board(tuple("abcdefghij"), chain)

    assert explore(made).at_limit
    assert planned_break(made, []) != (None, True)
    assert planned_break(made, [Move(1 << job) for job in (1, 0, 3, 2, 5, 4, 7, 6, 9, 8)])[1] is True


@st.composite
def boards(draw: st.DrawFn, size: int = 4) -> Board:
    jobs = draw(st.integers(1, size))
    places = st.integers(FIXED, jobs - 1)
    edges = {}
    for _ in range(draw(st.integers(0, 5))):
        writer, reader = draw(places), draw(places)
        if (writer, reader) != (FIXED, FIXED):
            edges[writer, reader] = Edge(
                writer,
                reader,
                breaks_old=draw(st.booleans()) and writer != FIXED,
                breaks_new=draw(st.booleans()) and reader != FIXED,
            )
    return Board(tuple("abcdef"[:jobs]), tuple(edges.values()))


def is_safe(made: Board, order: tuple[int, ...]) -> bool:
    """The definition, by hand: at each moment every pair of running versions that meet is one that reads."""
    for place, moving in enumerate(order):
        done = set(order[:place])
        old = {FIXED, *range(len(made.jobs))} - done
        new = done | {moving}
        for edge in made.edges:
            if edge.breaks_old and edge.writer in new and edge.reader in old:
                return False
            if edge.breaks_new and edge.writer in old and edge.reader in new:
                return False
    return True


@given(boards())
def test_the_safe_orders_are_those_that_trying_every_order_finds(made: Board) -> None:
    safe = [order for order in permutations(range(len(made.jobs))) if is_safe(made, order)]

    found = explore(made)

    assert found.orders == len(safe)
    assert found.is_exact or not safe
    for first, second in found.before:
        assert all(order.index(first) < order.index(second) for order in safe)
    kept = [
        order
        for order in permutations(range(len(made.jobs)))
        if all(order.index(first) < order.index(second) for first, second in found.before)
    ]
    assert not safe or len(kept) == len(safe)


@given(boards())
def test_a_plan_of_single_deploys_is_judged_as_its_order_is(made: Board) -> None:
    for order in permutations(range(len(made.jobs))):
        plan = [Move(1 << job) for job in order]
        assert (planned_break(made, plan)[0] is None) == is_safe(made, order)


@given(boards(), st.data())
def test_a_plan_of_turns_breaks_just_where_one_of_its_orders_does(made: Board, data: st.DataObject) -> None:
    """In a turn, jobs move in any order; those that nothing tells apart are looked at once, also where turns part them."""
    first = data.draw(st.integers(0, made.everybody))
    plan = [Move(jobs) for jobs in (first, made.everybody & ~first) if jobs]
    orders = [
        order
        for order in permutations(range(len(made.jobs)))
        if sorted(order, key=lambda job: not first >> job & 1) == list(order)
    ]

    broken, is_whole = planned_break(made, plan)

    assert is_whole
    assert (broken is None) == all(is_safe(made, order) for order in orders)


@given(boards())
def test_readers_that_take_everything_never_break(made: Board) -> None:
    tolerant = replace(made, edges=tuple(replace(it, breaks_old=False, breaks_new=False) for it in made.edges))

    found = explore(tolerant)

    assert found.orders == found.all_orders
    assert found.returns
    assert (found.break_, found.break_back) == (None, None)


@given(boards())
def test_a_phase_can_be_taken_back_just_where_no_old_reader_fails_on_new_data(made: Board) -> None:
    found = explore(made)

    if found.orders:
        assert found.returns != any(edge.breaks_old for edge in made.edges)


@given(boards(), st.data())
def test_a_hazard_that_goes_away_never_makes_an_order_unsafe(made: Board, data: st.DataObject) -> None:
    if not made.edges:
        return
    gone = data.draw(st.integers(0, len(made.edges) - 1))
    fewer = replace(made, edges=made.edges[:gone] + made.edges[gone + 1 :])

    assert explore(fewer).orders >= explore(made).orders
