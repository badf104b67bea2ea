"""Where in a file? The lines of the field, of the record's fields close together, of the record going on whole, or of its name."""

from __future__ import annotations

from copilot.domain.source import Span
from copilot.impact.facts import FileFacts
from copilot.impact.target import Target

SPANS_MAX = 5


def spans_of(it: FileFacts, targets: tuple[Target, ...]) -> tuple[Span, ...]:
    """Returns the places to look at, in the order of their lines; none where the text was not read."""
    own = sorted({target.field_line for target in targets if target.path == it.path and target.is_record_found})
    if own:
        return tuple(Span(it.path, line, line) for line in own[:SPANS_MAX])
    passage = it.passage
    if passage is None:
        return ()
    if passage.field_lines:
        return _runs(it.path, passage.field_lines)
    first, last = passage.dense_lines
    if first and passage.density >= 0.25:
        return (Span(it.path, first, last),)
    return _runs(it.path, passage.whole_lines or passage.record_lines)


def _runs(path: str, lines: tuple[int, ...]) -> tuple[Span, ...]:
    """Joins lines that follow each other."""
    found: list[Span] = []
    for line in lines:
        if found and line - found[-1].last_line <= 1:
            found[-1] = Span(path, found[-1].first_line, line)
        else:
            found.append(Span(path, line, line))
    return tuple(found[:SPANS_MAX])
