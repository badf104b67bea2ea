"""Units that texts and names say: a word before a unit, or a time after it, makes another unit of it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from copilot.domain.units import factor_between, units_in, units_in_name


@pytest.mark.parametrize(
    ("doc", "units"),
    [
        ("Distance in miles.", {"length": {"miles"}}),
        ("Distance since the last point in nautical miles.", {"length": {"nautical miles"}}),
        ("Speed in metres per second", {"speed": {"m/s"}}),
        ("Speed in kilometers per hour", {"speed": {"km/h"}}),
        ("Gain in metres per second squared", {"acceleration": {"m/s²"}}),
        ("Drift in metres per second per second", {}),
        ("Area in square metres", {}),
        ("Volume, cubic feet", {}),
        ("Weight in troy ounces", {}),
        ("Height above the sea in metres", {"length": {"m"}}),
    ],
)
def test_a_unit_is_read_with_the_words_that_make_it_another_one(doc: str, units: dict[str, set[str]]) -> None:
    assert units_in(doc) == units


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("distance_nautical_miles", {"length": {"nautical miles"}}),
        ("distanceNauticalMiles", {"length": {"nautical miles"}}),
        ("area_square_metres", {}),
        ("wind_miles_per_hour", {"speed": {"mph"}}),
        ("distance_miles", {"length": {"miles"}}),
    ],
)
def test_a_name_ends_in_its_whole_unit(name: str, units: dict[str, set[str]]) -> None:
    assert units_in_name(name) == units


def test_a_factor_is_that_of_the_whole_unit() -> None:
    assert factor_between("nautical miles", "kilometres") == Fraction(1852, 1000)
    assert factor_between("knots", "metres per second") == Fraction(1852, 3600)
    assert factor_between("square feet", "square metres") is None
