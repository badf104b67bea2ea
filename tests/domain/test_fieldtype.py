"""Which values fit which types."""

from __future__ import annotations

import math

import pytest

from copilot.domain.fieldtype import fits


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**400, -(10**400), True, "1"])
def test_what_no_double_can_hold_fits_none(value: object) -> None:
    assert not fits(value, "double")
    assert not fits(value, ["null", "double"])


@pytest.mark.parametrize("value", [0, -1, 1.5, 10**300])
def test_finite_numbers_fit_a_double(value: object) -> None:
    assert fits(value, "double")
