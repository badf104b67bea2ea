"""What the `rollout` check proved about each phase of an alternative, in the order in which people need it."""

from __future__ import annotations

from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal

CHECK = "rollout"
_HEADINGS = {
    "rollout.order": "order",
    "rollout.gate": "gate",
    "rollout.story": "breaks",
    "rollout.breaks": "breaks",
    "rollout.may-break": "may break",
    "rollout.elsewhere": "may break",
    "rollout.no-order": "may break",
    "rollout.back": "taking back",
    "rollout.one-way": "taking back",
    "rollout.stored": "stored",
    "rollout.limit": "not looked at",
    "rollout.stopped": "not looked at",
}


def proved(proposal: Proposal, alternative: str, phase: int) -> tuple[tuple[str, str], ...]:
    """Returns headings with sentences about a phase, counted from 0; () where nothing was explored."""
    evidence = _evidence(proposal, alternative)
    found = [it for it in evidence.findings if it.phase == phase and it.rule in _HEADINGS] if evidence else []
    order = list(_HEADINGS)
    return tuple((_HEADINGS[it.rule], it.message) for it in sorted(found, key=lambda it: order.index(it.rule)))


def cited(proposal: Proposal, alternative: str) -> str:
    """Returns the id of the evidence that the sentences stand in, "" where there is none."""
    evidence = _evidence(proposal, alternative)
    return evidence.id if evidence and evidence.findings else ""


def _evidence(proposal: Proposal, alternative: str) -> Evidence | None:
    return next((it for it in reversed(proposal.evidence_of(alternative)) if it.check == CHECK), None)
