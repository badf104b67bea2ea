"""What was said to a model about words of which no proposal came: it asked back, or gave no answer of use.

It lies beside the proposals, in a store of its own: a request without operations, and its exchanges. So it can be read, and who
asks the same again is answered from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copilot import VERSION
from copilot.adapters.store import FileStore
from copilot.domain.model import Exchange
from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Record, proposal_id
from copilot.errors import SurroundingsFailed
from copilot.proposals.stored import readable

LETTER = "q"
"""Begins their ids, as "p" begins those of proposals."""


def keep_talk(store: FileStore, request: ChangeRequest, told: Sequence[Exchange]) -> str:
    """Keeps what was said about the words of a request, and returns how to read it, or why it is not kept."""
    id = LETTER + proposal_id(request, VERSION)[1:]
    try:
        with store.lock(id):
            for body in (*(() if id in store.ids() else (request,)), *told):
                store.append(id, body)
    except SurroundingsFailed as failure:
        return f"What was said could not be kept: {failure.what}"
    return f"What it was told and what it said: pipeline-copilot show {id} --prompts"


def said_about(text: str, commit: str, stores: Iterable[FileStore]) -> tuple[Exchange, ...]:
    """Returns what was said to a model to understand the same words at that commit."""
    asked = {"text": text.strip(), "commit": commit}
    alike = [
        readable(store, id)
        for store in stores
        for id, first in store.requests()
        if asked.items() <= first["body"].items()
    ]
    return tuple(dict.fromkeys(it for records in alike if isinstance(records, tuple) for it in _of_use(records)))


def _of_use(records: Iterable[Record]) -> Sequence[Exchange]:
    """What came after the last answer that was of use is asked anew: a refusal need not be the last word."""
    said = [it.body for it in records if isinstance(it.body, Exchange) and it.body.purpose == "frame"]
    return said[: max((at for at, it in enumerate(said, 1) if not it.problem), default=0)]
