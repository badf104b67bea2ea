"""Ways to hold a field to a rule: what the module in the producer does in each mode, and who meets a looser rule first."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from copilot.domain.alternative import Alternative, CodeEdit, ImportEdit, NewFile, NotOffered
from copilot.domain.operation import ConstrainField
from copilot.impact.fields import impact_of
from copilot.strategies.constrain import constrain_field
from copilot.strategies.rule_guard import Mode, rule_guard
from tests.planners.builders import ORDER, shop


def offered(rule: str, schema: Any = None) -> dict[str, Alternative]:
    map = shop(schema).pipeline
    operation = ConstrainField("order", "", "amount", rule)
    found = constrain_field(operation, impact_of(operation, map), map)
    return {it.id.rpartition("-")[0]: it for it in found if not isinstance(it, NotOffered)}


def guard(mode: Mode, rule: dict[str, Any]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(rule_guard("shop/order", "amount", "checked_amount", rule, mode), names)
    return names


def ruled(rule: dict[str, Any]) -> dict[str, Any]:
    fields = [{**it, "constraints": rule} if it["name"] == "amount" else it for it in ORDER["fields"]]
    return {**ORDER, "fields": fields}


def test_producers_count_before_they_warn_and_warn_before_they_refuse() -> None:
    audit = offered('{"minimum":0}')["audit"]

    modes = [next(it.text for it in phase.edits if isinstance(it, NewFile)) for phase in audit.phases]
    assert [text.partition("\nMODE = ")[2].partition("\n")[0] for text in modes] == ['"audit"', '"warn"', '"enforce"']
    assert {it.path for it in audit.phases[0].edits if isinstance(it, NewFile)} == {"services/orders/rule_amount.py"}
    kinds = {type(it) for it in audit.phases[0].edits}
    assert {CodeEdit, ImportEdit} <= kinds
    assert "quarantine" in audit.phases[2].steps[-1].manual[0]


@pytest.mark.parametrize("hostile", ['a"); injected = 1; ("', '"""\ninjected = 1\n"""', "a\\", "a{0}"])
def test_names_of_a_repository_are_never_code_in_a_guard(hostile: str) -> None:
    names: dict[str, Any] = {}

    exec(rule_guard(hostile, hostile, "checked", {"pattern": hostile}, "enforce"), names)

    assert "injected" not in names
    assert names["log"].name == f"rules.{hostile}.{hostile}"


@pytest.mark.parametrize("mode", ["audit", "warn"])
def test_what_breaks_a_rule_passes_and_is_counted_without_its_value(
    mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    names = guard(mode, {"minimum": 0})

    with caplog.at_level(logging.INFO):
        values = [names["checked_amount"](value) for value in (3, None, -4711)]

    assert values == [3, None, -4711]
    assert names["broken_count"] == 1
    assert "amount is not at least 0 (1 so far)" in caplog.text
    assert "4711" not in caplog.text


def test_what_breaks_a_rule_is_refused_in_the_end() -> None:
    names = guard("enforce", {"pattern": '[A-Z"]{3}'})

    assert names["checked_amount"]('A"B') == 'A"B'
    with pytest.raises(names["RuleBroken"], match="of the form"):
        names["checked_amount"]("no")


def test_a_looser_rule_meets_readers_first() -> None:
    found = offered('{"minimum":-5}', ruled({"minimum": 0}))

    assert list(found) == ["loosen"]
    kinds = [step.kind for step in found["loosen"].phases[0].steps]
    assert kinds.index("consumers") < kinds.index("producers")
