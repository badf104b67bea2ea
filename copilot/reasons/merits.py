"""The soft rules, in order: by what one alternative is better than another when both may be applied.

They are compared one after the other; the first that tells two apart decides. A measure that is missing counts as the worst.
Honesty comes first: an alternative after which a reader can take one value for another loses to one that leaves work to people,
or whose proof is not complete. The rules are data (`MERITS`): a decision takes all of them in this order, a "what if" any of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from copilot.domain.decision import Claim
from copilot.domain.evidence import Evidence
from copilot.reasons.words import listed

ByCheck = Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alternative that is not refused, with its evidence by check and the checks that are not settled.

    `wished` are the person's own words for it, "" where they name none: they only part what all rules call equal.
    """

    id: str
    evidence: ByCheck
    unproved: tuple[str, ...]
    wished: str = ""


@dataclass(frozen=True, slots=True)
class Advantage:
    """By which rule one alternative is ahead of another, the claim that says so, and both figures, the better one first.

    `figures` are "" where the rule compares none.
    """

    rule: str
    claim: Claim
    figures: tuple[str, str] = ("", "")

    @property
    def ahead(self) -> str:
        """Returns the rule as the better one's reason: "fewest phases, 1 against 3"."""
        return self._said(*self.figures)

    @property
    def behind(self) -> str:
        """Returns the rule as the worse one's reason: "fewest phases, 3 against 1"."""
        return self._said(*reversed(self.figures))

    def _said(self, own: str, other: str) -> str:
        return f"{self.rule}, {own} against {other}" if own and other else self.rule


class Merit(Protocol):
    """A rule of the order: the smaller its value, the better, and what to say where it tells two apart."""

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str: ...

    def value(self, candidate: Candidate) -> float: ...

    def advantage(self, better: Candidate, worse: Candidate) -> Advantage: ...


@dataclass(frozen=True, slots=True)
class SoftRule:
    """A number to keep small: where it stands, and the words for it."""

    name: str
    check: str
    measure: str
    unit: str

    def value(self, candidate: Candidate) -> float:
        found = candidate.evidence.get(self.check)
        if found is not None and found.verdict == "not-applicable" and not self._is_unexplored(found, candidate):
            return found.measure(self.measure) or 0
        return _or_worst(self.figure(candidate))

    def figure(self, candidate: Candidate) -> float | None:
        """Returns the measure as it stands in the evidence, None where there is none to rely on."""
        found = candidate.evidence.get(self.check)
        return None if found is None or self._is_unexplored(found, candidate) else found.measure(self.measure)

    def advantage(self, better: Candidate, worse: Candidate) -> Advantage:
        one, other = self.figure(better), self.figure(worse)
        subject = f"{self.unit[0].upper()}{self.unit[1:]}"
        cites = (*_cited(better, (self.check,)), *_cited(worse, (self.check,)))
        own = "none" if one is None else f"{one}"
        if other is None:
            is_asked = self.check in worse.evidence
            why = "its deploys are left to people, so none were explored" if is_asked else f"{self.check} was not asked"
            text = f"{subject}: {own} for {better.id}; for {worse.id} {why}."
            figures = (own, "not explored" if is_asked else "not asked")
            return Advantage(self.name, Claim(text, cites, is_background=not cites), figures)
        text = f"{subject}: {own} for {better.id}, {other} for {worse.id}."
        return Advantage(self.name, Claim(text, cites), (own, f"{other}"))

    def _is_unexplored(self, found: Evidence, candidate: Candidate) -> bool:
        """Tells whether the figure is about deploys that are left to people: not looked at, so they are not none."""
        return self.check == "rollout" and found.verdict == "not-applicable" and leaves_to_people(candidate)


@dataclass(frozen=True, slots=True)
class MostAsked:
    """How many of the changes that were asked for an alternative leaves to people."""

    name: str = "most of what was asked"
    unit: str = "changes that are left to people"

    def value(self, candidate: Candidate) -> float:
        usage = candidate.evidence.get("usage")
        if usage is None:
            return math.inf
        asked, done = usage.measure("operations"), usage.measure("operations_done")
        return _or_worst(None if asked is None or done is None else asked - done)

    def advantage(self, better: Candidate, worse: Candidate) -> Advantage:
        mine, theirs = better.evidence.get("usage"), worse.evidence.get("usage")
        if mine is None or theirs is None:
            text = f"How much of the request {worse.id} does is not known."
            return Advantage(self.name, Claim(text, (), is_background=True))
        asked = mine.measure("operations")
        if asked == 1:
            places = theirs.measure("manual_places")
            left = "some of it" if not places else "1 place" if places == 1 else f"{places} places"
            text = f"{better.id} does what was asked; {worse.id} leaves {left} to people."
            return Advantage(self.name, Claim(text, (mine.id, theirs.id)), ("all of it", f"{left} left to people"))
        one, other = mine.measure("operations_done"), theirs.measure("operations_done")
        text = (
            f"{better.id} does {one} of the {asked} changes that were asked for;"
            f" {worse.id} does {other} and leaves the rest to people."
        )
        figures = ("", "") if one is None or other is None else (f"{one}", f"{other}")
        return Advantage(self.name, Claim(text, (mine.id, theirs.id)), figures)


