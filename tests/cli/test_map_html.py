"""The page of a map stands alone, and what the repository says reaches it as data only."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from itertools import combinations
from typing import Any

import pytest

from copilot.cli.map_html import map_html
from copilot.domain.pipeline import Job, PipelineMap
from copilot.domain.source import Gap, Span
from tests import faces


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("make", [faces.a_map, faces.an_empty_map])
def test_the_page_names_no_other_place_to_load_from(make: Callable[[], PipelineMap]) -> None:
    page = map_html(make())

    addresses = set(re.findall(r"""(?:https?:)?//[a-z][^\s"'`]*\.[a-z]{2,}[^\s"'`]*""", page))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(?:link|img|iframe|script src)\b|@import|\burl\(", page.replace("url(#arrow)", ""))


def test_only_the_script_of_the_page_may_run() -> None:
    page = map_html(faces.a_map())

    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    assert re.findall(r"script-src ([^;\"]*)", page) == [f"'sha256-{digests[0]}'"]
    assert len(digests) == 1


def test_every_link_subject_and_use_of_the_map_is_on_the_page() -> None:
    pipeline = faces.a_map()

    data = data_of(map_html(pipeline))

    assert [job["name"] for job in data["jobs"]] == [job.name for job in pipeline.jobs]
    assert len(data["links"]) == len(pipeline.links)
    assert [data["endpoints"][link["endpoint"]]["name"] for link in data["links"]] == [
        link.endpoint.name for link in pipeline.links
    ]
    assert len(data["uses"]) == len(pipeline.uses)
    assert [subject["name"] for subject in data["subjects"]] == [subject.name for subject in pipeline.subjects]


def test_a_name_can_neither_end_the_script_nor_hide() -> None:
    forged = "</script><script>alert(1)</script><!--\u202e"
    pipeline = replace(faces.an_empty_map(), jobs=(Job(forged, "a"),), gaps=(Gap(Span(forged, 1, 1), forged),))

    page = map_html(pipeline)

    assert "alert(1)</script>" not in page
    assert "\u202e" not in page
    assert data_of(page)["jobs"][0]["name"] == forged.replace("\u202e", "\\u202e")
    assert page.count("<script") == map_html(faces.an_empty_map()).count("<script")


WINDOW = {"width": 820, "height": 600}
GRAPHS = {
    "a line of eleven": [(f"n{number}", f"n{number + 1}") for number in range(10)],
    "a star of a hundred": [("topic", f"job{number}") for number in range(100)],
    "sixty pairs": [(f"topic{number}", f"job{number}") for number in range(60)],
    "a circle": [("a", "b"), ("b", "c"), ("c", "a")],
    "two hundred in forty layers": [(f"n{number}", f"n{number + 5}") for number in range(195)],
}


@pytest.mark.tool("node")
@pytest.mark.parametrize("edges", GRAPHS.values(), ids=GRAPHS)
def test_all_of_a_graph_fits_the_window_and_no_node_covers_another(edges: list[tuple[str, str]]) -> None:
    picture = _placed(edges)

    places = [(it["x"], it["y"]) for _, it in picture["at"]]
    assert len(places) == len({name for edge in edges for name in edge})
    assert (max(x for x, _ in places) - min(x for x, _ in places) + 184) * picture["scale"] <= WINDOW["width"] + 1
    assert (max(y for _, y in places) - min(y for _, y in places) + 30) * picture["scale"] <= WINDOW["height"] + 1
    assert all(
        abs(x - other_x) >= 184 or abs(y - other_y) >= 30 for (x, y), (other_x, other_y) in combinations(places, 2)
    )


@pytest.mark.tool("node")
def test_a_line_of_eleven_can_be_read_without_zooming() -> None:
    assert _placed(GRAPHS["a line of eleven"])["scale"] > 0.65


def _placed(edges: list[tuple[str, str]]) -> Any:
    """Returns where the page's own script puts the nodes of a graph."""
    names = sorted({name for edge in edges for name in edge})
    layout = files("copilot.cli").joinpath("map_page/layout.js").read_text("utf-8")
    program = f"""{layout}
        const nodes = new Map({json.dumps(names)}.map(label => [label, {{ label }}]));
        const edges = {json.dumps(edges)}.map(([from, to]) => ({{ from, to }}));
        const picture = placed([...nodes.keys()], edges, {json.dumps(WINDOW)});
        console.log(JSON.stringify({{ ...picture, at: [...picture.at] }}));"""
    ran = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True, timeout=30)
    return json.loads(ran.stdout)


def test_no_control_of_the_form_hides_what_the_form_can_do() -> None:
    page = map_html(faces.a_map())

    controls = re.findall(r'<(?:input|select|button) id="(\w+)"', page)
    assert controls
    assert not {"reset", "submit", "elements", "action"} & set(controls)
