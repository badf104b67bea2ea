"""The JSON that programs give and get is the same, and is matched and checked like sentences."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from copilot.domain.operation import AddField, Operation, RenameField, operation_object
from copilot.errors import Ambiguous, WrongUsage
from copilot.planners.asked import OPS
from copilot.planners.intent import understand
from copilot.planners.structured import operations_from_json
from tests.planners.builders import shop, steps
from tests.planners.requests import REQUESTS

SHOP = shop().pipeline
NEST = {"op": "nest_fields", "subject": "order", "field": "amount", "to": "price"}
ROOT = Path(__file__).parents[2]


def operations(value: Any) -> tuple[Operation, ...]:
    return operations_from_json(json.dumps(value), SHOP)


@pytest.mark.parametrize("text", REQUESTS)
def test_what_is_printed_can_be_given_back(text: str) -> None:
    understood = understand(text, SHOP)

    printed = json.dumps([operation_object(operation) for operation in understood])

    assert operations_from_json(printed, SHOP) == understood


def test_names_are_matched_as_forgivingly_as_in_sentences() -> None:
    loose = {"op": "rename_field", "subject": "shop.Order", "field": "Amount", "to": "total"}

    assert operations(loose) == (RenameField("order", "", "amount", "total"),)


def test_an_inner_record_can_be_named() -> None:
    entry = {"op": "add_field", "subject": "order", "record": "Line", "field": "vat", "type": "double", "default": 0}

    assert operations([entry]) == (AddField("order", "shop.Line", "vat", '"double"', "0", True),)


def test_a_value_to_split_by_may_hold_any_mark() -> None:
    entry = {"op": "split_topic", "topic": "orders.paid", "field": "note", "values": ["a:b", "c=d"]}

    (named,) = operations({**entry, "into": ["paid.ab", "paid.cd"]})
    (unnamed,) = operations(entry)

    assert operation_object(named) | {"into": []} == operation_object(unnamed) | {"into": []}
    assert operation_object(named)["values"] == ["a:b", "c=d"]
    assert operation_object(unnamed)["into"] == ["orders.paid.a-b", "orders.paid.c-d"]


def test_a_default_of_null_differs_from_none() -> None:
    entry = {"op": "add_field", "subject": "order", "field": "x", "type": ["null", "long"]}

    assert operations(entry) == (AddField("order", "", "x", '["null","long"]'),)
    assert operations({**entry, "default": None}) == (AddField("order", "", "x", '["null","long"]', "null", True),)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"op": "rename_field", "subject": "order", "field": "amount", "to": "x", "extra": 1}, 'no key "extra"'),
        ({"op": "rename_field", "subject": "order", "field": "amount", "symbol": "x"}, 'no key "symbol"'),
        ({"op": "rename_field", "subject": "order", "field": "amount"}, 'needs the key "to"'),
        ({"op": "rename_field", "subject": "order", "field": 1, "to": "x"}, "must be a string"),
        ({"op": "rename", "subject": "order", "field": "amount", "to": "x"}, "not an operation"),
        ({"op": ["x"], "subject": "order"}, "not an operation"),
        ({"op": "remove_field", "subject": "order", "record": "Nobody", "field": "x"}, 'No record "Nobody"'),
        ({"op": "add_field", "subject": "order", "field": "x", "type": 3}, "not a type"),
        ({"op": "add_field", "subject": "order", "field": "x", "type": "Lines"}, "not a type"),
        ({"op": "add_field", "subject": "order", "field": "x", "type": ["int", "int"]}, "repeats one"),
        ({"op": "add_field", "subject": "order", "field": "x", "type": {"type": "array"}}, 'its "items"'),
        (
            {"op": "add_field", "subject": "order", "field": "x", "type": {"type": "string", "logicalType": "date"}},
            "needs int",
        ),
        (
            {
                "op": "add_field",
                "subject": "order",
                "field": "x",
                "type": {"type": "enum", "name": "Status", "symbols": ["A"]},
            },
            'a type "Status" already',
        ),
        ({"op": "split_topic", "topic": "orders.paid", "field": "status", "values": 5}, "must be a list of strings"),
        (
            {"op": "split_topic", "topic": "orders.paid", "field": "status", "values": "web"},
            "must be a list of strings",
        ),
        ({"op": "constrain_field", "subject": "order", "field": "amount", "rule": {"enum": ["1"]}}, 'never "1"'),
        ({"op": "constrain_field", "subject": "order", "field": "order_id", "rule": {"enum": [1]}}, "never 1"),
        ({"op": "protect_field", "subject": "order", "field": "note", "how": 5}, '"how" must be a string'),
        (NEST | {"inner": ["a b"]}, "not a name that Avro allows"),
        (NEST | {"inner": ["currency"], "currency": "EUR"}, "another one is to be called so"),
        (NEST | {"currency": "euro"}, "no code of a currency"),
        (
            {"op": "change_unit", "subject": "order", "field": "amount", "unit": "euros", "factor": "1/0"},
            "not a factor between two units",
        ),
        ([], "There are 0 operations"),
        ("text", "must be a JSON object"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(value: Any, what: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        operations(value)

    assert what in caught.value.what


@pytest.mark.parametrize("text", ["{", '{"op": NaN}', '{"default": 1e999}', "[" * 5000, '{"a": 1,}'])
def test_broken_json_is_wrong_usage(text: str) -> None:
    with pytest.raises(WrongUsage, match="not valid JSON"):
        operations_from_json(text, SHOP)


def test_a_field_of_several_schemas_is_asked_back() -> None:
    with pytest.raises(Ambiguous) as caught:
        operations_from_json('{"op": "remove_field", "field": "meanra"}', steps())

    assert len(caught.value.candidates) == 3


def test_every_operation_is_known_wherever_programs_meet_one() -> None:
    ops = {kind.op for kind in get_args(Operation)}
    schema = files("copilot.reasons").joinpath("proposal-1.schema.json").read_text("utf-8")
    table = (ROOT / "docs" / "for-programs.md").read_text("utf-8").partition("## Operations")[2]

    assert set(OPS) == ops
    assert {op for op in ops if f'            "{op}",' in schema or f'            "{op}"\n' in schema} == ops
    assert {op for op in ops if f"`{op}`" in table} == ops
