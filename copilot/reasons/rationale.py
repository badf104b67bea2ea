"""Holds every sentence of a decision to its evidence: cited ids exist, and numbers stand in what is cited (`domain.figures`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from copilot.domain.decision import Claim, Decision
from copilot.domain.evidence import Evidence
from copilot.domain.figures import numbers_in, numbers_of
from copilot.errors import RefusedByEvidence

PROBLEMS_SHOWN = 3


def check_claims(decision: Decision, evidence: Iterable[Evidence]) -> None:
    """Raises RefusedByEvidence where a claim cites nothing, something unknown, or a number that no cited evidence holds."""
    problems = list(problems_in(decision, evidence))
    if problems:
        shown = " ".join(problems[:PROBLEMS_SHOWN])
        raise RefusedByEvidence(
            f"The rationale does not stand on its evidence: {shown}",
            next="Decide again from the evidence; a claim that nothing proves is never shown.",
        )


def problems_in(decision: Decision, evidence: Iterable[Evidence]) -> Iterator[str]:
    """Yields a sentence for every claim that its evidence does not carry."""
    known = {it.id: it for it in evidence}
    for claim in claims_of(decision):
        yield from _problems(claim, known)


def claims_of(decision: Decision) -> tuple[Claim, ...]:
    """Returns every claim of a decision, those of the rulings first."""
    ruled = tuple(claim for ruling in decision.rulings for claim in ruling.claims)
    return ruled + decision.stakes_reasons


def _problems(claim: Claim, known: Mapping[str, Evidence]) -> Iterator[str]:
    if not claim.cites and not claim.is_background:
        yield f'"{claim.text}" cites no evidence.'
    unknown = [id for id in claim.cites if id not in known]
    if unknown:
        yield f'"{claim.text}" cites {", ".join(unknown)}, which is no evidence of this proposal.'
    cited = [known[id] for id in claim.cites if id in known]
    allowed = {number for it in cited for number in numbers_of(it)}
    for number in numbers_in(claim.text):
        if float(number) not in allowed:
            yield f'"{claim.text}" says {number}, which stands in no evidence that it cites.'
