"""What would be decided without each cited evidence? One row for each ruling that cites it, and for the stakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copilot.domain.proposal import Proposal
from copilot.reasons.background import Effect, effects, without
from copilot.reasons.ranking import decide, rulings_of


@dataclass(frozen=True, slots=True)
class Without:
    """The decision without one evidence: the rulings that cite it, the alternative that is chosen then, the stakes then."""

    evidence: str
    check: str
    alternative: str
    effects: tuple[Effect, ...]
    chosen: str
    stakes: str

    @property
    def unfounded(self) -> tuple[Effect, ...]:
        """Returns the rulings that cite it as what they rest on, and stay what they are without it."""
        return tuple(it for it in self.effects if not it.is_background and not it.changes)


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """All cited evidence, taken away one by one; `chosen` and `stakes` are those with all of it."""

    proposal: str
    chosen: str
    stakes: str
    rows: tuple[Without, ...]

    @property
    def holds(self) -> bool:
        """Tells whether every citation that is no background carries its ruling."""
        return not any(row.unfounded for row in self.rows)


def counterfactual(proposal: Proposal) -> Counterfactual:
    """Returns what each evidence that the recorded decision cites carries, by the rules of this program."""
    assert proposal.decision is not None, "an open proposal has no rulings"
    decision = proposal.decision
    found = effects(decision.rulings, proposal, rulings_of)
    ids = dict.fromkeys(it.evidence for it in found)
    ids |= dict.fromkeys(id for claim in decision.stakes_reasons for id in claim.cites)
    known = {it.id: it for it in proposal.evidence}
    rows = []
    for id in ids:
        if id in known:
            left = decide(without(proposal, id))
            own = tuple(it for it in found if it.evidence == id)
            rows.append(Without(id, known[id].check, known[id].alternative, own, left.chosen, left.stakes))
    return Counterfactual(proposal.id, decision.chosen, decision.stakes, tuple(rows))


def counterfactual_object(found: Counterfactual) -> dict[str, Any]:
    """Returns the public JSON object, version 1; its schema is `counterfactual-1.schema.json` in `cli`."""
    return {
        "version": 1,
        "proposal": found.proposal,
        "chosen": found.chosen,
        "stakes": found.stakes,
        "holds": found.holds,
        "evidence": [
            {
                "id": row.evidence,
                "check": row.check,
                "alternative": row.alternative,
                "chosen_without": row.chosen,
                "stakes_without": row.stakes,
                "rulings": [
                    {
                        "alternative": it.before.alternative,
                        "background": it.is_background,
                        "changes": it.changes,
                        "before": _ruling(it, is_after=False),
                        "after": _ruling(it, is_after=True),
                    }
                    for it in row.effects
                ],
            }
            for row in found.rows
        ],
    }


def _ruling(effect: Effect, *, is_after: bool) -> dict[str, Any]:
    ruling = effect.after if is_after else effect.before
    return {"outcome": ruling.outcome, "rank": ruling.rank, "rule": ruling.rule}
