"""What becomes of a null where code reads it: it breaks, is foreseen, or can't be told."""

from __future__ import annotations

import ast

import pytest

from copilot.checks.guards import stands_in
from copilot.checks.nulls import Outcome, outcome_of_null
from copilot.checks.parsed_code import ParsedCode


def outcome(body: str, before: str = "") -> Outcome:
    """Returns what becomes of `order["amount"]`, read in the last line of a function's body that reads it."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    code = ParsedCode(ast.parse(f"{before}\ndef handle(order, sink):\n{lines}\n"))
    reads: list[ast.expr] = [
        node
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "amount"
        if isinstance(node.ctx, ast.Load)
    ]
    reads += [
        node
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        if isinstance(node.args[0], ast.Constant) and node.args[0].value == "amount"
    ]
    reads.sort(key=lambda node: node.lineno)
    return outcome_of_null(code, reads[-1:])


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('return order["amount"] * 2', "computes with it"),
        ('return 1 + order.get("amount", 0)', "computes with it"),
        ('return -order["amount"]', "computes with it"),
        ('total = 0\ntotal += order["amount"]', "computes with it"),
        ('return order["amount"] > 3', "orders it by size"),
        ('return len(order["amount"])', "calls len() on it"),
        ('return int(order["amount"])', "calls int() on it"),
        ('for item in order["amount"]:\n    pass', "goes through it"),
        ('return [item for item in order["amount"]]', "goes through it"),
        ('return "x" in order["amount"]', "looks for something in it"),
        ('return order["amount"].lower()', "takes .lower of it"),
        ('return order["amount"]["value"]', "takes a part of it"),
        ("return f\"{order['amount']:.2f}\"", "formats it"),
        ('return {**order["amount"]}', "spreads it"),
        ('a, b = order["amount"]', "unpacks it"),
        ('try:\n    while True:\n        order["amount"] + 1\nexcept TypeError:\n    pass', "computes with it"),
        ('return sum(order["amount"] for order in sink)', "calls sum() on it and others"),
        ('sink.extend(order["amount"])', "goes through it"),
        ('return ", ".join(order["amount"])', "goes through it"),
        ('amount = order["amount"]\nreturn amount + 1', "computes with it"),
        ('if (amount := order["amount"]) > 2:\n    pass', "orders it by size"),
        ('if order["id"] is None:\n    return\nreturn order["amount"] + 1', "computes with it"),
        ('try:\n    return order["amount"] + 1\nexcept KeyError:\n    return 0', "computes with it"),
        ('if order["amount"] is None:\n    return order["amount"] + 1', "computes with it"),
    ],
)
def test_null_breaks_code_that_takes_it_for_a_value(body: str, what: str) -> None:
    found = outcome(body)

    assert (found.fate, found.what) == ("breaks", what)


@pytest.mark.parametrize(
    "body",
    [
        'if order["amount"] is not None:\n    return order["amount"] * 2',
        'if order["amount"]:\n    return order["amount"] * 2',
        'if order.get("amount") is None:\n    return 0\nreturn order["amount"] * 2',
        'if not order["amount"]:\n    return 0\nreturn order["amount"] * 2',
        'if order["amount"] is None or order["amount"] > 3:\n    return 1',
        'return order["amount"] * 2 if order["amount"] is not None else 0',
        'return 0 if order["amount"] is None else order["amount"] * 2',
        'return (order["amount"] or 0) * 2',
        'return order["amount"] is not None and order["amount"] > 3',
        'assert order["amount"] is not None\nreturn order["amount"] * 2',
        'try:\n    return order["amount"] * 2\nexcept (TypeError, KeyError):\n    return 0',
        'amount = order["amount"]\nif amount is None:\n    raise ValueError\nreturn amount * 2',
        'amount = order["amount"]\nreturn amount * 2 if amount else 0',
        'for order in sink:\n    if order["amount"] is None:\n        continue\n    sink(order["amount"] + 1)',
        'return [order["amount"] * 2 for order in sink if order["amount"] is not None]',
        'if order["amount"] is None:\n    order["amount"] = 0\nreturn order["amount"] * 2',
        'if isinstance(order["amount"], int):\n    return order["amount"] * 2',
        'if pd.isna(order["amount"]):\n    return\nreturn order["amount"] * 2',
        'while order["amount"]:\n    sink(order["amount"] - 1)',
        'return order["amount"] == 3',
        'return order["amount"] in (1, 2)',
        "log.info(f\"{order['amount']}\")",
        "raise ValueError(f\"{order['amount']}\")",
        'print(order["amount"])',
        'if order["amount"]:\n    pass',
    ],
)
def test_null_is_foreseen_where_code_asks_for_it_or_does_not_mind(body: str) -> None:
    assert outcome(body).fate == "foreseen"


@pytest.mark.parametrize(
    "body",
    [
        'return order["amount"]',
        'return str(order["amount"])',
        'try:\n    return order["amount"] * 2\nexcept Exception:\n    return 0',
        "return f\"{order['amount']}\"",
        'sink(order["amount"])',
        'sink.add(order["amount"])',
        'amount = order["amount"]\nif amount is None:\n    amount = 0\nreturn amount * 2',
        'order.total = order["amount"]',
    ],
)
def test_what_is_handed_on_or_bound_again_is_not_judged(body: str) -> None:
    assert outcome(body).fate == "unknown"


def test_what_breaks_under_a_handler_of_anything_is_named_though_its_end_is_not_known() -> None:
    found = outcome("try:\n    sink(f\"{order['amount']:.2f}\")\nexcept Exception:\n    pass")

    assert (found.fate, found.what) == ("unknown", "formats it")


def test_operators_of_tables_are_not_judged() -> None:
    assert outcome('return order["amount"] * 2', "import pandas as pd").fate == "unknown"


def test_the_value_is_followed_into_a_function_of_the_same_file() -> None:
    own = "def double(amount):\n    return amount * 2\n"
    careful = "def double(amount):\n    return amount * 2 if amount else 0\n"

    assert outcome('return double(order["amount"])', own).fate == "breaks"
    assert outcome('return double(order["amount"])', careful).fate == "foreseen"


DOUBLES = 'return order["amount"] * 2'
CALLED = "def main():\n  for order in orders():\n    try:\n      handle(order, None)\n    except {}:\n      skip()\n"
AROUND_THE_LOOP = (
    "def main():\n  try:\n    for order in orders():\n      handle(order, None)\n  except TypeError:\n    stop()\n"
)
BARE = "def again():\n    handle({}, None)\n"


@pytest.mark.parametrize(
    ("before", "fate"),
    [
        (CALLED.format("TypeError"), "foreseen"),
        (CALLED.format("Exception"), "unknown"),
        (CALLED.format("KeyError"), "breaks"),
        (CALLED.format("TypeError") + BARE, "breaks"),
        (AROUND_THE_LOOP, "breaks"),
        (CALLED.format("TypeError").replace("handle(", "pool.handle("), "breaks"),
        ("", "breaks"),
    ],
)
def test_what_every_call_of_the_function_catches_is_caught(before: str, fate: str) -> None:
    assert outcome(DOUBLES, before).fate == fate


@pytest.mark.parametrize("body", ['for order in sink:\n    total += order["amount"] * 2', 'yield order["amount"] * 2'])
def test_a_function_that_goes_through_the_records_itself_is_not_saved_by_its_caller(body: str) -> None:
    assert outcome(body, CALLED.format("TypeError")).fate == "breaks"


def test_a_function_that_calls_itself_is_caught_where_the_others_are() -> None:
    assert outcome(f"handle(order, sink)\n{DOUBLES}", CALLED.format("TypeError")).fate == "foreseen"


def test_a_method_is_caught_where_the_object_s_calls_are() -> None:
    run = (
        "class Worker:\n  def run(self, order):\n    try:\n      self.bill(order)\n    except TypeError:\n      pass\n"
    )
    code = ParsedCode(ast.parse(f"{run}  def bill(self, order):\n    return order['amount'] * 2\n"))
    reads = [node for node in ast.walk(code.tree) if isinstance(node, ast.Subscript)]

    assert outcome_of_null(code, reads).fate == "foreseen"


def test_a_table_without_an_entry_for_null_breaks() -> None:
    assert outcome('return RATES[order["amount"]]', 'RATES = {"EUR": 1}').fate == "breaks"
    assert outcome('return RATES[order["amount"]]', 'RATES = {"EUR": 1, None: 0}').fate == "foreseen"
    assert outcome('return RATES.get(order["amount"])', 'RATES = {"EUR": 1}').fate == "unknown"


def test_several_reads_on_one_line_break_only_together() -> None:
    code = ParsedCode(ast.parse('def handle(order):\n    return (order["a"] or 0) + order["a"]\n'))
    reads = [node for node in ast.walk(code.tree) if isinstance(node, ast.Subscript)]

    assert outcome_of_null(code, reads).fate != "breaks"


@pytest.mark.parametrize(
    ("body", "is_stand_in"),
    [
        ('return order["amount"] * 2 if order.get("total") is None else order["total"]', True),
        ('return (order["amount"] if order.get("total") is None else order["total"]) * 2', True),
        ('return order["total"] if order["total"] is not None else order["amount"] * 2', True),
        ('return (order.get("total") or order["amount"]) * 2', True),
        ('return order["amount"] * 2 if order.get("other") is None else order["total"]', False),
        ('return order["amount"] * 2 if sink.get("total") is None else order["total"]', False),
        ('return order["amount"] * 2 if order["total"] is not None else 0', False),
        ('return order["total"] + order["amount"]', False),
    ],
)
def test_a_field_stands_in_for_another_one_where_it_is_read_only_for_want_of_it(body: str, is_stand_in: bool) -> None:
    code = ParsedCode(ast.parse(f"def handle(order, sink):\n    {body}\n"))
    (read,) = [it for it in ast.walk(code.tree) if isinstance(it, ast.Subscript) and "amount" in ast.dump(it.slice)]

    assert stands_in(code, read, {"total"}) == is_stand_in
