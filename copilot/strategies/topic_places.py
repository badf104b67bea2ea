"""Where a topic's name stands, and who gets it from there: the places that a change of the name has to reach, each with its turn.

A link's proof ends at the line where the name is written; the other lines that hold it are told apart by what they belong to: a
file of values that one of the link's deployments is called after, the deployment whose setting it is, the folder of a job, a list
of topics that somebody creates, or nothing that is known.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import Literal

from copilot.domain.mention import is_distinctive
from copilot.domain.naming import is_test_path
from copilot.domain.pipeline import Deployment, Impact, Link, PipelineMap
from copilot.domain.source import Span
from copilot.settings import SETTINGS_PATH

Owner = Literal["producers", "consumers", "both", "list", "nobody"]
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One line that holds the name. `jobs` are those that get it from there; `separator` is what stands between names of a list,
    `quote` what encloses the name where it is a text of its own in code.
    """

    path: str
    line: int
    owner: Owner
    jobs: tuple[str, ...] = ()
    separator: str = ""
    quote: str = ""


def places_of_topic(topic: str, impact: Impact, pipeline: PipelineMap) -> tuple[Place, ...]:
    """Returns every place of the name in this repository, in the order of paths and lines."""
    named = {(it.span.path, it.span.first_line) for it in impact.mentions}
    ends = [link.proof[-1] for link in _links(impact) if link.proof]
    # A proof in code may end at a call that gets the name in a way that no line shows: a person has to find that.
    plain = [span for span in ends if span.first_line == span.last_line and not span.path.endswith(".py")]
    proved = {(span.path, span.first_line) for span in plain}
    lines = sorted(named | proved)
    own = [place for place in lines if not pipeline.is_foreign(place[0])]
    texts = {(it.span.path, it.span.first_line): it.excerpt for it in impact.mentions}
    found = (_place(path, line, topic, impact, pipeline) for path, line in own)
    return tuple(replace(it, quote=_quote(it.path, texts.get((it.path, it.line), ""), topic)) for it in found)


def chain_of(link: Link) -> str:
    """Returns the way of the name from the call back to where it is written: "main.py:39, main.py:19, compose.yaml:20"."""
    return " from ".join(dict.fromkeys(str(span) for span in link.proof))


def _place(path: str, line: int, topic: str, impact: Impact, pipeline: PipelineMap) -> Place:
    if path == SETTINGS_PATH:
        return Place(path, line, "nobody")
    by_proof = [link for link in _links(impact) if any((path, line) in _lines_of(it) for it in link.proof)]
    if by_proof:
        return _shared(path, line, by_proof)
    text = next((it.excerpt for it in impact.mentions if it.span.path == path and it.span.first_line == line), "")
    by_values = [link for link in _links(impact) if posixpath.splitext(path)[0] in link.deployments]
    if by_values and (is_distinctive(topic) or "topic" in text.lower()):
        return _shared(path, line, by_values)
    deployment = _deployment_at(path, line, topic, pipeline)
    if deployment is not None:
        links = [link for link in _links(impact) if link.job == deployment.job]
        if links:
            # A reader that gets both names beside each other would read every record twice.
            return _shared(path, line, links)
        separator = _list_separator(topic, deployment)
        if separator:
            return Place(path, line, "list", (deployment.job,), separator)
        return Place(path, line, "nobody", (deployment.job,))
    roots = {job.name: job.root.rstrip("/") for job in pipeline.jobs if job.root not in ("", ".")}
    links = [link for link in _links(impact) if f"{path}/".startswith(roots.get(link.job, "\0") + "/")]
    # A text in code that is an ordinary word may mean anything; in tests it is looked at when they are run.
    is_meant = is_distinctive(topic) or is_test_path(path) or "topic" in text.lower()
    # A job's own file of settings says the name as a whole value.
    is_set = (
        ".env" in posixpath.basename(path) and re.search(rf"=\s*[\"']?{re.escape(topic)}[\"']?\s*$", text) is not None
    )
    is_sure = (path.endswith(".py") and is_meant) or is_set
    return _shared(path, line, links) if links and is_sure else Place(path, line, "nobody")


def _quote(path: str, text: str, topic: str) -> str:
    """In code only a text of its own is the name: an import or a docstring may hold the same word."""
    return next((mark for mark in ('"', "'") if f"{mark}{topic}{mark}" in text), "") if path.endswith(".py") else ""


def _lines_of(span: Span) -> set[tuple[str, int]]:
    return {(span.path, line) for line in range(span.first_line, span.last_line + 1)}


def _links(impact: Impact) -> tuple[Link, ...]:
    return (*impact.producers, *impact.consumers)


def _shared(path: str, line: int, links: list[Link]) -> Place:
    sides = {link.direction for link in links}
    owner: Owner = "both" if len(sides) > 1 else "producers" if "produces" in sides else "consumers"
    return Place(path, line, owner, tuple(sorted({link.job for link in links})))


def _deployment_at(path: str, line: int, topic: str, pipeline: PipelineMap) -> Deployment | None:
    """The deployment above the line in its file that has the name in a setting: the nearest one, if any."""
    above = [
        it
        for it in pipeline.deployments
        if it.span.path == path
        and it.span.first_line <= line
        and any(topic in _SEPARATORS.split(value) for _, value in it.settings)
    ]
    return max(above, key=lambda it: it.span.first_line) if above else None


def _list_separator(topic: str, deployment: Deployment) -> str:
    for _, value in deployment.settings:
        if value != topic and topic in _SEPARATORS.split(value):
            found = re.search(r"\s*[,;]\s*|\s+", value)
            return found[0] if found else ""
    return ""
