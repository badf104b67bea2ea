"""Names for lines of a hunk: "path@@2" is the hunk, "path@@2:4" its line 4, "path@@2:4-7" four of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from copilot.domain.patch import Hunk
from copilot.errors import WrongUsage

_PART = re.compile(r"(?P<hunk>.+@@[0-9]+)(?::(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?)?", re.DOTALL)


def changed_lines(hunk: Hunk) -> frozenset[int]:
    """Returns the numbers, from 1, of the lines that a person can leave out."""
    return frozenset(number for number, line in enumerate(hunk.lines, 1) if line.startswith(("+", "-")))


def parts_of(hunks: Mapping[str, Hunk], ids: Collection[str]) -> dict[str, frozenset[int]]:
    """Returns the lines that the ids name, by hunk, all its changed lines for a hunk itself. Raises WrongUsage for any other id."""
    found: dict[str, frozenset[int]] = {}
    for id in sorted(ids):
        match = _PART.fullmatch(id)
        hunk = hunks.get(match["hunk"]) if match else None
        if match is None or hunk is None:
            raise WrongUsage(f'The patch has no hunk "{id}".', next=f"Use one of {', '.join(sorted(hunks))}.")
        numbers = changed_lines(hunk)
        if match["first"]:
            first = int(match["first"])
            numbers &= frozenset(range(first, min(int(match["last"] or first), len(hunk.lines)) + 1))
            if not numbers:
                raise WrongUsage(
                    f'"{id}" names no line that {hunk.id} changes.',
                    where=f"{hunk.path}:{hunk.first_line}",
                    next=f"Its changed lines are {', '.join(_ranges(changed_lines(hunk)))}.",
                )
        found[hunk.id] = found.get(hunk.id, frozenset()) | numbers
    return found


def part_ids(hunk: Hunk, numbers: Collection[int]) -> tuple[str, ...]:
    """Returns the ids of those lines, always the same for the same lines: that of the hunk where they are all that it changes."""
    chosen = changed_lines(hunk) & frozenset(numbers)
    if chosen == changed_lines(hunk):
        return (hunk.id,)
    return tuple(f"{hunk.id}:{part}" for part in _ranges(chosen))


def parts_words(left_out: Iterable[str], edited: Collection[object]) -> str:
    """Returns how much was left out and edited: "without 1 hunk and 3 lines, 1 hunk edited"."""
    hunks = lines = 0
    for id in left_out:
        match = _PART.fullmatch(id)
        if match and match["first"]:
            lines += int(match["last"] or match["first"]) - int(match["first"]) + 1
        else:
            hunks += 1
    gone = [_counted(count, noun) for count, noun in ((hunks, "hunk"), (lines, "line")) if count]
    told = [f"without {' and '.join(gone)}"] if gone else []
    told += [f"{_counted(len(edited), 'hunk')} edited"] if edited else []
    return ", ".join(told)


def _ranges(numbers: Iterable[int]) -> Iterator[str]:
    first = last = 0
    for number in [*sorted(numbers), -1]:
        if first and number != last + 1:
            yield str(first) if first == last else f"{first}-{last}"
            first = 0
        first = first or number
        last = number


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"
