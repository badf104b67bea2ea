"""The levels of compatibility that a subject may have to keep; apart, because a command line needs these names and no noun."""

from __future__ import annotations

from typing import Literal

Level = Literal["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]
DEFAULT_LEVEL: Level = "BACKWARD"

Direction = Literal["backward", "forward"]
"""backward: the new schema reads data of the old one. forward: the old schema reads data of the new one."""
Age = Literal["previous", "older"]

_DIRECTIONS: dict[str, tuple[Direction, ...]] = {
    "NONE": (),
    "BACKWARD": ("backward",),
    "FORWARD": ("forward",),
    "FULL": ("backward", "forward"),
}


def demanded(level: Level) -> frozenset[tuple[Direction, Age]]:
    """Returns which meetings a level asks to work; the words are the registry's."""
    name, _, transitive = level.partition("_")
    ages: tuple[Age, ...] = ("previous", "older") if transitive else ("previous",)
    return frozenset((direction, age) for direction in _DIRECTIONS[name] for age in ages)


def is_looser(level: Level, than: Level) -> bool:
    """Tells whether a level asks for less than another one and for nothing else."""
    return demanded(level) < demanded(than)
