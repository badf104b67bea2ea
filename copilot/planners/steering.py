"""What a person's words change about an earlier request: operations that are added or put in the place of others, and wishes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from copilot.domain.operation import ChangeRequest, Operation, operation_object
from copilot.domain.wishes import KeepsOld, Wish
from copilot.planners.sentences import parts_of
from copilot.planners.validation import check_together
from copilot.planners.wishes import without_wishes

TEXT_LENGTH_MAX = 4_000


def says_change(words: str) -> bool:
    """Tells whether words ask for more than how something is made."""
    return bool(without_wishes(parts_of(words)))


def together(old: Sequence[Operation], new: Sequence[Operation]) -> tuple[Operation, ...]:
    """Returns all operations, a new one in the place of an old one of its kind about the same thing; raises WrongUsage."""
    said = {_about(it) for it in new}
    found = tuple(dict.fromkeys((*(it for it in old if _about(it) not in said), *new)))
    check_together(found)
    return found


def all_wishes(old: Sequence[Wish], new: Sequence[Wish]) -> tuple[Wish, ...]:
    """Returns the wishes of both; how long the old stays is what was said last."""
    is_told = any(isinstance(it, KeepsOld) for it in new)
    kept = [it for it in old if not (is_told and isinstance(it, KeepsOld))]
    known = {replace(it, words="") for it in kept}
    return (*kept, *(it for it in new if replace(it, words="") not in known))


def all_words(old: ChangeRequest, words: str) -> str:
    """Returns the words of both requests, those of the follow-up last."""
    before = old.text.strip().rstrip(".;")
    return "; ".join(part for part in (before[:TEXT_LENGTH_MAX], words.strip()) if part)


def earlier_words(old: ChangeRequest, chosen: str) -> str:
    """Returns what a model is told of the request that this one goes on from."""
    operations = json.dumps([operation_object(it) for it in old.operations])
    wishes = "; ".join(it.words for it in old.wishes) or "none"
    return f"asked: {old.text}\noperations: {operations}\nwishes: {wishes}\nchosen: {chosen or 'nothing'}"


def _about(operation: Operation) -> tuple[str, ...]:
    return (operation.op, operation.subject, operation.record, operation.field, getattr(operation, "topic", ""))
