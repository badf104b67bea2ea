"""Draws with ASCII alone: each other character becomes one of the same width, so that nothing moves."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "✓": "+",
    "✗": "x",
    "–": "-",
    "—": "-",
    "…": "~",
    "•": "*",
    "·": ".",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "▶": ">",
    "◀": "<",
    "▲": "^",
    "▼": "v",
    "●": "o",
    "○": "o",
    "■": "#",
    "□": "#",
    "❯": ">",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "×": "x",
    "≤": "<",
    "≥": ">",
    "≠": "#",
}
_BLOCKS = {**dict.fromkeys("█▉▊▋▌▐▍▎▏▕", "|"), **dict.fromkeys("▔▁▂▃▄▅▆▇▀", "_"), **dict.fromkeys("░▒▓", "#")}
_FIRST_BOX, _LAST_BOX = 0x2500, 0x257F


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """Returns the text in ASCII, as many cells wide."""
    return text if text.isascii() else "".join(map(_ascii, text))


class AsciiFilter(LineFilter):
    """Draws what widgets made with ASCII alone."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Returns the segments in ASCII."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), *segment[1:]) for segment in segments
        ]


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    known = _SIGNS.get(character) or _BLOCKS.get(character) or _box(character)
    if known:
        return known
    width = cell_len(character)
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width else "?" * width


def _box(character: str) -> str:
    """A line of the kind of a box: those that run one way stay lines, all others are corners."""
    if not _FIRST_BOX <= ord(character) <= _LAST_BOX:
        return ""
    name = unicodedata.name(character)
    has_across = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT"))
    has_down = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    return "+" if has_across and has_down else "-" if has_across else "|" if has_down else "+"
