"""A proposal: the fold of its records. Records are only ever appended, each chained by digest to the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from copilot.domain.alternative import Alternative, Plan
from copilot.domain.codec import canonical, digest_of, digest_of_text, encode
from copilot.domain.continuation import Continued
from copilot.domain.decision import Applied, Approval, Comment, Decision, Postponed, Rejection, Undone
from copilot.domain.evidence import Evidence
from copilot.domain.failing_case import FailingCase
from copilot.domain.impacted import ImpactList
from copilot.domain.model import Exchange
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import HunkEdit, Patch, Refused
from copilot.domain.pipeline import Impact

State = Literal["open", "decided", "refused", "waiting", "approved", "postponed", "rejected", "applied", "undone"]
"""A proposal that is waiting has approvals, and needs those of more people."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a proposal: the map's digest (the map itself is read again when needed) and the impact.

    `impacts` is what the map proves; `impacted` ranks the files that people will have to touch. It rests on the log too, of which
    clones hold more or less, so no id, verdict or ruling rests on it. It is None in proposals that were begun before it was asked.
    `owners` are the jobs of the impacts whose owner `copilot.toml` names, as (job, owner). `tools` is a digest of all that proves:
    the program, its checks, and the decoders and the sandbox of this machine; "" in proposals from before it was kept.
    """

    map_digest: str
    files_read: int
    gap_count: int
    impacts: tuple[Impact, ...]
    impacted: ImpactList | None = None
    owners: tuple[tuple[str, str], ...] = ()
    tools: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of one alternative: a patch for each phase, or why there is none (then `patches` is empty)."""

    alternative: str
    patches: tuple[Patch, ...]
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Revised:
    """A person changed the first patch of an alternative: the result stands as an alternative of its own, to be proved anew.

    `left_out` are ids of hunks ("path@@2") and of lines in them ("path@@2:4", "path@@2:4-7", counted from 1 in `Hunk.lines`);
    `edited` are the hunks that were written anew.
    """

    of: str
    left_out: tuple[str, ...]
    alternative: Alternative
    compiled: Compiled
    edited: tuple[HunkEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenged:
    """Somebody tried to refute an alternative that survived every check, by these cases; each is executed as evidence."""

    alternative: str
    cases: tuple[FailingCase, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """Sentences by a model about rulings that stand: (alternative, sentence, ids of evidence). No ruling rests on them."""

    sentences: tuple[tuple[str, str, tuple[str, ...]], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """How often a model's stated reason followed the evidence when what it cited was taken away or turned round.

    `trials` are (what was done, id of the evidence, whether the reason followed).
    """

    trials: tuple[tuple[str, str, bool], ...]
    problem: str = ""


Body = (
    ChangeRequest
    | Exchange
    | Continued
    | Reading
    | Plan
    | Compiled
    | Evidence
    | Challenged
    | Decision
    | Worded
    | Probed
    | Revised
    | Approval
    | Rejection
    | Comment
    | Postponed
    | Applied
    | Undone
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a proposal's file. `previous` is the digest of the record before, "" for the first."""

    number: int
    at: str
    previous: str
    body: Body
    digest: str


def chain(previous: Record | None, at: str, body: Body) -> Record:
    """Returns the record that follows `previous`."""
    number = previous.number + 1 if previous else 0
    record = Record(number, at, previous.digest if previous else "", body, "")
    return replace(record, digest=record_digest(record))


def record_digest(record: Record) -> str:
    """Returns the digest that a record must carry."""
    return written_digest(encode(record))


def written_digest(value: dict[str, Any]) -> str:
    """Returns the digest that a record must carry, from its JSON as it was written.

    A later version of this program may know more fields of a noun; what an earlier one wrote down keeps its digest.
    """
    return digest_of_text(canonical(value | {"digest": ""}))


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that is known of one proposal. Parts not reached yet are None or empty.

    `postponed` is the "not now" that stands: a later decision, yes or no ends it.
    """

    id: str
    request: ChangeRequest
    reading: Reading | None = None
    plan: Plan | None = None
    revisions: tuple[Revised, ...] = ()
    compiled: tuple[Compiled, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    decision: Decision | None = None
    approvals: tuple[Approval, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    applied: tuple[Applied, ...] = ()
    undone: tuple[Undone, ...] = ()
    continued: Continued | None = None
    comments: tuple[Comment, ...] = ()
    postponed: Postponed | None = None
    exchanges: tuple[Exchange, ...] = ()
    challenges: tuple[Challenged, ...] = ()
    worded: Worded | None = None
    probed: Probed | None = None

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Returns the planner's alternatives, then those that a person made of them."""
        planned = self.plan.alternatives if self.plan else ()
        return planned + tuple(revision.alternative for revision in self.revisions)

    def alternative(self, id: str) -> Alternative:
        """Returns the alternative of that id; raises KeyError."""
        for alternative in self.alternatives:
            if alternative.id == id:
                return alternative
        raise KeyError(id)

    def patches_of(self, alternative: str) -> tuple[Patch, ...]:
        """Returns a patch for each phase, none where the alternative changes nothing or could not be compiled."""
        for compiled in self.compiled:
            if compiled.alternative == alternative:
                return compiled.patches
        return ()

    def evidence_of(self, alternative: str) -> tuple[Evidence, ...]:
        """Returns the evidence about that alternative, in the order of the checks."""
        return tuple(evidence for evidence in self.evidence if evidence.alternative == alternative)

    @property
    def state(self) -> State:
        if self.undone:
            return "undone"
        if self.applied:
            return "applied"
        if self.decision is None:
            return "open"
        plans = {plan_digest(self, ruling.alternative) for ruling in self.decision.rulings}
        if any(rejection.plan in plans for rejection in self.rejections[-1:]):
            return "rejected"
        if self.postponed is not None:
            return "postponed"
        approved = [self.approvals_of(plan) for plan in plans]
        if any(approved):
            return "approved" if any(map(_is_claimed_enough, approved)) else "waiting"
        return "decided" if self.decision.chosen else "refused"

    def approvals_of(self, plan: str) -> tuple[Approval, ...]:
        """Returns the approvals of the plan with that digest, oldest first."""
        return tuple(approval for approval in self.approvals if approval.plan == plan)


def _is_claimed_enough(approvals: tuple[Approval, ...]) -> bool:
    """Tells whether as many keys as are needed are named; whether the signatures are theirs is verified where it is applied."""
    needed = max((approval.people for approval in approvals), default=1)
    return bool(approvals) and (needed == 1 or len({approval.key for approval in approvals} - {""}) >= needed)


def proposal_id(request: ChangeRequest, tool_version: str) -> str:
    """Returns the id: equal requests about equal commits, asked of equal tools, are one proposal."""
    asked = encode(request)
    if not request.wishes:
        del asked["wishes"]
    return "p-" + digest_of_text(tool_version + digest_of_text(canonical(asked)))[:10]


def plan_digest(proposal: Proposal, alternative: str) -> str:
    """Returns the digest that an approval signs: base commit, patches, their evidence, the decision, and how a gate was passed."""
    assert proposal.decision is not None, "there is no plan before there is a decision"
    signed = {
        "base": proposal.request.commit,
        "patches": [patch.digest for patch in proposal.patches_of(alternative)],
        "evidence": sorted(evidence.id for evidence in proposal.evidence_of(alternative)),
        "decision": proposal.decision.digest,
    }
    if proposal.continued is not None:
        signed["continued"] = digest_of(proposal.continued)
    return digest_of_text(canonical(signed))


def fold(id: str, records: Iterable[Record]) -> Proposal:
    """Returns the proposal that the records tell; the first one must hold the request."""
    proposal: Proposal | None = None
    for record in records:
        if proposal is None:
            assert isinstance(record.body, ChangeRequest), "the first record holds the request"
            proposal = Proposal(id, record.body)
        else:
            proposal = after(proposal, record.body)
    assert proposal is not None, "a proposal has at least one record"
    return proposal


def after(proposal: Proposal, body: Body) -> Proposal:
    """Returns the proposal as it is once that was recorded."""
    match body:
        case Continued():
            return replace(proposal, continued=body)
        case Reading():
            return replace(proposal, reading=body)
        case Plan():
            return replace(proposal, plan=body)
        case Compiled():
            return replace(proposal, compiled=(*proposal.compiled, body))
        case Revised():
            revisions = (*proposal.revisions, body)
            return replace(proposal, revisions=revisions, compiled=(*proposal.compiled, body.compiled), decision=None)
        case Evidence():
            return replace(proposal, evidence=(*proposal.evidence, body))
        case Decision():
            # What a model said was about the rulings before.
            return replace(proposal, decision=body, postponed=None, worded=None, probed=None)
        case Approval():
            return replace(proposal, approvals=(*proposal.approvals, body), postponed=None)
        case Rejection():
            return replace(proposal, rejections=(*proposal.rejections, body), postponed=None)
        case Comment():
            return replace(proposal, comments=(*proposal.comments, body))
        case Postponed():
            return replace(proposal, postponed=body)
        case Applied():
            return replace(proposal, applied=(*proposal.applied, body))
        case Undone():
            return replace(proposal, undone=(*proposal.undone, body))
        case Exchange():
            return replace(proposal, exchanges=(*proposal.exchanges, body))
        case Challenged():
            return replace(proposal, challenges=(*proposal.challenges, body))
        case Worded():
            return replace(proposal, worded=body)
        case Probed():
            return replace(proposal, probed=body)
        case ChangeRequest():
            raise AssertionError("a proposal has one request")
