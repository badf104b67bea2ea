"""Mutations of a compatibility level that is set: one step off, the other way round, or another subject's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, edits_of, place_of, with_edits, with_more
from copilot.domain.alternative import Edit, NewFile, TextEdit
from copilot.domain.levels import Level, demanded
from copilot.domain.operation import ChangeLevel
from copilot.domain.source import SourceFile
from copilot.ports import Case, Tree

_LEVELS: tuple[Level, ...] = (
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
)
_LEVEL = re.compile(r"\b(?:NONE|(?:BACKWARD|FORWARD|FULL)(?:_TRANSITIVE)?)\b")
_OTHER_SIDE = {"BACKWARD": "FORWARD", "FORWARD": "BACKWARD"}
_Others = Callable[[Level], Iterable[str]]


def looser(level: Level) -> Iterator[str]:
    """The levels that ask for less, and between which and this one there is no other."""
    yield from (it for it in _LEVELS if demanded(it) < demanded(level) and not _is_between(it, level))


def tighter(level: Level) -> Iterator[str]:
    """The levels that ask for more, and between which and this one there is no other."""
    yield from (it for it in _LEVELS if demanded(level) < demanded(it) and not _is_between(level, it))


def other_side(level: Level) -> Iterator[str]:
    """The level that asks readers what this one asks writers."""
    side, mark, rest = level.partition("_")
    if side in _OTHER_SIDE:
        yield f"{_OTHER_SIDE[side]}{mark}{rest}"


def at_level(others: _Others) -> Callable[[Edit, Case], Iterator[Edit]]:
    """Returns the break that sets each of the other levels in the place of the one that an edit sets."""

    def broken(edit: Edit, case: Case) -> Iterator[Edit]:
        if not isinstance(edit, TextEdit | NewFile) or not _is_asked(case):
            return
        text = edit.after if isinstance(edit, TextEdit) else edit.text
        found = _LEVEL.search(text)
        level = next((it for it in _LEVELS if found and it == found[0]), None)
        for other in others(level) if level else ():
            changed = _LEVEL.sub(other, text, count=1)
            yield replace(edit, after=changed) if isinstance(edit, TextEdit) else replace(edit, text=changed)

    return broken


def subject_misspelt(edit: Edit, case: Case) -> Iterator[Edit]:
    """New settings that set the level of a subject which is not there."""
    for operation in case.request.operations if isinstance(edit, NewFile) else ():
        if isinstance(edit, NewFile) and isinstance(operation, ChangeLevel) and operation.subject in edit.text:
            yield replace(edit, text=edit.text.replace(operation.subject, f"{operation.subject}_x"))


def neighbour_too(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The level of another subject, on a line beside, set as well."""
    for _, other in _beside(case, tree):
        yield Mutant(f"{other.path}:{other.line} too", with_more(case.alternative, [other]))


def neighbour_instead(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The level of another subject, on a line beside, set in the place of the one that was meant."""
    for edit, other in _beside(case, tree):
        name = f"{place_of(edit)} taken for line {other.line}"
        yield Mutant(name, with_edits(case.alternative, {edit: other}))


def _beside(case: Case, tree: Tree) -> Iterator[tuple[TextEdit, TextEdit]]:
    """Yields each edit that sets a level, with one that sets it on a line beside where another level stands."""
    for edit in edits_of(case.alternative) if _is_asked(case) else ():
        own = _LEVEL.search(edit.after) if isinstance(edit, TextEdit) else None
        if not isinstance(edit, TextEdit) or own is None:
            continue
        file = tree.read([edit.path]).get(edit.path)
        lines = file.text.split("\n") if isinstance(file, SourceFile) else []
        for line in (edit.line + 1, edit.line - 1):
            found = _LEVEL.search(lines[line - 1]) if 0 < line <= len(lines) else None
            if found and found[0] != own[0]:
                yield edit, TextEdit(edit.path, line, found[0], own[0])


def _is_asked(case: Case) -> bool:
    return any(isinstance(it, ChangeLevel) for it in case.request.operations)


def _is_between(low: Level, high: Level) -> bool:
    return any(demanded(low) < demanded(it) < demanded(high) for it in _LEVELS)
