"""What breaking a chosen patch on purpose found: each mutant killed, survived, equivalent, not to be made here, or not tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Fate = Literal["killed", "survived", "equivalent", "not applicable", "not tried"]


@dataclass(frozen=True, slots=True)
class MutantSeen:
    """One mutant after the battery.

    `by` is the check that told it from the chosen patch ("compile" where no patch came of it), `rule` the ruling by which it lost,
    `message` what was found. For a survivor `message` is a warning that the chosen patch doesn't have, "" where nothing tells;
    `harm` is what it would have done. For one that can't be made it says why.
    """

    mutation: str
    place: str
    fate: Fate
    by: str
    rule: str
    message: str
    harm: str


@dataclass(frozen=True, slots=True)
class MutationReport:
    """All mutants of one alternative. Equivalent ones do what the chosen patch does, and count neither way."""

    proposal: str
    alternative: str
    seen: tuple[MutantSeen, ...]

    @property
    def killed(self) -> tuple[MutantSeen, ...]:
        return self.of("killed")

    @property
    def survived(self) -> tuple[MutantSeen, ...]:
        return self.of("survived")

    def of(self, fate: Fate) -> tuple[MutantSeen, ...]:
        """Returns the mutants with that fate, in the order of the catalogue."""
        return tuple(it for it in self.seen if it.fate == fate)

    @property
    def score(self) -> float | None:
        """The share of mutants that were killed, 0 to 1; None where none could be made."""
        counted = len(self.killed) + len(self.survived)
        return len(self.killed) / counted if counted else None


def mutation_object(report: MutationReport) -> dict[str, Any]:
    """Returns the public JSON object, version 1; its schema is `mutations-1.schema.json` in `cli`."""
    return {
        "version": 1,
        "proposal": report.proposal,
        "alternative": report.alternative,
        "score": None if report.score is None else round(report.score, 4),
        "killed": len(report.killed),
        "survived": len(report.survived),
        "mutants": [
            {
                "mutation": it.mutation,
                "place": it.place,
                "outcome": it.fate,
                "by": it.by,
                "rule": it.rule,
                "message": it.message,
                "harm": it.harm,
            }
            for it in report.seen
        ],
    }
