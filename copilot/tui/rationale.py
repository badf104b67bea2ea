"""How the rationale looks: its Markdown line by line, with the marks turned into looks and the citations easy to find."""

from __future__ import annotations

import html
import re
from itertools import groupby

from textual.content import Content
from textual.style import Style

from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

TABLE_NOTE = "(the table of alternatives stands at the top of this screen)"
CITE = "cite"
"""Under this key, a citation carries the evidence's id for the mouse."""
_CITATION = re.compile(r"ev-[0-9a-f]{12}")
_MARKS = re.compile(
    r"\\(?P<escaped>[^\w\s])"
    r"|(?P<entity>&(?:lt|gt|amp|#\d{1,4});)"
    r"|(?P<fence>`+)(?P<code>.+?)(?P=fence)(?!`)"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|\[(?P<cite>ev-[0-9a-f]{12})\]"
)
_STARTS = (("- ", "• "), ("> ", "│ "))


def cited(line: str) -> tuple[str, ...]:
    """Returns the evidence ids that a line cites, in order, each once."""
    return tuple(dict.fromkeys(_CITATION.findall(line)))


def rationale_lines(markdown: str) -> list[tuple[str, Content]]:
    """Returns the lines of a rationale with their looks; runs of empty lines are one, and a table is only mentioned."""
    lines: list[tuple[str, Content]] = []
    for kind, block in groupby(markdown.split("\n"), _kind):
        if kind == "table":
            lines.append(("", plain(TABLE_NOTE, "dim")))
        elif kind == "empty":
            lines.append(("", Content(" ")))
        else:
            lines += [(line, _look(line)) for line in block]
    return lines


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    return "table" if line.startswith("|") else "text"


def _look(line: str) -> Content:
    if line.startswith("#"):
        return _inline(line.lstrip("#").strip(), "bold underline" if line.startswith(("# ", "## ")) else "bold")
    text = line.lstrip(" ")
    indent = line[: len(line) - len(text)]
    for mark, sign in _STARTS:
        if text.startswith(mark):
            return hanging([Content.assemble(indent + sign, _inline(text.removeprefix(mark)))])
    return Content.assemble(indent, _inline(text))


def _inline(text: str, style: str = "") -> Content:
    parts = []
    position = 0
    for match in _MARKS.finditer(text):
        parts += [plain(text[position : match.start()], style), _marked(match, style)]
        position = match.end()
    return Content.assemble(*parts, plain(text[position:], style))


def _marked(match: re.Match[str], style: str) -> Content:
    match match.lastgroup:
        case "escaped":
            return plain(match["escaped"], style)
        case "entity":
            return plain(html.unescape(match["entity"]), style)
        case "code":
            return plain(match["code"], f"{style} $text-primary")
        case "bold":
            return _inline(match["bold"], f"{style} bold")
        case _:
            look = plain(f"[{match['cite']}]", f"{style} $text-accent underline")
            return look.stylize(Style.from_meta({CITE: match["cite"]}))
