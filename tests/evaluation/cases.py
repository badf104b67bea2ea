"""Outcomes to count, and the shipped suite."""

from __future__ import annotations

from pathlib import Path

from copilot.evaluation.gates import in_order
from copilot.evaluation.outcome import GATES, CaseOutcome

SUITE = Path(__file__).parent.parent.parent / "evals"


def outcome(
    id: str, fails: str = "", *, answer: str = "proposal", tags: tuple[str, ...] = (), planner: str = "rules"
) -> CaseOutcome:
    gates = in_order([(gate, "it is wrong" if gate == fails else "") for gate in GATES])
    return CaseOutcome(id, id.title(), ("K3",), (4,), tags, "hand-made", answer, planner, gates, chosen="alias")
