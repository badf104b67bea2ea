"""Free-form edits: a text that stands exactly once in a file becomes another one."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.domain.alternative import Replacement
from copilot.domain.source import Span
from copilot.patches.splices import CannotEdit, Splices, line_of

_LINES_SHOWN = 4


def replace_texts(path: str, splices: Splices, edits: Sequence[Replacement]) -> None:
    """Adds the splice of each edit; raises CannotEdit where its text is missing, or stands in several places (with where)."""
    for edit in edits:
        text = edit.before.encode()
        starts = _starts(splices.base, text) if text else []
        if not starts:
            what = "An edit of it looks for nothing." if not text else f"What an edit looks for is not in {path}."
            raise CannotEdit(what, Span(path, 1, 1), "Read the file again, and name text that stands in it.")
        first = line_of(splices.base, starts[0])
        if len(starts) > 1:
            lines = ", ".join(str(line_of(splices.base, at)) for at in starts[:_LINES_SHOWN])
            what = f"What an edit looks for stands {len(starts)} times in {path}: lines {lines}."
            raise CannotEdit(what, Span(path, first, first), "Name more of the text around the place.")
        splices.replace(starts[0], starts[0] + len(text), edit.after)


def _starts(base: bytes, text: bytes) -> list[int]:
    """Returns where the text begins, overlapping places too: "aa" stands twice in "aaa"."""
    found, at = [], base.find(text)
    while at >= 0:
        found.append(at)
        at = base.find(text, at + 1)
    return found
