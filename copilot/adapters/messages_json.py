"""Turns a call into the body of a request of the Messages API, and the message that comes back into a reply.

Pure: nothing here knows of a connection. What a server adds that is not known here is kept as it came, never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.model import Block, Call, Message, Opaque, Reply, Text, ToolResult, ToolUse, Usage

_KEPT = {"type": "ephemeral"}
_NOTHING = "(no content)"


def body_of(call: Call, model: str, *, is_claude: bool) -> dict[str, Any]:
    """Returns the body that asks a model.

    Claude is told how far its cache may keep the beginning, and that it calls one tool at a time where one is forced. Others
    are asked for their likeliest answer; Claude has no such knob.
    """
    system: list[dict[str, Any]] = [{"type": "text", "text": text} for text in call.system]
    tools: list[dict[str, Any]] = [
        {"name": tool.name, "description": tool.description, "input_schema": json.loads(tool.schema)}
        for tool in call.tools
    ]
    messages = [_message_json(message) for message in call.messages]
    body: dict[str, Any] = {"model": model, "max_tokens": call.tokens_max, "stream": True, "messages": messages}
    if system:
        body["system"] = system
    if tools:
        body["tools"] = tools
    if call.forced:
        body["tool_choice"] = {"type": "tool", "name": call.forced}
    if not is_claude:
        return {**body, "temperature": 0}
    for parts in (system, tools):
        if parts:
            parts[-1]["cache_control"] = _KEPT
    if call.forced:
        body["tool_choice"]["disable_parallel_tool_use"] = True
    elif tools and messages and messages[-1]["content"]:
        # A model that may look around answers with a look, and then all up to here comes again.
        messages[-1]["content"][-1]["cache_control"] = _KEPT
    return body


def _message_json(message: Message) -> dict[str, Any]:
    # A turn without content is refused, and a model may answer with none.
    content = [_block_json(block) for block in message.blocks] or [{"type": "text", "text": _NOTHING}]
    return {"role": message.role, "content": content}


def _block_json(block: Block) -> dict[str, Any]:
    match block:
        case Text(text):
            return {"type": "text", "text": text}
        case ToolUse(id, name, input):
            return {"type": "tool_use", "id": id, "name": name, "input": json.loads(input)}
        case ToolResult(id, text, is_error):
            failed = {"is_error": True} if is_error else {}
            return {"type": "tool_result", "tool_use_id": id, "content": text, **failed}
        case Opaque(text):
            found: dict[str, Any] = json.loads(text)
            return found


def reply_of(message: Mapping[str, Any], asked: str) -> Reply:
    """Returns what a message says; `asked` is the model's name where the server does not tell one. Raises nothing."""
    content = message.get("content")
    blocks = [_block_of(block) for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    return Reply(
        # A blank text can't be sent back, and says nothing.
        tuple(block for block in blocks if not isinstance(block, Text) or block.text.strip()),
        _text(message.get("stop_reason")),
        _text(message.get("model")) or asked,
        usage_of(message.get("usage")),
        canonical(message),
    )


def _block_of(block: dict[str, Any]) -> Block:
    kind = block.get("type")
    if kind == "text" and isinstance(block.get("text"), str):
        return Text(block["text"])
    name = block.get("name") or ""
    if kind == "tool_use" and isinstance(block.get("id"), str) and isinstance(name, str):
        input = block.get("input")
        return ToolUse(block["id"], name, canonical(input if isinstance(input, dict) else {}))
    return Opaque(canonical(block))


def usage_of(counted: object) -> Usage:
    """Returns the tokens that a server counted, 0 for what it does not tell."""
    counts = counted if isinstance(counted, dict) else {}
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
    found = (counts.get(name) for name in names)
    return Usage(*(count if isinstance(count, int) and count > 0 else 0 for count in found))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
