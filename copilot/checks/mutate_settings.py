"""Mutations of settings and of new programs: a line that is forgotten, a name that is another one, a program that does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, edits_of, place_of, without
from copilot.domain.alternative import Edit, NewFile, TextEdit
from copilot.domain.operation import SplitTopic, TopicOperation, old_topics
from copilot.ports import Case, Tree

_NAME = re.compile(r"[\w./-]*\w")
_BOUND = re.compile(r"(?<=[<>] |[<>]=)(\s*)(\d+)\b")


def file_forgotten(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A new file that was not made."""
    if isinstance(edit, NewFile):
        yield None


def topics_exchanged(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A new program that reads what it should write, and the other way round."""
    old, new = _topics(case)
    pair = old[:1] + new[:1]
    if isinstance(edit, NewFile) and len(pair) == 2 and all(f'"{name}"' in edit.text for name in pair):
        swap = dict(zip(pair, pair[::-1], strict=True))
        either = re.compile("|".join(f'"{re.escape(name)}"' for name in swap))
        yield replace(edit, text=either.sub(lambda found: f'"{swap[found[0][1:-1]]}"', edit.text))


def bound_off_by_one(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A new program that compares with the number beside the one that was meant."""
    if isinstance(edit, NewFile) and (found := _BOUND.search(edit.text)):
        changed = f"{found[1]}{int(found[2]) + 1}"
        yield replace(edit, text=f"{edit.text[: found.start()]}{changed}{edit.text[found.end() :]}")


def setting_forgotten(case: Case, tree: Tree) -> Iterator[Mutant]:
    """One line of a setting left as it is."""
    for edit in edits_of(case.alternative):
        if isinstance(edit, TextEdit):
            yield from without(place_of(edit), case, [edit])


def setting_misspelt(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A setting that names something else than was asked for."""
    if isinstance(edit, TextEdit) and edit.before:
        yield replace(edit, after=_NAME.sub(lambda found: f"{found[0]}-x", edit.after, count=1))


def other_topic_set(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A setting that names another topic of the request: the wrong one of several, or one that should go."""
    if isinstance(edit, TextEdit):
        bare = edit.after.strip("\"'")
        old, new = _topics(case)
        topics = [*old, *new]
        others = [it for it in topics if it not in (bare, edit.before.strip("\"'"))]
        if bare in topics and others:
            yield replace(edit, after=edit.after.replace(bare, others[0]))


def _topics(case: Case) -> tuple[list[str], list[str]]:
    """Returns the topics that the request names: those that are there, and those that come."""
    old: list[str] = []
    new: list[str] = []
    for operation in case.request.operations:
        if isinstance(operation, TopicOperation):
            old += old_topics(operation)
            new += (*operation.into, operation.rest) if isinstance(operation, SplitTopic) else (operation.to,)
    return old, new
