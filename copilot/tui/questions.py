"""What the review says and asks: what stands in the way of an approval, what to confirm, what was done. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.decision import Applied
from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Body, Proposal
from copilot.proposals.approve import confirmation_word
from copilot.reasons.words import counted, in_letters, letters_of, listed


@dataclass(frozen=True, slots=True)
class Question:
    """What a dialog asks; `name` must be typed where it is not ""."""

    title: str
    text: tuple[str, ...]
    name: str


def obstacle_to(proposal: Proposal, alternative: str, is_changed: bool) -> str:
    """Returns why the alternative can't be approved as it is shown, "" where it can."""
    if proposal.decision is None:
        return "Nothing is decided yet, so there is nothing to approve: p goes on with the proof."
    if is_changed:
        return "Something is left out or edited, and nobody has proved that change: press p first."
    if proposal.state in ("applied", "undone", "rejected"):
        return f"This proposal is {proposal.state}, which is final. Propose again to change your mind."
    if not proposal.patches_of(alternative):
        return "This alternative changes nothing, so there is nothing to approve. To say no, press r."
    ruling = next((it for it in proposal.decision.rulings if it.alternative == alternative), None)
    if ruling is None or ruling.outcome == "refused":
        return f"This alternative is refused: {ruling.rule if ruling else 'it was not judged'}."
    return ""


def about_approval(proposal: Proposal, alternative: str) -> Question:
    """Returns what to ask before that alternative is approved."""
    assert proposal.decision is not None, "asked only about a decided proposal"
    letters = letters_of(proposal)
    patches = proposal.patches_of(alternative)
    paths = sorted({change.path for change in patches[0].changes})
    text = [proposal.alternative(alternative).title]
    if alternative != proposal.decision.chosen:
        text += ["The rules chose another alternative."]
    if proposal.decision.ruling(alternative).outcome == "unproved":
        text += ["It is not fully proved."]
    word = confirmation_word(proposal, alternative)
    if word:
        text += ["", *(f"- {in_letters(claim.text, letters)}" for claim in proposal.decision.stakes_reasons)]
    phases = f", the first of {len(patches)} phases" if len(patches) > 1 else ""
    text += ["", f"Approves changes to {counted(len(paths), 'file')}{phases}: {listed(paths)}"]
    return Question(f"Approve {letters[alternative]}? Stakes are {proposal.decision.stakes}.", tuple(text), word)


def applied_words(applied: Applied, phases: int) -> str:
    """Returns what applying did, in one sentence; `phases` is how many the alternative has."""
    phase = f" phase {applied.phase + 1} of {phases}" if phases > 1 else ""
    return f"Applied{phase}: {counted(len(applied.commits), 'commit')} on branch {applied.branch}"


def record_words(body: Body) -> str:
    """Returns what a record that came while proving says."""
    if isinstance(body, Evidence):
        return f"proving … {body.check}: {body.verdict}"
    return f"proving … {type(body).__name__.lower()}"
