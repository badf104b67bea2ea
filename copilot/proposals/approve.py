"""A person's yes or no to exactly one plan."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

from copilot.domain.decision import Approval, Decision, Postponed, Rejection, Ruling
from copilot.domain.operation import TopicOperation
from copilot.domain.proposal import Proposal, plan_digest
from copilot.errors import RefusedByEvidence, WrongUsage

_DAY = re.compile(r"\d{4}([-/.])\d\d?\1\d\d?")
_WRITTEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_OVER = re.compile(r"(?:.+ ago|last (?:day|week|month|year|\w+day))")
_SPAN = re.compile(r"(?:in )?(?P<count>[1-9]\d{0,5}) (?P<unit>day|week|month)s?")
_DAYS = {"day": 1, "week": 7, "month": 30}
_WHEN = 'Write a later day ("2026-02-01"), a time ("in 2 weeks"), or what has to come true.'


def approval_of(
    proposal: Proposal, *, by: str, at: str, note: str, alternative: str = "", plan: str = "", confirmation: str = ""
) -> Approval:
    """Returns the approval of an alternative, the chosen one unless another is named.

    `plan` is the digest that the person saw; where it is given it must still be the proposal's. Raises RefusedByEvidence where
    the evidence or a law forbids it, WrongUsage where nothing could come of it.
    """
    decision = _decided(proposal)
    ruling = _ruling(proposal, decision, alternative)
    _refuse_state(proposal)
    current = plan_digest(proposal, ruling.alternative)
    if plan and plan != current:
        raise RefusedByEvidence(
            "The plan changed since you looked at it.", next=f"Look again: pipeline-copilot show {proposal.id}"
        )
    if ruling.outcome == "refused":
        why = " ".join(claim.text for claim in ruling.claims if not claim.is_background)
        raise RefusedByEvidence(
            f'"{ruling.alternative}" is refused by the evidence (rule "{ruling.rule}"). {why}'.rstrip(),
            next=f"Approve another one: pipeline-copilot show {proposal.id}",
        )
    if not proposal.patches_of(ruling.alternative):
        raise WrongUsage(
            f'"{ruling.alternative}" changes nothing, so there is nothing to approve.',
            next="Name another alternative, or reject the proposal.",
        )
    word = confirmation_word(proposal, ruling.alternative)
    if word and confirmation != word:
        raise RefusedByEvidence(
            "This change has high stakes or is not fully proved, so it needs a typed confirmation.",
            next=f'Type the name of the subject: "{word}".',
        )
    if word and not note.strip():
        raise RefusedByEvidence(
            "This change has high stakes or is not fully proved, so its approval needs a reason.",
            next="Write why it is right to do this; it stands in the commits and in the decision record.",
        )
    return Approval(current, ruling.alternative, by, at, note)


def rejection_of(proposal: Proposal, *, by: str, at: str, note: str, alternative: str = "") -> Rejection:
    """Returns the rejection of the current plan; it also ends an approval that was given before."""
    decision = _decided(proposal)
    if proposal.applied:
        raise WrongUsage(
            f"{proposal.id} is applied already.", next=f"pipeline-copilot undo {proposal.id} --from BRANCH"
        )
    named = alternative or decision.chosen or decision.rulings[0].alternative
    ruling = _ruling(proposal, decision, named)
    return Rejection(plan_digest(proposal, ruling.alternative), ruling.alternative, by, at, note)


def postponement_of(proposal: Proposal, remind: str, *, by: str, at: str, note: str) -> Postponed:
    """Returns the "not now"; `remind` is a day ("2026-02-01"), a time ("in 2 weeks"), or in words what has to come true.

    Raises WrongUsage where it is none of them, or where nothing could come of it.
    """
    _decided(proposal)
    _refuse_state(proposal)
    words = " ".join(remind.split())
    if not words:
        raise WrongUsage("When to be reminded is not said.", next=_WHEN)
    # The day where the person is, as people write days; `at` is in UTC.
    today = datetime.fromisoformat(at).astimezone().date()
    span = _SPAN.fullmatch(words.lower())
    if span:
        return Postponed(by, at, note, until=_later(today, int(span["count"]), span["unit"]).isoformat())
    if _OVER.fullmatch(words.lower()):
        raise WrongUsage(f'"{words}" is over.', next=_WHEN)
    day = _day_of(words, today)
    if day is None:
        return Postponed(by, at, note, when=words)
    if day <= today:
        raise WrongUsage(f"{words} is not later than today.", next=_WHEN)
    return Postponed(by, at, note, until=day.isoformat())


def _day_of(words: str, today: date) -> date | None:
    """Returns the day that words say, however it is written ("2026-2-1", "1 Feb 2026", "tomorrow"), None where they say none."""
    if words.lower() in _NEAR:
        return today + timedelta(days=_NEAR[words.lower()])
    with suppress(ValueError):
        return datetime.fromisoformat(words).date()
    for form in _WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(words.replace(",", ""), form).date()
    if _DAY.fullmatch(words):
        raise WrongUsage(f'"{words}" is no day of the calendar.', next=_WHEN)
    return None


def _later(today: date, count: int, unit: str) -> date:
    try:
        return today + timedelta(days=count * _DAYS[unit])
    except OverflowError:
        raise WrongUsage(f"In {count} {unit}s is too far away.", next=_WHEN) from None


def confirmation_word(proposal: Proposal, alternative: str) -> str:
    """Returns what a person must type to approve (the name of the first subject or topic), "" where nothing must be typed."""
    if not (is_grave(proposal, alternative) and proposal.request.operations):
        return ""
    first = proposal.request.operations[0]
    return first.topic if isinstance(first, TopicOperation) else first.subject


def is_grave(proposal: Proposal, alternative: str) -> bool:
    """Tells whether approving it needs more than a keystroke: the stakes are high, or it is not fully proved."""
    decision = _decided(proposal)
    return decision.stakes == "high" or decision.ruling(alternative).outcome == "unproved"


def _decided(proposal: Proposal) -> Decision:
    if proposal.decision is None:
        raise WrongUsage(
            f"{proposal.id} is not decided yet.", next="Propose the same again: the run goes on from its last record."
        )
    return proposal.decision


def _ruling(proposal: Proposal, decision: Decision, alternative: str) -> Ruling:
    if not alternative and not decision.chosen:
        raise RefusedByEvidence(
            "Every alternative was refused, so there is none to approve.",
            next=f"Read why: pipeline-copilot show {proposal.id}",
        )
    try:
        return decision.ruling(alternative or decision.chosen)
    except KeyError:
        known = ", ".join(ruling.alternative for ruling in decision.rulings)
        raise WrongUsage(f'There is no alternative "{alternative}".', next=f"Use one of {known}.") from None


def _refuse_state(proposal: Proposal) -> None:
    if proposal.state == "rejected":
        raise RefusedByEvidence(
            "This plan was rejected, and a no is final for a plan.", next="Leave hunks out, or propose again."
        )
    if proposal.applied:
        raise WrongUsage(f"{proposal.id} is applied already, on {proposal.applied[-1].branch}.")
