"""The picture of a pipeline: what stands in it, that its lines tell the truth, and how it looks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, chop_cells

from copilot.domain.audit import AuditFinding
from copilot.domain.clones import Clone, Consumer
from copilot.domain.pipeline import Deployment, Endpoint, Job, Link, PipelineMap
from copilot.domain.sinks import Sink
from copilot.proposals import Workspace
from copilot.tui.graph import Edge, Graph, graph_of, short_names
from copilot.tui.graph_charset import ACROSS, ASCII, DOWN, LEFT, RIGHT, UNICODE, UP, Charset
from copilot.tui.graph_drawing import Box, Drawing, Segment, box_rows, draw, fitted
from tests.golden import assert_golden
from tests.line import example
from tests.tui.graphs import company, graph, node
from tests.tui.maps import AT, pipeline

GOLDEN = Path(__file__).parent / "golden"
SHAPES = {
    "chain": "A > t, t > B, B > u, u > C",
    "fan-in": "A > t, B > t, C > t, t > D",
    "fan-out": "A > t, t > B, t > C, t > D, D > u, D > v",
    "crossing": "A > t, A > u, B > t, B > u, t > C, u > D, t > D",
    "circle": "A > t, t > B, B > u, u > A, u > C",
    "retry": "A > t, t > B, B > t, B > u",
    "long way": "A > t, t > B, B > u, u > C, C > v, v > D, t > D, A > v",
    "apart": "A > t, t > B, C > u, D",
    "swap": "A > t, B > u, A > u, t > C, u > C",
}
LONG = "a-very-long-name-that-no-box-can-hold-in-one-line.dead-letter"
WIDE = "注文イベント集計サービス・本番環境用の名前"


def grid(drawing: Drawing) -> list[list[str]]:
    """Returns the picture's cells; the right half of a wide character is ""."""
    rows = []
    for y in range(drawing.height):
        cells = [" "] * drawing.width
        for run in drawing.row(y):
            at = run.x
            for character in run.text:
                width = cell_len(character)
                cells[at : at + width] = [character, *[""] * (width - 1)]
                at += width
        rows.append(cells)
    return rows


def cells_of(way: tuple[Segment, ...]) -> list[tuple[int, int]]:
    """Returns the cells of a way in its order, without doubles."""
    cells: list[tuple[int, int]] = []
    for piece in way:
        steps = [(x, y) for x, y, _ in piece.touched()]
        cells += steps[::-1] if piece.y2 < piece.y1 else steps
    return list(dict.fromkeys(cells))


def sides_of(character: str, drawing: Drawing) -> int:
    """Returns the sides that a character touches; a head is level."""
    if character in drawing.charset.heads:
        return ACROSS
    known = (drawing.charset.lines, drawing.charset.faint, drawing.charset.joins)
    return max((sides for table in known for sides, it in table.items() if it == character), default=0)


def followed(cells: list[list[str]], start: tuple[int, int], drawing: Drawing) -> set[tuple[int, int]]:
    """Returns the cells that an eye comes to which follows a line from its left end, and never goes back to the left.

    A level line goes on under what doesn't touch it.
    """
    reached: set[tuple[int, int, int]] = set()
    waiting = [(*start, RIGHT)]
    while waiting:
        x, y, heading = waiting.pop()
        if (x, y, heading) in reached or x >= drawing.width or drawing.node_at(x, y):
            continue
        reached.add((x, y, heading))
        sides = sides_of(cells[y][x], drawing)
        touched = sides & {RIGHT: LEFT, UP: DOWN, DOWN: UP}[heading]
        onward = sides & ~{RIGHT: LEFT, UP: DOWN | LEFT, DOWN: UP | LEFT}[heading] if touched else heading
        waiting += [
            (x + across, y + down, side)
            for side, across, down in ((RIGHT, 1, 0), (UP, 0, -1), (DOWN, 0, 1))
            if onward & side
        ]
    return {(x, y) for x, y, _ in reached}


