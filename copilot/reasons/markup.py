"""Puts foreign text into Markdown as text: no markup, no HTML, no control sequence, no link comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from copilot.domain.visible import visible

_MARKUP = re.compile(r"([\\`*_\[\]{}<>#|~!$&@])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;"}
# A scheme or "www." becomes a link by itself in many renderers; a zero-width break would hide, so the colon is an entity.
_BARE_LINK = re.compile(r"(https?|ftp|mailto|javascript|data)(:)|(www)(\.)", re.IGNORECASE)
_NAME_UNDERSCORE = re.compile(r"(?<=\w)\\_(?=\w)")


def plain(text: str) -> str:
    """Returns foreign text as one line of Markdown that shows exactly that text."""
    line = visible(" ".join(text.split("\n")), keep="")
    escaped = _MARKUP.sub(lambda match: _ENTITIES.get(match[1], "\\" + match[1]), line)
    escaped = _NAME_UNDERSCORE.sub("_", escaped)
    escaped = _BARE_LINK.sub(lambda match: f"{match[1] or match[3]}{'&#58;' if match[2] else '&#46;'}", escaped)
    return _LINE_START.sub(_escaped_start, escaped)


def code(text: str) -> str:
    """Returns foreign text as inline code, whatever back-ticks it holds."""
    line = visible(" ".join(text.split("\n")), keep="").replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if not line or line[0] in "` " or line[-1] in "` " else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def fenced(text: str, language: str = "") -> list[str]:
    """Returns foreign lines as a code block that they can't close."""
    lines = visible(text).split("\n")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Returns a table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _escaped_start(match: re.Match[str]) -> str:
    indent, mark = match[1], match[2]
    return f"{indent}{mark[:-1]}\\{mark[-1]}"
