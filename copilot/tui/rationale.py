"""How the rationale looks: its Markdown line by line, as the file has it, with headings and citations made easy to find."""

from __future__ import annotations

import re

from textual.content import Content

from copilot.tui.panes import plain

_CITATION = re.compile(r"ev-[0-9a-f]{12}")


def cited(line: str) -> tuple[str, ...]:
    """Returns the evidence ids that a line cites, in order, each once."""
    return tuple(dict.fromkeys(_CITATION.findall(line)))


def rationale_lines(markdown: str) -> list[tuple[str, Content]]:
    """Returns the lines of a rationale with their looks; runs of empty lines are one."""
    lines: list[tuple[str, Content]] = []
    for line in markdown.split("\n"):
        if line.strip() or (lines and lines[-1][0].strip()):
            lines.append((line, _look(line)))
    return lines


def _look(line: str) -> Content:
    if line.startswith("#"):
        return plain(line.lstrip("# "), "bold underline")
    if not _CITATION.search(line):
        return plain(line or " ")
    parts = []
    position = 0
    for match in _CITATION.finditer(line):
        parts += [plain(line[position : match.start()]), plain(match.group(), "$text-accent underline")]
        position = match.end()
    return Content.assemble(*parts, plain(line[position:]))
