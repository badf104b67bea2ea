"""When are two names the same to a person? Case, snake, camel and kebab writing, quotes and plurals don't matter; order does."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_NEAREST_COUNT = 3
_NEAREST_CUTOFF = 0.5
_COMPARED_LENGTH = 200
_MISSPELT_LIKENESS = 0.8


def words_of(name: str) -> tuple[str, ...]:
    """Returns the words of a name in lower case: `meanRA`, `mean_ra` and "mean RA" have the same."""
    return tuple(word.lower() for word in _WORD.findall(name))


def folded(name: str) -> str:
    """Returns the name without its separators: `meanra` and `mean_ra` are then equal."""
    return "".join(words_of(name))


def singular(name: str) -> str:
    """Returns the folded name with the plural of its last word taken off."""
    whole = folded(name)
    if whole.endswith("ies") and len(whole) > 4:
        return whole[:-3] + "y"
    return whole[:-1] if whole.endswith("s") and not whole.endswith("ss") and len(whole) > 2 else whole


_TIERS: tuple[Callable[[str], str | tuple[str, ...]], ...] = (str, str.lower, words_of, folded, singular)
"""The forms of which two names are compared by one, the strictest first."""


def best_matches(said: str, names: Iterable[str]) -> tuple[str, ...]:
    """Returns the names that match by the strictest comparison that any of them passes."""
    known = tuple(dict.fromkeys(names))
    for form in _TIERS:
        key = form(said)
        found = tuple(name for name in known if form(name) == key) if key else ()
        if found:
            return found
    return ()


def nearest(said: str, names: Iterable[str]) -> tuple[str, ...]:
    """Returns up to three names that are spelt most like `said`, the nearest first."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(name.lower()[:_COMPARED_LENGTH], name)
    found = difflib.get_close_matches(said.lower()[:_COMPARED_LENGTH], by_key, _NEAREST_COUNT, _NEAREST_CUTOFF)
    return tuple(by_key[key] for key in found)


def is_misspelt(said: str, name: str) -> bool:
    """Tells whether `said` is so much like a name that it can only be a slip of the keys."""
    return difflib.SequenceMatcher(None, said.lower(), name.lower()).ratio() >= _MISSPELT_LIKENESS


def listed(names: Iterable[str]) -> str:
    """Returns names in quotes, joined for a sentence: "a", "b" or "c"."""
    quoted = [f'"{name}"' for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)
