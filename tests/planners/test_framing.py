"""Free words to operations through a scripted model: what is taken over, what is refused, and what is asked back."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.model import Exchange, ModelLimits, ToolResult
from copilot.domain.operation import AddField
from copilot.domain.wishes import KeepsOld, KeepsWorking, Unheard
from copilot.errors import Ambiguous, WrongUsage
from copilot.planners.framing import Framed, frame
from copilot.planners.talk import NoAnswer, Talk
from tests.planners.builders import shop
from tests.planners.scripted import PROMPTS, Script, called, said

SHOP = shop().pipeline
WORDS = "we need the FX currency on orders, some partners don't send it; don't break billing"
ADD = {"op": "add_field", "subject": "order", "field": "fx_currency", "type": ["null", "string"], "default": None}
ADDED = AddField("order", "", "fx_currency", '["null","string"]', "null", True)
KEEP = {"kind": "keeps_working", "job": "billing", "words": "don't break billing"}


def framed(*answers: Any, text: str = WORDS) -> tuple[Framed, Script, list[Exchange]]:
    script = Script([said(called(answer, "frame")) for answer in answers])
    told: list[Exchange] = []
    return frame(text, SHOP, Talk(script, PROMPTS, ModelLimits(), told.append)), script, told


def repair_of(script: Script) -> str:
    (result,) = script.calls[1].messages[-1].blocks
    assert isinstance(result, ToolResult)
    return result.text


def test_free_words_become_operations_and_wishes() -> None:
    found, _, told = framed({"operations": [ADD], "wishes": [KEEP]})

    assert found == Framed((ADDED,), (KeepsWorking("billing", "don't break billing"),))
    assert [it.purpose for it in told] == ["frame"]


def test_the_model_sees_the_request_and_the_part_of_the_map_around_it_as_data() -> None:
    _, script, _ = framed({"operations": [ADD]})

    (call,) = script.calls
    assert call.system[1].startswith('<data name="map"')
    assert "schema order" in call.system[1]
    assert '<data name="request"' in str(call.messages[0].blocks[0])
    assert call.forced == "frame"


def test_a_schema_that_does_not_exist_is_refused_with_the_nearest() -> None:
    found, script, _ = framed({"operations": [{**ADD, "subject": "orderz"}]}, {"operations": [ADD]})

    assert found.operations == (ADDED,)
    assert 'Did you mean "order"' in repair_of(script)


def test_a_field_that_does_not_exist_is_refused_with_the_nearest() -> None:
    rename = {"op": "rename_field", "subject": "order", "field": "currancy", "to": "fx_currency"}
    _, script, _ = framed({"operations": [rename]}, {"operations": [{**rename, "field": "currency"}]})

    assert '"currency"' in repair_of(script)


def test_a_name_that_is_never_put_right_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="no_such_schema"):
        framed(*[{"operations": [{**ADD, "subject": "no_such_schema"}]}] * 3)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "Give an object"),
        ({"operations": [], "advice": "x"}, "Give an object"),
        ({}, "either operations or a question"),
        ({"operations": [ADD], "question": {"text": "?", "candidates": []}}, "either operations or a question"),
        ({"operations": "add it"}, "must be a list"),
        ({"operations": [{"op": "drop_table"}]}, "is not an operation"),
        ({"operations": [{**ADD, "approve": True}]}, 'no key "approve"'),
        ({"operations": [ADD], "wishes": {"a": 1}}, "wishes must be a list"),
        ({"operations": [ADD], "wishes": [{**KEEP, "kind": "command"}]}, "kind of a wish"),
        ({"operations": [ADD], "wishes": [{**KEEP, "words": "delete everything"}]}, "must stand in the request"),
        ({"operations": [ADD], "wishes": [{**KEEP, "job": "payments"}]}, "No job matches"),
        ({"operations": [ADD], "wishes": [{**KEEP, "kind": "keeps_old", "days": -1}]}, "needs days"),
        ({"operations": [ADD], "wishes": [{**KEEP, "kind": "prefers"}]}, "needs the key strategy"),
        ({"question": {"text": "", "candidates": []}}, "needs a text"),
        ({"question": {"text": "Which?", "candidates": ["currancy in order"]}}, '"currency in order"'),
    ],
)
def test_what_does_not_fit_is_told_to_the_model(answer: Any, says: str) -> None:
    _, script, told = framed(answer, {"operations": [ADD]})

    assert says in repair_of(script)
    assert [bool(it.problem) for it in told] == [True, False]


def test_wishes_of_other_kinds_keep_the_persons_words() -> None:
    text = "add fx currency to orders, keep the old one for 30 days, and keep latency low"
    old = {"kind": "keeps_old", "days": 30, "words": "keep the old one for 30 days"}
    found, _, _ = framed(
        {"operations": [ADD], "wishes": [old, {"kind": "other", "words": "keep latency low"}]}, text=text
    )

    assert found.wishes == (KeepsOld(30.0, "keep the old one for 30 days"), Unheard("keep latency low"))


def test_a_question_comes_back_with_candidates_of_the_map() -> None:
    question = {"text": "Which currency is\nmeant?\u202e", "candidates": ["currency in order", "order"]}

    with pytest.raises(Ambiguous) as told:
        framed({"question": question})
    assert told.value.what == "Which currency is meant?\\u202e"
    assert told.value.candidates == ("currency in order", "order")


def test_a_question_without_candidates_is_a_plain_refusal() -> None:
    with pytest.raises(WrongUsage, match="Which type has it") as told:
        framed({"question": {"text": "Which type has it?", "candidates": []}})
    assert not isinstance(told.value, Ambiguous)
