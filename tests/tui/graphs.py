"""Graphs for tests of the map: small ones of a shape, and large ones that look like a company's."""

from __future__ import annotations

import random

from copilot.tui.graph import Edge, Graph, Node


def node(name: str, kind: str = "job", note: str = "") -> Node:
    if kind == "job":
        return Node(name, "job", "plain", "job", name, note or "1 deployment", searched=name.lower())
    return Node(name, "endpoint", "plain", "topic", name, note or "Event", searched=name.lower())


def graph(arrows: str) -> Graph:
    """Returns the graph of arrows such as "a > b, b > c, d"; a name that begins with a capital is a job's, others are topics'."""
    names: dict[str, None] = {}
    edges = []
    for arrow in arrows.split(","):
        ends = [name.strip() for name in arrow.split(">")]
        names.update(dict.fromkeys(ends))
        edges += [Edge(ends[0], ends[1])] if len(ends) == 2 else []
    return Graph(tuple(node(name, "job" if name[0].isupper() else "topic") for name in names), tuple(edges))


def company(jobs: int = 500, topics: int = 400, edges: int = 1500, seed: int = 1) -> Graph:
    """Returns a pipeline of services in a row, in which most topics link neighbours, a few are everybody's, and some flow back."""
    chance = random.Random(seed)
    nodes = [node(f"Service-{number}") for number in range(jobs)]
    nodes += [node(f"topic-{number}", "topic") for number in range(topics)]
    found: set[tuple[str, str]] = set()
    while len(found) < edges:
        job = chance.randrange(jobs)
        here = job * topics / jobs
        near = min(topics - 1, max(0, round(here + chance.gauss(0, 12))))
        topic = near if chance.random() < 0.9 else chance.choice((0, 1, 2, chance.randrange(topics)))
        ends = (f"Service-{job}", f"topic-{topic}")
        found.add(ends if topic > here or topic < 3 or chance.random() < 0.02 else ends[::-1])
    return Graph(tuple(nodes), tuple(Edge(*ends) for ends in sorted(found)))
