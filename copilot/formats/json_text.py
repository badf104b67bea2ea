"""Which value stands where in a JSON text: a strict scanner that keeps the offsets of values, keys and items.

Edits splice by these offsets, so that a user's text is never written anew. What a strict reader of JSON refuses (trailing commas,
comments, NaN, duplicate keys) is refused here with its place. Offsets count characters, from 0.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from functools import lru_cache
from typing import Any, NamedTuple

JSON_DEPTH_MAX = 160
NUMBER_CHARACTERS_MAX = 400
BYTE_ORDER_MARK = "\ufeff"
"""Editors of Windows write it; some libraries read a file with it, and others refuse it."""
_CACHED_TEXTS_MAX = 64

_TOKEN = re.compile(
    r'[ \t\n\r]*(?:("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|([{}\[\],:])|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null)\b)"
)
_STRING, _MARK, _NUMBER, _WORD = 1, 2, 3, 4
_WORDS = {"true": True, "false": False, "null": None}
_NO_VALUE = "no JSON value"
_SPACES = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class InvalidText(Exception):
    """A text is not what it should be; `offset` says where."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


class Node(NamedTuple):
    """A value and its place. `value` is a scalar, a list of nodes, or a dict of nodes; `keys` are the places of a dict's keys."""

    start: int
    end: int
    value: Any
    keys: dict[str, tuple[int, int]] | None = None

    def member(self, name: str) -> Node | None:
        """Returns an object's member, None where it has none or is no object."""
        return self.value.get(name) if isinstance(self.value, dict) else None


def plain(node: Node) -> Any:
    """Returns the JSON value of a node, without places."""
    value = node.value
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def plain_but(node: Node, name: str) -> dict[str, Any]:
    """Returns the JSON value of an object, with None in place of one member, which the caller fills in."""
    return {key: None if key == name else plain(member) for key, member in node.value.items()}


@lru_cache(maxsize=_CACHED_TEXTS_MAX)
def scan_json(text: str) -> Node:
    """Returns the tree of a JSON text, before which a byte order mark may stand; raises InvalidText."""
    node = _Scanner(text).value(1 if text.startswith(BYTE_ORDER_MARK) else 0)
    rest = _skip_spaces(text, node.end)
    if rest < len(text):
        raise InvalidText(rest, _diagnose(text, rest, "text after the end of the JSON value"))
    return node


def json_value_at(text: str, offset: int) -> Node:
    """Returns the JSON value that starts at an offset of a text in which other things stand too; raises InvalidText."""
    return _Scanner(text).value(offset)


@lru_cache(maxsize=_CACHED_TEXTS_MAX)
def line_starts(text: str) -> tuple[int, ...]:
    """Returns the offset at which each line starts; lines end with a line feed."""
    return (0, *(match.end() for match in re.finditer("\n", text)))


def line_of(text: str, offset: int) -> int:
    """Returns the line of an offset, counted from 1."""
    return bisect_right(line_starts(text), offset)


