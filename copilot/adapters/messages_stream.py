"""Puts a message together from the events of its stream, as far as they came.

A stream may end at any place, and may carry events, blocks and changes of kinds that are not known here: those never end it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from copilot.domain.codec import canonical

ANSWER_CHARACTERS_MAX = 2_000_000
"""More than any answer that was asked for; a stream that goes on beyond is cut."""
REPEATED_CHARACTERS_MAX = 1_000
"""Weak models fall into saying the same again and again until their limit, which takes minutes."""
_REPEATED_TIMES_MIN = 8
_TAIL = 24
_GROWING = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
}


class TooLong(ValueError):
    """The stream brought more than an answer may be long, or the same again and again."""


class Gathered:
    """What came so far, `length` characters of content. Another thread may add while this is read."""

    def __init__(self) -> None:
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._inputs: dict[int, str] = {}
        self.length = 0

    def add(self, event: Mapping[str, Any]) -> None:
        """Takes in one event; raises TooLong."""
        kind = event.get("type")
        if kind == "message_start":
            self._message = dict(_table(event.get("message")))
        elif kind == "content_block_start":
            self._blocks[_index(event)] = dict(_table(event.get("content_block")))
        elif kind == "content_block_delta":
            self._grow(_index(event), _table(event.get("delta")))
        elif kind == "message_delta":
            self._message |= {name: value for name, value in _table(event.get("delta")).items() if value is not None}
            told = {name: value for name, value in _table(event.get("usage")).items() if value is not None}
            self._message["usage"] = {**_table(self._message.get("usage")), **told}

    def whole(self, message: Mapping[str, Any]) -> None:
        """Takes a message that came in one piece."""
        self._message = dict(message)

    @property
    def message(self) -> dict[str, Any]:
        """The message so far. The input of a call whose end did not come is {}, its text stands beside it as "partial"."""
        if not self._blocks:
            return dict(self._message)
        return {**self._message, "content": [self._block(at) for at in sorted(self._blocks)]}

    @property
    def text(self) -> str:
        """The message so far as canonical JSON, "" where nothing came."""
        return canonical(self.message) if self._message or self._blocks else ""

    def _grow(self, at: int, delta: Mapping[str, Any]) -> None:
        kind = str(delta.get("type"))
        if kind == "input_json_delta":
            piece = str(delta.get("partial_json", ""))
            whole = self._inputs[at] = self._inputs.get(at, "") + piece
        elif kind in _GROWING:
            source, target = _GROWING[kind]
            piece = str(delta.get(source, ""))
            block = self._blocks.setdefault(at, {"type": target})
            whole = block[target] = str(block.get(target) or "") + piece
        else:
            return
        self.length += len(piece)
        if self.length > ANSWER_CHARACTERS_MAX:
            raise TooLong(f"it is longer than {ANSWER_CHARACTERS_MAX} characters")
        if repeats(whole):
            raise TooLong("it says the same again and again")

    def _block(self, at: int) -> dict[str, Any]:
        block, written = dict(self._blocks[at]), self._inputs.get(at, "")
        if not written:
            return block
        try:
            input = json.loads(written)
        except (ValueError, RecursionError):
            input = None
        return {**block, "input": input} if isinstance(input, dict) else {**block, "input": {}, "partial": written}


def repeats(text: str) -> bool:
    """Tells whether the end of a text is one and the same piece, many times over."""
    end = text[-REPEATED_CHARACTERS_MAX:]
    if len(end) < REPEATED_CHARACTERS_MAX:
        return False
    # Where the last characters stood before tells how long the piece would be.
    period = len(end) - _TAIL - end.rfind(end[-_TAIL:], 0, -1)
    return period * _REPEATED_TIMES_MIN <= len(end) and end[period:] == end[:-period]


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _index(event: Mapping[str, Any]) -> int:
    index = event.get("index")
    return index if isinstance(index, int) else 0
