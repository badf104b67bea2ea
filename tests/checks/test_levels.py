"""What a tighter level finds in the history, and what a looser one lets through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from copilot.checks.levels import level_findings
from copilot.domain.alternative import Alternative, Gate, Phase, TextEdit
from copilot.domain.evidence import Finding
from copilot.domain.levels import Level, is_looser
from copilot.domain.operation import ChangeLevel, ChangeRequest
from copilot.domain.patch import Patch
from copilot.ports import Case
from tests.checks.orders import bench
from tests.planners.builders import COMMIT, link, pipeline, subject

ID = {"name": "id", "type": "string"}
WITH_DEFAULT = {"name": "note", "type": "string", "default": ""}
REQUIRED = {"name": "note", "type": "string"}


def record(*fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": "Order", "fields": list(fields)}


def found(
    before: Level, *levels: Level, history: tuple[dict[str, Any], ...], gate: Gate | None = None
) -> list[Finding]:
    one = replace(subject("order", "order.avsc", *history), compatibility=before)
    links = [link("shop", "orders", "produces", "order"), link("billing", "orders", "consumes", "order")]
    states = tuple(pipeline([replace(one, compatibility=level)], links) for level in levels)
    edit = TextEdit("copilot.toml", 2, before, levels[0])
    phases = tuple(Phase(f"phase {number}", (edit,), (), gate) for number in range(len(levels)))
    patches = tuple(Patch("try", number, COMMIT, (), "", "") for number in range(len(levels)))
    request = ChangeRequest("", (ChangeLevel("order", levels[0]),), COMMIT, "ada")
    case = Case(request, pipeline([one], links), (), Alternative("try", "", "rules", "", phases, ""), patches, states)
    return list(level_findings(case, bench()))


def told(findings: list[Finding], rule: str) -> list[tuple[str, str]]:
    return [(it.severity, it.message) for it in findings if it.rule == f"compatibility.{rule}"]


def test_a_tighter_level_lists_the_versions_that_violate_it() -> None:
    history = (record(ID), record(ID, WITH_DEFAULT), record(ID, REQUIRED))

    ((severity, message),) = told(found("BACKWARD", "BACKWARD_TRANSITIVE", history=history), "level-violated")

    assert severity == "error"
    assert message.startswith("BACKWARD_TRANSITIVE is violated already: version 3 can't read data of version 1")


def test_what_stands_among_older_versions_is_a_warning() -> None:
    history = (record(ID), record(ID, REQUIRED), record(ID, WITH_DEFAULT))

    found_there = told(found("NONE", "BACKWARD_TRANSITIVE", history=history), "level-violated")

    assert [severity for severity, _ in found_there] == ["warning"]


def test_a_level_that_looks_at_the_last_version_only_leaves_the_older_ones_alone() -> None:
    history = (record(ID), record(ID, WITH_DEFAULT), record(ID, REQUIRED))

    assert told(found("NONE", "BACKWARD", history=history), "level-violated") == []


def test_a_version_that_a_gate_has_waited_for_to_be_gone_is_a_warning() -> None:
    history = (record(ID), record(ID, WITH_DEFAULT), record(ID, REQUIRED))
    gate = Gate("No record of version 1 is left.", outlasts_retention=True)

    stepwise = told(found("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", history=history, gate=gate), "level-violated")
    unwaited = told(found("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", history=history), "level-violated")

    assert [severity for severity, _ in stepwise] == ["warning"]
    assert [severity for severity, _ in unwaited] == ["error"]


def test_a_history_that_keeps_the_level_has_nothing_against_it() -> None:
    assert found("BACKWARD", "FULL_TRANSITIVE", history=(record(ID), record(ID, WITH_DEFAULT))) == []


def test_a_looser_level_tells_what_goes_through_and_whom_it_guarded() -> None:
    messages = [text for _, text in told(found("FULL", "NONE", history=(record(ID),)), "level-lets-through")]

    assert any("a required field that is added goes through" in text for text in messages)
    assert any("a field without default that is removed goes through" in text for text in messages)
    assert "billing reads order, and FULL is what guards it today." in messages


def test_the_way_back_lets_nothing_through() -> None:
    phases = [it.phase for it in found("FULL", "NONE", "FULL", history=(record(ID),))]

    assert set(phases) == {0}


def test_a_level_is_looser_where_it_asks_for_less_and_nothing_else() -> None:
    assert is_looser("BACKWARD", "FULL")
    assert is_looser("BACKWARD", "BACKWARD_TRANSITIVE")
    assert not is_looser("FORWARD", "BACKWARD")
    assert not is_looser("FULL", "FULL")


def test_another_subject_that_gets_another_level_too_is_told() -> None:
    def severities(source: str) -> list[str]:
        one = replace(
            subject("order", "order.avsc", record(ID)), compatibility="BACKWARD", level_source="copilot.toml:2"
        )
        other = replace(subject("bill", "bill.avsc", record(ID)), compatibility="BACKWARD", level_source=source)
        phase = Phase("set", (TextEdit("copilot.toml", 2, "BACKWARD", "FULL"),), ())
        patch = Patch("try", 0, COMMIT, (), "", "")
        request = ChangeRequest("", (ChangeLevel("order", "FULL"),), COMMIT, "ada")
        state = pipeline([replace(it, compatibility="FULL") for it in (one, other)], [])
        way = Alternative("try", "", "rules", "", (phase,), "")
        case = Case(request, pipeline([one, other], []), (), way, (patch,), (state,))
        return [severity for severity, _ in told(list(level_findings(case, bench())), "level-not-asked")]

    assert severities("copilot.toml:3") == ["error"]
    assert severities("copilot.toml:2") == ["warning"]
