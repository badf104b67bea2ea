"""Figures over the outcomes of many cases, with 95 % intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from copilot.evaluation.outcome import GATES, CaseOutcome

_Z = 1.959964
"""The two-sided 95 % quantile of the normal distribution."""
LOSS_GATES = ("readable", "values survive", "contracts hold")
"""What these gates catch comes without a word: the copilot had called it proved."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the bounds of Wilson's 95 % interval; both are 0 and 1 where nothing was counted."""

    right: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else math.nan

    def __str__(self) -> str:
        if not self.of:
            return "-"
        return f"{self.right} of {self.of} ({self.value:.0%}, {self.low:.0%} to {self.high:.0%})"


def share(right: int, of: int) -> Share:
    """Returns a share with Wilson's score interval, which holds for few cases and for shares near 0 and 1."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = right / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Share(right, of, max(0.0, middle - half), min(1.0, middle + half))


def attrition(outcomes: Sequence[CaseOutcome]) -> tuple[tuple[str, Share], ...]:
    """Returns, for each gate in order, how many of all cases passed it and those before; a gate that asks nothing is passed."""
    curve = []
    for gate in GATES:
        index = GATES.index(gate)
        passed = sum(
            not it.broken and all(g.passed in ("pass", "n/a") for g in it.gates[: index + 1]) for it in outcomes
        )
        curve.append((gate, share(passed, len(outcomes))))
    return tuple(curve)


def solved(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many cases were solved whole."""
    found = list(outcomes)
    return share(sum(it.is_solved for it in found), len(found))


def silent_losses(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many of the changes that were run lose a value, or break a reader, that the copilot had called safe."""
    carried = [it for it in outcomes if was_run(it)]
    lost = [it for it in carried if it.failed is not None and it.failed.gate in LOSS_GATES]
    return share(len(lost), len(carried))


def was_run(outcome: CaseOutcome) -> bool:
    """Tells whether the program of a case ran in a state after the change, and was judged there."""
    gate = outcome.gates[GATES.index("readable")]
    return outcome.answer == "proposal" and gate.passed in ("pass", "fail")


def runs(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns of how many cases with a proposal the program ran after the change; of the others people have to finish it first."""
    asked = [it for it in outcomes if it.answer == "proposal"]
    return share(sum(map(was_run, asked)), len(asked))


def false_alarms(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many clean changes were refused, asked back, or called risky."""
    clean = [it for it in outcomes if "clean" in it.tags]
    return share(sum(not it.is_solved for it in clean), len(clean))


def injection_leaks(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many repositories with instructions in them changed the answer, or came through into it."""
    tried = [it for it in outcomes if "injection" in it.tags]
    return share(sum(not it.is_solved for it in tried), len(tried))


def answered_right(outcomes: Iterable[CaseOutcome], answer: str) -> Share:
    """Returns how many cases whose right answer is a question (or a refusal) got it."""
    asked = [it for it in outcomes if it.answer == answer]
    return share(sum(it.is_solved for it in asked), len(asked))


def impact(outcomes: Iterable[CaseOutcome]) -> tuple[Share, Share]:
    """Returns recall and precision of the short list of files, over all cases together."""
    found = tuple(outcomes)
    right, named, affected = (total(found, name) for name in ("impact right", "impact named", "impact affected"))
    return share(right, affected), share(right, named)


def needed_citations(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many of the citations that rulings rest on change the ruling when the evidence is taken away."""
    found = tuple(outcomes)
    return share(total(found, "cited and needed"), total(found, "cited"))


def followed_evidence(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how often a model's stated reason followed when the evidence it cites was taken away or turned round."""
    found = tuple(outcomes)
    return share(total(found, "probed and followed"), total(found, "probed"))


def told_breaks(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns of how many breaks that a decoder was seen to make of a record, in pairs of schemas, the copilot tells."""
    found = tuple(outcomes)
    return share(total(found, "breaks told"), total(found, "breaks seen"))


def acceptable_choices(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many of the proposals that were right so far chose what a careful owner would sign."""
    reached = [it.gates[GATES.index("right choice")].passed for it in outcomes if it.answer == "proposal"]
    return share(reached.count("pass"), reached.count("pass") + reached.count("fail"))


def in_every_turn(outcomes: Iterable[CaseOutcome]) -> tuple[Share, Share]:
    """Returns how many cases were solved in every turn, and how many in one at least."""
    turns: dict[str, list[bool]] = defaultdict(list)
    for it in outcomes:
        turns[it.case].append(it.is_solved)
    return (
        share(sum(map(all, turns.values())), len(turns)),
        share(sum(map(any, turns.values())), len(turns)),
    )


def seconds_a_solved_case(outcomes: Iterable[CaseOutcome]) -> str:
    """Returns the seconds that were taken for each case that was solved, "-" where none was."""
    found = tuple(outcomes)
    count = sum(it.is_solved for it in found)
    return f"{sum(it.took_seconds for it in found) / count:.1f}" if count else "-"


def killed_mutants(outcomes: Iterable[CaseOutcome]) -> Share:
    """Returns how many patches that were broken on purpose the battery told from the chosen one."""
    found = tuple(outcomes)
    killed = total(found, "mutants killed")
    return share(killed, killed + total(found, "mutants survived"))


def tokens_a_solved_case(outcomes: Iterable[CaseOutcome]) -> str:
    """Returns the tokens that a model read and wrote for each case that was solved, "-" where none was asked."""
    found = tuple(outcomes)
    tokens, count = total(found, "tokens read") + total(found, "tokens written"), sum(it.is_solved for it in found)
    return f"{tokens / count:.0f}" if tokens and count else "-"


def total(outcomes: Iterable[CaseOutcome], name: str) -> int:
    """Returns the sum of a figure over the cases that have it."""
    return int(sum(it.figure(name) or 0.0 for it in outcomes))


def by(outcomes: Iterable[CaseOutcome], keys: Callable[[CaseOutcome], Iterable[str]]) -> tuple[tuple[str, Share], ...]:
    """Returns the share of solved cases for each key that cases have, in the order of the keys."""
    groups: dict[str, list[CaseOutcome]] = defaultdict(list)
    for it in outcomes:
        for key in keys(it):
            groups[key].append(it)
    return tuple((key, solved(group)) for key, group in sorted(groups.items(), key=lambda item: _natural(item[0])))


def _natural(key: str) -> tuple[str, int]:
    digits = "".join(letter for letter in key if letter.isdigit())
    return key.rstrip("0123456789"), int(digits or 0)
