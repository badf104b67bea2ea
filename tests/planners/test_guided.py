"""Changes step by step: every kind makes a sentence that is understood as exactly the operation that was picked."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import get_args

import pytest

from copilot.domain.operation import (
    AddField,
    MergeTopics,
    Operation,
    RekeyTopic,
    RenameField,
    RenameTopic,
    SplitTopic,
    operation_object,
)
from copilot.domain.pipeline import Endpoint, Link, PipelineMap
from copilot.errors import WrongUsage
from copilot.planners.guided import (
    BY_SYMBOLS,
    BY_VALUES,
    OF_ENUM,
    OF_FIELD,
    OF_SCHEMA,
    OF_TOPIC,
    OF_TOPIC_FIELD,
    Change,
    Target,
    changes_for,
    choices_for,
    guided,
    sentence_for,
    topic_target,
)
from copilot.planners.intent import understand
from copilot.planners.structured import operations_from_json
from copilot.proposals import Workspace
from tests.line import example

ASKED: dict[str, tuple[str, dict[str, str], str]] = {
    "add a field": ("", {"name": "parallax", "type": "double", "presence": "optional"}, "decision"),
    "rename the record": ("", {"to": "Verdict"}, "decision"),
    "change the compatibility level": ("", {"level": "FULL_TRANSITIVE"}, "decision"),
    "rename": ("outcome", {"to": "verdict"}, "decision"),
    "change its type": ("score", {"type": "double"}, "decision"),
    "remove": ("reason", {}, "decision"),
    "deprecate": ("reason", {}, "decision"),
    "make optional": ("outcome", {}, "decision"),
    "make required": ("reason", {}, "decision"),
    "set its default": ("model_version", {"default": '"v1"'}, "decision"),
    "remove its default": ("model_version", {}, "decision"),
    "change its unit": ("amount", {"unit": "euros", "was": "cents"}, "schemas/order"),
    "change what it means": ("amount", {"doc": "Taxes count, too.", "to": "gross"}, "schemas/order"),
    "change its doc": ("amount", {"doc": 'In cents, not "dollars".'}, "schemas/order"),
    "require a rule of its values": ("amount", {"rule": ">= 0"}, "schemas/order"),
    "tag what kind of data it is": ("customer_id", {"tag": "PII"}, "schemas/order"),
    "protect its values": ("customer_id", {"how": "tokenise"}, "schemas/order"),
    "split into several": ("reason", {"into": "code and words", "at": " "}, "decision"),
    "merge with others": ("order_id", {"others": "customer_id", "to": "key"}, "schemas/order"),
    "nest in a record": ("amount", {"others": "currency", "to": "price"}, "schemas/order"),
    "make an array": ("amount", {"to": "amounts"}, "schemas/order"),
    "move before another field": ("score", {"beside": "outcome"}, "decision"),
    "add a symbol": ("outcome", {"symbol": "HOLD"}, "decision"),
    "remove a symbol": ("outcome", {"symbol": "DECLINE"}, "decision"),
    "rename a symbol": ("outcome", {"symbol": "DECLINE", "to": "REFUSE"}, "decision"),
    "bring its symbols into another order": ("outcome", {"symbols": "DECLINE, APPROVE"}, "decision"),
}
ORDERS, ORDER, DECISIONS = "orders.v1", "schemas/order", "decisions"
OF_A_TOPIC: dict[str, tuple[str, dict[str, str], str, Operation]] = {
    "rename the topic": ("", {"to": "orders.v9"}, ORDERS, RenameTopic(ORDER, ORDERS, "orders.v9")),
    "merge with other topics": (
        "",
        {"others": DECISIONS, "to": "everything"},
        ORDERS,
        MergeTopics(ORDER, ORDERS, (DECISIONS,), "everything"),
    ),
    "key the topic by it": (
        "order_id",
        {"to": "orders.by-id"},
        ORDERS,
        RekeyTopic(ORDER, "", "order_id", ORDERS, "orders.by-id"),
    ),
    "split the topic by its values": (
        "currency",
        {"into": "EUR=orders.eur and USD"},
        ORDERS,
        SplitTopic(ORDER, "", "currency", ORDERS, ("EUR", "USD"), ("orders.eur", f"{ORDERS}.usd")),
    ),
    "split the topic by its symbols": (
        "outcome",
        {},
        DECISIONS,
        SplitTopic(
            "decision",
            "",
            "outcome",
            DECISIONS,
            ("APPROVE", "DECLINE"),
            (f"{DECISIONS}.approve", f"{DECISIONS}.decline"),
        ),
    ),
}
OF_TOPICS = (*OF_TOPIC, *OF_TOPIC_FIELD, BY_VALUES, BY_SYMBOLS)
ALL = (*OF_SCHEMA, *OF_FIELD, *OF_ENUM, *OF_TOPICS)


@functools.cache
def pipeline() -> PipelineMap:
    return Workspace.open(example()).map()


def target(subject: str, path: str = "") -> Target:
    found = pipeline().subject(subject)
    return Target(found, next(it for it in found.latest.fields if it.path == path) if path else None)


def on_topic(topic: str, path: str = "") -> Target:
    whole = topic_target(topic, pipeline())
    return replace(whole, field=next(it for it in whole.fields if it.path == path)) if path else whole


def change(words: str) -> Change:
    return next(it for it in ALL if it.words == words)


def test_every_operation_can_be_made_step_by_step() -> None:
    assert {it.makes.op for it in ALL} == {kind.op for kind in get_args(Operation)}


@pytest.mark.parametrize("words", ASKED)
def test_a_guided_change_is_the_sentence_and_the_operation_at_once(words: str) -> None:
    path, values, subject = ASKED[words]
    sentence, operations = guided(change(words), target(subject, path), values, pipeline())

    assert understand(sentence, pipeline()) == operations
    assert [type(it) for it in operations] == [change(words).makes]
    assert operations[0].subject == subject
    assert operations_from_json(json.dumps(operation_object(operations[0])), pipeline()) == operations


def test_every_kind_that_fits_the_example_is_tried_here() -> None:
    assert {it.words for it in ALL} - set(ASKED) - set(OF_A_TOPIC) == {"flatten its record"}


@pytest.mark.parametrize("words", OF_A_TOPIC)
def test_a_guided_change_of_a_topic_is_what_the_request_line_makes_of_its_sentence(words: str) -> None:
    path, values, topic, operation = OF_A_TOPIC[words]
    asked = on_topic(topic, path)
    sentence, operations = guided(change(words), asked, values, pipeline())

    assert change(words) in changes_for(asked)
    assert operations == (operation,) == understand(sentence, pipeline())


def test_a_topic_of_unknown_records_can_be_renamed() -> None:
    unknown = Link("old-job", Endpoint("topic", "old.events"), "produces", None, None, "certain", ())
    wider = replace(pipeline(), endpoints=(*pipeline().endpoints, unknown.endpoint), links=(*pipeline().links, unknown))
    asked = topic_target("old.events", wider)
    sentence, operations = guided(change("rename the topic"), asked, {"to": "new.events"}, wider)

    assert asked.fields == ()
    assert sentence == "rename topic old.events to new.events"
    assert operations == (RenameTopic("", "old.events", "new.events"),)


def test_a_topic_is_split_only_by_a_field_that_gives_each_record_one_place() -> None:
    assert [it.words for it in changes_for(on_topic(ORDERS, "amount"))] == ["key the topic by it"]
    assert BY_VALUES in changes_for(on_topic(ORDERS, "currency"))
    assert BY_SYMBOLS in changes_for(on_topic(DECISIONS, "outcome"))
    assert changes_for(on_topic(ORDERS)) == OF_TOPIC


def test_a_topic_can_not_be_split_by_texts_that_nobody_named() -> None:
    with pytest.raises(WrongUsage, match="Still needed: its values"):
        guided(BY_VALUES, on_topic(ORDERS, "currency"), {}, pipeline())


def test_names_that_could_be_words_of_a_form_are_told_apart_from_them() -> None:
    _, operations = guided(change("rename"), target("decision", "outcome"), {"to": "to"}, pipeline())

    assert operations == (RenameField("decision", "", "outcome", "to"),)


def test_a_field_with_a_default_is_added_with_it() -> None:
    values = {"name": "retries", "type": "long", "default": "0"}
    _, operations = guided(change("add a field"), target("decision"), values, pipeline())

    assert operations == (AddField("decision", "", "retries", '"long"', "0", True),)


@pytest.mark.parametrize(
    ("words", "values", "says"),
    [
        ("add a field", {"type": "long"}, "Still needed: name of the new field."),
        ("add a field", {"name": "a", "type": "long", "presence": "perhaps"}, "none of optional, required"),
        ("add a field", {"name": "a", "type": "lnog"}, "is not a type"),
        ("change the compatibility level", {"level": "HIGH"}, "none of NONE, BACKWARD"),
    ],
)
def test_what_is_missing_or_wrong_is_said(words: str, values: dict[str, str], says: str) -> None:
    with pytest.raises(WrongUsage, match=says):
        guided(change(words), target("decision"), values, pipeline())


def test_the_sentence_is_there_before_all_is_known_with_what_is_missing_in_capitals() -> None:
    assert sentence_for(change("rename"), target("decision", "outcome"), {}) == "rename outcome to TO in decision"


def test_only_what_fits_is_offered() -> None:
    assert OF_ENUM[0] in changes_for(target("decision", "outcome"))
    assert OF_ENUM[0] not in changes_for(target("decision", "score"))
    assert change("remove its default") not in changes_for(target("decision", "outcome"))
    assert changes_for(target("decision")) == OF_SCHEMA


def test_symbols_and_siblings_are_picked_from_what_the_schema_has() -> None:
    symbol = change("remove a symbol").options[0]
    beside = change("move before another field").options[0]

    assert choices_for(symbol, target("decision", "outcome")) == ("APPROVE", "DECLINE")
    assert "score" in choices_for(beside, target("decision", "outcome"))
    assert "outcome" not in choices_for(beside, target("decision", "outcome"))
