"""The kinds of values that code writes, told from the file alone; what can't be told stays open."""

from __future__ import annotations

import ast

import pytest

from copilot.checks.inferred import Inference
from copilot.checks.kinds import Inferred
from copilot.checks.parsed_code import ParsedCode

PRELUDE = """
import datetime as dt
import json, os, random, time, uuid
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Literal, Optional
from somewhere import helper

KINDS = [1, 2, 3]

class Status(Enum):
    NEW = "NEW"
    PAID = "PAID"

class Channel(StrEnum):
    WEB = "web"

def label(x) -> str: ...

def build(order, count: int, rate: float, name: Optional[str], kind: Literal["A", "B"], anything, when: datetime | None):
    total = count * 3
    either = 1
    if anything:
        either = "one"
    for i in range(3):
        pass
    value = {}
"""


def inferred(expression: str) -> Inferred:
    code = ParsedCode(ast.parse(PRELUDE.replace("value = {}", f"value = {expression}")))
    found = next(
        node.value
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "value"
    )
    return Inference(code).of(found)


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("1", "int"),
        ("True", "boolean"),
        ('f"{anything}"', "string"),
        ('"%s" % anything', "string"),
        ('"-".join(anything)', "string"),
        ("int(anything)", "int"),
        ("float(anything) * 100", "float"),
        ("int(anything) / 2", "float"),
        ("int(anything) // 2", "int"),
        ("round(float(anything))", "int"),
        ("round(float(anything), 2)", "float"),
        ("-count", "int"),
        ("total", "int"),
        ("i", "int"),
        ("either", "int string"),
        ("int(time.time() * 1000)", "int"),
        ("time.time() * 1000", "float"),
        ("time.time_ns() // 1_000_000", "int"),
        ("datetime.now(timezone.utc)", "datetime"),
        ("datetime.now(tz=timezone.utc)", "datetime"),
        ("datetime.now()", "naive-datetime"),
        ("dt.datetime.utcnow()", "naive-datetime"),
        ("dt.datetime.utcnow().isoformat()", "string"),
        ("anything.strftime('%Y')", "string"),
        ("Decimal('1.5')", "decimal"),
        ("str(uuid.uuid4())", "string"),
        ("uuid.uuid4()", "uuid"),
        ("uuid.uuid4().hex", "string"),
        ("json.dumps(anything)", "string"),
        ("json.dumps(anything).encode()", "bytes"),
        ("[str(x) for x in anything]", "array"),
        ("anything is None", "boolean"),
        ("not anything", "boolean"),
        ("count > 3", "boolean"),
        ("Status.NEW", "enum-member"),
        ("Status.NEW.value", "string"),
        ("Channel.WEB", "string"),
        ("label(anything)", "string"),
        ("os.environ['REGION']", "string"),
        ("1 if anything else 'one'", "int string"),
        ("random.choice(('NEW', 'PAID'))", "string"),
        ("random.choice(KINDS)", "int"),
        ("'x'.split()", "array"),
    ],
)
def test_the_kind_is_told(expression: str, kinds: str) -> None:
    found = inferred(expression)

    assert (set(found.kinds), found.is_open) == (set(kinds.split()), False)


@pytest.mark.parametrize(
    "expression",
    [
        "anything",
        "helper(anything)",
        "anything * 1000",
        "anything / 2",
        "order['amount']",
        "anything.lower()",
        "round(anything)",
        "round(anything, 2)",
        "anything > 3",
        "sum(anything)",
        "label",
        "anything.value",
        "random.choice(anything)",
        "order.get('amount', value)",
    ],
)
def test_what_can_not_be_told_stays_open(expression: str) -> None:
    assert inferred(expression).is_open


def test_a_name_that_is_bound_again_and_again_by_way_of_itself_is_told_at_once() -> None:
    steps = "".join(f"    name = name.replace('{number}', '')\n" for number in range(50))
    code = ParsedCode(ast.parse(f"def build():\n    name = ''\n{steps}    return name\n"))
    (read,) = (node.value for node in ast.walk(code.tree) if isinstance(node, ast.Return) and node.value)

    found = Inference(code).of(read)

    assert (set(found.kinds), found.is_open) == ({"string"}, True)


def test_null_is_sure_where_it_is_written_and_possible_where_a_lookup_lacks_a_default() -> None:
    assert inferred("None").null == "yes"
    assert inferred("count if anything else None").null == "yes"
    assert inferred("order.get('amount')").null == "maybe"
    assert inferred("name").null == "maybe"


def test_a_default_or_the_question_itself_takes_null_away() -> None:
    assert inferred("order.get('amount', 0)").null == "no"
    assert inferred("order.pop('amount')").null == "no"
    assert inferred("order.pop('amount', None)").null == "yes"
    assert inferred("order.get('amount') or 0").null == "no"
    assert inferred("name if name is not None else ''").null == "no"
    assert inferred("order.get('a') if order.get('a') else 1").null == "no"
    assert inferred("1 if order.get('a') is None else order['a']").null == "no"
    assert inferred("1 if order.get('a') is None else order.get('a')").null == "no"
    assert inferred("order.get('a') if order.get('b') else 1").null == "maybe"


def test_the_very_texts_are_kept_for_enums() -> None:
    assert inferred("'A' if anything else 'B'").texts == frozenset({"A", "B"})
    assert inferred("Status.PAID.value").texts == frozenset({"PAID"})
    assert inferred("kind").texts == frozenset({"A", "B"})
    assert inferred("str(anything)").texts is None


def test_the_items_of_a_list_are_told_too() -> None:
    items = inferred("[name for name in ('A', 'B')]").items

    assert items is not None
    assert items.texts == frozenset({"A", "B"})


def test_what_rests_on_an_annotation_says_so() -> None:
    assert inferred("count").is_declared
    assert not inferred("int(count)").is_declared


def test_fields_of_classes_have_the_kind_that_the_class_declares() -> None:
    text = """
class Order:
    amount: int
    note: str | None = None

    def dump(self):
        value = self.note

def build(order: Order):
    value = order.amount
"""
    code = ParsedCode(ast.parse(text))
    found = {
        ast.unparse(node.value): Inference(code).of(node.value)
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Assign)
    }

    assert found["order.amount"].kinds == {"int"}
    assert found["order.amount"].is_declared
    assert found["self.note"].kinds == {"string"}
    assert found["self.note"].null == "maybe"


def test_a_name_of_the_file_s_own_is_no_builtin() -> None:
    code = ParsedCode(ast.parse("def int(x): ...\nvalue = int(3)\n"))
    call = code.tree.body[1]
    assert isinstance(call, ast.Assign)

    assert Inference(code).of(call.value).is_open
