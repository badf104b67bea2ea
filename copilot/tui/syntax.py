"""Syntax colours of one text, found bit by bit, so that a long file never holds up a key."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

CHARACTERS_MAX = 2_000_000
"""Texts longer than this stay without colours."""
_TOKENS_BETWEEN_LOOKS = 200
_LEXERS = {
    "avdl": "java",
    "avsc": "json",
    "cfg": "ini",
    "css": "css",
    "go": "go",
    "ini": "ini",
    "ipynb": "json",
    "java": "java",
    "js": "javascript",
    "json": "json",
    "kt": "kotlin",
    "md": "markdown",
    "proto": "protobuf",
    "py": "python",
    "pyi": "python",
    "rs": "rust",
    "scala": "scala",
    "sh": "bash",
    "sql": "sql",
    "tf": "terraform",
    "toml": "toml",
    "ts": "typescript",
    "yaml": "yaml",
    "yml": "yaml",
}
_STYLES = (
    ("Token.Comment", "$text-muted italic"),
    ("Token.Literal.String.Doc", "$text-muted italic"),
    ("Token.Literal.String", "$text-primary"),
    ("Token.Literal", "$text-warning"),
    ("Token.Keyword", "$text-accent"),
    ("Token.Operator.Word", "$text-accent"),
    ("Token.Name.Tag", "bold"),
    ("Token.Name.Function", "bold"),
    ("Token.Name.Class", "bold"),
    ("Token.Name.Decorator", "$text-accent"),
    ("Token.Name.Builtin", "$text-accent"),
)

Piece = tuple[int, int, str]
"""From which character of a line to before which other, and its style."""


class Colours:
    """The styled pieces of the lines of a text, as far as they are known yet."""

    def __init__(self, path: str, text: str) -> None:
        name = path.rpartition("/")[2]
        self._lexer_name = _LEXERS.get(name.rpartition(".")[2].lower(), "") if len(text) <= CHARACTERS_MAX else ""
        self._text = text
        self._tokens: Iterator[tuple[int, object, str]] | None = None
        self._lines: list[list[Piece]] = [[]]
        self._column = 0
        self.is_done = not self._lexer_name

    def line(self, number: int) -> tuple[Piece, ...]:
        """Returns the pieces of a line, counted from 1; () where they are not known, or not known yet."""
        return tuple(self._lines[number - 1]) if 0 < number <= len(self._lines) else ()

    def go_on(self, seconds: float) -> None:
        """Looks at more of the text, for about so long."""
        until = time.perf_counter() + seconds
        if self._tokens is None:
            self._tokens = iter(_lexer(self._lexer_name).get_tokens_unprocessed(self._text))
        for count, (_, kind, value) in enumerate(self._tokens, 1):
            self._take(value, _style(str(kind)))
            if count % _TOKENS_BETWEEN_LOOKS == 0 and time.perf_counter() > until:
                return
        self.is_done = True

    def _take(self, value: str, style: str) -> None:
        first, *rest = value.split("\n")
        self._piece(first, style)
        for part in rest:
            self._lines.append([])
            self._column = 0
            self._piece(part, style)

    def _piece(self, text: str, style: str) -> None:
        end = self._column + len(text)
        if style and text:
            self._lines[-1].append((self._column, end, style))
        self._column = end


@functools.cache
def _lexer(name: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(name)


@functools.cache
def _style(kind: str) -> str:
    return next((style for start, style in _STYLES if kind.startswith(start)), "")
