"""Edits of a text in a line or two: places are found by a marker, «name», instead of a counted offset."""

from __future__ import annotations

import re
from typing import Any

from copilot.domain.alternative import CodeAction, CodeEdit
from copilot.patches.python_edits import edit_python
from copilot.patches.python_source import PythonSource
from copilot.patches.python_verify import verify_python
from copilot.patches.splices import Splices

Asked = tuple[CodeAction, dict[str, Any]]


def edited(marked: str, *edits: Asked) -> str:
    """Returns the text after edits; the n-th edit is about the n-th «…», which holds the token (a string with its quotes)."""
    text, places = unmarked(marked)
    return edited_at(
        text, *(edit_at(place, action, **more) for place, (action, more) in zip(places, edits, strict=True))
    )


def edited_at(text: str, *edits: CodeEdit) -> str:
    source = PythonSource("job.py", text)
    splices = Splices("job.py", source.data)
    edit_python(source, splices, edits)
    after = splices.apply()
    verify_python(source, after, splices.all())
    return after


def unmarked(marked: str) -> tuple[str, list[tuple[int, str]]]:
    text, places = "", []
    for piece in marked.split("«"):
        token, end, rest = piece.partition("»")
        if end:
            places.append((len(text.encode()), re.sub(r"^[a-z]?([\"']+)|[\"']+$", "", token)))
        text += token + rest
    return text, places


def edit_at(place: tuple[int, str], action: CodeAction, **more: Any) -> CodeEdit:
    return CodeEdit("job.py", place[0], action, more.pop("name", place[1]), **more)
