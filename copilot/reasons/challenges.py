"""How somebody tried to refute the alternatives: what was said of each case, and what came of executing it.

What a model said stands apart and is marked; the outcome is the evidence's, on which alone a ruling rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copilot.domain.codec import encode
from copilot.domain.evidence import Evidence
from copilot.domain.failing_case import FailingCase
from copilot.domain.proposal import Challenged, Proposal
from copilot.reasons.said import model_of
from copilot.reasons.words import counted

CHECK = "challenge"
_NOT_YET = "not executed yet"


@dataclass(frozen=True, slots=True)
class Row:
    """One case: `fate` is the last word of its finding's rule ("fails", "refuted", …), `outcome` the finding's sentence."""

    alternative: str
    case: FailingCase
    fate: str
    outcome: str
    evidence: str


def challenges_note(proposal: Proposal) -> str:
    """Returns who made up how many cases, and what they are worth; "" where nobody was asked for any."""
    if not proposal.challenges:
        return ""
    rows = tuple(challenge_rows(proposal))
    failing = sum(row.fate == "fails" for row in rows)
    against = counted(len(proposal.challenges), "alternative")
    named = f"{counted(len(rows), 'case')}, {failing} of them failing"
    told = f"{model_of(proposal, 'critic')} was asked to refute {against} by cases: {named}."
    problems = " ".join(dict.fromkeys(it.problem for it in proposal.challenges if it.problem))
    return f"{told} Each was executed; what it says of them counts for nothing.{f' {problems}' if problems else ''}"


def challenge_rows(proposal: Proposal) -> Iterator[Row]:
    """Yields each case with what came of it, in the order in which they were made up."""
    for alternative in dict.fromkeys(it.alternative for it in proposal.challenges):
        cases = [case for it in proposal.challenges if it.alternative == alternative for case in it.cases]
        evidence = next((it for it in reversed(proposal.evidence_of(alternative)) if it.check == CHECK), None)
        for number, case in enumerate(cases, 1):
            yield Row(alternative, case, *_outcome(number, evidence), evidence.id if evidence else "")


def challenges_object(proposal: Proposal) -> dict[str, Any]:
    """Returns all of it as JSON values; an empty list where nobody was asked."""
    rows = tuple(challenge_rows(proposal))
    return {"challenges": [_object(it, proposal, rows) for it in proposal.challenges]}


def _outcome(number: int, evidence: Evidence | None) -> tuple[str, str]:
    start = f"Case {number}: "
    for finding in evidence.findings if evidence else ():
        if finding.message.startswith(start):
            fate = finding.rule.rpartition(".")[2]
            return fate, finding.message.removeprefix(start).removeprefix(f"{fate}: ")
    return "not-run", _NOT_YET


def _object(challenged: Challenged, proposal: Proposal, rows: tuple[Row, ...]) -> dict[str, Any]:
    own = [row for row in rows if row.alternative == challenged.alternative and row.case in challenged.cases]
    return {
        "alternative": challenged.alternative,
        "model": model_of(proposal, "critic"),
        "problem": challenged.problem,
        "cases": [
            {
                "case": {key: value for key, value in encode(row.case).items() if key != "says"},
                "says": row.case.says,
                "fate": row.fate,
                "outcome": row.outcome,
                "evidence": row.evidence or None,
            }
            for row in own
        ],
    }
