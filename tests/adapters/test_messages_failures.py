"""Every way in which a server of the Messages API lets one down, through real sockets: a clear message, no key, no crash."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.messages import MessagesModel
from copilot.adapters.messages_stream import repeats
from copilot.adapters.model_settings import model_settings
from copilot.domain.model import Call, Message, Reply, Text, Tool, ToolUse
from copilot.errors import ModelFailed
from tests import messages_server as say
from tests.messages_server import MessagesServer

CANARY = "sk-ant-api03-CANARY-0123456789abcdef"
ANSWER = Tool("answer", "The answer.", '{"type":"object"}')
CALL = Call(("You frame.",), (ANSWER,), (Message("user", (Text("Frame this."),)),), "answer", 900)
WORDS = {"type": "text", "text": "The first half of an answer"}
USE = {"type": "tool_use", "id": "t1", "name": "answer", "input": {"n": 4, "why": "because it is so"}}


def model_at(base_url: str, home: Path, profile: str = "compatible") -> MessagesModel:
    environ = {
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_API_KEY": CANARY,
        "PIPELINE_COPILOT_MODEL": "some-model",
    }
    return MessagesModel(model_settings(environ, home), environ, sleep=lambda seconds: None)


def everything_said(failure: ModelFailed) -> str:
    causes = [repr(failure.__cause__), repr(failure.__context__)]
    return " ".join([str(failure), failure.what, failure.where, failure.next, failure.partial, repr(failure), *causes])


LONG = {"retry-after": "3600"}
ECHO = f"Incorrect API key provided: {CANARY}"
REFUSED = [
    ("a wrong key", say.failure(401, "authentication_error", ECHO), "key", "refused the key", 1),
    ("no credit", say.failure(402, "billing_error"), "payment", "payment", 1),
    ("no permission", say.failure(403, "permission_error"), "permission", "may not use this model", 1),
    ("no such model", say.failure(404, "not_found_error", "model: some-model"), "name", "no such model", 1),
    ("too large", say.failure(413, "request_too_large"), "size", "larger than", 1),
    ("a long wait", say.failure(429, "rate_limit_error", "", LONG), "rate", "too many requests", 1),
    ("too often", say.failure(429, "rate_limit_error"), "rate", "too many requests", 3),
    ("an inner error", say.failure(500, "api_error", ECHO), "server", "failed", 3),
    ("overloaded", say.failure(529, "overloaded_error"), "busy", "overloaded", 3),
    (
        "not to be tried again",
        say.failure(529, "overloaded_error", "", {"x-should-retry": "false"}),
        "busy",
        "overl",
        1,
    ),
    ("a wrong request", say.failure(400, "invalid_request_error", "tools: bad"), "request", "tools: bad", 1),
    ("too long", say.failure(400, "invalid_request_error", "prompt is too long: 9 tokens"), "context", "can hold", 1),
    ("too long, local", say.failure(400, "exceed_context_size_error", "n_ctx"), "context", "can hold", 1),
    ("500 for a 400", say.failure(500, "api_error", "exceeds the available context size"), "context", "can hold", 1),
    ("no request id, no JSON", say.Reply(500, body=b"<h1>oops</h1>", content_type="text/html"), "server", "500", 3),
    ("another protocol", say.Reply(404, body=b'{"detail":"Not Found"}'), "name", "no such model or address", 1),
    ("sends elsewhere", say.Reply(307, body=b"", headers={"location": "http://127.0.0.1:9/"}), "elsewhere", "307", 1),
    ("an error in the stream", say.failing_stream(), "busy", "overloaded", 3),
    ("an error after words", say.failing_stream(WORDS, kind="api_error", words=ECHO), "server", "failed", 1),
    ("an error in one piece", say.whole(say.failing_stream(words=ECHO)), "busy", "overloaded", 3),
    ("an error in one piece, unlike any", say.Reply(body=b'{"type": "error", "error": "no"}'), "server", "failed", 3),
    ("JSON that is none", say.Reply(body=b'{"type": "message", "con'), "unreadable", "no answer of the Messages", 1),
    ("a page", say.Reply(body=b"<html>", content_type="text/html"), "unreadable", "no answer of the Messages", 1),
    ("another JSON", say.Reply(body=b'{"choices": []}'), "unreadable", "holds no message", 1),
    ("a list", say.Reply(body=b"[1]"), "unreadable", "no answer of the Messages", 1),
    ("nothing at all", say.Reply(events=()), "unreadable", "holds no message", 1),
]


@pytest.mark.parametrize(
    ("reply", "kind", "says", "asked"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_a_server_refuses_is_told_with_what_to_do_next(
    reply: say.Reply, kind: str, says: str, asked: int, tmp_path: Path
) -> None:
    with MessagesServer(*[reply] * 4) as server:
        with pytest.raises(ModelFailed) as caught:
            model_at(server.base_url, tmp_path).ask(CALL, 30)
        host = server.base_url.removeprefix("http://")

    assert (caught.value.kind, len(server.requests)) == (kind, asked)
    assert says in caught.value.what
    assert caught.value.where.startswith(host)
    assert caught.value.next
    assert "CANARY" not in everything_said(caught.value)


def test_a_long_wait_is_not_waited_for_and_its_length_is_told(tmp_path: Path) -> None:
    with MessagesServer(say.failure(429, "rate_limit_error", "", LONG)) as server:
        began = time.monotonic()
        with pytest.raises(ModelFailed, match="too many requests") as caught:
            model_at(server.base_url, tmp_path).ask(CALL, 30)

    assert "wait 3600 s" in caught.value.next
    assert time.monotonic() - began < 20


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    with MessagesServer(say.failure(529, "overloaded_error"), say.failing_stream(), say.text("fine")) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 30)

    assert answer.blocks == (Text("fine"),)


def test_the_request_id_is_told_where_there_is_one(tmp_path: Path) -> None:
    with MessagesServer(say.failure(402, "billing_error")) as server, pytest.raises(ModelFailed) as caught:
        model_at(server.base_url, tmp_path).ask(CALL, 30)

    assert caught.value.where.endswith("(request req_scripted)")


def test_a_connection_that_is_cut_leaves_what_had_come(tmp_path: Path) -> None:
    with MessagesServer(say.cut(say.message(WORDS), 3)) as server, pytest.raises(ModelFailed) as caught:
        model_at(server.base_url, tmp_path).ask(CALL, 30)

    assert caught.value.kind == "cut"
    assert "The first half of an ans" in caught.value.partial


def test_a_stream_that_just_ends_has_no_stop_reason_and_its_half_of_an_input_is_no_input(tmp_path: Path) -> None:
    begun = say.message(USE, stop=None)
    half = replace(begun, events=begun.events[:3])
    with MessagesServer(half) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 30)

    assert (answer.stop_reason, answer.blocks) == ("", (ToolUse("t1", "answer", "{}"),))
    assert json.loads(answer.raw)["content"][0]["partial"] == '{"n": 4, "why": "because'


def silent() -> Iterator[str]:
    """Yields the address of a server that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def silent_url() -> Iterator[str]:
    yield from silent()


