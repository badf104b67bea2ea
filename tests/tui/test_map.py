"""The map on the screen: moving along arrows, details with proof, neighbourhoods, search, the tree, and empty maps."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from copilot.domain.pipeline import Deployment, Direction, Endpoint, Job, Link, PipelineMap
from copilot.domain.source import Gap, Span
from copilot.planners.intent import understand
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.graph import graph_of
from copilot.tui.graph_drawing import draw
from copilot.tui.map_details import Known, node_text
from copilot.tui.map_pane import MapPane, request_about
from copilot.tui.map_tree import tree_rows
from copilot.tui.map_views import nearest
from tests.golden import assert_golden
from tests.line import copy_of_example, example
from tests.tui.graphs import graph
from tests.tui.maps import AT, pipeline
from tests.tui.stage import screen_text
from tests.tui.test_graph import graphs

GOLDEN = Path(__file__).parent / "golden"
Act = Callable[["MapApp", Pilot[None]], Awaitable[None]]


class MapApp(App[None]):
    """An application that is nothing but the pane."""

    CSS_PATH = Path(str(__import__("copilot.tui", fromlist=["tui"]).__file__)).parent / "copilot.tcss"

    def __init__(self, shown: PipelineMap, is_ascii: bool = False) -> None:
        super().__init__()
        self.shown = shown
        self.is_ascii = is_ascii
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield MapPane(id="pipeline", is_ascii=self.is_ascii)

    def on_mount(self) -> None:
        self.pane.show(self.shown)
        self.pane.focus_map()

    def on_map_pane_asked(self, event: MapPane.Asked) -> None:
        self.asked.append(event.text)

    @property
    def pane(self) -> MapPane:
        return self.query_one(MapPane)

    @property
    def name_selected(self) -> str:
        return self.pane.selected.partition(":")[2].rstrip(":")


def on_map(shown: PipelineMap, act: Act, size: tuple[int, int] = (140, 40), **options: Any) -> None:
    """Shows a map without a terminal, and lets `act` press keys."""

    async def run() -> None:
        app = MapApp(shown, **options)
        async with app.run_test(size=size) as pilot:
            await settle(app, pilot)
            await act(app, pilot)

    asyncio.run(run())


async def settle(app: App[None], pilot: Pilot[None]) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def press(app: App[None], pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(app, pilot)


def line_of_three() -> PipelineMap:
    """Returns shop → orders → biller → bills → mailer, with a second reader of orders, and a job by itself."""
    orders, bills = Endpoint("topic", "orders"), Endpoint("topic", "bills")
    links: tuple[tuple[str, Endpoint, Direction], ...] = (
        ("shop", orders, "produces"),
        ("biller", orders, "consumes"),
        ("auditor", orders, "consumes"),
        ("biller", bills, "produces"),
        ("mailer", bills, "consumes"),
    )
    return pipeline(
        jobs=tuple(Job(name, f"services/{name}") for name in ("auditor", "biller", "idle", "mailer", "shop")),
        endpoints=(bills, orders),
        links=tuple(Link(job, to, way, to.name, None, "certain", (AT,)) for job, to, way in links),
        deployments=(Deployment("biller", "biller-eu", (("TOPIC", "orders"),), AT),),
        gaps=(Gap(Span("services/old.py", 3, 3), "is not Python 3"),),
    )


def test_left_and_right_follow_arrows_and_come_back_the_same_way() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert app.name_selected == "shop"
        walked = []
        for key in ("right", "down", "up", "l", "left", "right", "right", "h", "h", "h"):
            await press(app, pilot, key)
            walked.append(app.name_selected)
        there = ["orders", "biller", "auditor", "auditor", "orders"]
        assert walked == [*there, "auditor", "auditor", "orders", "shop", "shop"]

    on_map(line_of_three(), act)


def test_enter_shows_all_of_a_node_and_escape_takes_it_away() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter")
        assert "services/shop" in screen_text(app)
        await press(app, pilot, "right")
        assert "No schema" not in screen_text(app)
        assert "Written by" in screen_text(app)
        assert str(AT) in screen_text(app)
        await press(app, pilot, "escape")
        assert "Written by" not in screen_text(app)

    on_map(line_of_three(), act)


def test_focus_shows_one_step_two_steps_all_and_everything() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        seen = []
        for _ in range(4):
            await press(app, pilot, "f")
            seen.append([name for name in ("orders", "biller", "mailer", "idle") if f"│ {name} " in screen_text(app)])
        assert seen == [
            ["orders"],
            ["orders", "biller"],
            ["orders", "biller", "mailer"],
            ["orders", "biller", "mailer", "idle"],
        ]

    on_map(line_of_three(), act)


def test_a_search_keeps_what_matches_with_its_neighbours_and_escape_clears_it() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "s", *"mailer")
        assert app.name_selected == "mailer"
        assert "bills" in screen_text(app)
        assert "shop" not in screen_text(app)
        assert '1 of 7 have "mailer"' in screen_text(app)
        await press(app, pilot, "enter", "left")
        assert app.name_selected == "bills"
        await press(app, pilot, "escape")
        assert "shop" in screen_text(app)
        assert app.name_selected == "bills"

    on_map(line_of_three(), act)


def test_a_search_for_nothing_there_says_so() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "ctrl+f", *"zzz")
        assert 'Nothing has the words "zzz"' in screen_text(app)
        await press(app, pilot, "escape")
        assert "orders" in screen_text(app)

    on_map(line_of_three(), act)


def test_next_goes_through_all_that_a_search_found() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "s", *"services/", "enter")
        seen = [app.name_selected]
        for _ in range(4):
            await press(app, pilot, "full_stop")
            seen.append(app.name_selected)
        assert sorted(seen) == ["auditor", "biller", "idle", "mailer", "shop"]
        await press(app, pilot, "comma")
        assert app.name_selected == seen[-2]

    on_map(line_of_three(), act)


def test_a_narrow_terminal_shows_a_tree_of_the_same_map() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert_golden(GOLDEN / "map-tree.txt", screen_text(app) + "\n")
        walked = []
        for key in ("right", "right", "left", "left", "left", "right"):
            await press(app, pilot, key)
            walked.append(
                next(
                    line.split()[(line.split()[1] != "topic" and 3) or 2]
                    for line in screen_text(app).split("\n")
                    if line.startswith(">")
                )
            )
        assert walked == ["auditor", "auditor", "orders", "shop", "shop", "orders"]
        await press(app, pilot, "enter")
        assert "Written by" in screen_text(app) or "Reads" in screen_text(app)
        await press(app, pilot, "escape")
        await pilot.resize_terminal(140, 40)
        await settle(app, pilot)
        assert "┌ job" in screen_text(app)

    on_map(line_of_three(), act, size=(80, 24))


def test_a_click_selects_and_a_second_one_opens() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        lines = screen_text(app).split("\n")
        y = next(at for at, line in enumerate(lines) if "mailer" in line)
        x = lines[y].index("mailer")
        await pilot.click(offset=(x, y))
        await settle(app, pilot)
        assert app.name_selected == "mailer"
        await pilot.click(offset=(x, y))
        await settle(app, pilot)
        assert "services/mailer" in screen_text(app)

    on_map(line_of_three(), act)


def test_a_change_begins_with_the_schema_of_the_node() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "right", "c")
        assert app.asked == ["in orders: "]
        await press(app, pilot, "right", "right", "right")
        app.pane.view.select("job:biller")
        await press(app, pilot, "c")
        assert "Which schema should change?" in screen_text(app)
        await press(app, pilot, "enter")
        assert app.asked[-1] in ("in orders: ", "in bills: ")

    on_map(line_of_three(), act)


def test_a_map_larger_than_its_pane_opens_where_most_hangs_together_and_tells_of_the_rest() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert app.name_selected == "orders"
        assert "orders" in screen_text(app)
        assert "in sight, more " in screen_text(app)
        assert "below" in screen_text(app).split("in sight, more ")[1]

        await press(app, pilot, "left", *["down"] * 4)
        told = screen_text(app).split("in sight, more ")[1]
        assert "above" in told
        assert "below" not in told

    on_map(line_of_three(), act, size=(104, 12))


def test_where_findings_are_is_where_a_large_map_opens() -> None:
    shown = graph("a > b, b > c, b > d")
    told = replace(shown, nodes=tuple(replace(it, finding_count=it.id == "c") for it in shown.nodes))

    assert shown.landmark == "b"
    assert told.landmark == "c"


def test_a_map_that_is_seen_whole_begins_at_its_beginning() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert "in sight" not in screen_text(app)
        assert app.name_selected == "shop"

    on_map(line_of_three(), act, size=(200, 40))


def test_an_empty_map_says_what_to_do() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert_golden(GOLDEN / "map-empty.txt", screen_text(app) + "\n")
        await press(app, pilot, "right", "f", "comma", "c", "s", "escape", "enter", "t")

    on_map(pipeline(), act)


def test_jobs_without_arrows_are_shown_with_what_to_do() -> None:
    shown = pipeline(jobs=(Job("a", "a"), Job("b", "b")))

    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert "so there are no arrows" in screen_text(app)
        assert "┃ a " in screen_text(app)
        await press(app, pilot, "right")
        assert app.name_selected == "b"
        await press(app, pilot, "enter")
        assert "No topic, table or file is known" in screen_text(app)

    on_map(shown, act)


def test_a_map_in_ascii_is_ascii() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert "# shop" in screen_text(app)
        assert "┌" not in screen_text(app)
        assert "▶" not in screen_text(app)

    on_map(line_of_three(), act, is_ascii=True)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_the_tree_has_every_arrow_once_and_every_node(shape: Any) -> None:
    rows = tree_rows(shape)

    arrows = sorted((row.node, row.parent) if row.is_writer else (row.parent, row.node) for row in rows if row.parent)
    assert arrows == sorted((edge.source, edge.target) for edge in shape.edges)
    assert {row.node for row in rows} == {node.id for node in shape.nodes}


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_up_and_down_go_up_and_down_and_a_step_never_stays_where_it_is(shape: Any) -> None:
    boxes = draw(shape).boxes

    for box in boxes.values():
        above, below = (nearest(box, boxes, way) for way in ("up", "down"))
        assert not above or boxes[above].y < box.y
        assert not below or boxes[below].y > box.y
        assert bool(above) == any(it.y < box.y for it in boxes.values())


def test_the_example_tells_of_each_node_who_reads_and_writes_it() -> None:
    read, findings = Workspace.open(example()).audit()
    shown = graph_of(read, findings)
    known = Known(read, findings)

    text = "\n\n".join(
        node_text(known, shown, node.id).plain for node in shown.nodes if node.name in ("orders.v1", "features")
    )
    assert_golden(GOLDEN / "map-details.txt", text + "\n")
    for node in shown.nodes:
        assert node.name in node_text(known, shown, node.id).plain


def test_what_begins_a_request_is_understood() -> None:
    read = Workspace.open(example()).map()

    for subject in read.subjects:
        field = subject.latest.fields[0].name
        (operation,) = understand(f"{request_about(subject.name)}deprecate {field}", read)
        assert operation.subject == subject.name


def test_from_a_node_of_the_home_screen_a_request_begins_in_its_line(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def run() -> None:
        app = CopilotApp(Workspace.open(folder))
        async with app.run_test(size=(140, 40)) as pilot:
            await settle(app, pilot)
            await press(app, pilot, "1", "left", "left", "c")
            request = app.screen.query_one("#request", Input)
            assert request.value == "in schemas/order: "
            assert request.has_focus

    asyncio.run(run())


def test_an_application_in_ascii_has_a_map_drawn_for_it(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def run() -> None:
        app = CopilotApp(Workspace.open(folder), is_ascii=True)
        async with app.run_test(size=(140, 40)) as pilot:
            await settle(app, pilot)
            await press(app, pilot, "z")
            assert "# features" in screen_text(app)
            assert "===>" in screen_text(app)

    asyncio.run(run())


def test_a_picture_that_comes_while_one_types_does_not_take_the_keyboard(tmp_path: Path) -> None:
    folder, _ = copy_of_example(tmp_path)

    async def run() -> None:
        app = CopilotApp(Workspace.open(folder))
        async with app.run_test(size=(140, 40)) as pilot:
            await settle(app, pilot)
            await press(app, pilot, "z", "s", *"scorer")
            assert app.screen.query_one("#map-search", Input).value == "scorer"

    asyncio.run(run())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (250, 70)])
def test_keys_of_the_map_break_nothing_at_any_size(size: tuple[int, int]) -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, *"jklhtjklhtfgf.", "enter", "tab", "escape", "escape", "pagedown", "end", "home", "s")
        assert app.name_selected in {"shop", "orders", "biller", "auditor", "bills", "mailer", "idle"}
        await press(app, pilot, "x")
        assert app.screen.query_one("#map-search", Input).value == "x"

    on_map(line_of_three(), act, size=size)


def test_the_map_of_a_search_is_the_smaller_graph() -> None:
    shape = graph("A > t, t > B, B > u, u > C")

    assert [node.id for node in shape.only(shape.beside(shape.matching("c"))).nodes] == ["u", "C"]


def test_what_the_collector_passes_over_is_let_go_with_the_map() -> None:
    async def act(app: MapApp, pilot: Pilot[None]) -> None:
        assert gc.get_freeze_count() > 0

    on_map(line_of_three(), act)

    assert gc.get_freeze_count() == 0
