"""A line of some file that holds a name as a word of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.domain.source import Span

_IN_NAMES = r"[A-Za-z0-9._-]"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a name stands, and the line without its margins.

    `word` is the name as it is written there (a key with its quotes), where each of its places on the line is meant; "" where that
    isn't known.
    """

    span: Span
    excerpt: str
    word: str = ""


def is_distinctive(name: str) -> bool:
    """Tells whether a name can hardly be a word of every day: it has a mark, a digit, or a capital inside."""
    return re.search(r"[._\d-]|[a-z][A-Z]", name) is not None


def whole_words(word: str) -> re.Pattern[str]:
    """Returns the pattern of a word between characters that no name of a topic or setting has; a full stop may end a sentence."""
    return re.compile(rf"(?<!{_IN_NAMES}){re.escape(word)}(?![A-Za-z0-9_-]|\.[A-Za-z0-9_])")
