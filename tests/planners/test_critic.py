"""A critic through a scripted model: what it sees, which cases are taken, and that no answer refutes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from copilot.domain.alternative import Alternative, Plan
from copilot.domain.evidence import Verdict
from copilot.domain.failing_case import BytesCase, OrderCase, RecordCase
from copilot.domain.model import Exchange, ModelLimits
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import FileChange, Patch
from copilot.domain.proposal import Challenged, Compiled, Proposal
from copilot.errors import ModelFailed
from copilot.patches.diff import make_patch
from copilot.planners.critic import cases_of, challenged, survivors
from copilot.planners.talk import Talk, Unacceptable
from tests.planners.builders import shop
from tests.planners.scripted import PROMPTS, Obliging, Script, called, said
from tests.reasons import proposals

SHOP = shop().pipeline
LOST = {
    "case": "record",
    "subject": "order",
    "writer": "base",
    "reader": "phase 1",
    "record": {"id": "x"},
    "path": "id",
    "says": "It is\nlost.",
}
ORDER = {"case": "order", "moves": [{"job": "shop", "to": "Phase 1"}], "says": "It breaks."}
BYTES = {"case": "bytes", "subject": "order", "writer": "v1", "reader": "phase 1", "hex": "02", "says": ""}


def proposal(*verdicts: Verdict) -> Proposal:
    """A proposal of as many alternatives, each with one verdict, and the one that changes nothing."""
    ways = [proposals.alternative(f"way-{number}") for number in range(1, len(verdicts) + 1)]
    seen = [proposals.evidence(way.id, "replay", verdict) for way, verdict in zip(ways, verdicts, strict=True)]
    request = ChangeRequest("a try", (), proposals.COMMIT, "ada")
    compiled = (Compiled(proposals.NOTHING.id, ()), *(Compiled(way.id, (patch(way),)) for way in ways))
    return Proposal("p-1", request, plan=Plan((proposals.NOTHING, *ways), ()), compiled=compiled, evidence=tuple(seen))


def patch(way: Alternative) -> Patch:
    changes = [FileChange(".env", "KEY=7\nTOPIC=a\n", "KEY=7\nTOPIC=b\n"), FileChange("a.py", "amount\n", "total\n")]
    return make_patch(way.id, 0, proposals.COMMIT, changes)


def asked(script: Any, of: Proposal | None = None) -> tuple[Challenged, list[Exchange]]:
    told: list[Exchange] = []
    it = of or proposal("pass")
    talk = Talk(script, PROMPTS, ModelLimits(), told.append)
    return challenged(it.alternatives[1], it, SHOP, talk), told


def test_who_survives_the_checks_is_challenged_once() -> None:
    it = proposal("pass", "fail", "unknown")

    assert [way.id for way in survivors(it)] == ["way-1", "way-3"]
    assert [way.id for way in survivors(replace(it, challenges=(Challenged("way-1", ()),)))] == ["way-3"]


def test_cases_of_each_kind_are_taken_over_as_data() -> None:
    found, told = asked(Obliging({"critic": {"cases": [LOST, ORDER, BYTES]}}))

    assert found.cases == (
        RecordCase("order", "base", "phase 1", '{"id": "x"}', "id", "It is lost."),
        OrderCase((("shop", "phase 1"),), "It breaks."),
        BytesCase("order", "v1", "phase 1", "02", ""),
    )
    assert [(it.purpose, it.subject) for it in told] == [("critic", "way-1")]


def test_what_the_critic_sees_stands_between_marks() -> None:
    script = Obliging({"critic": {"cases": []}})

    asked(script)

    text = str(script.calls[0].messages[0].blocks[0])
    assert '<data name="diff"' in text
    assert "phase 1\\n.env: not shown, since it looks as if it held secrets\\ndiff --git a/a.py b/a.py" in text
    assert "-amount\\n+total" in text
    assert "KEY=7" not in text
    assert "replay: pass" in text


def test_a_model_that_sees_no_case_refutes_nothing() -> None:
    found, _ = asked(Obliging({"critic": {"cases": []}}))

    assert found == Challenged("way-1", ())


def test_a_model_that_gives_no_answer_refutes_nothing_and_the_log_says_why() -> None:
    found, told = asked(Script([ModelFailed("gone", "It is not there.")]))

    assert found == Challenged("way-1", (), "It is not there.")
    assert [it.problem for it in told] == ["It is not there."]


def test_what_is_wrong_with_a_case_is_told_to_the_model() -> None:
    wrong, right = {"cases": [{**LOST, "writer": "the old one"}]}, {"cases": [LOST]}
    script = Script([said(called(wrong, "critic")), said(called(right, "critic"))])

    found, told = asked(script)

    assert len(found.cases) == 1
    assert told[0].problem == 'Case 1: writer is "base", "phase N" (from 1) or "vN".'


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"cases": {}},
        {"cases": [], "rank": "way-1"},
        {"cases": [LOST] * 6},
        {"cases": ["lost"]},
        {"cases": [{**LOST, "case": "code"}]},
        {"cases": [{**LOST, "subject": 7}]},
        {"cases": [{**LOST, "subject": "s" * 301}]},
        {"cases": [{**LOST, "record": "r" * 20_001}]},
        {"cases": [{key: LOST[key] for key in ("case", "subject", "writer", "reader")}]},
        {"cases": [{**BYTES, "hex": "00" * 2_000}]},
        {"cases": [{**ORDER, "moves": []}]},
        {"cases": [{**ORDER, "moves": ["shop"]}]},
        {"cases": [{**ORDER, "moves": [{"job": "shop", "to": "phase one"}]}]},
        {"cases": [{**ORDER, "moves": [{"job": "shop", "to": "phase 1"}] * 61}]},
    ],
)
def test_what_is_no_case_is_not_taken(answer: Any) -> None:
    with pytest.raises(Unacceptable):
        cases_of(answer)


def test_hidden_characters_in_what_is_said_of_a_case_become_visible() -> None:
    (case,) = cases_of({"cases": [{**LOST, "says": "ok\u202e\x1b[31m"}]})

    assert case.says == "ok\\u202e\\u001b[31m"