@dataclass(frozen=True, slots=True)
class Proved:
    """How many of the checks that have to be settled are not; where the better one has such as well it is called otherwise."""

    name: str = "proved, not only hoped"
    unit: str = "checks that could not be settled"

    def value(self, candidate: Candidate) -> float:
        return len(candidate.unproved)

    def advantage(self, better: Candidate, worse: Candidate) -> Advantage:
        text = f"{listed(worse.unproved)} could not be settled for {worse.id}"
        settled = [check for check in worse.unproved if check in better.evidence and check not in better.unproved]
        text += f"; for {better.id} {listed(settled)} could." if settled else "."
        cites = (*_cited(worse, worse.unproved), *_cited(better, settled))
        claim = Claim(text[0].upper() + text[1:], cites, is_background=not cites)
        figures = (_open(better), _open(worse))
        return Advantage(FEWEST_OPEN if better.unproved else self.name, claim, figures)


HONEST_RULES = (
    SoftRule("no value that can be taken for another", "replay", "stand_ins", "values that stand in for a missing one"),
    SoftRule(
        "no new meaning under an old name",
        "compatibility",
        "meanings_turned",
        "values that mean, or may mean, something else",
    ),
)
SMALLEST = SoftRule("smallest patch", "usage", "lines_changed", "changed lines")
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
    SoftRule(
        "read by most implementations", "compatibility", "readers_refusing", "implementations that refuse legal data"
    ),
    SoftRule("fewest consumers touched", "usage", "consumers_touched", "consumers touched"),
    SoftRule("fewest phases", "usage", "phases", "phases"),
    SoftRule("fewest unsettled places", "usage", "unsettled", "places of which the outcome is not known"),
    SMALLEST,
)
MERITS: tuple[Merit, ...] = (*HONEST_RULES, MostAsked(), Proved(), *SOFT_RULES)
"""All of them in the order of a decision."""
_OF_WORTH = ("history_refused", "history_changed", "open_at_once", "uses_left")
WORTH = (
    *(rule.name for rule in (*HONEST_RULES, *SOFT_RULES) if rule in HONEST_RULES or rule.measure in _OF_WORTH),
    MostAsked().name,
)
"""The rules by which an alternative is worse, where all others only make it dearer."""
OF_DEPLOYS = tuple(rule.name for rule in SOFT_RULES if rule.check == "rollout" or rule.measure == "stopped_at_once")
"""The rules about how it goes out: by these it is only dearer, unless it was chosen for that."""
FEWEST_OPEN = "fewest open questions"
BEHIND, AHEAD = "behind on: ", "wins on: "
"""Stand before the rule on which an alternative is behind the one that is chosen, and before the one on which that wins."""
AS_WISHED = "equal by every rule, so the wish decides"
BY_NAME = "equal, the name only gives an order"
_NAMES = (*(rule.name for rule in MERITS), FEWEST_OPEN, AS_WISHED, BY_NAME)


def names(ruling: str, place: str, rule: str) -> bool:
    """Tells whether the rule of a ruling says that it is ahead (`AHEAD`) or behind (`BEHIND`) by the soft rule of that name."""
    return without_figures(ruling).endswith(f"{place}{rule}")


def without_figures(ruling: str) -> str:
    """Returns the rule of a ruling without what was compared: "wins on: fewest phases"."""
    for place in (AHEAD, BEHIND):
        before, found, said = ruling.partition(place)
        if found:
            known = (name for name in _NAMES if said == name or said.startswith(f"{name}, "))
            return f"{before}{place}{max(known, key=len, default=said)}"
    return ruling


def rival_of(candidates: Sequence[Candidate]) -> Candidate:
    """Returns against which of the others the first is to be held: the best that leaves no more to people, else the next."""
    first, *others = candidates
    asked = MostAsked()
    return next((it for it in others if asked.value(it) <= asked.value(first)), others[0])


def sort_key(candidate: Candidate, rules: Sequence[Merit] = MERITS) -> tuple[float | str, ...]:
    """Returns what candidates are sorted by, best first."""
    return (*(rule.value(candidate) for rule in rules), 0 if candidate.wished else 1, candidate.id)


def leaves_to_people(candidate: Candidate) -> bool:
    """Tells whether the alternative by itself does less than was asked, so that people do the rest."""
    return 0 < MostAsked().value(candidate) < math.inf


def deciding(better: Candidate, worse: Candidate, rules: Sequence[Merit] = MERITS) -> Merit | None:
    """Returns the first rule that tells the two apart, None where all call them equal."""
    return next((rule for rule in rules if rule.value(better) != rule.value(worse)), None)


def advantage(better: Candidate, worse: Candidate, rules: Sequence[Merit] = MERITS) -> Advantage:
    """Returns by which rule the better one is ahead, and the claim with both figures."""
    rule = deciding(better, worse, rules)
    if rule is not None:
        return rule.advantage(better, worse)
    if better.wished and not worse.wished:
        text = f'{better.id} and {worse.id} are equal by every rule; "{better.wished}" names {better.id}.'
        return Advantage(AS_WISHED, Claim(text, (), is_background=True))
    text = f"{better.id} and {worse.id} are equal by every rule: choose either. The name only gives them an order."
    return Advantage(BY_NAME, Claim(text, (), is_background=True))


def _open(candidate: Candidate) -> str:
    return f"{listed(candidate.unproved) or 'nothing'} open"


def _cited(candidate: Candidate, checks: Iterable[str]) -> tuple[str, ...]:
    return tuple(candidate.evidence[check].id for check in checks if check in candidate.evidence)


def _or_worst(figure: float | None) -> float:
    return math.inf if figure is None else figure
