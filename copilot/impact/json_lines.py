"""JSON as a tree that knows the line of each value, and that bears comments, trailing commas and template marks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

DEPTH_MAX = 60
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}\[\],:]|\n|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(slots=True)
class Node:
    """A value: `entries` for an object (key, its line, value), `items` for a list, `text` for everything else."""

    line: int
    entries: list[tuple[str, int, Node]] | None = None
    items: list[Node] | None = None
    text: str = ""
    is_string: bool = False
    _by_key: dict[str, Node] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """Returns the value of a key of an object, the last one where it stands twice."""
        if self.entries and not self._by_key:
            self._by_key.update((name, value) for name, _, value in self.entries)
        return self._by_key.get(key)

    def string(self, key: str) -> str:
        """Returns the string at a key, "" where there is none."""
        value = self.get(key)
        return value.text if value is not None and value.is_string else ""


def parse_lines(text: str) -> Node | None:
    """Returns the outermost object or list, None where there is none or it is nested too deeply."""
    stack: list[Node] = []
    keys: list[tuple[str, int] | None] = []
    line, pending, root = 1, None, None
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token.startswith(("//", "/*")):
            line += token.count("\n")
        elif token in "{[":
            node = Node(line, entries=[]) if token == "{" else Node(line, items=[])
            _put(stack, pending, node)
            if root is None:
                root = node
            stack.append(node)
            keys.append(pending)
            pending = None
            if len(stack) > DEPTH_MAX:
                return None
        elif token in "}]":
            if not stack:
                break
            stack.pop()
            pending = None
            if not stack:
                break
        elif token in ",:":
            continue
        elif stack and stack[-1].entries is not None and pending is None:
            pending = (_unquoted(token), line)
        elif stack:
            _put(stack, pending, Node(line, text=_unquoted(token), is_string=token[0] == '"'))
            pending = None
    return root


def _put(stack: list[Node], key: tuple[str, int] | None, node: Node) -> None:
    if not stack:
        return
    top = stack[-1]
    if top.items is not None:
        top.items.append(node)
    elif top.entries is not None and key is not None:
        top.entries.append((key[0], key[1], node))


def _unquoted(token: str) -> str:
    if token[0] != '"':
        return token
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token))
    except ValueError:
        return token[1:-1]
