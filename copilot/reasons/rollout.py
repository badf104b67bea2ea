"""What the `rollout` check proved about each phase of an alternative, in the order in which people need it."""

from __future__ import annotations

from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.reasons.words import with_owners

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
    "rollout.registers": "registry",
    "rollout.limit": "not looked at",
    "rollout.stopped": "not looked at",
}


def proved(proposal: Proposal, alternative: str, phase: int) -> tuple[tuple[str, str], ...]:
    """Returns headings with sentences about a phase, counted from 0; () where nothing was explored."""
    evidence = _evidence(proposal, alternative)
    found = [it for it in evidence.findings if it.phase == phase and it.rule in _HEADINGS] if evidence else []
    order = list(_HEADINGS)
    return tuple((_HEADINGS[it.rule], it.message) for it in sorted(found, key=lambda it: order.index(it.rule)))


def going_live(proposal: Proposal, alternative: str, phase: int) -> tuple[str, ...]:
    """Returns what it takes to bring a phase that is on a branch into service: its steps in their order, what each leaves to hand,
    and what was proved of their order; () where merging it is all."""
    steps = proposal.alternative(alternative).phases[phase].steps
    lines = []
    for number, step in enumerate(steps, 1):
        jobs = f": {', '.join(with_owners(step.jobs, proposal))}" if step.jobs else ""
        lines.append(f"{number}. {step.title}{jobs}")
        lines += [f"   by hand: {place}" for place in step.manual]
    told = [it for it in proved(proposal, alternative, phase) if it[0] in ("order", "gate")]
    lines += [f"{heading.capitalize()}: {text}" for heading, text in told]
    return tuple(lines) if told or len(steps) > 1 or any(step.manual for step in steps) else ()


def cited(proposal: Proposal, alternative: str) -> str:
    """Returns the id of the evidence that the sentences stand in, "" where there is none."""
    evidence = _evidence(proposal, alternative)
    return evidence.id if evidence and evidence.findings else ""


def _evidence(proposal: Proposal, alternative: str) -> Evidence | None:
    return next((it for it in reversed(proposal.evidence_of(alternative)) if it.check == CHECK), None)
