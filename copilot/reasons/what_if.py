"""What would the same evidence choose if the soft rules stood in another order, or some were left out?

Pure, and only a question: the decision stays what was recorded, and the hard rules hold whatever is asked. Each pair of neighbours
of the order names the rule that tells them apart; a rule that tells none apart may be left out without changing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from copilot.domain.decision import Ruling
from copilot.domain.proposal import Proposal
from copilot.reasons.merits import AHEAD, BY_NAME, MERITS, Advantage, Candidate, Merit, advantage, deciding, rival_of
from copilot.reasons.ranking import ONLY_ONE, candidates_of, rulings_of, standings_of
from copilot.reasons.words import in_letters, letters_of

STANDS = "what if: the decision stands"


@dataclass(frozen=True, slots=True)
class Lead:
    """Why one alternative stands right before another: `merit` is the rule's name in the list, `ahead` what it says here."""

    better: str
    worse: str
    merit: str
    ahead: Advantage


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the rules make of the present evidence: a ruling for each alternative, and what keeps neighbours in their order."""

    rulings: tuple[Ruling, ...]
    leads: tuple[Lead, ...]
    first: Lead | None = None
    """Why the first one wins: against the best that does as much, which need not be the next one."""

    @property
    def order(self) -> tuple[str, ...]:
        """Returns the alternatives that are not refused, best first."""
        return tuple(it.alternative for it in self.rulings if it.rank)

    @property
    def winner(self) -> str:
        """Returns what would be chosen, "" where all alternatives are refused."""
        return next((it.alternative for it in self.rulings if it.outcome == "chosen"), "")

    def decided_by(self, merit: str) -> tuple[Lead, ...]:
        """Returns the neighbours that the rule of that name tells apart."""
        return tuple(lead for lead in self.leads if lead.merit == merit)


@dataclass(frozen=True, slots=True)
class RuleList:
    """The soft rules as a person orders them; `off` holds the names of those that are left out."""

    merits: tuple[Merit, ...] = MERITS
    off: frozenset[str] = frozenset()

    @property
    def asked(self) -> tuple[Merit, ...]:
        """Returns the rules that count, in their order."""
        return tuple(merit for merit in self.merits if merit.name not in self.off)

    @property
    def is_default(self) -> bool:
        """Tells whether these are the rules of a decision."""
        return self.asked == MERITS

    def moved(self, name: str, by: int) -> RuleList:
        """Returns the list with that rule so many places later (or earlier); it stops at either end."""
        at = next(number for number, merit in enumerate(self.merits) if merit.name == name)
        rest = [*self.merits[:at], *self.merits[at + 1 :]]
        to = max(0, min(len(rest), at + by))
        return replace(self, merits=(*rest[:to], self.merits[at], *rest[to:]))

    def switched(self, name: str) -> RuleList:
        """Returns the list with that rule left out, or counted again."""
        return replace(self, off=self.off ^ {name})


def ranked_by(proposal: Proposal, merits: Sequence[Merit] = MERITS) -> Ranking:
    """Returns what those rules in that order lead to; with the default, what `decide` ranks."""
    candidates = candidates_of(proposal, standings_of(proposal), merits)
    leads = [_lead(better, worse, merits) for better, worse in pairwise(candidates)]
    first = _lead(candidates[0], rival_of(candidates), merits) if leads else None
    return Ranking(rulings_of(proposal, merits), tuple(leads), first)


def _lead(better: Candidate, worse: Candidate, merits: Sequence[Merit]) -> Lead:
    merit = deciding(better, worse, merits)
    return Lead(better.id, worse.id, merit.name if merit else "", advantage(better, worse, merits))


def why_it_wins(proposal: Proposal, ranking: Ranking) -> str:
    """Returns the rule that makes the winner win, e.g. "B wins on: fewest coordinated deploys, 1 against 3 (D)."."""
    letters = letters_of(proposal)
    if not ranking.winner:
        return "No alternative wins: the hard rules refuse them all."
    lead = ranking.first
    if lead is None:
        return f"{letters[ranking.winner]} wins: it is {ONLY_ONE}."
    better, worse, ahead = letters[lead.better], letters[lead.worse], lead.ahead
    if ahead.rule == BY_NAME:
        return f"{better} and {worse} are equal by these rules: the name only gives an order."
    if all(ahead.figures):
        return f"{better} {AHEAD}{ahead.ahead} ({worse})."
    return f"{better} {AHEAD}{ahead.rule}. {in_letters(ahead.claim.text, letters)}"


def how_it_differs(proposal: Proposal, ranking: Ranking) -> tuple[str, ...]:
    """Returns what is otherwise than in the recorded decision, first who wins, then the ranks that moved."""
    if proposal.decision is None:
        return ("Nothing is decided yet: this is by what has been proved so far.",)
    letters, decision = letters_of(proposal), proposal.decision
    before = {it.alternative: it.rank for it in decision.rulings}
    moved = [it for it in ranking.rulings if it.rank != before.get(it.alternative, 0)]
    if not moved:
        by = {it.alternative: it.rule for it in ranking.rulings}
        recorded = decision.ruling(decision.chosen).rule if decision.chosen else ""
        is_same = by.get(decision.chosen, "") == recorded
        return ("As decided: no rank differs." if is_same else f'No rank differs; the decision says "{recorded}".',)
    if ranking.winner == decision.chosen:
        first = (
            f"The decision chose {letters[decision.chosen]} as well."
            if decision.chosen
            else "None is chosen, as decided."
        )
    elif decision.chosen:
        first = f'The decision chose {letters[decision.chosen]}, "{decision.ruling(decision.chosen).rule}".'
    else:
        first = "The decision chose none."
    ranks = (
        f"{letters[it.alternative]}: {_rank(it.rank)} here, {_rank(before.get(it.alternative, 0))} as decided."
        for it in moved
    )
    return (first, *ranks)


def _rank(rank: int) -> str:
    return f"rank {rank}" if rank else "refused"
