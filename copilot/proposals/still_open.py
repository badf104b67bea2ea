"""Is what was proposed before taken up again where the same is asked, or is it asked anew?"""

from __future__ import annotations

from copilot.domain.proposal import Proposal
from copilot.flow import is_up_to_date
from copilot.plugins import Kit


def is_open(proposal: Proposal, kit: Kit) -> bool:
    """Tells whether nobody has ended a proposal, and what it read, who proves it and who was asked are as they are now."""
    is_standing = proposal.state not in ("rejected", "undone")
    return is_standing and is_up_to_date(proposal, kit) and _was_asked_alike(proposal, kit)


def _was_asked_alike(proposal: Proposal, kit: Kit) -> bool:
    """Tells whether a model had its say in the plan where one is on, by the prompts of now, and had none where none is."""
    if proposal.plan is None or proposal.continued is not None:
        return True
    said = [it for it in proposal.exchanges if it.purpose == "alternatives" and not it.problem]
    was_answered = bool(said)
    if said and kit.model is not None:
        was_answered = said[-1].prompt.digest == kit.model.prompts(said[-1].prompt.id).digest
    is_told = any(it.strategy == "model" for it in proposal.plan.not_offered)
    return was_answered if kit.model is not None else not (was_answered or is_told)
