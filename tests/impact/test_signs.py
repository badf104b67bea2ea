"""The table of weights and the signs belong together, and the ranking is a sum that can be checked by hand."""

from __future__ import annotations

import math
import random
from typing import Any

from copilot.domain.impacted import AskedChange
from copilot.impact.facts import FileFacts
from copilot.impact.places import place_of
from copilot.impact.ranking import (
    CHANGE_FILES_MAX,
    LOOK_FILES_MAX,
    OTHERS,
    OTHERS_MIN,
    SCHEMA_PROBABILITY,
    others_of,
    rank,
    split,
)
from copilot.impact.signs import signs_of, surroundings_of
from copilot.impact.weights import WEIGHTS

ASKED = (AskedChange("remove_field", "order", "", "coupon"),)


def facts(path: str, **known: Any) -> FileFacts:
    return FileFacts(path=path, place=place_of(path), size_bytes=1000, **known)


def test_a_probability_is_the_sum_of_the_weights_of_the_signs_and_of_the_others() -> None:
    files = (facts("a.py", siblings=0.7, siblings_count=4, siblings_of=5, field=3, field_rarity=0.8), facts("b.md"))
    signs = signs_of(files[0], surroundings_of(ASKED, files))

    ranked = rank(ASKED, files, WEIGHTS)

    # Next to nothing is expected of the other file.
    others = WEIGHTS[OTHERS] * others_of(OTHERS_MIN)
    score = WEIGHTS["base"] + sum(WEIGHTS.get(sign, 0.0) for sign in signs) + others
    assert math.isclose(next(it for it in ranked if it.facts.path == "a.py").probability, 1 / (1 + math.exp(-score)))


def test_a_file_is_less_likely_where_many_are_as_likely() -> None:
    def probability(count: int) -> float:
        files = tuple(
            facts(f"{number}.py", siblings=0.9, siblings_count=9, siblings_of=10, field=3, field_rarity=0.6)
            for number in range(count)
        )
        return rank(ASKED, files, {"base": -0.5, OTHERS: WEIGHTS[OTHERS]})[0].probability

    assert probability(40) < probability(10) < probability(3)


def test_the_order_of_the_files_does_not_matter() -> None:
    files = [
        facts(f"{number}.py", siblings=number % 7 / 7, siblings_count=number % 7, siblings_of=7) for number in range(40)
    ]
    shuffled = files.copy()
    random.Random(2).shuffle(shuffled)

    assert rank(ASKED, shuffled, WEIGHTS) == rank(ASKED, files, WEIGHTS)


def test_more_evidence_of_a_kind_never_lowers_a_file() -> None:
    shares = [number / 20 for number in range(21)]

    def probability(share: float) -> float:
        it = facts(
            "jobs/order.py", siblings=share, siblings_count=round(20 * share), siblings_of=20, field=3, field_rarity=0.9
        )
        return rank(ASKED, (it,), WEIGHTS)[0].probability

    assert probability(shares[-1]) > probability(shares[0])


def test_the_schema_comes_first_and_both_lists_are_bounded() -> None:
    files = (facts("s.proto", is_schema=True), *(facts(f"{number}.py", siblings=1.0) for number in range(60)))

    change, look = split(rank(ASKED, files, {"base": 3.0}))

    assert change[0].facts.path == "s.proto"
    assert change[0].probability == SCHEMA_PROBABILITY
    assert len(change) == CHANGE_FILES_MAX
    assert len(look) == LOOK_FILES_MAX
    assert not {it.facts.path for it in change} & {it.facts.path for it in look}


def test_every_weight_belongs_to_a_group_that_signs_speak_of() -> None:
    groups = {sign.split(".")[0] for sign in WEIGHTS} - {"base", OTHERS}

    assert groups == {
        "activity", "beside", "company", "field", "fixture", "folder", "frozen", "generated", "kin", "language", "path", "read",
        "record", "record-past", "ritual", "schema", "schema-file", "siblings", "sister", "size", "test", "together", "type",
    }  # fmt: skip
