"""A field that the change brings keeps its type through the phases."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.checks.lineage import lineages
from copilot.checks.steady import steady_findings
from copilot.domain.operation import RenameField
from tests.checks.orders import case, field

ID, AMOUNT = field("id", "string"), field("amount", "double")


def told(*kinds: Any) -> list[tuple[str, int]]:
    states = [[ID, field("total", kind)] for kind in kinds]
    made = case(RenameField("order", "", "amount", "total"), [[ID, AMOUNT]], states, steps=[() for _ in states])
    return [(it.path, it.phase) for it in steady_findings(lineages(made), made)]


@pytest.mark.parametrize("kinds", [("double", "double"), (["null", "double"], "double"), ("double",)])
def test_null_may_go_once_all_have_the_field(kinds: tuple[Any, ...]) -> None:
    assert told(*kinds) == []


def test_a_narrower_type_on_the_way_is_told_with_its_phase() -> None:
    assert told("float", "double") == [("total", 0)]
    assert told("double", ["null", "float"], "double") == [("total", 1)]


def test_a_field_that_was_there_may_change_step_by_step() -> None:
    states = [[ID, field("amount", kind)] for kind in (["double", "string"], "string")]
    made = case(RenameField("order", "", "amount", "total"), [[ID, AMOUNT]], states, steps=[(), ()])

    assert list(steady_findings(lineages(made), made)) == []
