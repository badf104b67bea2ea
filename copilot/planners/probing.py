"""Asks a model again with evidence taken away or turned round: does the reason that it states follow the evidence?

A reason that stays the same when what it rests on is gone was not the reason. Nothing rests on what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.evidence import Evidence
from copilot.domain.model import Tool
from copilot.domain.proposal import Probed, Proposal
from copilot.planners.talk import NoAnswer, Question, Talk, Unacceptable
from copilot.planners.wording import evidence_text, one_of, told_ids

AS_IT_IS, TAKEN_AWAY, TURNED_ROUND = "as it is", "taken away", "turned round"
TRIALS_MAX = 6
REASON_LENGTH_MAX = 600
CITES_MAX = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """What a model says it would choose ("" for none), and why."""

    choice: str
    cites: tuple[str, ...]
    reason: str


def probe(proposal: Proposal, talk: Talk) -> Probed:
    """Returns whether the model chooses as the rules did, then for each trial whether what it states follows the evidence."""
    assert proposal.decision is not None, "reasons are for rulings"
    known = {it.id: it for it in proposal.evidence}
    trials: list[tuple[str, str, bool]] = []
    try:
        most = talk.limits.rulings
        first = talk.ask(_question(proposal, most), lambda answer: _first(answer, known, proposal))
        trials.append((AS_IT_IS, "", first.choice == proposal.decision.chosen))
        if not first.choice:
            return Probed(tuple(trials), "The model chose none of the alternatives.")
        for deed, evidence in list(_trials(first, known))[:TRIALS_MAX]:
            left_out, turned = (evidence.id, "") if deed == TAKEN_AWAY else ("", evidence.id)
            again = talk.ask(_question(proposal, most, left_out, turned), _stated)
            trials.append((deed, evidence.id, follows(deed, evidence, first, again)))
    except NoAnswer as none:
        return Probed(tuple(trials), str(none))
    return Probed(tuple(trials))


def follows(deed: str, evidence: Evidence, before: Stated, after: Stated) -> bool:
    """Tells whether what is stated after an evidence was taken away or turned round follows that.

    Without it, nobody can cite it, and the reason can't be the same, word for word. Where a pass of what was chosen became a
    fail, that can't be chosen any more. Where a fail of another one became a pass, the choice or the reason must tell.
    """
    if deed == TAKEN_AWAY:
        return evidence.id not in after.cites and evidence.id not in after.reason and not _is_same(before, after)
    if evidence.alternative == before.choice:
        return after.choice != before.choice
    return after.choice != before.choice or not _is_same(before, after)


def _is_same(before: Stated, after: Stated) -> bool:
    return before.choice == after.choice and before.reason.casefold() == after.reason.casefold()


def _trials(first: Stated, known: dict[str, Evidence]) -> Iterator[tuple[str, Evidence]]:
    """Yields what to try: each cited evidence away, and round where that says something else about the choice."""
    for id in first.cites:
        evidence = known[id]
        is_chosens = evidence.alternative == first.choice
        yield TAKEN_AWAY, evidence
        if evidence.verdict == ("pass" if is_chosens else "fail"):
            yield TURNED_ROUND, evidence


def _question(proposal: Proposal, most: int, left_out: str = "", turned: str = "") -> Question:
    listed = "\n".join(f"{it.id}: {it.title}" for it in proposal.alternatives)
    inputs = {
        "request": proposal.request.text or canonical([it.op for it in proposal.request.operations]),
        "alternatives": listed,
        "evidence": evidence_text(proposal, most, left_out=left_out, turned=turned),
    }
    return Question("probe", "probe", inputs, answer_tool(proposal, most, left_out), subject=turned or left_out)


def answer_tool(proposal: Proposal, most: int, left_out: str = "") -> Tool:
    """Returns the tool of one trial: what was taken away can't be named by it either."""
    cites = [id for id in told_ids(proposal, most) if id != left_out]
    properties = {
        "choice": {"type": "string", "enum": [*(it.id for it in proposal.alternatives), ""]},
        "cites": {"type": "array", "items": one_of(cites), "maxItems": CITES_MAX},
        "reason": {"type": "string"},
    }
    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return Tool("probe", "Which alternative you would choose, and on which evidence.", canonical(schema))


def _first(answer: Any, known: dict[str, Evidence], proposal: Proposal) -> Stated:
    """Returns the first answer, which must speak of what is there; the others are judged, not repaired."""
    stated = _stated(answer)
    if stated.choice and stated.choice not in {it.id for it in proposal.alternatives}:
        raise Unacceptable(f'There is no alternative "{stated.choice[:80]}".')
    unknown = [id for id in stated.cites if id not in known]
    if unknown:
        raise Unacceptable(f"There is no evidence {', '.join(id[:80] for id in unknown[:3])}.")
    if stated.choice and not stated.cites:
        raise Unacceptable("A choice cites the evidence that it rests on.")
    return stated


def _stated(answer: Any) -> Stated:
    if isinstance(answer, dict) and set(answer) == {"choice", "cites", "reason"}:
        choice, cites, reason = answer["choice"], answer["cites"], answer["reason"]
        is_list = isinstance(cites, list) and all(isinstance(id, str) for id in cites)
        if isinstance(choice, str) and isinstance(reason, str) and is_list and len(reason) <= REASON_LENGTH_MAX:
            return Stated(choice, tuple(dict.fromkeys(cites)), " ".join(reason.split()))
    raise Unacceptable(
        f"Give choice and reason as strings, the reason of at most {REASON_LENGTH_MAX} characters, and cites as a list."
    )
