"""Signs to probabilities, and probabilities to two lists. Additive: a file's score is the sum of the weights of its signs.

People touch few files, however many look alike: where much is expected of the others, less is of each. So a first pass tells how
many files can be expected, and the logarithm of that has a weight as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.domain.impacted import AskedChange
from copilot.impact.facts import FileFacts
from copilot.impact.signs import signs_of, surroundings_of

CHANGE_PROBABILITY_MIN = 0.44
"""A file enters the short list from here on: F1 is flat from 0.33 to 0.46, and people touch few files."""
NEAR_EQUAL = 0.97
"""A file this close to the last one of the short list is no worse than it, and comes along."""
CHANGE_FILES_MAX = 12
LOOK_FILES_MAX = 20
LOOK_PROBABILITY_MIN = 0.002
SCHEMA_PROBABILITY = 0.98
OTHERS, OTHERS_USUAL = "others", "others.usual"
"""In the table of weights: the weight of the logarithm, and its usual value, which the first pass takes."""
OTHERS_MIN = 0.5
"""Less than this of the others is no reason to expect still more: there are too few such changes to learn from."""
PROBABILITY_MAX = 0.97
"""Nothing that is only inferred is as sure as the schema's own file."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A file with what speaks for and against it: weights by group of signs, the strongest first."""

    facts: FileFacts
    probability: float
    groups: tuple[tuple[str, float], ...]


def rank(asked: Sequence[AskedChange], files: Sequence[FileFacts], weights: Mapping[str, float]) -> tuple[Ranked, ...]:
    """Returns the files, most probable first; equal ones by path."""
    around = surroundings_of(asked, files)
    scored = [_scored(it, signs_of(it, around), weights) for it in files]
    weight, usual = weights.get(OTHERS, 0.0), weights.get(OTHERS_USUAL, 0.0)
    first = [0.0 if it.facts.is_schema else probability_of(it.score + weight * usual) for it in scored]
    expected = math.fsum(first)
    ranked = [_ranked(it, it.score + weight * others_of(expected - own)) for it, own in zip(scored, first, strict=True)]
    return tuple(sorted(ranked, key=lambda it: (-it.probability, it.facts.path)))


def others_of(expected: float) -> float:
    """Returns what the weight of the others is multiplied by; `expected` is the sum of their probabilities."""
    return math.log(max(expected, OTHERS_MIN) + 0.3)


def probability_of(score: float) -> float:
    """Returns the probability that a score, the logarithm of odds, stands for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def split(ranked: Sequence[Ranked]) -> tuple[tuple[Ranked, ...], tuple[Ranked, ...]]:
    """Returns the short list, and at most `LOOK_FILES_MAX` of those that come next."""
    change = [it for it in ranked if it.probability >= CHANGE_PROBABILITY_MIN][:CHANGE_FILES_MAX]
    rest = ranked[len(change) : CHANGE_FILES_MAX]
    if change:
        floor = min(change[-1].probability, CHANGE_PROBABILITY_MIN) * NEAR_EQUAL
        change += [it for it in rest if it.probability >= floor]
    look = ranked[len(change) : len(change) + LOOK_FILES_MAX]
    look = [it for it in look if it.probability >= LOOK_PROBABILITY_MIN]
    return tuple(change), tuple(look)


@dataclass(frozen=True, slots=True)
class _Scored:
    facts: FileFacts
    score: float
    groups: Mapping[str, float]


def _scored(it: FileFacts, signs: Sequence[str], weights: Mapping[str, float]) -> _Scored:
    score = weights.get("base", 0.0)
    groups: dict[str, float] = {}
    for sign in signs:
        weight = weights.get(sign, 0.0)
        score += weight
        group = sign.split(".")[0]
        groups[group] = groups.get(group, 0.0) + weight
    return _Scored(it, score, groups)


def _ranked(it: _Scored, score: float) -> Ranked:
    probability = SCHEMA_PROBABILITY if it.facts.is_schema else min(PROBABILITY_MAX, probability_of(score))
    order = sorted(it.groups.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Ranked(it.facts, probability, tuple(order))
