"""How a proposal goes from one clone to another: as one file of its chained records, of which nothing is believed.

Whoever can send a file must not gain anything by it. The chain, the patches, the evidence's ids and the decision are computed
anew; an approval comes along only where its signature is verified here; that something was applied elsewhere is not taken over.
What is here already stays as it is, and gets what the file adds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.adapters.git import Repository
from copilot.adapters.store import FileStore, chained
from copilot.checks.evidence import evidence_id
from copilot.domain.alternative import Plan
from copilot.domain.codec import digest_of
from copilot.domain.continuation import Continued
from copilot.domain.decision import Applied, Approval, Decision, Postponed, Rejection, Undone
from copilot.domain.evidence import Evidence
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import Patch
from copilot.domain.proposal import Body, Compiled, Proposal, Reading, Record, Revised, fold
from copilot.errors import ProposalCorrupt, RefusedByEvidence, WrongUsage
from copilot.patches.diff import make_patch
from copilot.proposals.apply import refuse_other_base_text
from copilot.proposals.people import People
from copilot.reasons.ranking import decide
from copilot.reasons.words import counted

FILE_BYTES_MAX = 256 * 2**20
HEADER_BYTES_MAX = 1_000
VERSION = 1
_KIND = "proposal"
_PROOF = (ChangeRequest, Continued, Reading, Plan, Compiled, Revised, Evidence, Decision)
_AGAIN = "Ask for the file again; nothing was taken in."
_ID = re.compile(r"p-[0-9a-f]{10}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose chain is whole: the records, and their lines as they stand in it."""

    id: str
    records: tuple[Record, ...]
    lines: tuple[bytes, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in; `notes` tell what came along, and what was left out and why."""

    id: str
    words: str
    notes: tuple[str, ...]


def exported(id: str, lines: bytes) -> bytes:
    """Returns the file of a proposal; `lines` are its records as the store has them."""
    header = {"pipeline-copilot": _KIND, "version": VERSION, "proposal": id, "records": lines.count(b"\n")}
    return json.dumps(header).encode() + b"\n" + lines


def arrived(data: bytes, where: str) -> Arrived:
    """Reads such a file; raises WrongUsage, with the line, where it is none, was cut off or was changed."""
    head, _, lines = data.partition(b"\n")
    try:
        header = json.loads(head[:HEADER_BYTES_MAX])
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("pipeline-copilot") != _KIND:
        next = "Make one: pipeline-copilot show ID --export FILE"
        raise WrongUsage("This is no file of a proposal.", where=f"{where}:1", next=next)
    if header.get("version") != VERSION or not _ID.fullmatch(str(header.get("proposal"))):
        what = "Another version of this program wrote this file."
        raise WrongUsage(what, where=f"{where}:1", next="Use that version for it.")
    try:
        records = chained(Path(where), lines, lines_before=1)
    except ProposalCorrupt as error:
        raise WrongUsage(error.what, where=error.where, next=_AGAIN) from None
    if not records or len(records) != header.get("records") or not lines.endswith(b"\n"):
        what = f"The file is cut off: it has {counted(len(records), 'whole record')} of {header.get('records')}."
        raise WrongUsage(what, where=where, next=_AGAIN)
    return Arrived(header["proposal"], records, tuple(line + b"\n" for line in lines.split(b"\n")[:-1]), where)


def take_in(found: Arrived, store: FileStore, repository: Repository, people: People) -> Taken:
    """Writes down what the file adds; raises RefusedByEvidence where it is not what it says, or not what is here."""
    _refuse_untrue(found, repository)
    left_out: list[str] = []
    kept = [
        (number, record) for number, record in enumerate(found.records) if _is_kept(record, found, people, left_out)
    ]
    if found.id not in store.ids():
        whole = next((at for at, (number, _) in enumerate(kept) if at != number), len(kept))
        store.adopt(found.id, b"".join(found.lines[:whole]))
        added = [record.body for _, record in kept]
        for _, record in kept[whole:]:
            store.append(found.id, record.body)
        words = f"Took {found.id} in from {found.where}: {counted(len(added), 'record')}."
    else:
        ours = [record.body for record in store.records(found.id)]
        added = list(_missing(ours, [record.body for _, record in kept], found))
        for body in added:
            store.append(found.id, body)
        words = f"{found.id} is here already; " + (
            f"{counted(len(added), 'record')} added from {found.where}." if added else f"{found.where} adds nothing."
        )
    return Taken(found.id, words, (*_told(added), *left_out))


def _missing(ours: list[Body], theirs: list[Body], found: Arrived) -> Iterator[Body]:
    """Yields what is not here, in its order. What was proved must be the same as far as both go."""
    proved = [digest_of(body) for body in ours if isinstance(body, _PROOF)]
    acts = {digest_of(body) for body in ours if not isinstance(body, _PROOF)}
    at = 0
    for body in theirs:
        digest = digest_of(body)
        if isinstance(body, _PROOF):
            if at < len(proved) and proved[at] != digest:
                raise RefusedByEvidence(
                    f"{found.id} is here already, and the file differs from it ({type(body).__name__.lower()}).",
                    where=found.where,
                    next="Both were proved apart from each other. Go on with one of them: the other side takes that one in.",
                )
            if at >= len(proved):
                yield body
            at += 1
        elif digest not in acts:
            yield body


def _is_kept(record: Record, found: Arrived, people: People, left_out: list[str]) -> bool:
    """Tells whether a record may come along, and adds to `left_out` why not."""
    body = record.body
    if isinstance(body, Approval):
        signer = people.signer_of(found.id, body)
        if isinstance(signer, str):
            left_out.append(f"left out the approval by {body.by}: {signer}")
        return not isinstance(signer, str)
    if isinstance(body, Applied | Undone):
        what = "applied" if isinstance(body, Applied) else "undone"
        left_out.append(f"it was {what} there on {body.branch}; what is here is not")
        return False
    return True


def _told(added: Iterable[Body]) -> Iterator[str]:
    for body in added:
        match body:
            case Approval():
                yield f"approved by {body.by}, signed with {body.key}"
            case Rejection():
                yield f"rejected by {body.by}: {body.note}"
            case Postponed():
                yield f"postponed by {body.by}: {body.note}"


def _refuse_untrue(found: Arrived, repository: Repository) -> None:
    """Computes anew what the file says of patches, evidence and decision."""
    proposal = fold(found.id, found.records)
    known = {alternative.id for alternative in proposal.alternatives}
    for compiled in proposal.compiled:
        for number, patch in enumerate(compiled.patches):
            if compiled.alternative not in known or not _is_true_patch(patch, number, compiled, proposal):
                raise _untrue(found, f"a patch of {compiled.alternative} is not what its digest and its diff say")
            refuse_other_base_text(repository, patch)
    for it in proposal.evidence:
        if it.alternative not in known or it.id != evidence_id(
            it.alternative, it.recipe, it.verdict, it.measures, it.findings
        ):
            raise _untrue(found, f"evidence {it.id} is not what its id says")
    if proposal.decision is not None and proposal.decision != decide(replace(proposal, decision=None)):
        raise _untrue(found, "the decision does not follow from the evidence")


def _is_true_patch(patch: Patch, number: int, compiled: Compiled, proposal: Proposal) -> bool:
    made = make_patch(compiled.alternative, number, proposal.request.commit, patch.changes)
    return made == patch


def _untrue(found: Arrived, why: str) -> RefusedByEvidence:
    return RefusedByEvidence(
        f"The file was changed, or another version of this program wrote it: {why}.", where=found.where, next=_AGAIN
    )
