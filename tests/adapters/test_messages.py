"""What goes to a server of the Messages API and what comes back, over real sockets, through the real SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from copilot.adapters.messages import MessagesModel
from copilot.adapters.model_settings import model_settings
from copilot.domain.model import Call, Message, Opaque, Text, Tool, ToolResult, ToolUse, Usage
from copilot.plugins import build_model
from tests import messages_server as say
from tests.messages_server import MessagesServer

ANSWER = Tool("answer", "The answer.", '{"type":"object","properties":{"n":{"type":"integer"}}}')
PEEK = Tool("peek", "Reads a span.", '{"type":"object"}')
CALL = Call(("You frame.", "The map."), (ANSWER,), (Message("user", (Text("Frame this."),)),), "answer", 900)


def model_at(
    server: MessagesServer, home: Path, profile: str = "compatible", more: Mapping[str, str] | None = None
) -> MessagesModel:
    environ = {"ANTHROPIC_BASE_URL": server.base_url, "ANTHROPIC_API_KEY": "key-of-a-test", **(more or {})}
    folder = home / ".config" / "pipeline-copilot"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f'[model]\nprofile = "{profile}"\n')
    return MessagesModel(model_settings(environ, home, "some-model"), environ)


@pytest.mark.parametrize("profile", ["claude", "compatible"])
def test_the_request_that_is_shown_is_the_request_that_is_sent(profile: str, tmp_path: Path) -> None:
    used = ToolUse("t1", "peek", '{"line":3}')
    turns = (*CALL.messages, Message("assistant", (used,)), Message("user", (ToolResult("t1", "line 3", True),)))
    call = Call(CALL.system, (PEEK, ANSWER), turns)
    with MessagesServer(say.text("fine"), say.text("fine")) as server:
        model = model_at(server, tmp_path, profile)
        model.ask(call, 20)
        model.ask(CALL, 20)

    assert [json.loads(model.request(it)) for it in (call, CALL)] == server.requests
    assert server.paths == ["/v1/messages", "/v1/messages"]


def test_claude_is_told_how_far_its_cache_may_keep_the_beginning(tmp_path: Path) -> None:
    with MessagesServer() as server:
        body = json.loads(model_at(server, tmp_path, "claude").request(CALL))

    assert [part.get("cache_control") for part in body["system"]] == [None, {"type": "ephemeral"}]
    assert body["tools"][-1]["cache_control"] == {"type": "ephemeral"}
    assert body["tool_choice"] == {"type": "tool", "name": "answer", "disable_parallel_tool_use": True}
    assert "temperature" not in body


def test_others_are_asked_for_their_likeliest_answer_and_for_nothing_that_only_claude_knows(tmp_path: Path) -> None:
    with MessagesServer() as server:
        body = json.loads(model_at(server, tmp_path).request(CALL))

    assert body["temperature"] == 0
    assert "cache_control" not in json.dumps(body)
    assert body["tool_choice"] == {"type": "tool", "name": "answer"}


def test_a_streamed_answer_comes_back_whole_with_what_it_cost(tmp_path: Path) -> None:
    counted = {
        "input_tokens": 7,
        "cache_read_input_tokens": 900,
        "cache_creation_input_tokens": 30,
        "output_tokens": 12,
    }
    thought = {"type": "thinking", "thinking": "Long thoughts of more than one piece.", "signature": "abc"}
    reply = say.message(
        thought,
        {"type": "text", "text": "A sentence that comes in several pieces."},
        {"type": "tool_use", "id": "toolu_9", "name": "answer", "input": {"n": 4, "why": "ümläut and so on and on"}},
        stop="tool_use",
        usage=counted,
    )
    with MessagesServer(reply) as server:
        answer = model_at(server, tmp_path).ask(CALL, 20)

    assert answer.blocks[1:] == (
        Text("A sentence that comes in several pieces."),
        ToolUse("toolu_9", "answer", '{"n":4,"why":"ümläut and so on and on"}'),
    )
    assert isinstance(answer.blocks[0], Opaque)
    assert json.loads(answer.blocks[0].json) == thought
    assert (answer.stop_reason, answer.model) == ("tool_use", "scripted-1")
    assert answer.usage == Usage(7, 900, 30, 12)
    assert json.loads(answer.raw)["content"][2]["input"]["n"] == 4


def test_what_is_not_known_goes_back_as_it_came(tmp_path: Path) -> None:
    kind = {"type": "redacted_thinking", "data": "xyz"}
    with MessagesServer(say.message(kind, stop="tool_use"), say.text("fine")) as server:
        model = model_at(server, tmp_path)
        first = model.ask(CALL, 20)
        model.ask(Call((), (), (*CALL.messages, Message("assistant", first.blocks), *CALL.messages)), 20)

    assert server.requests[1]["messages"][1]["content"] == [kind]


def test_a_server_that_does_not_stream_is_understood(tmp_path: Path) -> None:
    whole = {"type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "hello"}]}
    with MessagesServer(say.Reply(body=json.dumps(whole).encode())) as server:
        answer = model_at(server, tmp_path).ask(CALL, 20)

    assert (answer.blocks, answer.stop_reason, answer.usage) == ((Text("hello"),), "", Usage())


def test_an_answer_without_content_can_still_be_replied_to(tmp_path: Path) -> None:
    with MessagesServer(say.message(stop="end_turn"), say.text("fine")) as server:
        model = model_at(server, tmp_path)
        first = model.ask(CALL, 20)
        model.ask(Call((), (), (*CALL.messages, Message("assistant", first.blocks), *CALL.messages)), 20)

    assert first.blocks == ()
    assert server.requests[1]["messages"][1]["content"] == [{"type": "text", "text": "(no content)"}]


def test_the_key_travels_in_the_head_of_the_request_only(tmp_path: Path) -> None:
    with MessagesServer(say.text("fine")) as server:
        model = model_at(server, tmp_path)
        model.ask(CALL, 20)

    assert server.headers[0]["authorization"] == "Bearer key-of-a-test"
    assert "key-of-a-test" not in json.dumps(server.requests) + repr(model) + repr(vars(model)["_settings"])


def test_no_model_is_built_unless_somebody_asks_for_one(tmp_path: Path) -> None:
    assert build_model({"ANTHROPIC_API_KEY": "k"}, tmp_path) is None
    named = build_model({"PIPELINE_COPILOT_MODEL": "some-model"}, tmp_path)
    assert named is not None
    assert (named.name, named.server, named.forces_by_name) == ("some-model", "api.anthropic.com", True)


def test_costs_are_told_where_prices_are_set(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "pipeline-copilot"
    folder.mkdir(parents=True)
    prices = "price_input = 2.0\nprice_cached = 0.2\nprice_output = 10"
    (folder / "config.toml").write_text(f'[model]\nuse = true\nname = "m"\n{prices}\n')

    model = build_model({}, tmp_path)

    assert model is not None
    assert model.cost_dollars(Usage(1_000_000, 1_000_000, 1_000_000, 100_000)) == pytest.approx(2 + 0.2 + 2.5 + 1)
