"""The map as one page to look at: a graph with search and a filter by subject, which loads nothing from anywhere.

The page's parts lie in `map_page/`. Names of the repository reach it as data only: escaped JSON that the script puts in as text,
under a policy that lets no other script run.
"""

from __future__ import annotations

import base64
import html
import json
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import Any

from copilot.cli.map_text import short
from copilot.domain.pipeline import Certainty, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import WORKING_TREE
from copilot.domain.visible import visible
from copilot.reasons.version_words import type_words
from copilot.reasons.words import counted, decoder_words

_RANKS: dict[Certainty, int] = {"certain": 0, "likely": 1, "possible": 2}
_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def map_html(pipeline: PipelineMap) -> str:
    """Returns the whole page."""
    parts = files("copilot.cli").joinpath("map_page")
    page, style, layout, script = (
        parts.joinpath(name).read_text("utf-8") for name in ("page.html", "page.css", "layout.js", "page.js")
    )
    script = f"{layout}\n{script}"
    data = json.dumps(_seen(_data(pipeline)), ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)
    at = "the working tree" if pipeline.commit == WORKING_TREE else f"commit {short(pipeline.commit)}"
    return Template(page).substitute(
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src '{_digest(script)}'",
        title=html.escape(f"Pipeline at {at}"),
        summary=html.escape(_summary(pipeline)),
        style=style,
        data=data,
        script=script,
    )


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(sha256(script.encode()).digest()).decode()


def _summary(pipeline: PipelineMap) -> str:
    counts = (
        (len(pipeline.jobs), "job"),
        (len(pipeline.endpoints), "endpoint"),
        (len(pipeline.subjects), "subject"),
        (len(pipeline.uses), "field use"),
        (len(pipeline.gaps), "gap"),
    )
    told = ", ".join(counted(count, noun) for count, noun in counts)
    clones = [f"{it.name} at {short(it.commit)}" if it.commit else f"{it.name} not" for it in pipeline.clones]
    beyond = f"; of other repositories, {', '.join(clones)}" if clones else ""
    left = (
        f"; {counted(pipeline.uncommitted_count, 'uncommitted change')} not read" if pipeline.uncommitted_count else ""
    )
    return f"{told}; {counted(pipeline.files_read, 'file')} read{beyond}{left}"


def _data(pipeline: PipelineMap) -> dict[str, Any]:
    """Returns what the script draws: `links` name their endpoint by its number, certainties count from 0, the surest."""
    numbers = {endpoint: number for number, endpoint in enumerate(pipeline.endpoints)}
    return {
        "jobs": [
            {
                "name": job.name,
                "root": job.root,
                "deployments": [
                    {"name": one.name, "at": str(one.span)} for one in pipeline.deployments if one.job == job.name
                ],
                "blind_spots": [
                    {"at": str(one.span), "reason": one.reason} for one in pipeline.blind_spots if one.job == job.name
                ],
            }
            for job in pipeline.jobs
        ],
        "endpoints": [{"kind": it.kind, "name": it.name, "label": str(it)} for it in pipeline.endpoints],
        "subjects": [_subject(subject) for subject in pipeline.subjects],
        "links": [_link(link, numbers[link.endpoint]) for link in pipeline.links],
        "uses": [
            {
                "job": use.job,
                "subject": use.subject,
                "path": use.path,
                "mode": use.mode,
                "certainty": _RANKS[use.certainty],
                "is_test": use.is_test,
                "at": str(use.span),
            }
            for use in pipeline.uses
        ],
        "gaps": [{"at": str(gap.span), "reason": gap.reason} for gap in pipeline.gaps],
    }


def _subject(subject: SchemaSubject) -> dict[str, Any]:
    return {
        "name": subject.name,
        "format": subject.format,
        "compatibility": subject.compatibility,
        "versions": len(subject.versions),
        "at": str(subject.latest.source.span),
        "copies": [str(copy.span) for copy in subject.copies],
        "fields": [{"path": field.path, "type": type_words(field.type)} for field in subject.latest.fields],
    }


def _link(link: Link, endpoint: int) -> dict[str, Any]:
    return {
        "job": link.job,
        "endpoint": endpoint,
        "direction": link.direction,
        "subject": link.subject,
        "decoder": decoder_words(link.decoder, link.direction == "consumes") if link.decoder else "",
        "certainty": _RANKS[link.certainty],
        "proof": [str(span) for span in link.proof],
    }


def _seen(value: Any) -> Any:
    """Returns the data with every hidden character as a visible escape."""
    if isinstance(value, str):
        return visible(value, keep="")
    if isinstance(value, dict):
        return {key: _seen(item) for key, item in value.items()}
    return [_seen(item) for item in value] if isinstance(value, list) else value