def column_of(text: str, offset: int) -> int:
    """Returns the column of an offset in characters, counted from 1."""
    return offset - line_starts(text)[line_of(text, offset) - 1] + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._match = _TOKEN.match
        self._depth = 0

    def value(self, offset: int) -> Node:
        token = self._match(self._text, offset)
        if token is None:
            place = _skip_spaces(self._text, offset)
            raise InvalidText(place, _diagnose(self._text, place, _NO_VALUE))
        kind = token.lastindex
        start, end = token.span(kind or 0)
        if kind == _STRING:
            return Node(start, end, self._string(start, end))
        if kind == _NUMBER:
            return Node(start, end, self._number(start, end))
        if kind == _WORD:
            return Node(start, end, _WORDS[self._text[start:end]])
        return self._container(start)

    def _container(self, start: int) -> Node:
        self._depth += 1
        if self._depth > JSON_DEPTH_MAX:
            raise InvalidText(start, f"values nested deeper than {JSON_DEPTH_MAX} levels (JSON_DEPTH_MAX)")
        mark = self._text[start]
        if mark == "{":
            node = self._object(start)
        elif mark == "[":
            node = self._array(start)
        else:
            raise InvalidText(start, _diagnose(self._text, start, f'"{mark}" where a value should stand'))
        self._depth -= 1
        return node

    def _object(self, start: int) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        offset, mark = self._mark(start + 1)
        if mark == "}":
            return Node(start, offset, members, keys)
        offset = start + 1
        while True:
            key = self._match(self._text, offset)
            if key is None or key.lastindex != _STRING:
                place = _skip_spaces(self._text, offset)
                raise InvalidText(place, _diagnose(self._text, place, "no key in quotes"))
            key_start, key_end = key.span(_STRING)
            name = self._string(key_start, key_end)
            if name in members:
                raise InvalidText(key_start, f'the key "{name}" stands twice in one object')
            offset = self._expect(key_end, ":", f'no colon after the key "{name}"')
            node = self.value(offset)
            members[name] = node
            keys[name] = (key_start, key_end)
            offset, mark = self._mark(node.end)
            if mark == "}":
                return Node(start, offset, members, keys)
            if mark != ",":
                place = _skip_spaces(self._text, node.end)
                raise InvalidText(place, _diagnose(self._text, place, f'no comma after the value of "{name}"'))

    def _array(self, start: int) -> Node:
        items: list[Node] = []
        offset, mark = self._mark(start + 1)
        if mark == "]":
            return Node(start, offset, items)
        offset = start + 1
        while True:
            node = self.value(offset)
            items.append(node)
            offset, mark = self._mark(node.end)
            if mark == "]":
                return Node(start, offset, items)
            if mark != ",":
                place = _skip_spaces(self._text, node.end)
                raise InvalidText(place, _diagnose(self._text, place, "no comma after an item"))

    def _mark(self, offset: int) -> tuple[int, str]:
        token = self._match(self._text, offset)
        if token is None or token.lastindex != _MARK:
            return offset, ""
        return token.end(), token.group(_MARK)

    def _expect(self, offset: int, mark: str, reason: str) -> int:
        end, found = self._mark(offset)
        if found != mark:
            place = _skip_spaces(self._text, offset)
            raise InvalidText(place, _diagnose(self._text, place, reason))
        return end

    def _string(self, start: int, end: int) -> str:
        body = self._text[start + 1 : end - 1]
        if "\\" not in body:
            return body
        text = str(json.loads(self._text[start:end]))
        if _SURROGATE.search(text):
            raise InvalidText(start, "a string with half of a surrogate pair")
        return text

    def _number(self, start: int, end: int) -> int | float:
        text = self._text[start:end]
        if len(text) > NUMBER_CHARACTERS_MAX:
            raise InvalidText(
                start, f"a number of more than {NUMBER_CHARACTERS_MAX} characters (NUMBER_CHARACTERS_MAX)"
            )
        if not any(mark in text for mark in ".eE"):
            return int(text)
        number = float(text)
        if math.isinf(number):
            raise InvalidText(start, "a number outside the range of a double")
        return number


def _skip_spaces(text: str, offset: int) -> int:
    match = _SPACES.match(text, offset)
    return match.end() if match else offset


def _diagnose(text: str, offset: int, otherwise: str) -> str:
    rest = text[offset : offset + 9]
    before = text[:offset].rstrip(" \t\r\n")[-1:]
    if not rest:
        return "the text ends in the middle of a value" if text.strip() else "an empty text"
    if rest[0] in "}]" and before == ",":
        return f'a trailing comma before "{rest[0]}"'
    if rest[0] == "," and before in ",[{":
        return "a comma without a value before it"
    if rest.startswith(("//", "/*", "#")):
        return "a comment, which JSON does not have"
    if rest[0] == "'":
        return "single quotes, where JSON has double quotes"
    if rest[0] == '"':
        return _diagnose_string(text, offset, otherwise)
    if rest.startswith(("NaN", "Infinity", "-Infinity")):
        return "a number that JSON does not have (NaN or Infinity)"
    if rest.startswith(("True", "False", "None")):
        return "a Python word, where JSON has true, false and null"
    if rest[0] in "+-.0123456789" and (otherwise == _NO_VALUE or text[offset - 1] in ".0123456789"):
        return "a number that is not written as JSON writes numbers"
    return otherwise


def _diagnose_string(text: str, offset: int, otherwise: str) -> str:
    if _TOKEN.match(text, offset):
        return otherwise
    closing = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(text, offset)
    if closing is None:
        return "a string that does not end"
    if "\n" in closing.group():
        return "a line end inside a string"
    return "a string with an escape or a control character that JSON does not have"
