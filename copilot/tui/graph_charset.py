"""The characters that a graph is drawn with: lines by the sides that they touch, frames, and the same in ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

RIGHT, LEFT, UP, DOWN = 1, 2, 4, 8
ACROSS, UPRIGHT = RIGHT | LEFT, UP | DOWN


class Frame(NamedTuple):
    """The characters of a box: its four corners, its level and its upright sides."""

    corners: str
    level: str
    upright: str


@dataclass(frozen=True, slots=True)
class Charset:
    """`lines`, `faint` and `heavy` give a character for the sides that a line touches, `joins` for a corner over a level line.

    `heads` point right and left.
    """

    lines: Mapping[int, str]
    faint: Mapping[int, str]
    heavy: Mapping[int, str]
    joins: Mapping[int, str]
    heads: tuple[str, str]
    frames: Mapping[str, Frame]
    cut: str


def _lines(characters: str) -> Mapping[int, str]:
    """Returns the characters by the sides that they touch, given for 1 to 15 in order; 0 is empty."""
    return dict(enumerate(" " + characters))


_BOXES = {
    "plain": Frame("╭╮╰╯", "─", "│"),
    "job": Frame("┌┐└┘", "─", "│"),
    "unknown": Frame("╭╮╰╯", "┄", "┆"),
    "foreign": Frame("╔╗╚╝", "═", "║"),
    "selected": Frame("┏┓┗┛", "━", "┃"),
}
_ASCII_BOXES = {
    "plain": Frame("..''", "-", "|"),
    "job": Frame("++++", "-", "|"),
    "unknown": Frame("..''", ".", ":"),
    "foreign": Frame("++++", "=", "|"),
    "selected": Frame("####", "#", "#"),
}
_SOLID = _lines("───│└┘┴│┌┐┬│├┤┼")
_PLUS = _lines("---|+++|+++|+++")
UNICODE = Charset(
    _SOLID,
    {**_SOLID, **dict.fromkeys((RIGHT, LEFT, ACROSS), "┄"), **dict.fromkeys((UP, DOWN, UPRIGHT), "┆")},
    _lines("━━━┃┗┛┻┃┏┓┳┃┣┫╋"),
    {UP | RIGHT: "╰", DOWN | RIGHT: "╭", UP | LEFT: "╯", DOWN | LEFT: "╮"},
    ("▶", "◀"),
    _BOXES,
    "…",
)
ASCII = Charset(
    _PLUS,
    {**_PLUS, **dict.fromkeys((RIGHT, LEFT, ACROSS), "."), **dict.fromkeys((UP, DOWN, UPRIGHT), ":")},
    _lines("===############"),
    {UP | RIGHT: "'", DOWN | RIGHT: ".", UP | LEFT: "'", DOWN | LEFT: "."},
    (">", "<"),
    _ASCII_BOXES,
    "~",
)
