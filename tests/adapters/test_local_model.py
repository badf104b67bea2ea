"""The wire to a real model: llama.cpp's server of the Messages API on loopback, with weights of half a gigabyte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.adapters.messages import MessagesModel
from copilot.adapters.model_settings import model_settings
from copilot.domain.model import Call, Message, Text, Tool, ToolUse
from copilot.errors import ModelFailed
from tests.outside import local_model

pytestmark = [pytest.mark.slow, pytest.mark.tool("local model")]
SCHEMA = {
    "type": "object",
    "properties": {"op": {"type": "string", "enum": ["add_field", "remove_field"]}, "field": {"type": "string"}},
    "required": ["op", "field"],
    "additionalProperties": False,
}
ANSWER = Tool("change", "One operation on a schema.", json.dumps(SCHEMA))
SECONDS_MAX = 60


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with local_model() as found:
        yield found


def asked(text: str) -> Call:
    return Call(
        ("You turn a request about a schema into one operation.",),
        (ANSWER,),
        (Message("user", (Text(text),)),),
        "change",
        60,
    )


def model(environ: dict[str, str], home: Path) -> MessagesModel:
    return MessagesModel(model_settings(environ, home), environ)


def test_a_forced_tool_is_called_with_an_input_that_fits_its_schema(environ: dict[str, str], tmp_path: Path) -> None:
    call = asked('Remove the field "note".')

    reply = model(environ, tmp_path).ask(call, SECONDS_MAX)

    (use,) = (block for block in reply.blocks if isinstance(block, ToolUse))
    assert use.name == "change"
    assert set(json.loads(use.input)) == {"op", "field"}
    assert reply.stop_reason == "tool_use"
    assert reply.usage.all_input > 20
    assert reply.usage.output > 5


def test_a_wrong_key_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    wrong = {**environ, "ANTHROPIC_API_KEY": "wrong"}

    with pytest.raises(ModelFailed, match="refused the key"):
        model(wrong, tmp_path).ask(asked("Remove note."), SECONDS_MAX)


def test_a_request_that_is_too_long_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ModelFailed, match="longer than the model can hold"):
        model(environ, tmp_path).ask(asked("many words " * 6000), SECONDS_MAX)
