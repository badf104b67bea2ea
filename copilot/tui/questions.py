"""What the review says stands in the way of an approval. Pure functions."""

from __future__ import annotations

from copilot.domain.proposal import Proposal

NOT_DECIDED = "Nothing is decided yet, so there is nothing to approve: p goes on with the proof."


def obstacle_to(proposal: Proposal, alternative: str, is_changed: bool) -> str:
    """Returns why the alternative can't be approved as it is shown, "" where it can."""
    if proposal.decision is None:
        return NOT_DECIDED
    if is_changed:
        return "Something is left out or edited, and nobody has proved that change: press p first."
    if proposal.state == "rejected":
        return "This proposal is rejected, which is final. Propose again to change your mind."
    if not proposal.patches_of(alternative):
        return "This alternative changes nothing, so there is nothing to approve. To say no, press r."
    ruling = next((it for it in proposal.decision.rulings if it.alternative == alternative), None)
    if ruling is None or ruling.outcome == "refused":
        return f"This alternative is refused: {ruling.rule if ruling else 'it was not judged'}."
    return ""
