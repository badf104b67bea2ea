"""Words replaced in files of any kind: settings, manifests, scripts, constants. A word must stand there whole."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.domain.alternative import TextEdit
from copilot.domain.mention import whole_words
from copilot.domain.source import Span
from copilot.patches.splices import CannotEdit, Splices


def edit_words(path: str, splices: Splices, edits: Sequence[TextEdit]) -> None:
    """Adds the splices of each edit; raises CannotEdit where a line does not hold the word."""
    lines = splices.base.split(b"\n")
    for edit in edits:
        where = Span(path, edit.line, edit.line)
        if not 0 < edit.line <= len(lines):
            raise CannotEdit(f"{path} has no line {edit.line}.", where, "Change this file by hand.")
        start = sum(len(line) + 1 for line in lines[: edit.line - 1])
        if not edit.before:
            splices.insert(start, edit.after)
            continue
        places = list(whole_words(edit.before).finditer(lines[edit.line - 1].decode("utf-8", "replace")))
        if not places:
            raise CannotEdit(
                f'"{edit.before}" does not stand on this line as a word of its own.', where, "Change it by hand."
            )
        text = lines[edit.line - 1].decode("utf-8", "replace")
        for place in places:
            at = start + len(text[: place.start()].encode())
            splices.replace(at, at + len(edit.before.encode()), edit.after)
