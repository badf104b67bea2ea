"""Names in `copilot.toml` that nothing in the map has: told with their line, and with the closest name."""

from __future__ import annotations

import pytest

from copilot.readers.unmatched import with_unmatched
from copilot.settings import read_settings
from tests.readers.sockets import map_of
from tests.shops import CHECKOUT, order_schema

SHOP = {"schemas/order.avsc": order_schema(), **CHECKOUT}


def gaps(text: str, texts: dict[str, str] = SHOP) -> list[str]:
    """What the map of a shop says of the names in its settings."""
    settings = read_settings(text)
    return [f"{gap.span}: {gap.reason}" for gap in with_unmatched(map_of(texts, settings=settings), settings).gaps]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[topics.order]\ncompacted = true\n",
            'copilot.toml:1: [topics] names the topic "order", which is not in this map; "orders" is',
        ),
        (
            '[samples]\norders = "a.json"\n',
            'copilot.toml:2: [samples] names the subject "orders", which is not in this map; "order" is',
        ),
        (
            '[sinks.raw]\nloader = "delta"\ntopic = "order"\n',
            'copilot.toml:1: [sinks."raw"] names the topic "order", which is not in this map; "orders" is',
        ),
        (
            '[sinks.raw]\nloader = "delta"\nsubject = "orders"\n',
            'copilot.toml:1: [sinks."raw"] names the subject "orders", which is not in this map; "order" is',
        ),
        (
            '[owners]\ncheckouts = "who"\n',
            'copilot.toml:2: [owners] names the job "checkouts", which is not in this map; "checkout" is',
        ),
        (
            '[owners]\ncheckout = "who"\n\n[compatibility]\n"pay*" = "FULL"\n',
            'copilot.toml:5: [compatibility] names the subject "pay*", which is not in this map',
        ),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_closest_one(text: str, told: str) -> None:
    assert gaps(text) == [told]


def test_names_that_the_map_has_are_no_gaps() -> None:
    assert (
        gaps("""
        [topics.orders]
        compacted = true
        [samples]
        order = "a.json"
        [sinks.raw]
        loader = "delta"
        subject = "order"
        topic = "orders"
        [owners]
        checkout = "who"
        [compatibility]
        "ord*" = "FULL"
        "*" = "BACKWARD"
    """)
        == []
    )


def test_a_level_for_all_subjects_needs_none() -> None:
    assert gaps('[compatibility]\n"*" = "FULL"\n', {}) == []


def test_a_table_that_a_repository_has_no_say_in_is_a_gap_of_the_map() -> None:
    assert [it.split(":")[1] for it in gaps('[model]\nbase_url = "https://elsewhere.example"\n')] == ["1"]