@st.composite
def graphs(draw_from: st.DrawFn) -> Graph:
    jobs = [f"Job{number}" for number in range(draw_from(st.integers(0, 7)))]
    topics = [f"topic{number}" for number in range(draw_from(st.integers(0, 7)))]
    pairs = [(job, topic) for job in jobs for topic in topics]
    ends = draw_from(st.lists(st.sampled_from([*pairs, *(it[::-1] for it in pairs)]), max_size=24)) if pairs else []
    sure = draw_from(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    edges = {it: Edge(*it, "certain" if is_sure else "possible") for it, is_sure in zip(ends, sure, strict=True)}
    words = draw_from(st.sampled_from(["", LONG, WIDE]))
    nodes = [*(node(job) for job in jobs), *(node(topic, "topic", words) for topic in topics)]
    return Graph(tuple(nodes), tuple(edges.values()))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_every_node_is_drawn_once_and_no_box_covers_another(shape: Graph) -> None:
    drawing = draw(shape)
    cells = grid(drawing)

    assert set(drawing.boxes) == {it.id for it in shape.nodes}
    for it in shape.nodes:
        box = drawing.boxes[it.id]
        shown = ["".join(row[box.x : box.x + box.width]) for row in cells[box.y : box.y + box.height]]
        assert shown == list(box_rows(it, box.width, UNICODE))
        assert drawing.node_at(box.x, box.y) == drawing.node_at(box.x + box.width - 1, box.y + 3) == it.id
    for one, other in combinations(drawing.boxes.values(), 2):
        assert not overlap(one, other)


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@settings(max_examples=150, deadline=None)
@given(graphs(), st.sampled_from([UNICODE, ASCII]))
def test_the_line_of_every_edge_leads_from_its_source_to_its_target(shape: Graph, charset: Charset) -> None:
    drawing = draw(shape, charset)
    cells = grid(drawing)

    assert set(drawing.ways) == {(it.source, it.target) for it in shape.edges}
    for (source, target), way in drawing.ways.items():
        path = cells_of(way.segments)
        left, right = (drawing.boxes[it] for it in ((target, source) if way.is_back else (source, target)))
        assert path[0][0] == left.x + left.width
        assert path[-1][0] == right.x - 1
        assert left.y < path[0][1] < left.y + 3
        assert right.y < path[-1][1] < right.y + 3
        head = path[0] if way.is_back else path[-1]
        assert cells[head[1]][head[0]] == drawing.charset.heads[way.is_back]
        for here, there in pairwise(path):
            assert abs(here[0] - there[0]) + abs(here[1] - there[1]) == 1


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_whoever_follows_a_line_comes_to_its_ends_and_to_no_other(shape: Graph) -> None:
    assert_followed(draw(shape))


def assert_followed(drawing: Drawing) -> None:
    cells = grid(drawing)
    ends: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    for way in drawing.ways.values():
        path = cells_of(way.segments)
        ends[path[0]].add(path[-1])
    every = {it for found in ends.values() for it in found}
    for start, meant in ends.items():
        assert followed(cells, start, drawing) & every == meant


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_equal_graphs_give_equal_pictures(shape: Graph) -> None:
    again = Graph(tuple(replace(it) for it in shape.nodes), tuple(replace(it) for it in shape.edges))

    assert draw(shape).lines() == draw(again).lines()


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_look_as_they_did(shape: str) -> None:
    drawing = draw(graph(SHAPES[shape]))

    assert_golden(GOLDEN / f"graph-{shape.replace(' ', '-')}.txt", "\n".join(drawing.lines()) + "\n")


def test_long_and_wide_names_keep_their_boxes_straight() -> None:
    shape = Graph(
        (node("Short"), node(LONG, "topic"), node("Ω-" + LONG), node(WIDE, "topic")),
        (Edge("Short", LONG), Edge("Short", WIDE), Edge(LONG, "Ω-" + LONG)),
    )

    assert_golden(GOLDEN / "graph-names.txt", "\n".join(draw(shape).lines()) + "\n")


def test_the_example_looks_as_it_did_in_both_charsets() -> None:
    read, findings = Workspace.open(example()).audit()
    shown = graph_of(read, findings, ("schemas/order",))

    text = "\n\n".join("\n".join(draw(shown, charset).lines()) for charset in (UNICODE, ASCII))
    assert_golden(GOLDEN / "graph-example.txt", text + "\n")
    assert text.partition("\n\n")[2].isascii()


def test_what_is_foreign_or_unknown_has_words_and_a_frame_of_its_own() -> None:
    shown = draw(graph_of(strange_map()))

    assert_golden(GOLDEN / "graph-strange.txt", "\n".join(shown.lines()) + "\n")


def strange_map() -> PipelineMap:
    orders, unset = Endpoint("topic", "orders"), Endpoint("topic", "", "OUT_TOPIC")
    return pipeline(
        jobs=(
            Job("shop", "shop"),
            Job("billing:biller", "billing:biller"),
            Job("external:reports", "", "reports@example.com"),
        ),
        endpoints=(orders, unset),
        links=(
            Link("shop", orders, "produces", "order", None, "certain", (AT,)),
            Link("billing:biller", orders, "consumes", "order", None, "likely", (AT,)),
            Link("external:reports", orders, "consumes", "order", None, "certain", (AT,)),
            Link("shop", unset, "produces", None, None, "possible", (AT,)),
        ),
        deployments=(Deployment("shop", "shop-eu", (), AT), Deployment("shop", "shop-us", (), AT)),
        clones=(Clone("billing", "../billing", "", "", AT, "c" * 40),),
        consumers=(Consumer("reports", "order", "", "", "java", "reports@example.com", AT),),
        sinks=(Sink("orders_raw", "bigquery", "", "orders", "", AT),),
    )


def test_a_finding_stands_at_what_it_is_about() -> None:
    orders, refunds = Endpoint("topic", "orders"), Endpoint("topic", "refunds")
    links = tuple(Link("shop", it, "produces", "order", None, "certain", (AT,)) for it in (orders, refunds))
    read = pipeline(jobs=(Job("shop", "shop"),), endpoints=(orders, refunds), links=links)
    about_topic = AuditFinding("f-1", "rule", "error", "A title.", (), "why", "next", topic="refunds", subject="order")
    about_job = AuditFinding("f-2", "rule", "note", "A title.", (), "why", "next", job="shop")

    shown = {it.name: it.marks for it in graph_of(read, (about_topic, about_job)).nodes}

    assert shown == {"orders": "", "refunds": "!1", "shop": "!1"}


def test_subjects_are_called_by_the_end_of_their_name_that_no_other_has() -> None:
    assert short_names(["a/b/order", "c/order", "a/payment", "order"]) == {
        "a/b/order": "b/order",
        "c/order": "c/order",
        "a/payment": "payment",
        "order": "order",
    }


def test_the_neighbourhood_goes_up_and_down_the_stream_and_never_round_a_corner() -> None:
    shape = graph("A > t, t > B, t > C, B > u, u > D, E > u")

    assert shape.around("B", 1) == {"t", "B", "u"}
    assert shape.around("B", 2) == {"A", "t", "B", "u", "D"}
    assert shape.around("t", None) == {"A", "t", "B", "C", "u", "D"}


def test_a_search_finds_what_has_every_word() -> None:
    shape = graph("Order-Writer > orders, orders > Order-Reader")

    assert shape.matching("order READ") == ("Order-Reader",)
    assert shape.only(shape.beside(shape.matching("reader"))).edges == (Edge("orders", "Order-Reader"),)


@pytest.mark.parametrize("text", ["short", LONG, WIDE, "a\x1b[31m\u202eb", ""])
@pytest.mark.parametrize("width", [6, 7, 26])
def test_a_fitted_text_has_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width
    assert fitted(text, width).isprintable()


def test_a_large_company_has_all_its_lines_in_place() -> None:
    shape = company(120, 90, 360)
    drawing = draw(shape)

    assert set(drawing.ways) == {(it.source, it.target) for it in shape.edges}
    assert len(drawing.boxes) == 210
    assert all(len(chop_cells(line, drawing.width)) <= 1 for line in drawing.lines())


def test_the_lines_of_a_large_company_can_be_followed() -> None:
    drawing = draw(company(120, 90, 360))

    assert_followed(drawing)
