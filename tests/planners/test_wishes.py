"""Wishes in sentences: what they are understood as, and that what is to change is still understood beside them."""

from __future__ import annotations

import pytest

from copilot.domain.operation import ChangeDoc, RemoveField
from copilot.domain.wishes import Avoids, KeepsOld, KeepsWorking, Prefers, Wish
from copilot.errors import Ambiguous, NotFound, WrongUsage
from copilot.planners.intent import understand
from copilot.planners.wishes import the_job, wishes_in
from tests.planners.builders import link, pipeline, shop, steps, subject

SHOP = shop().pipeline
GONE = (RemoveField("order", "", "note"),)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("remove note from order; don't break billing", KeepsWorking("billing", "don't break billing")),
        ("remove note from order without breaking billing", KeepsWorking("billing", "without breaking billing")),
        ("billing must keep working; remove note from order", KeepsWorking("billing", "billing must keep working")),
        (
            "Remove note from order. Keep the billing service running",
            KeepsWorking("billing", "Keep the billing service running"),
        ),
        ("remove note from order, but don't break anything", KeepsWorking("", "don't break anything")),
        ("remove note from order, keep the old topic for 30 days", KeepsOld(30.0, "keep the old topic for 30 days")),
        ("remove note from order and keep the old field two weeks", KeepsOld(14.0, "keep the old field two weeks")),
        ("for at least 3 months keep both\nremove note from order", KeepsOld(90.0, "for at least 3 months keep both")),
        ("remove note from order; why not the alias?", Prefers("alias", "why not the alias")),
        ("remove note from order. We'd rather use a new topic", Prefers("new topic", "We'd rather use a new topic")),
        ("remove note from order; not the new subject", Avoids("new subject", "not the new subject")),
        ("remove note from order, but not by an alias", Avoids("alias", "not by an alias")),
        ("remove note from order. Don't use dual write", Avoids("dual write", "Don't use dual write")),
        (
            "remove note from order; anything but the naive rename",
            Avoids("naive rename", "anything but the naive rename"),
        ),
    ],
)
def test_a_wish_is_heard_beside_the_change(text: str, wish: Wish) -> None:
    assert wishes_in(text, SHOP) == (wish,)
    assert understand(text, SHOP) == GONE


def test_several_wishes_in_one_sentence_keep_their_order() -> None:
    text = "remove note from order and keep the old field for 7 days, but don't break billing"

    assert wishes_in(text, SHOP) == (
        KeepsOld(7.0, "keep the old field for 7 days"),
        KeepsWorking("billing", "don't break billing"),
    )
    assert understand(text, SHOP) == GONE


def test_words_in_quotes_are_no_wish() -> None:
    text = """change the doc of note in order to "don't break billing" """

    assert wishes_in(text, SHOP) == ()
    assert understand(text, SHOP) == (ChangeDoc("order", "", "note", "don't break billing"),)


def test_a_wish_for_a_job_that_is_none_is_asked_back_with_the_nearest() -> None:
    with pytest.raises(NotFound, match='No job matches "biling"') as told:
        wishes_in("remove note from order; don't break biling", SHOP)
    assert told.value.close == ("billing",)


def test_a_wish_that_can_mean_two_jobs_is_asked_back() -> None:
    links = [link("billing-service", "a", "consumes", "x"), link("billing_worker", "a", "consumes", "x")]
    two = pipeline([subject("x", "x.avsc", {"type": "record", "name": "X", "fields": []})], links)

    with pytest.raises(Ambiguous) as told:
        the_job("billing", two)
    assert told.value.candidates == ("billing-service", "billing_worker")


def test_a_job_is_found_by_its_words() -> None:
    assert the_job("the lightcurve step", steps()) == "lightcurve-step"


def test_a_request_that_only_wishes_is_refused() -> None:
    with pytest.raises(WrongUsage, match="not what is to change"):
        understand("don't break billing", SHOP)


def test_a_time_out_of_bounds_is_refused() -> None:
    with pytest.raises(WrongUsage, match="out of bounds"):
        wishes_in("keep the old field for 0 days", SHOP)


def test_hostile_words_cost_no_time() -> None:
    text = "remove note from order " + "and keep the old but don't " * 17

    assert wishes_in(text[:490], SHOP) == ()
