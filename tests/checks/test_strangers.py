"""What becomes of a symbol that code was not written for."""

from __future__ import annotations

import ast

import pytest

from copilot.checks.nulls import Outcome
from copilot.checks.parsed_code import ParsedCode
from copilot.checks.strangers import outcome_of_symbol

BEFORE = """
from enum import Enum

RATES = {"NEW": 1, "PAID": 2}
GROWING = {"NEW": 1}
GROWING["LATER"] = 3

class Status(Enum):
    NEW = "NEW"
    PAID: str = "PAID"
"""


def outcome(body: str, symbol: str = "REFUNDED") -> Outcome:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    code = ParsedCode(ast.parse(f"{BEFORE}\ndef handle(order):\n{lines}\n"))
    reads = [
        node
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "status"
    ]
    return outcome_of_symbol(code, sorted(reads, key=lambda node: node.lineno)[-1:], symbol)


NO_ELSE = 'status = order["status"]\nif status == "NEW":\n    a()\nelif status == "PAID":\n    b()'
ELSE_RAISES = f"{NO_ELSE}\nelse:\n    raise ValueError(status)"
MATCH = 'match order["status"]:\n    case "NEW":\n        a()\n    case "PAID":\n        b()'


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('return RATES[order["status"]]', "looks it up in RATES, which lacks REFUNDED"),
        ('status = order["status"]\nreturn RATES[status]', "looks it up in RATES, which lacks REFUNDED"),
        ('return {"NEW": 1, "PAID": 2}[order["status"]]', "looks it up in a table, which lacks REFUNDED"),
        (
            'return RATES[order["old"] if order.get("status") is None else order["status"]]',
            "looks it up in RATES, which lacks REFUNDED",
        ),
        ('status = order["status"] or "NEW"\nreturn RATES[status]', "looks it up in RATES, which lacks REFUNDED"),
        ('return Status(order["status"])', "makes it a Status, which lacks REFUNDED"),
        (ELSE_RAISES, "raises for every symbol that it doesn't name"),
        (f"{MATCH}\n    case other:\n        raise ValueError(other)", "raises for every symbol that it doesn't name"),
        ('assert order["status"] in ("NEW", "PAID")', "asserts that it is another one"),
        ('if order["status"] not in ("NEW", "PAID"):\n    raise ValueError', "raises for all but NEW, PAID"),
    ],
)
def test_a_new_symbol_breaks_code_that_knows_only_the_old_ones(body: str, what: str) -> None:
    found = outcome(body)

    assert (found.fate, found.what) == ("breaks", what)


@pytest.mark.parametrize("body", [NO_ELSE, MATCH])
def test_branches_without_a_last_one_pass_a_new_symbol_by(body: str) -> None:
    assert outcome(body).fate == "passes"


@pytest.mark.parametrize(
    "body",
    [
        'try:\n    return RATES[order["status"]]\nexcept KeyError:\n    return 0',
        'try:\n    if order["status"] not in ("NEW", "PAID"):\n        raise Unknown("it")\nexcept Unknown:\n    c()',
        'if order["status"] in RATES:\n    return RATES[order["status"]]',
        'if order["status"] == "PAID":\n    return RATES[order["status"]]',
        f"{NO_ELSE}\nelse:\n    c()",
        f"{MATCH}\n    case _:\n        c()",
    ],
)
def test_a_new_symbol_is_foreseen_where_code_catches_asks_or_has_a_branch_for_the_rest(body: str) -> None:
    assert outcome(body).fate == "foreseen"


@pytest.mark.parametrize("body", ['return RATES[order["status"]]', NO_ELSE, MATCH, 'return Status(order["status"])'])
def test_a_symbol_that_the_code_names_is_foreseen(body: str) -> None:
    assert outcome(body, "PAID").fate == "foreseen"


@pytest.mark.parametrize(
    "body",
    [
        'return GROWING[order["status"]]',
        'return elsewhere.RATES[order["status"]]',
        'return RATES.get(order["status"])',
        'if order["status"] == "PAID":\n    a()',
        'return other(order["status"])',
    ],
)
def test_tables_that_grow_single_filters_and_unseen_code_are_not_judged(body: str) -> None:
    assert outcome(body).fate == "unknown"
