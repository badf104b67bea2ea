"""Which citations does a ruling rest on? Each cited evidence is taken away, and what is decided then is compared.

The law: take a cited evidence away and the ruling that rests on it changes (its outcome, its rank or its rule), or the citation is
marked as background. A sentence that compares two figures cites both, and often stands with one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from copilot.domain.decision import Claim, Ruling
from copilot.domain.proposal import Proposal
from copilot.reasons.merits import without_figures

RulingsOf = Callable[[Proposal], tuple[Ruling, ...]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a ruling that cites an evidence, once the evidence is away; `after` equals `before` where nothing does."""

    evidence: str
    before: Ruling
    after: Ruling
    is_background: bool

    @property
    def changes(self) -> bool:
        """Tells whether the ruling is another one: what it says is told by its claims, which are left out of this."""
        return _verdict(self.before) != _verdict(self.after)


def marked(rulings: tuple[Ruling, ...], proposal: Proposal, rulings_of: RulingsOf) -> tuple[Ruling, ...]:
    """Returns the rulings with each citation that nothing rests on marked as background."""
    resting = {(it.evidence, it.before.alternative) for it in effects(rulings, proposal, rulings_of) if it.changes}

    def mark(claim: Claim, alternative: str) -> Claim:
        if claim.is_background:
            return claim
        beside = tuple(id for id in claim.cites if (id, alternative) not in resting)
        return replace(claim, is_background=True) if beside == claim.cites else replace(claim, beside=beside)

    return tuple(replace(it, claims=tuple(mark(claim, it.alternative) for claim in it.claims)) for it in rulings)


def effects(rulings: tuple[Ruling, ...], proposal: Proposal, rulings_of: RulingsOf) -> tuple[Effect, ...]:
    """Returns what taking each cited evidence away does to each ruling that cites it, in the order of the claims."""
    after: dict[str, dict[str, Ruling]] = {}
    found: dict[tuple[str, str], Effect] = {}
    for ruling in rulings:
        for claim in ruling.claims:
            for id in claim.cites:
                if id not in after:
                    after[id] = {it.alternative: it for it in rulings_of(without(proposal, id))}
                is_background = claim.is_background or id in claim.beside
                known = found.get((id, ruling.alternative))
                both = is_background and (known is None or known.is_background)
                found[id, ruling.alternative] = Effect(id, ruling, after[id][ruling.alternative], both)
    return tuple(found.values())


def without(proposal: Proposal, evidence: str) -> Proposal:
    """Returns the proposal as if that evidence had never been seen."""
    return replace(proposal, evidence=tuple(it for it in proposal.evidence if it.id != evidence))


def _verdict(ruling: Ruling) -> tuple[str, int, str]:
    return ruling.outcome, ruling.rank, without_figures(ruling.rule)
