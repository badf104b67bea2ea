"""What a model said about a decision that stands: its sentences, and how far its reasons follow the evidence.

Apart from what was proved, and marked: nothing rests on it. Sentences that don't keep to their evidence are not shown.
"""

from __future__ import annotations

from typing import Any

from copilot.domain.alternative import Alternative
from copilot.domain.model import Purpose
from copilot.domain.proposal import Proposal
from copilot.domain.wording import Sentence, standing
from copilot.reasons.words import counted, letters_of

_AS_IT_IS = "as it is"


def words_note(proposal: Proposal) -> str:
    """Returns who worded the sentences, and what they are worth; why there are none; "" where no model was asked for any."""
    if proposal.worded is None:
        return ""
    if not standing(proposal):
        why = proposal.worded.problem or "Its sentences do not keep to the evidence."
        return f"{model_of(proposal, 'words')} was asked to word this, and nothing that it said is shown. {why}"
    return f"Worded by {model_of(proposal, 'words')} from the rulings; nothing rests on it."


def words_of_model(proposal: Proposal) -> tuple[Sentence, ...]:
    """Returns the sentences that keep to their evidence, those about the chosen alternative first."""
    chosen = proposal.decision.chosen if proposal.decision else ""
    return tuple(sorted(standing(proposal), key=lambda it: it[0] != chosen))


def claimed_note(proposal: Proposal) -> str:
    """Returns whose words the case and the preconditions of a suggested alternative are, and what they are worth."""
    return f"By {model_of(proposal, 'alternatives')}, which suggested it; nothing rests on these words:"


def probe_note(proposal: Proposal) -> str:
    """Returns how often a model's reason followed the evidence; "" where that was not asked."""
    probed = proposal.probed
    if probed is None:
        return ""
    trials = [followed for deed, _, followed in probed.trials if deed != _AS_IT_IS]
    same = [followed for deed, _, followed in probed.trials if deed == _AS_IT_IS]
    chose = "" if not same else " It chose as the rules did." if same[0] else " It would not choose as the rules did."
    told = f"followed the evidence in {sum(trials)} of {counted(len(trials), 'trial')}" if trials else "was not tried"
    problem = f" {probed.problem}" if probed.problem else ""
    return f"The reason that {model_of(proposal, 'probe')} states {told}; nothing rests on it.{chose}{problem}"


def probe_rows(proposal: Proposal) -> tuple[tuple[str, str, str], ...]:
    """Returns a row for each trial: the evidence's id, what was done with it, and whether the reason followed."""
    known = {it.id: it for it in proposal.evidence}
    letters = letters_of(proposal)
    rows = []
    for deed, id, followed in proposal.probed.trials if proposal.probed else ():
        if deed != _AS_IT_IS:
            of = f"{known[id].check} of {letters[known[id].alternative]}" if id in known else "unknown"
            rows.append(
                (id, f"{of} {deed}", "the reason followed" if followed else "the reason stayed: it was not the reason")
            )
    return tuple(rows)


def framed_by(proposal: Proposal) -> str:
    """Returns the model that understood the words of the request, "" where the sentences' rules did."""
    return model_of(proposal, "frame") if any(it.purpose == "frame" for it in proposal.exchanges) else ""


def origin_of(alternative: Alternative) -> str:
    """Returns who suggested an alternative; which model it was is told beside."""
    return "a model" if alternative.origin == "claude" else alternative.origin


def came_of(talk: Proposal) -> str:
    """Returns what came of words that led to no proposal: a question, or no answer of use."""
    return "no answer" if talk.exchanges and talk.exchanges[-1].problem else "asked back"


def model_of(proposal: Proposal, purpose: Purpose) -> str:
    """Returns the model that was asked last for that purpose."""
    return next((it.model for it in reversed(proposal.exchanges) if it.purpose == purpose), "a model")


def said_object(proposal: Proposal) -> dict[str, Any]:
    """Returns words and probe as JSON values, None for what was not asked."""
    worded, probed = proposal.worded, proposal.probed
    return {
        "words": {
            "model": model_of(proposal, "words"),
            "sentences": [
                {"alternative": it[0], "text": it[1], "cites": list(it[2])} for it in words_of_model(proposal)
            ],
            "problem": worded.problem,
        }
        if worded
        else None,
        "probe": {
            "model": model_of(proposal, "probe"),
            "trials": [
                {"deed": deed, "evidence": id or None, "followed": followed} for deed, id, followed in probed.trials
            ],
            "problem": probed.problem,
        }
        if probed
        else None,
    }
