"""The soft rules, in order: by what one alternative is better than another when both may be applied.

They are compared one after the other; the first that tells two apart decides. A measure that is missing counts as the worst.
Honesty comes first: an alternative after which a reader can take one value for another loses to one that leaves work to people,
or whose proof is not complete.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from copilot.domain.decision import Claim
from copilot.domain.evidence import Evidence
from copilot.reasons.words import listed

ByCheck = Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alternative that is not refused, with its evidence by check and the checks that are not settled."""

    id: str
    evidence: ByCheck
    unproved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoftRule:
    """A number to keep small: where it stands, and the words for it."""

    name: str
    check: str
    measure: str
    unit: str


HONEST_RULES = (
    SoftRule("no value that can be taken for another", "replay", "stand_ins", "values that stand in for a missing one"),
    SoftRule("no new meaning under an old name", "compatibility", "meanings_turned", "values that mean something else"),
)
SOFT_RULES = (
    SoftRule(
        "most of the history can still be read", "replay", "history_refused", "versions that can't be read any more"
    ),
    SoftRule("most of the history reads as before", "replay", "history_changed", "versions that read otherwise"),
    SoftRule("waits for what is not known", "usage", "open_at_once", "open questions that no gate waits for"),
    SoftRule("closest to the wording", "usage", "operations_reworded", "operations done in other words"),
    SoftRule(
        "fewest coordinated deploys", "rollout", "coordinated_deploys", "jobs that have to move together or in order"
    ),
    SoftRule("fewest jobs that stand still", "usage", "stopped_at_once", "jobs that stop at the same time"),
    SoftRule(
        "fewest phases that can't be taken back",
        "rollout",
        "one_way_phases",
        "phases whose data old readers can't read",
    ),
    SoftRule("fewest uses left as they are", "usage", "uses_left", "uses of what is gone that no edit reaches"),
    SoftRule("fewest places left to hand", "usage", "manual_places", "places to change by hand"),
    SoftRule("fewest consumers touched", "usage", "consumers_touched", "consumers touched"),
    SoftRule("fewest phases", "usage", "phases", "phases"),
    SoftRule("fewest unsettled places", "usage", "unsettled", "places of which the outcome is not known"),
    SoftRule(
        "read by most implementations", "compatibility", "readers_refusing", "implementations that refuse legal data"
    ),
    SoftRule("smallest patch", "usage", "lines_changed", "changed lines"),
)
MOST_ASKED = "most of what was asked"
_OF_WORTH = ("history_refused", "history_changed", "open_at_once", "uses_left")
WORTH = (
    *(rule.name for rule in (*HONEST_RULES, *SOFT_RULES) if rule in HONEST_RULES or rule.measure in _OF_WORTH),
    MOST_ASKED,
)
"""The rules by which an alternative is worse, where all others only make it dearer."""
OF_DEPLOYS = tuple(rule.name for rule in SOFT_RULES if rule.check == "rollout" or rule.measure == "stopped_at_once")
"""The rules about how it goes out: by these it is only dearer, unless it was chosen for that."""
PROVED = "proved, not only hoped"
FEWEST_OPEN = "fewest open questions"
BEHIND, AHEAD = "behind on: ", "wins on: "
"""Stand before the rule on which an alternative is behind the one that is chosen, and before the one on which that wins."""
BY_NAME = "equal, the name only gives an order"


def sort_key(candidate: Candidate) -> tuple[float | str, ...]:
    """Returns what candidates are sorted by, best first."""
    return (
        *(_value(rule, candidate) for rule in HONEST_RULES),
        _undone(candidate),
        bool(candidate.unproved),
        len(candidate.unproved),
        *(_value(rule, candidate) for rule in SOFT_RULES),
        candidate.id,
    )


def leaves_to_people(candidate: Candidate) -> bool:
    """Tells whether the alternative by itself does less than was asked, so that people do the rest."""
    return 0 < _undone(candidate) < math.inf


def advantage(better: Candidate, worse: Candidate) -> tuple[str, Claim]:
    """Returns the rule by which the better one is ahead, and the claim with both figures."""
    for rule in HONEST_RULES:
        if _value(rule, better) != _value(rule, worse):
            return rule.name, _figures(rule, better, worse)
    if _undone(better) != _undone(worse):
        return MOST_ASKED, _asked_claim(better, worse)
    if len(better.unproved) != len(worse.unproved):
        name = FEWEST_OPEN if better.unproved else PROVED
        text = f"{listed(worse.unproved)} could not be settled for {worse.id}."
        cites = _cited(worse, worse.unproved)
        return name, Claim(text[0].upper() + text[1:], cites, is_background=not cites)
    for rule in SOFT_RULES:
        one, other = _value(rule, better), _value(rule, worse)
        if one != other:
            return rule.name, _figures(rule, better, worse)
    text = f"{better.id} and {worse.id} are equal by every rule: choose either. The name only gives them an order."
    return BY_NAME, Claim(text, (), is_background=True)


def _figures(rule: SoftRule, better: Candidate, worse: Candidate) -> Claim:
    one, other = _figure(rule, better), _figure(rule, worse)
    if one is None or other is None:
        text = f"{rule.name.capitalize()}: there is no figure for {worse.id}."
        return Claim(text, _cited(better, (rule.check,)), is_background=True)
    text = f"{rule.unit[0].upper()}{rule.unit[1:]}: {one} for {better.id}, {other} for {worse.id}."
    return Claim(text, (*_cited(better, (rule.check,)), *_cited(worse, (rule.check,))))


def _asked_claim(better: Candidate, worse: Candidate) -> Claim:
    mine, theirs = better.evidence.get("usage"), worse.evidence.get("usage")
    if mine is None or theirs is None:
        return Claim(f"How much of the request {worse.id} does is not known.", (), is_background=True)
    asked = mine.measure("operations")
    if asked == 1:
        text = f"{better.id} does what was asked; {worse.id} leaves some of it to people."
    else:
        text = (
            f"{better.id} does {mine.measure('operations_done')} of the {asked} changes that were asked for;"
            f" {worse.id} does {theirs.measure('operations_done')} and leaves the rest to people."
        )
    return Claim(text, (mine.id, theirs.id))


def _cited(candidate: Candidate, checks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(candidate.evidence[check].id for check in checks if check in candidate.evidence)


def _value(rule: SoftRule, candidate: Candidate) -> float:
    found = candidate.evidence.get(rule.check)
    if found is not None and found.verdict == "not-applicable" and not _is_unexplored(rule, found, candidate):
        return found.measure(rule.measure) or 0
    return _or_worst(lambda: _figure(rule, candidate))


def _figure(rule: SoftRule, candidate: Candidate) -> float | None:
    found = candidate.evidence.get(rule.check)
    return None if found is None or _is_unexplored(rule, found, candidate) else found.measure(rule.measure)


def _is_unexplored(rule: SoftRule, found: Evidence, candidate: Candidate) -> bool:
    """Tells whether the figure is about deploys that are left to people: those were not looked at, so they are not none."""
    return rule.check == "rollout" and found.verdict == "not-applicable" and leaves_to_people(candidate)


def _undone(candidate: Candidate) -> float:
    usage = candidate.evidence.get("usage")
    if usage is None:
        return math.inf
    asked, done = usage.measure("operations"), usage.measure("operations_done")
    return _or_worst(lambda: None if asked is None or done is None else asked - done)


def _or_worst(measure: Callable[[], float | None]) -> float:
    value = measure()
    return math.inf if value is None else value
