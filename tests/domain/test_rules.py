"""Rules about values: what a rule says in words, in Python and of a value must be one and the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.rules import condition, in_words, is_looser, keeps

NUMBERS = st.integers(-5, 5) | st.floats(-5, 5)
NUMERIC = st.dictionaries(
    st.sampled_from(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"]), NUMBERS, min_size=1
)
TEXTS = st.text("aB1", max_size=4)
TEXTUAL = st.fixed_dictionaries(
    {},
    optional={"minLength": st.integers(0, 3), "maxLength": st.integers(0, 3), "pattern": st.sampled_from(["a*", "B"])},
).filter(bool)


@given(NUMERIC, NUMBERS)
def test_the_condition_in_code_says_what_the_rule_says_of_numbers(rule: dict[str, Any], value: float) -> None:
    assert eval(condition(rule, "value"), {"value": value}) == keeps(rule, value)


@given(TEXTUAL, TEXTS)
def test_the_condition_in_code_says_what_the_rule_says_of_texts(rule: dict[str, Any], value: str) -> None:
    assert eval(condition(rule, "value"), {"value": value, "re": re}) == keeps(rule, value)


@given(NUMERIC, NUMERIC, NUMBERS)
def test_what_keeps_a_rule_keeps_a_looser_one(old: dict[str, Any], new: dict[str, Any], value: float) -> None:
    if is_looser(new, old) and keeps(old, value):
        assert keeps(new, value)


def test_a_rule_that_is_taken_away_is_looser_than_any() -> None:
    assert is_looser({}, {"minimum": 0})
    assert not is_looser({"minimum": 0}, {})


@pytest.mark.parametrize("old", [{"minimum": "zero"}, {"minimum": None}, {"enum": 3}, {"maxLength": [1]}])
def test_what_is_no_rule_is_looser_than_none(old: dict[str, Any]) -> None:
    assert not is_looser({key: ["a"] if key == "enum" else 0 for key in old}, old)


@pytest.mark.parametrize(("rule", "value"), [({"minimum": 0}, "1"), ({"minimum": 0}, True), ({"pattern": "a"}, 1)])
def test_a_value_of_another_kind_breaks_the_rule_and_null_keeps_it(rule: dict[str, Any], value: Any) -> None:
    assert not keeps(rule, value)
    assert keeps(rule, None)


def test_a_rule_is_said_in_words() -> None:
    assert in_words({"minimum": 0, "maximum": 9}) == "at least 0 and at most 9"
    assert in_words({"enum": ["web", "app"]}) == "one of web, app"
