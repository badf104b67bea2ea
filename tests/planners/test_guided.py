"""Changes step by step: every kind makes a sentence that is understood as exactly the operation that was picked."""

from __future__ import annotations

import functools
import json
from typing import get_args

import pytest

from copilot.domain.operation import AddField, Operation, RenameField, operation_object
from copilot.domain.pipeline import PipelineMap
from copilot.errors import WrongUsage
from copilot.planners.guided import (
    OF_ENUM,
    OF_FIELD,
    OF_SCHEMA,
    Change,
    Target,
    changes_for,
    choices_for,
    guided,
    sentence_for,
)
from copilot.planners.intent import understand
from copilot.planners.structured import operations_from_json
from copilot.proposals import Workspace
from tests.line import example

NOT_ASKED_STEP_BY_STEP = {"rename_topic", "rekey_topic", "split_topic", "reorder_symbols"}
"""Topics and whole orders are about no single field or schema; the request line takes them."""

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
}
ALL = (*OF_SCHEMA, *OF_FIELD, *OF_ENUM)


@functools.cache
def pipeline() -> PipelineMap:
    return Workspace.open(example()).map()


def target(subject: str, path: str = "") -> Target:
    found = pipeline().subject(subject)
    return Target(found, next(it for it in found.latest.fields if it.path == path) if path else None)


def change(words: str) -> Change:
    return next(it for it in ALL if it.words == words)


def test_every_operation_can_be_made_step_by_step_or_is_named_as_one_that_can_not() -> None:
    made = {it.makes.op for it in ALL}

    assert made | NOT_ASKED_STEP_BY_STEP == {kind.op for kind in get_args(Operation)}
    assert not made & NOT_ASKED_STEP_BY_STEP


@pytest.mark.parametrize("words", ASKED)
def test_a_guided_change_is_the_sentence_and_the_operation_at_once(words: str) -> None:
    path, values, subject = ASKED[words]
    sentence, operations = guided(change(words), target(subject, path), values, pipeline())

    assert understand(sentence, pipeline()) == operations
    assert [type(it) for it in operations] == [change(words).makes]
    assert operations[0].subject == subject
    assert operations_from_json(json.dumps(operation_object(operations[0])), pipeline()) == operations


def test_every_kind_that_fits_the_example_is_tried_here() -> None:
    assert {it.words for it in ALL} - set(ASKED) == {"flatten its record"}


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
