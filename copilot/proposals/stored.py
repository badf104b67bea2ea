"""What of a store can be read: a file that can't hides none of the others."""

from __future__ import annotations

from copilot.adapters.store import FileStore
from copilot.domain.proposal import Proposal, Record, fold
from copilot.errors import SurroundingsFailed, WrongUsage


def readable(store: FileStore, id: str) -> tuple[Record, ...] | SurroundingsFailed | WrongUsage:
    """Returns the records of an id, or why they can't be read."""
    try:
        return store.records(id)
    except (SurroundingsFailed, WrongUsage) as error:
        return error


def stored(store: FileStore) -> tuple[Proposal, ...]:
    """Returns those that can be read, oldest first."""
    read = {id: readable(store, id) for id in store.ids()}
    whole = [(records[0].at, id, records) for id, records in read.items() if isinstance(records, tuple)]
    return tuple(fold(id, records) for _, id, records in sorted(whole, key=lambda row: row[:2]))


def damaged(store: FileStore) -> tuple[SurroundingsFailed, ...]:
    """Returns why others can't be; a file that was begun and holds nothing yet is none of them."""
    read = (readable(store, id) for id in store.ids())
    return tuple(error for error in read if isinstance(error, SurroundingsFailed))
