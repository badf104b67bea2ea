"""The map as lines for a narrow terminal: each endpoint with who writes and reads it, then what has no arrows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.domain.visible import visible
from copilot.tui.graph import Graph, Node
from copilot.tui.graph_layers import downstream_order


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line about a node; `parent` is the endpoint that it stands below, "" where it stands by itself."""

    node: str
    text: str
    parent: str = ""
    is_writer: bool = False


def tree_rows(graph: Graph, *, is_ascii: bool = False) -> tuple[TreeRow, ...]:
    """Returns the lines: every arrow of the graph is one below its endpoint, and every node stands in one at least."""
    return tuple(_rows(graph, ("|-", "`-") if is_ascii else ("├─", "└─")))


def _rows(graph: Graph, branches: tuple[str, str]) -> Iterator[TreeRow]:
    certainty = {(edge.source, edge.target): edge.certainty for edge in graph.edges}
    number = {node.id: at for at, node in enumerate(graph.nodes)}
    order = downstream_order(len(number), [(number[edge.source], number[edge.target]) for edge in graph.edges])
    nodes = [graph.nodes[at] for at in order]
    below = set()
    for node in nodes:
        if node.kind != "endpoint":
            continue
        lacks = [
            word for word, ends in (("writer", graph.upstream), ("reader", graph.downstream)) if node.id not in ends
        ]
        yield TreeRow(node.id, "  ".join([_own(node), *(f"no {word} known" for word in lacks)]))
        ways = [(it, "from", certainty[it, node.id], True) for it in graph.upstream.get(node.id, ())]
        ways += [(it, "to  ", certainty[node.id, it], False) for it in graph.downstream.get(node.id, ())]
        for at, (other, word, sure, is_writer) in enumerate(ways):
            below.add(other)
            branch = branches[at == len(ways) - 1]
            said = "" if sure == "certain" else f", {sure}"
            yield TreeRow(other, f"{branch} {word} {_below(graph.by_id[other])}{said}", node.id, is_writer)
    for node in nodes:
        if node.kind != "endpoint" and node.id not in below:
            yield TreeRow(node.id, _own(node))


def _own(node: Node) -> str:
    return visible("  ".join(part for part in (f"{node.title} {node.name}", node.note, node.marks) if part), keep="")


def _below(node: Node) -> str:
    title = "" if node.title == "job" else f"{node.title} "
    return visible("  ".join(part for part in (f"{title}{node.name}", node.note, node.marks) if part), keep="")
