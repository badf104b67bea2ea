"""Conversions as expressions: what they give, that Python gives the same, and that exact ones come back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.evaluated import evaluate
from copilot.domain.mapping import mapping_of, scaled
from copilot.domain.operation import ChangeUnit, MakeArray, MergeFields, NestFields, SplitField
from copilot.domain.units import factor_between

DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 19, "scale": 2}
WHOLE = st.integers(min_value=-(2**63), max_value=2**63 - 1)


@pytest.mark.parametrize(
    ("old", "new", "factor"),
    [
        ("cents", "euros", Fraction(1, 100)),
        ("degrees", "arcseconds", Fraction(3600)),
        ("seconds", "ms", Fraction(1000)),
        ("ms", "hours", Fraction(1, 3_600_000)),
        ("percent", "fraction", Fraction(1, 100)),
        ("feet", "m", Fraction(3048, 10_000)),
        ("kWh", "Wh", Fraction(1000)),
        ("joules", "kWh", Fraction(1, 3_600_000)),
    ],
)
def test_a_constant_joins_two_units_of_one_dimension(old: str, new: str, factor: Fraction) -> None:
    assert factor_between(old, new) == factor


@pytest.mark.parametrize(
    ("old", "new"), [("euros", "dollars"), ("celsius", "kelvin"), ("ms", "km"), ("cents", "apples"), ("kb", "bytes")]
)
def test_no_constant_joins_currencies_offsets_or_dimensions(old: str, new: str) -> None:
    assert factor_between(old, new) is None


@given(value=WHOLE)
def test_whole_numbers_come_back_from_decimals_without_loss(value: int) -> None:
    there, back = scaled("long", DECIMAL, Fraction(1, 100)), scaled(DECIMAL, "long", Fraction(100))
    assert there
    assert back

    assert evaluate(back, {"": evaluate(there, {"": value})}) == value


@given(value=WHOLE)
def test_whole_numbers_come_back_from_whole_ones_beyond_what_floating_point_holds(value: int) -> None:
    there, back = scaled("long", "long", Fraction(1000)), scaled("long", "long", Fraction(1, 1000))
    assert there
    assert back

    assert evaluate(back, {"": evaluate(there, {"": value})}) == value


@given(value=WHOLE, top=st.integers(1, 10**6), bottom=st.integers(1, 10**6))
def test_an_expression_gives_what_python_makes_of_it(value: int, top: int, bottom: int) -> None:
    for kind, target in (("long", "long"), ("long", "double"), ("double", "long"), ("long", DECIMAL)):
        expression = scaled(kind, target, Fraction(top, bottom))
        assert expression

        ran = eval(expression.replace("{}", "v"), {"v": value, "Decimal": Decimal})
        assert evaluate(expression, {"": value}) == ran


@pytest.mark.parametrize(
    "expression",
    ["__import__('os')", "{}.__class__", "open({})", "[x for x in {}]", "lambda: 1", "{}.format(1)", "1 +", "{} ** 9"],
)
def test_what_conversions_are_not_made_of_is_not_run(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        evaluate(expression, {"": "a"})


def test_a_value_that_can_be_null_stays_null() -> None:
    operation = ChangeUnit("order", "", "delay", "ms", "s", "1000", "delay_ms", '["null","long"]')

    mapping = mapping_of(operation, {"delay": ["null", "long"]})

    assert mapping is not None
    assert evaluate(mapping.new[0].written, {"delay": None}) is None
    assert evaluate(mapping.back[0][1], {"delay_ms": 5000}) == 5


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("long", '"long"', ""),
        ("long", '"double"', "floating point"),
        ("double", '"long"', "nearest whole number"),
        ("double", '{"logicalType":"decimal","precision":9,"scale":2,"type":"bytes"}', "2 digits after the point"),
    ],
)
def test_rounding_is_said_aloud(kind: Any, target: str, said: str) -> None:
    mapping = mapping_of(ChangeUnit("order", "", "a", "ms", "s", "1000", "a_ms", target), {"a": kind})

    assert mapping is not None
    assert said in mapping.said
    assert bool(said) == bool(mapping.said)


@given(text=st.text(max_size=30), at=st.text(min_size=1, max_size=3), count=st.integers(2, 5))
def test_every_text_comes_back_from_its_parts(text: str, at: str, count: int) -> None:
    parts = tuple(f"p{number}" for number in range(count))
    mapping = mapping_of(SplitField("order", "", "name", parts, at), {"name": "string"})
    assert mapping is not None

    new = {it.name: evaluate(it.written, {"name": text}) for it in mapping.new}

    assert evaluate(mapping.back[0][1], new) == text


def test_parts_that_hold_the_separator_do_not_come_back_from_a_merged_text() -> None:
    mapping = mapping_of(
        MergeFields("order", "", "first", ("last",), "name", " "), {"first": "string", "last": "string"}
    )
    assert mapping is not None

    merged = {"name": evaluate(mapping.new[0].written, {"first": "Mary Ann", "last": "Smith"})}

    assert evaluate(mapping.back[0][1], merged) == "Mary"


@given(value=st.one_of(st.none(), st.text(max_size=5)))
def test_a_value_comes_back_from_its_list(value: str | None) -> None:
    mapping = mapping_of(MakeArray("order", "", "tag", "tags"), {"tag": ["null", "string"]})
    assert mapping is not None

    assert evaluate(mapping.back[0][1], {"tags": evaluate(mapping.new[0].written, {"tag": value})}) == value


def test_money_holds_the_value_and_its_currency() -> None:
    mapping = mapping_of(NestFields("order", "", "amount", (), "total", ("value",), "EUR"), {"amount": "long"})
    assert mapping is not None

    assert evaluate(mapping.new[0].written, {"amount": 5}) == {"value": 5, "currency": "EUR"}
    assert evaluate(mapping.back[0][1], {"total": {"value": 5, "currency": "EUR"}}) == 5
