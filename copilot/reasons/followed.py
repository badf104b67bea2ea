"""What a follow-up changed: which way was chosen before and is now, whose ruling differs and why, and "why not" answered.

Everything is read off the two decisions; evidence of the earlier one is cited by its id, and stands in its file.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.alternative import Alternative
from copilot.domain.decision import Ruling
from copilot.domain.proposal import Proposal
from copilot.domain.wishes import Prefers
from copilot.reasons.wished import ways_meant
from copilot.reasons.words import counted

CLAIMS_TOLD_MAX = 2


def followed_lines(old: Proposal, new: Proposal) -> tuple[str, ...]:
    """Returns a sentence for each thing that the follow-up answers or changed; both proposals are decided."""
    assert old.decision, "only decisions are compared"
    assert new.decision, "only decisions are compared"
    return tuple(
        dict.fromkeys(
            (*_answers(old, new), *_choice(old, new), *_times(old, new), *_rulings(old, new), *_reused(old, new))
        )
    )


def _answers(old: Proposal, new: Proposal) -> Iterator[str]:
    asked = [it for it in new.request.wishes if isinstance(it, Prefers) and it not in old.request.wishes]
    for wish in asked:
        known = next((it for it in (old, new) if ways_meant(it, wish.strategy)), None)
        if known is None:
            reason = _not_offered(new, wish.strategy)
            yield f'"{wish.words}": {reason or "no way that was found is called so"}.'
            continue
        for id in ways_meant(known, wish.strategy):
            when = "" if known is new else f" in {old.id}"
            yield f'"{wish.words}": {_named(known, id)} {_outcome(_ruling(known, id))}{when}.{_why(_ruling(known, id))}'


def _choice(old: Proposal, new: Proposal) -> Iterator[str]:
    assert old.decision
    assert new.decision
    before, now = old.decision.chosen, new.decision.chosen
    if before == now:
        yield f"The choice stays {_named(new, now)}." if now else "Still no alternative is left."
    else:
        was = _named(old, before) if before else "no alternative"
        yield f"The choice was {was}, and is now {_named(new, now) if now else 'none: every alternative is refused'}."


def _times(old: Proposal, new: Proposal) -> Iterator[str]:
    """Tells the phases of the chosen way that last otherwise than before."""
    assert new.decision
    before = next((it for it in old.alternatives if it.id == new.decision.chosen), None)
    if before is not None:
        now = new.alternative(before.id)
        for phase, known in zip(now.phases, before.phases, strict=True):
            if phase.time_box != known.time_box:
                yield f'Its phase "{phase.name}" lasts {phase.time_box}; it was {known.time_box}.'


def _rulings(old: Proposal, new: Proposal) -> Iterator[str]:
    assert old.decision
    assert new.decision
    before = {it.alternative: it for it in old.decision.rulings}
    for ruling in new.decision.rulings:
        known = before.pop(ruling.alternative, None)
        if known is None:
            yield f"{_named(new, ruling.alternative)} is new here: it {_outcome(ruling)}."
        elif (known.outcome, known.rule) != (ruling.outcome, ruling.rule):
            name = _named(new, ruling.alternative)
            yield f"{name} {_outcome(known, 'was')}, and {_outcome(ruling)} now.{_why(ruling)}"
    for id in before:
        yield f"{_named(old, id)} is no way to make what is asked now."


def _reused(old: Proposal, new: Proposal) -> Iterator[str]:
    known = {it.id for it in old.evidence}
    same = sum(it.id in known for it in new.evidence)
    if same:
        of = counted(len(new.evidence), "evidence", "evidences")
        yield f"{same} of {of} are those of {old.id}: equal inputs and equal tools."


def _outcome(ruling: Ruling, verb: str = "is") -> str:
    outcome = "ranked" if ruling.outcome in ("acceptable", "unproved") else ruling.outcome
    return f"{verb} {outcome} ({ruling.rule})"


def _why(ruling: Ruling) -> str:
    """Returns the first claims that the ruling rests on, with the evidence that they cite."""
    claims = [it for it in ruling.claims if it.cites][:CLAIMS_TOLD_MAX]
    return "".join(f" {it.text} [{', '.join(it.cites)}]" for it in claims)


def _ruling(proposal: Proposal, id: str) -> Ruling:
    assert proposal.decision
    return proposal.decision.ruling(id)


def _named(proposal: Proposal, id: str) -> str:
    alternative: Alternative = proposal.alternative(id)
    return f'{id} ("{alternative.title}")'


def _not_offered(proposal: Proposal, said: str) -> str:
    offers = proposal.plan.not_offered if proposal.plan else ()
    words = set(said.lower().split())
    return next((it.reason.rstrip(".") for it in offers if words <= set(it.strategy.lower().split())), "")
