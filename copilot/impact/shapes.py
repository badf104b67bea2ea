"""A record as a light reading sees it: its name, its fields, their types' words and their lines."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

BRACED = (".avdl", ".thrift", ".graphql", ".ts", ".java", ".go", ".kt", ".scala", ".rs", ".cs", ".sql")
"""Suffixes of languages whose records stand between braces."""
_STRUCTURE = (
    "items properties definitions $defs schemas components schema allOf anyOf oneOf types fields patternProperties"
    " additionalProperties"
)
STRUCTURE_WORDS = frozenset(_STRUCTURE.split())
"""Keys that structure a schema, and are no part of a record's name."""


@dataclass(frozen=True, slots=True)
class ShapeField:
    """One field of a record, or a symbol of an enum; `type` is what the text says, for comparison only."""

    name: str
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A record, message, class or table; an inner one's name is dotted behind the outer one's."""

    name: str
    fields: tuple[ShapeField, ...]
    line: int


def stem_of(path: str) -> str:
    """Returns the file's name up to its first dot: "order" of `schemas/order.v2.avsc`."""
    name = posixpath.basename(path)
    return name.lstrip(".").split(".")[0] or name
