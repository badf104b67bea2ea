"""What verifying a proposal found: each evidence the same, changed, or not to be seen again, and whether the decision holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["same", "changed", "can't be re-run"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One evidence, seen again; `now` is the id of what was seen this time, "" where it can't be re-run."""

    alternative: str
    check: str
    evidence: str
    now: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a decision. It holds where the same alternative is chosen and each ruling has the outcome that it had."""

    proposal: str
    seen: tuple[Seen, ...]
    decision: Outcome
    reason: str

    @property
    def holds(self) -> bool:
        return self.decision == "same"
