"""The map as a Mermaid flowchart: jobs as boxes, endpoints as their own shapes, what is only likely as dotted arrows."""

from __future__ import annotations

from copilot.domain.clones import EXTERNAL, clone_in
from copilot.domain.pipeline import Endpoint, Link, PipelineMap
from copilot.domain.visible import visible

_SHAPES = {
    **dict.fromkeys(("topic", "subscription", "queue", "stream"), ("([", "])")),
    "table": ("[(", ")]"),
    "file": ("[/", "/]"),
    "http": ("{{", "}}"),
}
_ESCAPED = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}


def map_mermaid(pipeline: PipelineMap) -> str:
    """Returns a `flowchart LR`; labels are quoted and escaped, and node names never come from the repository."""
    jobs = {job.name: f"job{number}" for number, job in enumerate(pipeline.jobs, 1)}
    endpoints = {endpoint: f"{endpoint.kind}{number}" for number, endpoint in enumerate(pipeline.endpoints, 1)}
    lines = ["flowchart LR"]
    groups = [(clone.name, f"{clone.name}, in {clone.path}") for clone in pipeline.clones]
    groups += [(EXTERNAL, "told by copilot.toml")] if pipeline.consumers else []
    outside = {name: clone_in(name) for name in jobs if pipeline.is_foreign(name)}
    lines += [_job_line(name, node) for name, node in jobs.items() if name not in outside]
    for number, (group, title) in enumerate(groups, 1):
        inside = [_job_line(name, node) for name, node in jobs.items() if outside.get(name) == group]
        if inside:
            lines += [f'    subgraph group{number}["{label(title)}"]', *(f"    {line}" for line in inside), "    end"]
    lines += [_endpoint_line(endpoint, node) for endpoint, node in endpoints.items()]
    arrows: dict[tuple[str, str], list[Link]] = {}
    for link in pipeline.links:
        ends = (jobs[link.job], endpoints[link.endpoint])
        arrows.setdefault(ends if link.direction == "produces" else ends[::-1], []).append(link)
    lines += [f"    {start} {_arrow(links)} {end}" for (start, end), links in arrows.items()]
    if not (jobs or endpoints):
        # Mermaid draws nothing at all of a flowchart without nodes.
        lines.append('    nothing["no job and no endpoint was found"]')
    if any(not endpoint.name for endpoint in endpoints):
        lines.append("    classDef unknown stroke-dasharray: 4 4")
    return "\n".join(lines)


def _job_line(name: str, node: str) -> str:
    return f'    {node}["{label(name)}"]'


def label(text: str) -> str:
    """Returns text as it can stand between the quotes of a Mermaid label."""
    return "".join(_ESCAPED.get(character, character) for character in visible(text.replace("\n", " ")))


def _endpoint_line(endpoint: Endpoint, node: str) -> str:
    opening, closing = _SHAPES[endpoint.kind]
    mark = "" if endpoint.name else ":::unknown"
    return f'    {node}{opening}"{label(str(endpoint))}"{closing}{mark}'


def _arrow(links: list[Link]) -> str:
    """Returns one arrow for all links between two nodes, which Mermaid would draw over each other."""
    line = "-->" if any(link.certainty == "certain" for link in links) else "-.->"
    # "schema unknown" on each of fifty arrows hid the few that have one.
    subjects = dict.fromkeys(link.subject for link in links if link.subject)
    return f'{line}|"{label(", ".join(subjects))}"|' if subjects else line
