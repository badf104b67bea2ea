"""The public JSON object is what its schema says, and holds everything that a program needs."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from copilot.domain.decision import Comment
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
    ChangeLevel,
    ChangeType,
    Deprecate,
    MakeOptional,
    MakeRequired,
    Operation,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    RenameTopic,
    ReorderFields,
    ReorderSymbols,
    operation_object,
)
from copilot.domain.source import Span
from copilot.reasons.document import document, schema
from tests.reasons.proposals import NOTHING, alternative, proposal
from tests.reasons.test_render import decided

OPERATIONS: tuple[Operation, ...] = (
    AddField("order", "", "note", '["null","string"]', "null"),
    AddField("order", "Item", "note", '{"items":"string","type":"array"}'),
    RemoveField("order", "", "note"),
    RenameField("order", "", "amount", "total"),
    ChangeType("order", "", "amount", '"double"'),
    MakeOptional("order", "", "amount"),
    MakeRequired("order", "", "amount"),
    AddSymbol("order", "", "state", "HELD"),
    RemoveSymbol("order", "", "state", "HELD"),
    ChangeDefault("order", "", "note", '"none"'),
    Deprecate("order", "", "note"),
    RemoveDefault("order", "", "note"),
    ChangeDoc("order", "", "", "One order."),
    ReorderFields("order", "", ("note", "amount")),
    RenameSymbol("order", "", "state", "HELD", "KEPT"),
    ReorderSymbols("order", "", "state", ("HELD", "NEW")),
    RenameRecord("order", "", "shop.Purchase"),
    RenameTopic("order", "orders.v1", "orders.v2"),
    ChangeLevel("order", "NONE", "2026-12-31"),
)


def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_a_decided_proposal_fits_its_schema() -> None:
    made = document(decided())

    validator().validate(made)
    assert json.loads(json.dumps(made)) == made


def test_an_open_and_a_refused_one_fit_too() -> None:
    open_one = document(proposal((NOTHING,), ()))
    refused_one = document(proposal((alternative("try-000001"),), (), refused=["try-000001"]))

    assert [*validator().iter_errors(open_one), *validator().iter_errors(refused_one)] == []


def test_comments_are_told_with_their_place() -> None:
    seen = decided()
    comment = Comment(seen.alternatives[1].id, 0, "a.py@@1", Span("a.py", 3, 3), "why?", "Eve", "2026-01-02T12:00:00Z")

    made = document(replace(seen, comments=(comment,)))

    validator().validate(made)
    assert (made["comments"][0]["file"], made["comments"][0]["line"], made["comments"][0]["phase"]) == ("a.py", 3, 1)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.op)
def test_every_operation_fits_its_schema(operation: Operation) -> None:
    whole = schema()
    one = {**whole["$defs"]["operation"], "$defs": whole["$defs"]}

    assert list(jsonschema.Draft202012Validator(one).iter_errors(operation_object(operation))) == []


def test_nothing_undeclared_fits() -> None:
    made = document(decided())
    made["decision"]["rulings"][0]["score"] = 7

    with pytest.raises(jsonschema.ValidationError):
        validator().validate(made)


def test_it_carries_the_files_the_evidence_and_the_decision() -> None:
    made = document(decided())

    assert made["version"] == 1
    assert made["alternatives"][1]["phases"][0]["files"][0]["path"] == "scorer/main.py"
    assert {it["check"] for it in made["evidence"]} >= {"replay", "usage"}
    assert made["decision"]["chosen"] == "phased-0a1b2c"
