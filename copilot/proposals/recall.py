"""Reads the decisions of the past: those in the store of this clone, and the records that were committed, by whatever clone.

To find what bears on one request, only the first line of each proposal and the head of each record is read; what is about the same
field is read further, up to a limit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from copilot.adapters.store import FileStore
from copilot.domain.codec import encode
from copilot.domain.proposal import Proposal, Record, fold
from copilot.domain.source import SourceFile
from copilot.errors import CopilotError
from copilot.ports import Tree
from copilot.proposals.past import Past, keys_of, operation_keys, past_in_record, past_of
from copilot.proposals.precedents import Precedent, precedents

RECORDS_MAX = 500
LAST = "9999"
ALIKE_MAX = 5
"""How many of those about the same field are read, those that say no first, then the newest."""
NO_RECORDS = ("Rejection", "Postponed", "Undone")
DAY_LETTERS = len("2026-01-02")
_BEHIND_THE_HEAD = ',\n  "alternatives": ['


def decisions(store: FileStore, tree: Tree | None, folder: str) -> tuple[Past, ...]:
    """Returns what was decided, by the rules or by people, newest first.

    One that lies in the store and was committed as well is told as the store has it.
    """
    own = {it.id: it for id in store.ids() if (it := _stored(store.records, id)) and it.state != "open"}
    committed = [it for path, text in _records(tree, folder) if (it := _committed(path, text))]
    others = {it.id: it for it in committed if it.id not in own}
    return tuple(sorted((*own.values(), *others.values()), key=lambda it: (it.at, it.id), reverse=True))


def precedents_of(proposal: Proposal, store: FileStore, tree: Tree | None, folder: str) -> tuple[Precedent, ...]:
    """Returns the decisions that said no to what a proposal asks again; one that was asked for later is none."""
    written = operation_keys({**encode(it), "op": type(it).__name__} for it in proposal.request.operations)
    firsts = dict(store.requests())
    # Of two that were begun in the same second, either may have been the first.
    begun = str(firsts[proposal.id].get("at")) if proposal.id in firsts else LAST
    stored = [
        (at, id)
        for id, first in firsts.items()
        if id != proposal.id
        and (at := str(first.get("at"))) <= begun
        and _keys_in(first["body"].get("operations"), "is") & written
    ]
    if len(stored) > ALIKE_MAX:
        stored = [(f"{store.holds(id, NO_RECORDS)} {at}", id) for at, id in stored]
    known = {id: past for _, id in sorted(stored)[-ALIKE_MAX:] if (past := _stored(store.outline, id))}
    for path, text in _alike(tree, folder, keys_of(proposal.request)):
        past = _committed(path, text)
        if past is not None:
            known.setdefault(past.id, past)
    return precedents(proposal, known.values())


def _stored(read: Callable[[str], tuple[Record, ...]], id: str) -> Past | None:
    try:
        records = read(id)
    except CopilotError:  # `log` tells of it
        return None
    return past_of(fold(id, records), records[-1].at)


def _alike(tree: Tree | None, folder: str, wanted: frozenset[tuple[str, ...]]) -> list[tuple[str, str]]:
    records = _records(tree, folder)
    return [it for it in records if _keys_in(_head(it[1]).get("operations"), "op") & wanted][:ALIKE_MAX]


def _keys_in(operations: object, kind: str) -> frozenset[tuple[str, ...]]:
    """Returns what operations in JSON are about; `kind` is the key under which each tells its kind."""
    listed = operations if isinstance(operations, list) else ()
    return operation_keys({**it, "op": it.get(kind)} for it in listed if isinstance(it, dict))


def _records(tree: Tree | None, folder: str) -> Iterator[tuple[str, str]]:
    """Yields path and text of the committed records, newest first: their names begin with the day."""
    if tree is None:
        return
    paths = (it.path for it in tree.snapshot.entries if it.path.startswith(f"{folder}/") and it.path.endswith(".json"))
    newest = sorted(paths, reverse=True)[:RECORDS_MAX]
    read = tree.read(newest) if newest else {}
    for path in newest:
        file = read[path]
        if isinstance(file, SourceFile):
            yield path, file.text


def _head(text: str) -> dict[str, Any]:
    """Returns what a record says before its alternatives, which are most of it; all of it where it is laid out otherwise."""
    head, found, _ = text.partition(_BEHIND_THE_HEAD)
    return (_object(head + "\n}") if found else {}) or _object(text)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _committed(path: str, text: str) -> Past | None:
    """Returns what a record tells, None for JSON that is something else: a person may keep any file in that folder."""
    try:
        return past_in_record(_object(text), path, path.rpartition("/")[2][:DAY_LETTERS])
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
