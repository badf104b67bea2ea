"""Classes that code makes objects of: what they are given, and what they declare."""

from __future__ import annotations

import ast

import pytest

from copilot.checks.constructed import Taking, taking
from copilot.checks.contract import ContractCheck
from copilot.checks.parsed_code import ParsedCode
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.operation import AddField, RenameField
from copilot.ports import Case
from tests.checks.orders import SCORER_PATH, SHOP_PATH, bench, case, field, use

ID, AMOUNT, TOTAL = field("id", "string"), field("amount", "long"), field("total", "long", default=0)
PROMO = field("promo", ["null", "string"], default=None)
ADD = AddField("order", "", "promo", '"string"')
CLASS = "@dataclass\nclass Order:\n    id: str\n    amount: int\n"
WRITER = f"{CLASS}\nORDER = Order(\n    id='1',\n    amount=2,\n)\n"
READER = f"{CLASS}\nprint(Order(**record).amount)\n"
READS = [use("amount", line=6, form="attribute")]


def run(it: Case, files: dict[str, str] | None = None) -> Evidence:
    return ContractCheck().run(it, bench(files))


def found(evidence: Evidence, rule: str) -> list[Finding]:
    return [it for it in evidence.findings if it.rule == f"contract.{rule}"]


def class_named(name: str, text: str) -> Taking | None:
    code = ParsedCode(ast.parse(text))
    owner = code.class_of(name)
    assert owner is not None
    return taking(owner, code)


@pytest.mark.parametrize(
    ("text", "is_strict"),
    [
        (CLASS, True),
        (CLASS.replace("dataclass", "attrs.define(slots=True)"), True),
        (CLASS.replace("dataclass", "attr.s(auto_attribs=True)"), True),
        ("class Order(NamedTuple):\n    id: str\n    amount: int\n", True),
        ("class Order(BaseModel):\n    id: str\n    amount: int\n", False),
    ],
)
def test_what_a_class_takes_stands_in_its_declarations(text: str, is_strict: bool) -> None:
    assert class_named("Order", text) == Taking(frozenset({"id", "amount"}), frozenset({"id", "amount"}), is_strict)


@pytest.mark.parametrize(
    "text",
    [
        "class Order:\n    id: str\n",
        f"{CLASS}    def __init__(self, **all): ...\n",
        CLASS.replace("class Order", "class Order(Base)"),
        f"class Own(Base): ...\n{CLASS.replace('class Order', 'class Order(Own)')}",
        "class Order(BaseModel):\n    model_config = {'extra': 'allow'}\n    id: str\n",
        "class Order(BaseModel):\n    id: str = Field(alias='ID')\n",
        "@attr.s\nclass Order:\n    id = attr.ib()\n",
        "@define\nclass Order:\n    id = field()\n    amount = field(default=0)\n",
        f"@define\nclass Own:\n    number = field()\n{CLASS.replace('class Order', 'class Order(Own)')}",
        "from base import Late\nclass Order(Late):\n    id: str\nclass Late(Order):\n    days: int\n",
    ],
)
def test_a_class_that_may_take_anything_is_no_claim(text: str) -> None:
    assert class_named("Order", text) is None


def test_what_bases_declare_is_taken_too_and_a_default_need_not_be_given() -> None:
    text = f"{CLASS}\n@dataclass\nclass Late(Order):\n    days: int = 0\n    kind: ClassVar[str] = 'late'\n"
    known = class_named("Late", text)
    assert known is not None
    assert (sorted(known.names), sorted(known.needed)) == (["amount", "days", "id"], ["amount", "id"])


def test_a_producer_that_gives_a_class_what_it_does_not_declare_fails() -> None:
    before = [
        use("id", "writes", job="shop", line=7, form="keyword"),
        use("amount", "writes", job="shop", line=8, form="keyword"),
    ]
    after = [*before, use("total", "writes", job="shop", line=9, form="keyword")]
    text = WRITER.replace("    amount=2,\n", "    amount=2,\n    total=2,\n")
    told = run(
        case(
            RenameField("order", "", "amount", "total"),
            [[ID, AMOUNT]],
            [[ID, AMOUNT, TOTAL]],
            uses=before,
            uses_after=[after],
            base_code={SHOP_PATH: WRITER},
            code={SHOP_PATH: [text]},
        )
    )
    assert told.verdict == "fail"
    assert [it.fix for it in found(told, "not-declared")] == ["Declare total in Order."]


@pytest.mark.parametrize(("declared", "count"), [("", 1), ("    promo: str | None = None\n", 0)])
def test_a_consumer_that_makes_an_object_of_a_whole_record_has_to_take_what_is_new(declared: str, count: int) -> None:
    after = READER.replace("    amount: int\n", f"    amount: int\n{declared}")
    told = run(
        case(
            ADD,
            [[ID, AMOUNT]],
            [[ID, AMOUNT, PROMO]],
            uses=READS,
            base_code={SCORER_PATH: READER},
            code={SCORER_PATH: [after]},
        ),
        {SCORER_PATH: READER},
    )
    assert len(found(told, "not-taken")) == count


def test_a_class_of_other_fields_is_no_record() -> None:
    text = READER.replace("    id: str\n", "    number: str\n")
    told = run(
        case(
            ADD,
            [[ID, AMOUNT]],
            [[ID, AMOUNT, PROMO]],
            uses=READS,
            base_code={SCORER_PATH: text},
            code={SCORER_PATH: [text]},
        ),
        {SCORER_PATH: text},
    )
    assert found(told, "not-taken") == []
