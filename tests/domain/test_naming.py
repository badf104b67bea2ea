"""Names beside another one are written as that one is."""

from __future__ import annotations

import pytest

from copilot.domain.naming import beside, next_of


@pytest.mark.parametrize(
    ("name", "there"),
    [("amount", "amount_unit"), ("orderAmount", "orderAmountUnit"), ("Order_Amount", "Order_Amount_unit")],
)
def test_a_word_is_set_apart_as_the_name_sets_its_words_apart(name: str, there: str) -> None:
    assert beside(name, "unit") == there


def test_the_next_name_of_a_family_is_the_first_free_one() -> None:
    assert next_of("amount", {"amount", "amount_v2", "amount_v4"}) == "amount_v3"
    assert next_of("orderAmount", ()) == "orderAmountV2"
