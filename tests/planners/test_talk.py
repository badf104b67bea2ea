"""What a talk does with answers of every kind. The model here is a script of replies: the far side, not our own code."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from copilot.domain.model import Call, Exchange, ModelLimits, Opaque, Reply, Text, Tool, ToolResult, ToolUse, used
from copilot.domain.prompt import Prompt
from copilot.errors import ModelFailed
from copilot.planners.fence import fenced
from copilot.planners.talk import Look, NoAnswer, Question, Talk, Unacceptable, streamed
from tests.planners.scripted import Script, called, said

ANSWER = Tool("answer", "The answer.", '{"type":"object"}')
PEEK = Tool("peek", "Reads a span.", '{"type":"object"}')
PROMPT = Prompt(
    "frame", 3, ("request",), "answer", "You frame requests.", "Frame this.\n{{request}}", "d" * 64, "built in"
)


def number(value: Any) -> int:
    if not isinstance(value, dict) or not isinstance(value.get("n"), int):
        raise Unacceptable("n must be a whole number.")
    return int(value["n"])


def talk_with(script: Script, limits: ModelLimits | None = None) -> tuple[Talk, list[Exchange]]:
    told: list[Exchange] = []
    return Talk(script, lambda id: PROMPT, limits or ModelLimits(), told.append), told


def question(*looks: Look) -> Question:
    return Question("frame", "frame", {"request": "add a field"}, ANSWER, looks=looks)


def test_the_answer_is_the_input_of_the_forced_tool() -> None:
    talk, told = talk_with(script := Script([said(called({"n": 4}))]))
    assert talk.ask(question(), number) == 4
    assert script.calls[0].forced == "answer"
    assert [(it.prompt.id, it.prompt.version, it.model, it.problem) for it in told] == [("frame", 3, "scripted-1", "")]


def test_a_wrong_answer_is_told_to_the_model_and_may_be_repaired() -> None:
    talk, told = talk_with(script := Script([said(called({"n": "x"})), said(called({"n": 2}))]))
    assert talk.ask(question(), number) == 2
    last = script.calls[1].messages[-1].blocks[0]
    assert isinstance(last, ToolResult)
    assert "n must be a whole number." in last.text
    assert [it.problem for it in told] == ["n must be a whole number.", ""]


def test_repairs_are_bounded() -> None:
    talk, told = talk_with(Script([said(called({"n": str(at)})) for at in range(9)]))
    with pytest.raises(NoAnswer, match="n must be a whole number"):
        talk.ask(question(), number)
    assert len(told) == 3


def test_who_gives_the_same_wrong_answer_again_is_not_asked_a_third_time() -> None:
    talk, told = talk_with(script := Script([said(called({"n": "x"}, id=f"t{at}")) for at in range(9)]))
    with pytest.raises(NoAnswer, match=r"gave the same again: n must be a whole number\."):
        talk.ask(question(), number)
    assert (len(told), len(script.calls)) == (2, 2)


def test_the_same_call_many_times_is_one_answer() -> None:
    talk, _ = talk_with(Script([said(called({"n": 4}), called({"n": 4}, id="t2"), called({"n": 4}, id="t3"))]))
    assert talk.ask(question(), number) == 4


def test_what_was_whole_before_a_model_said_it_again_and_again_is_taken_and_said_to_be() -> None:
    talk, told = talk_with(Script([said(called({"n": 4}), stop="repetition"), said(called({"n": 5}))]))
    assert talk.ask(question(), number) == 4
    assert (talk.was_repeating, told[0].stop_reason, told[0].problem) == (True, "repetition", "")
    assert talk.ask(replace(question(), inputs={"request": "another"}), number) == 5
    assert not talk.was_repeating


def test_of_several_calls_before_a_repetition_the_first_is_the_answer() -> None:
    calls = [called({"n": at % 2 + 4}, id=f"t{at}") for at in range(3)]
    talk, _ = talk_with(Script([said(*calls, stop="repetition")]))
    assert talk.ask(question(), number) == 4


def test_who_says_nothing_whole_before_saying_it_again_is_not_asked_again() -> None:
    talk, told = talk_with(Script([said(called({}), stop="repetition")] * 3))
    with pytest.raises(NoAnswer, match="said the same again and again, so it was stopped"):
        talk.ask(question(), number)
    assert len(told) == 1


def test_json_in_plain_text_counts_where_no_tool_was_called() -> None:
    talk, _ = talk_with(Script([said(Text('Sure:\n```json\n{"n": 7}\n```'), stop="end_turn")]))
    assert talk.ask(question(), number) == 7


def test_two_objects_in_a_text_are_no_answer() -> None:
    talk, _ = talk_with(Script([said(Text('{"n": 7} or {"n": 8}'), stop="end_turn")] * 3))
    with pytest.raises(NoAnswer, match="2 answers"):
        talk.ask(question(), number)


@pytest.mark.parametrize(
    ("stop", "says"),
    [
        ("max_tokens", "longer than the limit"),
        ("", "cut off"),
        ("refusal", "refused"),
        ("model_context_window_exceeded", "can hold"),
    ],
)
def test_an_answer_that_ended_early_says_why(stop: str, says: str) -> None:
    talk, _ = talk_with(Script([said(called({}), stop=stop)] * 3))
    with pytest.raises(NoAnswer, match=says):
        talk.ask(question(), number)


@pytest.mark.parametrize("stop", ["max_tokens", ""])
def test_an_answer_whose_cut_end_a_server_closed_names_the_cut_as_the_cause(stop: str) -> None:
    talk, told = talk_with(Script([said(called({"n": "7"}), stop=stop)] * 3))

    with pytest.raises(NoAnswer, match=r"(its end is missing|cut off before its end)\. .+"):
        talk.ask(question(), number)
    assert re.match("The answer was", told[0].problem)


@pytest.mark.parametrize("is_claude", [True, False])
def test_a_server_that_leaves_the_name_of_the_forced_tool_out_is_understood(is_claude: bool) -> None:
    script = Script([said(called({"n": "x"}, "")), said(called({"n": 7}, ""))], forces_by_name=is_claude)
    talk, _ = talk_with(script)

    assert talk.ask(question(), number) == 7
    # What goes back names the tool: another server would refuse a call without a name.
    (use,) = script.calls[1].messages[1].blocks
    assert isinstance(use, ToolUse)
    assert use.name == "answer"


def test_unknown_kinds_of_blocks_are_left_alone() -> None:
    talk, _ = talk_with(Script([said(Opaque('{"type":"new"}'), called({"n": 1}))]))
    assert talk.ask(question(), number) == 1


def test_a_failed_call_is_kept_with_what_had_come() -> None:
    talk, told = talk_with(Script([ModelFailed("cut", "The connection was cut.", partial='{"n":')]))
    with pytest.raises(NoAnswer, match="connection was cut"):
        talk.ask(question(), number)
    assert (told[0].answer, told[0].problem) == ('{"n":', "The connection was cut.")


def test_a_model_may_look_before_it_answers() -> None:
    look = Look(PEEK, lambda value: f"line {value['line']}")
    talk, told = talk_with(script := Script([said(called({"line": 3}, "peek")), said(called({"n": 1}))]))
    assert talk.ask(question(look), number) == 1
    assert [tool.name for tool in script.calls[0].tools] == ["peek", "answer"]
    assert script.calls[0].forced == ""
    result = script.calls[1].messages[-1].blocks[0]
    assert isinstance(result, ToolResult)
    assert result.text == "line 3"
    assert len(told) == 2


def test_a_model_that_only_looks_is_made_to_answer() -> None:
    look = Look(PEEK, lambda value: "nothing")
    limits = ModelLimits(looks=2)
    replies = [said(called({}, "peek")), said(called({}, "peek")), said(called({"n": 5}))]
    talk, _ = talk_with(script := Script(replies), limits)
    assert talk.ask(question(look), number) == 5
    assert [call.forced for call in script.calls] == ["", "", "answer"]
    assert [tool.name for tool in script.calls[2].tools] == ["answer"]


def test_a_model_that_looks_at_the_same_again_is_made_to_answer() -> None:
    look = Look(PEEK, lambda value: "nothing")
    replies = [said(called({"n": 1}, "peek")), said(called({"n": 2}, "peek")), said(called({"n": 1}, "peek"))]
    talk, _ = talk_with(script := Script([*replies, said(called({"n": 5}))]))
    assert talk.ask(question(look), number) == 5
    assert [call.forced for call in script.calls] == ["", "", "", "answer"]


def test_the_tools_stay_where_the_server_keeps_to_a_forced_name() -> None:
    look = Look(PEEK, lambda value: "nothing")
    replies = [said(called({}, "peek")), said(called({"n": 5}))]
    talk, _ = talk_with(script := Script(replies, forces_by_name=True), ModelLimits(looks=1))
    assert talk.ask(question(look), number) == 5
    assert script.calls[0].tools == script.calls[1].tools


def test_a_look_that_fails_is_told_to_the_model() -> None:
    def refuse(value: object) -> str:
        raise ValueError("There is no such file.")

    talk, _ = talk_with(script := Script([said(called({}, "peek")), said(called({"n": 1}))]))
    talk.ask(question(Look(PEEK, refuse)), number)
    result = script.calls[1].messages[-1].blocks[0]
    assert isinstance(result, ToolResult)
    assert result.is_error
    assert result.text == fenced("problem", "There is no such file.")


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (ModelLimits(calls=1), "calls"),
        (ModelLimits(output_tokens=1), "output_tokens"),
        (ModelLimits(input_tokens=10), "input_tokens"),
        (ModelLimits(dollars=0.01), "dollars"),
    ],
)
def test_a_limit_that_is_reached_is_named(limits: ModelLimits, name: str) -> None:
    talk, told = talk_with(Script([said(called({}))] * 5), limits)
    with pytest.raises(NoAnswer, match=f"limit {name} "):
        talk.ask(question(), number)
    assert len(told) == 1


def test_what_was_answered_before_is_not_asked_again() -> None:
    talk, told = talk_with(script := Script([said(called({"n": "x"})), said(called({"n": 2}))]))
    talk.ask(question(), number)
    again: list[Exchange] = []
    second = Talk(script, lambda id: PROMPT, ModelLimits(), again.append, spent=told)

    assert second.ask(question(), number) == 2
    assert len(script.calls) == 2
    assert (again, second.reused) == ([], told)


def test_what_was_answered_in_the_proposal_that_this_one_follows_is_taken_from_there_and_costs_nothing() -> None:
    talk, told = talk_with(script := Script([said(called({"n": "x"})), said(called({"n": 2}))]))
    talk.ask(question(), number)
    again: list[Exchange] = []
    follow_up = Talk(
        script, lambda id: PROMPT, ModelLimits(calls=1), again.append, answered=told, answered_in="p-0123456789"
    )

    assert follow_up.ask(question(), number) == 2
    assert len(script.calls) == 2
    assert [(it.server, it.problem, used([it]).all_input, it.cost_dollars) for it in again] == [
        ("p-0123456789", "n must be a whole number.", 0, None),
        ("p-0123456789", "", 0, None),
    ]
    assert [(it.sent, it.answer, it.prompt) for it in again] == [(it.sent, it.answer, it.prompt) for it in told]


def test_a_call_that_failed_is_made_again() -> None:
    talk, told = talk_with(script := Script([ModelFailed("cut", "cut"), said(called({"n": 2}))]))
    with pytest.raises(NoAnswer):
        talk.ask(question(), number)

    assert Talk(script, lambda id: PROMPT, ModelLimits(), told.append, spent=told).ask(question(), number) == 2


def test_exchanges_come_while_the_work_goes_on() -> None:
    script = Script([said(called({"n": "x"})), said(called({"n": 2}))])
    told = streamed(lambda tell: Talk(script, lambda id: PROMPT, ModelLimits(), tell).ask(question(), number))

    assert next(told).problem == "n must be a whole number."
    assert next(told).problem == ""
    with pytest.raises(StopIteration) as ended:
        next(told)
    assert ended.value.value == 2


def test_what_the_work_raises_is_raised_after_its_exchanges() -> None:
    script = Script([ModelFailed("cut", "It was cut.")])
    told = streamed(lambda tell: Talk(script, lambda id: PROMPT, ModelLimits(), tell).ask(question(), number))

    assert next(told).problem == "It was cut."
    with pytest.raises(NoAnswer, match="It was cut"):
        next(told)


def test_where_it_failed_and_what_to_do_next_is_told() -> None:
    failure = ModelFailed("busy", "It is overloaded.", where="models.example", next="Ask again later.")
    talk, _ = talk_with(Script([failure]))
    with pytest.raises(NoAnswer, match=r"^It is overloaded\. At models\.example\. Ask again later\.$"):
        talk.ask(question(), number)


@pytest.mark.parametrize(("kind", "asked"), [("key", 1), ("connection", 1), ("busy", 1), ("cut", 2)])
def test_what_would_fail_again_is_not_asked_again(kind: str, asked: int) -> None:
    talk, told = talk_with(script := Script([ModelFailed(kind, "It failed.")] * 2))
    for _ in range(2):
        with pytest.raises(NoAnswer, match="It failed"):
            talk.ask(question(), number)
    assert (len(script.calls), len(told)) == (asked, asked)


def test_the_seconds_are_for_all_of_a_proposal() -> None:
    talk, told = talk_with(Script([said(called({"n": 1}))]))
    talk.ask(question(), number)
    spent = [replace(told[0], took_seconds=9.0, stop_reason="")]
    again = Talk(Script([]), lambda id: PROMPT, ModelLimits(seconds=10), told.append, spent=spent)
    with pytest.raises(NoAnswer, match="limit seconds"):
        again.ask(question(), number)


def test_who_stops_the_line_does_not_wait_for_a_server() -> None:
    class Silent(Script):
        def ask(self, call: Call, seconds: float) -> Reply:
            ended.wait(20)
            return said(called({"n": 1}))

    ended = threading.Event()
    began = time.monotonic()
    talk = Talk(Silent([]), lambda id: PROMPT, ModelLimits(), print, is_stopped=lambda: time.monotonic() > began + 0.2)
    with pytest.raises(NoAnswer, match="It was stopped"):
        talk.ask(question(), number)
    ended.set()
    assert time.monotonic() - began < 10
