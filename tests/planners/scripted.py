"""A model that answers from a script: the far side of a talk, in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence

from copilot.domain.model import Block, Call, ModelLimits, Reply, ToolUse, Usage
from copilot.domain.prompt import Prompt
from copilot.errors import ModelFailed
from copilot.ports import ModelKit


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

    def request(self, call: Call) -> str:
        return json.dumps([call.forced, len(call.messages)])

    def cost_dollars(self, usage: Usage) -> float | None:
        return usage.output / 100


def said(*blocks: Block, stop: str = "tool_use", output: int = 1) -> Reply:
    return Reply(blocks, stop, "scripted-1", Usage(input=10, output=output), "{}")


def called(value: object, name: str = "answer", id: str = "t1") -> ToolUse:
    return ToolUse(id, name, json.dumps(value))


INPUTS = {"frame": ("request",), "alternatives": ("request", "operations", "known")}


def bare_prompt(id: str) -> Prompt:
    """Returns a prompt of few words with the inputs that the planner fills."""
    inputs = INPUTS[id]
    user = "\n".join(f"{{{{{name}}}}}" for name in inputs)
    return Prompt(id, 1, inputs, id, f"You do {id}.", user, "d" * 64, "built in")


def kit_of(script: Script, limits: ModelLimits | None = None) -> ModelKit:
    """Returns the script as a model that is on."""
    return ModelKit(script, bare_prompt, limits or ModelLimits())
