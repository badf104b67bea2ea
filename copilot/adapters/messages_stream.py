"""Puts a message together from the events of its stream, as far as they came.

A stream may end at any place, and may carry events, blocks and changes of kinds that are not known here: those never end it.
A model that says the same again and again is not listened to any longer; what was whole before that is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.model import REPETITION

ANSWER_CHARACTERS_MAX = 2_000_000
"""More than any answer that was asked for; a stream that goes on beyond is cut."""
REPEATED_CHARACTERS_MIN = 1_000
"""Weak models fall into saying the same again and again until their limit, which takes minutes."""
REPEATED_TIMES_MIN = 3
_PIECE_MAX = 4_000
"""A longer piece is not looked for: most alternatives of a weak model are shorter."""
_TAIL = 24
_PLACES_MAX = 16
_MARKS = re.compile(r"[\s,:]*")
_GROWING = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
}


class TooLong(ValueError):
    """The stream brought more than an answer may be long."""


class Gathered:
    """What came so far, `length` characters of content. Another thread may add while this is read."""

    def __init__(self) -> None:
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._inputs: dict[int, str] = {}
        self.length = 0
        self.is_repeating = False
        """Whether all that comes was said before, so that nobody needs to listen any longer."""

    def add(self, event: Mapping[str, Any]) -> None:
        """Takes in one event; raises TooLong."""
        kind = event.get("type")
        if kind == "message_start":
            self._message = dict(_table(event.get("message")))
        elif kind == "content_block_start":
            # Some servers tell the end of a call only with the end of all.
            self.is_repeating |= self._is_said_before(_index(event) - 1)
            if not self.is_repeating:
                self._blocks[_index(event)] = dict(_table(event.get("content_block")))
        elif kind == "content_block_delta":
            self._grow(_index(event), _table(event.get("delta")))
        elif kind == "content_block_stop":
            self.is_repeating |= self._is_said_before(_index(event))
        elif kind == "message_delta":
            self._message |= {name: value for name, value in _table(event.get("delta")).items() if value is not None}
            told = {name: value for name, value in _table(event.get("usage")).items() if value is not None}
            self._message["usage"] = {**_table(self._message.get("usage")), **told}

    def whole(self, message: Mapping[str, Any]) -> None:
        """Takes a message that came in one piece."""
        self._message = dict(message)

    @property
    def message(self) -> dict[str, Any]:
        """The message so far. The input of a call whose end did not come is {}, or what was whole before it said the same again;
        its text stands beside it as "partial"."""
        stopped = {"stop_reason": REPETITION} if self.is_repeating else {}
        if not self._blocks:
            return {**self._message, **stopped}
        return {**self._message, **stopped, "content": [self._block(at) for at in sorted(self._blocks)]}

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
        self.is_repeating |= repeats(whole)

    def _is_said_before(self, at: int) -> bool:
        """Tells whether the call that ends is one of those before it, word for word."""
        call = self._call(at)
        return call is not None and any(self._call(earlier) == call for earlier in self._inputs if earlier < at)

    def _call(self, at: int) -> tuple[str, str] | None:
        return (str(self._blocks.get(at, {}).get("name")), self._inputs[at]) if at in self._inputs else None

    def _block(self, at: int) -> dict[str, Any]:
        block, written = dict(self._blocks[at]), self._inputs.get(at, "")
        if not written:
            return block
        try:
            input = json.loads(written)
        except (ValueError, RecursionError):
            input = before_repeats(written) if self.is_repeating else {}
            return {**block, "input": input, "partial": written}
        return {**block, "input": input} if isinstance(input, dict) else {**block, "input": {}, "partial": written}


def repeats(text: str) -> bool:
    """Tells whether the end of a text is one and the same piece, many times over."""
    tail, at = text[-_TAIL:], len(text) - _TAIL
    # Where the last characters stood before tells how long the piece may be; they may stand in one piece several times.
    for _ in range(_PLACES_MAX):
        at = text.rfind(tail, max(0, len(text) - _PIECE_MAX), at + _TAIL - 1)
        if at < 0:
            return False
        period = len(text) - _TAIL - at
        length = max(REPEATED_CHARACTERS_MIN, period * REPEATED_TIMES_MIN)
        end = text[-length:]
        if len(end) == length and end[period:] == end[:-period]:
            return True
    return False


def before_repeats(text: str) -> dict[str, Any]:
    """Returns the beginning of a JSON object whose last list says its items again, each of them once; {} where it is no such.

    Where a part of an item is said again, what was asked for is not whole: half of it could be something else.
    """
    found: dict[str, Any] = {}
    for key, value in _pairs(text):
        found[key] = value
        if isinstance(value, _Begun):
            once = list({canonical(item): item for item in value}.values())
            return {**found, key: once} if len(once) < len(value) else {}
    return {}


class _Begun(list[Any]):
    """The whole items of a list whose end did not come."""


def _pairs(text: str) -> Iterator[tuple[str, Any]]:
    """Yields the keys and values of an object as far as they are whole."""
    decoder, at = json.JSONDecoder(), text.find("{") + 1
    while True:
        try:
            key, at = decoder.raw_decode(text, _past(text, at))
            at = _past(text, at)
            try:
                value, at = decoder.raw_decode(text, at)
            except ValueError:
                if text[at : at + 1] == "[":
                    yield str(key), _Begun(_items(text, at + 1))
                return
        except (ValueError, RecursionError):
            return
        yield str(key), value


def _items(text: str, at: int) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    while True:
        try:
            item, at = decoder.raw_decode(text, _past(text, at))
        except (ValueError, RecursionError):
            return
        yield item


def _past(text: str, at: int) -> int:
    """Returns the first place from `at` on that is no comma, colon or space."""
    found = _MARKS.match(text, at)
    return found.end() if found else at


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _index(event: Mapping[str, Any]) -> int:
    index = event.get("index")
    return index if isinstance(index, int) else 0
