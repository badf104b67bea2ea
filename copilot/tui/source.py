"""A place in a file with the lines around it, as it was read: what a finding, a gap or a use points at."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.source import Gap, SourceFile, Span
from copilot.tui.plain import plain

AROUND_LINES = 2
LINES_MAX = 12


def source_lines(span: Span, read: SourceFile | Gap, around: int = AROUND_LINES) -> list[Content]:
    """Returns the lines of a place with their numbers, its own marked; or why they can't be read."""
    if isinstance(read, Gap):
        return [plain(f"  {read.span.path} {read.reason}", "dim")]
    lines = read.text.splitlines()
    first, last = max(1, span.first_line - around), min(len(lines), span.last_line + around)
    width = len(str(last))
    shown = range(first, min(last, first + LINES_MAX - 1) + 1)
    found = [_line(number, lines[number - 1], width, span) for number in shown]
    left = last - shown[-1] if shown else 0
    return found + ([plain(f"  {'':{width}}   … {left} more lines", "dim")] if left > 0 else [])


def _line(number: int, text: str, width: int, span: Span) -> Content:
    is_meant = span.first_line <= number <= span.last_line
    return plain(f"{'>' if is_meant else ' '} {number:{width}}   {text.expandtabs(4)}", "bold" if is_meant else "dim")
