"""Ambiguous and misspelt requests said again, in sentences that are understood."""

from __future__ import annotations

import functools

import pytest

from copilot.domain.operation import RenameField
from copilot.domain.pipeline import PipelineMap
from copilot.errors import Ambiguous, NotFound, WrongUsage
from copilot.planners.clarifying import clarified, corrected, examples, plainly
from copilot.planners.intent import understand
from copilot.proposals import Workspace
from tests.line import example
from tests.planners.builders import shop


@functools.cache
def pipeline() -> PipelineMap:
    return Workspace.open(example()).map()


def ambiguous(text: str) -> Ambiguous:
    with pytest.raises(Ambiguous) as caught:
        understand(text, pipeline())
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "rename customer_id to buyer",
        "Please rename customer_id to buyer, thanks",
        "remove customer_id",
        "rename `customer_id` to `buyer`",
        "rename outcome to ruling in decision and remove customer_id",
        "add a long `tries` with default 0",
    ],
)
def test_every_candidate_of_an_ambiguous_request_leads_to_a_sentence_about_it(text: str) -> None:
    error = ambiguous(text)

    for candidate in error.candidates:
        sentence = clarified(text, error, candidate, pipeline())
        operations = understand(sentence, pipeline())
        assert candidate.rpartition(" in ")[2] in {it.subject for it in operations}


def test_the_clear_sentence_keeps_all_else_that_was_asked() -> None:
    error = ambiguous("rename customer_id to buyer")
    sentence = clarified("rename customer_id to buyer", error, "customer_id in score", pipeline())

    assert understand(sentence, pipeline()) == (RenameField("score", "", "customer_id", "buyer"),)


def test_a_candidate_that_no_sentence_can_say_gives_none() -> None:
    error = ambiguous("rename customer_id to buyer")

    assert clarified("rename customer_id to buyer", error, "customer_id in nowhere", pipeline()) == ""


def test_a_misspelt_name_is_corrected_where_the_sentence_is_then_understood() -> None:
    with pytest.raises(NotFound) as caught:
        understand("rename outcom to ruling in decision", pipeline())

    found = corrected("rename outcom to ruling in decision", caught.value, pipeline())

    assert found[0] == "rename outcome to ruling in decision"


@pytest.mark.parametrize("text", ["", "do something clever", "remove the symbol of the enum", "split it"])
def test_every_example_is_understood_here(text: str) -> None:
    found = examples(text, pipeline(), 6)

    assert len(found) == 6
    assert all(understand(it, pipeline()) for it in found)


def test_examples_are_about_the_verb_that_was_written() -> None:
    assert examples("deprecate something", pipeline(), 3)[0].startswith("deprecate ")


def test_a_repository_without_schemas_has_no_examples() -> None:
    from dataclasses import replace

    empty = replace(pipeline(), subjects=())

    assert examples("rename a to b", empty, 6) == ()
    with pytest.raises(WrongUsage):
        understand("rename a to b", empty)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("amount should be removed from Order", "remove amount in Order"),
        ("Order no longer needs amount", "remove amount from Order"),
        ("extend the Order schema with an optional string gift", "add an optional string gift to the Order schema"),
        (
            "rename status to state and amount to total in Order",
            "rename status to state in Order; rename amount to total in Order",
        ),
        ("make Order better", ""),
        ("remove nothing_like_it from Order", ""),
    ],
)
def test_what_people_write_is_offered_in_words_that_are_understood(text: str, said: str) -> None:
    map = shop().pipeline
    assert plainly(text, map) == said
    assert not said or understand(said, map)
