"""Names of fields that come to stand beside another one, in its own way of writing: `amount_v2`, `orderAmountV2`."""

from __future__ import annotations

from collections.abc import Container
from itertools import count


def is_camel(name: str) -> bool:
    """Tells whether a name sets its words apart by capitals."""
    return name.lower() != name and "_" not in name


def beside(name: str, word: str) -> str:
    """Returns the name with a word after it."""
    return f"{name}{word[:1].upper()}{word[1:]}" if is_camel(name) else f"{name}_{word}"


def next_of(name: str, taken: Container[str]) -> str:
    """Returns the next free name of the field's family."""
    return next(it for number in count(2) if (it := beside(name, f"v{number}")) not in taken)