def test_a_server_that_never_answers_is_left_in_time(silent_url: str, tmp_path: Path) -> None:
    model = model_at(silent_url, tmp_path)
    model._client()  # The SDK's import takes seconds, and no answer is waited for meanwhile.
    began = time.monotonic()

    with pytest.raises(ModelFailed, match="within 1 s") as caught:
        model.ask(CALL, 1)

    assert (caught.value.kind, time.monotonic() - began < 3) == ("late", True)


def test_a_server_that_keeps_the_line_alive_is_left_in_time_too(tmp_path: Path) -> None:
    pings = say.Reply(events=({"type": "ping"},) * 200, pause_seconds=0.2, is_odd=True)
    with MessagesServer(pings) as server:
        model = model_at(server.base_url, tmp_path)
        model._client()
        began = time.monotonic()
        with pytest.raises(ModelFailed, match="within 1 s"):
            model.ask(CALL, 1)
        took = time.monotonic() - began

    assert took < 3


def test_what_came_before_the_time_was_over_is_kept(tmp_path: Path) -> None:
    slow = replace(say.message(WORDS), pause_seconds=0.6)
    with MessagesServer(slow) as server:
        model = model_at(server.base_url, tmp_path)
        model._client()
        with pytest.raises(ModelFailed) as caught:
            model.ask(CALL, 2)

    assert caught.value.kind == "late"
    assert "The first" in caught.value.partial


def test_a_late_answer_does_not_disturb_the_next_question(tmp_path: Path) -> None:
    with MessagesServer(replace(say.text("late"), pause_seconds=3), say.text("fine")) as server:
        model = model_at(server.base_url, tmp_path)
        model._client()
        with pytest.raises(ModelFailed):
            model.ask(CALL, 0.5)
        answer = model.ask(CALL, 20)

    assert answer.blocks == (Text("fine"),)


def test_no_server_at_all_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(ModelFailed, match="can't be reached") as caught:
        model_at(f"http://127.0.0.1:{port}", tmp_path).ask(CALL, 20)

    assert (caught.value.kind, caught.value.where) == ("connection", f"127.0.0.1:{port}")


def test_an_endless_answer_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.adapters.messages_stream.ANSWER_CHARACTERS_MAX", 1000)
    numbers = say.text(" ".join(map(str, range(900))))
    with MessagesServer(numbers) as server, pytest.raises(ModelFailed, match="longer than 1000"):
        model_at(server.base_url, tmp_path).ask(CALL, 20)


WAY = {
    "title": "Add it with a default",
    "phases": [{"edits": [{"path": "a.avsc", "value": "none " * 60}], "name": "a"}],
}
OTHER_WAY = {**WAY, "title": "Add it as an optional one"}


