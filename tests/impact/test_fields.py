"""What a change touches: links, uses in rank, twins, and what lies one job downstream."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from copilot.domain.operation import AddField, RemoveField, RenameField
from copilot.domain.pipeline import BlindSpot, FieldUse
from copilot.domain.source import Gap, Span
from copilot.errors import SurroundingsFailed
from copilot.impact.fields import impact_of
from tests.planners.builders import INVOICE, ORDER, link, pipeline, shop, subject

RENAME = RenameField("order", "", "amount", "total")


def places(uses: tuple[FieldUse, ...]) -> list[tuple[str, str, bool]]:
    return [(use.span.path, use.mode, use.is_test) for use in uses]


def test_uses_of_the_field_are_found_on_both_sides_tests_last() -> None:
    impact = impact_of(RENAME, shop().pipeline)

    assert places(impact.uses) == [
        ("services/billing/main.py", "reads", False),
        ("services/orders/main.py", "writes", False),
        ("services/billing/tests/test_main.py", "writes", True),
    ]
    assert [one.job for one in impact.producers] == ["orders"]
    assert [one.job for one in impact.consumers] == ["billing"]


def test_a_field_of_the_same_name_downstream_is_named_and_its_uses_are_not_mixed_in() -> None:
    impact = impact_of(RENAME, shop().pipeline)

    assert impact.downstream == ("invoice",)
    assert {use.subject for use in impact.uses} == {"order"}


def test_certain_uses_come_before_likely_and_possible_ones() -> None:
    map = shop().pipeline
    doubted = [replace(use, certainty="possible") if use.mode == "reads" else use for use in map.uses]
    doubted = [replace(use, certainty="likely") if use.is_test else use for use in doubted]

    impact = impact_of(RENAME, replace(map, uses=tuple(doubted)))

    assert [use.certainty for use in impact.uses] == ["certain", "likely", "possible"]


def test_the_order_of_the_map_does_not_matter() -> None:
    map = shop().pipeline
    shuffled = list(map.uses)
    random.Random(3).shuffle(shuffled)

    assert impact_of(RENAME, replace(map, uses=tuple(shuffled))) == impact_of(RENAME, map)


def test_a_new_field_has_a_path_and_no_uses() -> None:
    impact = impact_of(AddField("order", "shop.Line", "vat", '"double"'), shop().pipeline)

    assert impact.path == "lines[].vat"
    assert impact.uses == ()
    assert impact.downstream == ()


def test_blind_spots_and_gaps_are_those_of_the_jobs_concerned() -> None:
    map = shop().pipeline
    spots = tuple(BlindSpot(job, Span(f"services/{job}/main.py", 9, 9), "rec[key]") for job in ("billing", "mail"))
    gaps = tuple(
        Gap(Span(path, 1, 1), "is binary") for path in ("other/x.py", "schemas/order.avsc", "services/orders/y.py")
    )

    impact = impact_of(RENAME, replace(map, blind_spots=spots, gaps=gaps))

    assert [spot.job for spot in impact.blind_spots] == ["billing"]
    assert [gap.span.path for gap in impact.gaps] == ["schemas/order.avsc", "services/orders/y.py"]


def test_what_a_shallow_clone_lacks_concerns_every_schema() -> None:
    shallow = Gap(Span(".git/shallow", 1, 1), "the clone is shallow")

    assert impact_of(RENAME, replace(shop().pipeline, gaps=(shallow,))).gaps == (shallow,)


def test_a_drifted_copy_that_stands_as_a_subject_counts_as_the_subject() -> None:
    drifted = {**ORDER, "fields": ORDER["fields"][:3]}
    orders = subject("schemas/order", "schemas/order.avsc", ORDER)
    copy = subject("billing/order", "services/billing/order.avsc", drifted)
    links = [
        link("billing", "orders", "consumes", "billing/order"),
        link("billing", "orders", "consumes", "schemas/order"),
        link("orders", "orders", "produces", "schemas/order"),
    ]

    impact = impact_of(RemoveField("schemas/order", "", "amount"), pipeline([copy, orders], links))

    assert [(one.job, one.subject) for one in impact.consumers] == [("billing", "billing/order")]


def test_a_schema_of_the_same_name_on_a_topic_of_its_own_is_another_stream() -> None:
    one = subject("a/output", "schemas/a/output.avsc", ORDER)
    other = subject(
        "b/output", "schemas/b/output.avsc", {**ORDER, "fields": [*ORDER["fields"], *INVOICE["fields"][2:]]}
    )
    links = [link("a", "topic-a", "produces", "a/output"), link("b", "topic-b", "produces", "b/output")]

    impact = impact_of(RemoveField("a/output", "", "amount"), pipeline([one, other], links))

    assert [found.job for found in impact.producers] == ["a"]


def test_a_schema_that_can_be_read_no_more_is_told() -> None:
    with pytest.raises(SurroundingsFailed, match='"gone" can\'t be read') as caught:
        impact_of(replace(RENAME, subject="gone"), shop().pipeline)
    assert caught.value.next


def test_a_blind_spot_on_a_record_of_another_subject_is_not_of_this_change() -> None:
    map = shop().pipeline
    place = Span("services/billing/main.py", 9, 9)
    other = BlindSpot("billing", place, "rec[key]", ("invoice",))
    own = BlindSpot("billing", place, "rec[key]", ("invoice", "order"))

    impact = impact_of(RENAME, replace(map, blind_spots=(other, own)))

    assert impact.blind_spots == (own,)


def test_a_job_that_hands_on_the_bytes_it_read_is_no_producer() -> None:
    map = shop().pipeline
    dead_letter = replace(link("billing", "orders.dead", "produces", "order"), forwards=True)

    impact = impact_of(RENAME, replace(map, links=(*map.links, dead_letter)))

    assert [one.job for one in impact.producers] == ["orders"]
