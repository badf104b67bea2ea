"""A record as a light reading sees it: its name, its fields, their types' words and their lines."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

BRACED = (".avdl", ".thrift", ".graphql", ".ts", ".java", ".go", ".kt", ".scala", ".rs", ".cs", ".sql")
"""Suffixes of languages whose records stand between braces."""
_STRUCTURE = (
    "items properties definitions $defs schemas components schema allOf anyOf oneOf types fields patternProperties"
    " additionalProperties"
)
STRUCTURE_WORDS = frozenset(_STRUCTURE.split())
"""Keys that structure a schema, and are no part of a record's name."""
SYMBOL = "symbol"
"""The type of what an enum holds."""


@dataclass(frozen=True, slots=True)
class ShapeField:
    """One field of a record, or a symbol of an enum; `type` is what the text says, for comparison only."""

    name: str
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A record, message, class, table or enum; an inner one's name is dotted behind the outer one's.

    `space` is the namespace or package that the text gives it, "" where it gives none.
    """

    name: str
    fields: tuple[ShapeField, ...]
    line: int
    space: str = ""

    @property
    def full_name(self) -> str:
        """The name with its namespace."""
        return f"{self.space}.{self.name}" if self.space else self.name

    @property
    def is_enum(self) -> bool:
        """Tells whether it holds symbols, and so no fields."""
        return bool(self.fields) and all(it.type == SYMBOL for it in self.fields)


def within(space: str, shapes: Iterable[Shape]) -> Iterator[Shape]:
    """Yields the records with the namespace around them; one that has its own keeps it."""
    return (replace(it, space=it.space or space) for it in shapes) if space else iter(shapes)


def stem_of(path: str) -> str:
    """Returns the file's name up to its first dot: "order" of `schemas/order.v2.avsc`."""
    name = posixpath.basename(path)
    return name.lstrip(".").split(".")[0] or name
