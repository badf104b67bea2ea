"""Are two names meant to be one? Only differences that people make by mistake count, never another word, number or stage."""

from __future__ import annotations

import re

SHORTEST = 6
_WORD = re.compile(r"[a-z]+|[0-9]+")


def is_misspelt(one: str, other: str) -> bool:
    """Tells whether one name is most likely the other one with a slip: a letter, a plural, a dash, or two words swapped.

    Names that differ in a number differ in what they mean (`orders.v1`, `orders.v2`), and so do short words of one length (`HOST`,
    `PORT`).
    """
    if one == other or min(len(one), len(other)) < SHORTEST:
        return False
    ours, theirs = _words(one), _words(other)
    if "".join(ours) == "".join(theirs) or sorted(ours) == sorted(theirs):
        return True
    if len(ours) != len(theirs):
        return _is_slip("".join(ours), "".join(theirs)) and not _has_digits(one, other)
    different = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(different) == 1 and _is_slip(*different[0])


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return _WORD.findall(spaced.lower())


def _has_digits(*names: str) -> bool:
    return any(letter.isdigit() for name in names for letter in name)


def _is_slip(one: str, other: str) -> bool:
    """Tells whether words of four letters or more differ by one letter (of five, where one stands for another), or a swap."""
    if _has_digits(one, other) or min(len(one), len(other)) < 4:
        return False
    short, long = sorted((one, other), key=len)
    head = 0
    while head < len(short) and short[head] == long[head]:
        head += 1
    rest, longer = short[head:], long[head:]
    if len(long) - len(short) == 1:
        return rest == longer[1:]
    if len(long) != len(short):
        return False
    is_swapped = len(rest) > 1 and rest[0] == longer[1] and rest[1] == longer[0] and rest[2:] == longer[2:]
    return is_swapped or (len(short) >= 5 and rest[1:] == longer[1:])
