"""Which values fit which types."""

from __future__ import annotations

import math

import pytest

from copilot.domain.fieldtype import fits, null_where_it_was


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**400, -(10**400), True, "1"])
def test_what_no_double_can_hold_fits_none(value: object) -> None:
    assert not fits(value, "double")
    assert not fits(value, ["null", "double"])


@pytest.mark.parametrize("value", [0, -1, 1.5, 10**300])
def test_finite_numbers_fit_a_double(value: object) -> None:
    assert fits(value, "double")


@pytest.mark.parametrize(
    ("kind", "old", "found"),
    [
        (["null", "long"], ["int", "null"], ["long", "null"]),
        (["null", "long"], ["null", "int"], ["null", "long"]),
        (["null", "long", "string"], ["int", "null", "string"], ["long", "null", "string"]),
        ("long", ["int", "null"], "long"),
        (["null", "long"], "int", ["null", "long"]),
    ],
)
def test_null_stays_where_the_old_union_has_it(kind: object, old: object, found: object) -> None:
    assert null_where_it_was(kind, old) == found
