"""A model that answers from a script: the far side of a talk, in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.domain.codec import canonical, decode, encode
from copilot.domain.model import Block, Call, ModelLimits, Reply, ToolUse, Usage
from copilot.errors import ModelFailed
from copilot.ports import Model, ModelKit


class Script:
    """A model that answers with what it was given, in order, and keeps what it was asked."""

    name, server = "scripted", "127.0.0.1"

    def __init__(self, replies: Sequence[Reply | ModelFailed], *, forces_by_name: bool = False) -> None:
        self._replies = list(replies)
        self.forces_by_name = forces_by_name
        self.calls: list[Call] = []

    def ask(self, call: Call, seconds: float) -> Reply:
        self.calls.append(call)
        reply = self._replies.pop(0)
        if isinstance(reply, ModelFailed):
            raise reply
        return reply

    def reply(self, raw: str) -> Reply:
        return replace(decode(Reply, json.loads(raw)), raw=raw)

    def request(self, call: Call) -> str:
        return repr(call)

    def cost_dollars(self, usage: Usage) -> float | None:
        return usage.output / 100


class Obliging(Script):
    """A model that gives each tool that is forced the answer that it was told for it, and for others fails.

    An answer is a value, or a function of the call. `asked` are the tools in the order in which they were forced.
    """

    def __init__(self, answers: Mapping[str, object]) -> None:
        super().__init__([], forces_by_name=True)
        self._answers = answers
        self.asked: list[str] = []

    def ask(self, call: Call, seconds: float) -> Reply:
        tool = call.forced or call.tools[-1].name
        self.asked.append(tool)
        self.calls.append(call)
        if tool not in self._answers:
            raise ModelFailed("script", f"The script has nothing to say about {tool}.")
        answer = self._answers[tool]
        return said(called(answer(call) if callable(answer) else answer, tool))


def said(*blocks: Block, stop: str = "tool_use", output: int = 1) -> Reply:
    reply = Reply(blocks, stop, "scripted-1", Usage(input=10, output=output), "")
    return replace(reply, raw=canonical(encode(reply)))


def called(value: object, name: str = "answer", id: str = "t1") -> ToolUse:
    return ToolUse(id, name, json.dumps(value))


PROMPTS = PromptFiles(built_in_folder())


def kit_of(script: Model, limits: ModelLimits | None = None) -> ModelKit:
    """Returns the script as a model that is on."""
    return ModelKit(script, PROMPTS, limits or ModelLimits())
