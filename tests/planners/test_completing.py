"""What a request can go on with: words of the forms, names of the map, and what was asked before."""

from __future__ import annotations

import functools

import pytest

from copilot.domain.pipeline import PipelineMap
from copilot.planners.completing import OFFERED_MAX, Names, completions, vocabulary_of
from copilot.planners.forms import FORMS
from copilot.proposals import Workspace
from tests.line import example

EARLIER = ("rename outcome to verdict in decision", "drop  reason\nfrom decision")


@functools.cache
def pipeline() -> PipelineMap:
    return Workspace.open(example()).map()


def shown(text: str) -> list[str]:
    return [it.shown for it in completions(text, vocabulary_of(pipeline(), EARLIER))]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ren", "rename"),
        ("rename outc", "outcome"),
        ("rename outcome ", "to"),
        ("rename outcome to ruling ", "in decision"),
        ("remove reason from deci", "decision"),
        ("remove outcome f", "from decision"),
        ("add an optional dou", "double"),
        ("change the type of amount to lon", "long"),
        ("raise the compatibility of decision to FULL_T", "FULL_TRANSITIVE"),
        ("rename topic orders.v", "orders.v1"),
        ("drop reason from decision; rename outc", "outcome"),
    ],
)
def test_the_next_words_come_from_the_form_and_the_map(text: str, first: str) -> None:
    assert shown(text)[0] == first


def test_a_completion_keeps_what_is_written_before_it() -> None:
    found = completions("drop reason from decision; rename outc", vocabulary_of(pipeline()))

    assert found[0].text == "drop reason from decision; rename outcome"


def test_a_field_says_which_schemas_have_it_and_they_come_first() -> None:
    found = completions("rename scor", vocabulary_of(pipeline()))

    assert "in decision" in next(it.note for it in found if it.shown == "score")
    assert shown("remove outcome from ")[0] == "decision"


def test_an_earlier_request_that_begins_so_is_offered_whole_and_on_one_line() -> None:
    assert "rename outcome to verdict in decision" in shown("rename o")
    assert "drop reason from decision" in shown("drop r")


def test_a_request_that_is_complete_offers_nothing_that_stands_there_already() -> None:
    assert shown("rename outcome to verdict in decision") == []


def test_a_record_that_is_named_by_its_last_part_is_not_offered_again() -> None:
    assert shown("rename amount to total_cents in Order") == []
    assert shown("rename amount to total_cents in schemas/order") == []


def test_a_schema_says_whether_it_has_the_field_and_no_form() -> None:
    found = completions("rename outcome to ruling in deci", vocabulary_of(pipeline()))

    assert next((it.shown, it.note) for it in found) == ("decision", "has outcome")


def test_words_that_no_form_knows_are_completed_as_names() -> None:
    assert shown("what happens to outc") == ["outcome"]


def test_names_that_begin_so_come_before_those_that_hold_it() -> None:
    names = Names(("order_id", "id", "ID_card", "amount"))

    assert list(names.like("id")) == ["id", "ID_card", "order_id"]
    assert list(names.like("")) == ["order_id", "id", "ID_card", "amount"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_typed_word_by_word_with_its_next_word_on_offer(form: str) -> None:
    """Wherever a form goes on with a word of its own, that word is among the offers."""
    words = form.split(" ")
    for number, word in enumerate(words):
        is_name = not word.isascii() or not word.islower() or not word.isalpha() or word in ("long", "double", "string")
        if is_name or word in ("a", "an", "the", "cents", "euros"):
            continue
        offers = shown(" ".join([*words[:number], word[:1]]))
        assert len(offers) <= OFFERED_MAX
        if number == 0:
            assert word in offers