@pytest.mark.parametrize(
    ("input", "kept"),
    [
        ({"values": ["EUR", *["NZD", "SEK", "DKK", "CHF", "CAD"] * 200]}, {"values": ["EUR", "NZD", "SEK", "DKK", "CHF", "CAD"]}),
        ({"alternatives": [WAY] * 40}, {"alternatives": [WAY]}),
        ({"wishes": [], "alternatives": [WAY, OTHER_WAY] * 40}, {"wishes": [], "alternatives": [WAY, OTHER_WAY]}),
        # A part of an item that is said again leaves the item without an end: what was asked for is not whole.
        ({"operations": [{"op": "a"}, {"op": "b", "values": ["EUR", "NZD"] * 600}]}, {}),
        ({"reason": "It is the best way. " * 200}, {}),
    ],
)  # fmt: skip
def test_a_model_that_says_the_same_again_and_again_is_cut_and_what_was_whole_is_kept(
    input: dict[str, Any], kept: dict[str, Any], tmp_path: Path
) -> None:
    with MessagesServer(say.tool("answer", input)) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 20)

    (use,) = answer.blocks
    assert isinstance(use, ToolUse)
    assert (answer.stop_reason, json.loads(use.input)) == ("repetition", kept)
    partial = json.loads(answer.raw)["content"][0]["partial"]
    assert json.dumps(input).startswith(partial)
    assert len(partial) < 3_500


@pytest.mark.parametrize("tells_ends", [True, False])
def test_a_call_that_is_made_again_word_for_word_is_the_last_that_is_waited_for(
    tells_ends: bool, tmp_path: Path
) -> None:
    calls = [USE | {"id": f"t{number}", "input": {"n": number % 2}} for number in range(50)]
    said = say.message(*calls, stop="tool_use")
    # llama.cpp tells the end of each block only with the end of all.
    events = tuple(it for it in said.events if tells_ends or it["type"] != "content_block_stop")
    with MessagesServer(replace(said, events=events)) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 20)

    assert answer.stop_reason == "repetition"
    assert [it.input for it in answer.blocks if isinstance(it, ToolUse)] == ['{"n":0}', '{"n":1}', '{"n":0}']


def test_prose_that_is_said_again_and_again_is_cut(tmp_path: Path) -> None:
    with MessagesServer(say.text("I would add the field to the schema. " * 900)) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 20)

    (text,) = answer.blocks
    assert isinstance(text, Text)
    assert (answer.stop_reason, len(text.text) < 1_100) == ("repetition", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab" * 600, True),
        ("x" * 1001, True),
        ("a line of some length, number one\n" * 40, True),
        ("ab" * 400, False),
        ((" ".join(map(str, range(200))) + ".") * 3, True),
        ("begins: " + (" ".join(map(str, range(600))) + ".") * 3, True),
        ((" ".join(map(str, range(200))) + ".") * 2, False),
        ((" ".join(map(str, range(3_000))) + ".") * 3, False),
        (" ".join(map(str, range(2000))), False),
        ("".join(f"field_{number}: string\n" for number in range(200)), False),
        ("ab" * 600 + "and on", False),
    ],
)
def test_a_text_repeats_where_its_end_is_one_piece_many_times_over(text: str, expected: bool) -> None:
    assert repeats(text) is expected


def test_without_a_key_claude_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    environ = {"PIPELINE_COPILOT_MODEL": "some-model"}

    with pytest.raises(ModelFailed, match="no key") as caught:
        MessagesModel(model_settings(environ, tmp_path), environ).ask(CALL, 20)

    assert (caught.value.kind, "ANTHROPIC_API_KEY" in caught.value.next) == ("key", True)


def odd(*blocks: dict[str, object]) -> say.Reply:
    return say.odd(say.message(*blocks))


@pytest.mark.parametrize(
    "reply",
    [
        odd({"type": "brand_new", "data": [1]}),
        odd({"type": "tool_use", "id": "t1", "name": "other", "input": {}}),
        say.message(stop="end_turn"),
        say.message(USE, stop="max_tokens"),
        say.message(WORDS, stop="refusal"),
        odd(WORDS | {"more": {"deep": True}}),
        say.odd(say.Reply(events=({"type": "message_start", "message": {"type": "message", "content": None}},))),
        say.odd(say.Reply(events=({"type": "brand_new_event"}, *say.message(WORDS).events))),
    ],
)
def test_what_is_odd_and_still_a_message_is_a_reply(reply: say.Reply, tmp_path: Path) -> None:
    with MessagesServer(reply) as server:
        answer = model_at(server.base_url, tmp_path).ask(CALL, 20)

    assert isinstance(answer, Reply)
    json.loads(answer.raw)


def test_no_thread_is_left_when_all_went_well(tmp_path: Path) -> None:
    with MessagesServer(say.text("fine")) as server:
        model_at(server.base_url, tmp_path).ask(CALL, 20)

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("model")]
