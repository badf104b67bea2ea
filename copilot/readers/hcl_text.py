"""What stands in a text of Terraform's? Blocks and attributes as nested entries, expressions as they are written.

A body is a mapping; blocks of one name are a list of bodies under `LABELS` and the name, with their labels as a text under `LABELS`
alone. What can't be read ends the reading: what stood before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from copilot.readers.yaml_text import Entry

MAX_HCL_BYTES = 512 * 1024
MAX_NESTING = 60
LABELS = "\0"
FROM = "\0from "
"""Starts the key of a part that is the whole of another mapping or list: `merge`, `for`."""
TEMPLATE = "\0from a file"
"""The key of a template's path, beside what it is filled in with."""
_THROUGH = frozenset(
    {
        "jsonencode",
        "jsondecode",
        "yamldecode",
        "yamlencode",
        "tomap",
        "toset",
        "tolist",
        "nonsensitive",
        "sensitive",
        "try",
        "flatten",
        "concat",
        "tostring",
        "coalesce",
    }
)
"""Functions that give what they are given."""
_TOKEN = re.compile(
    r"(?P<skip>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)|<<-?(?P<heredoc>\w+)[^\n]*\n|(?P<word>[\w.*-]+|\[\*\])|(?P<mark>\n|.)",
    re.DOTALL,
)
_IN_STRING = re.compile(r'\\.|[$%]\{|[{}"\n]', re.DOTALL)
_LOOP = re.compile(r"\s*for\s+\w+(?:\s*,\s*\w+)?\s+in\s+((?:var|local|module|data|each)\.[\w.-]+)")


class _Token(NamedTuple):
    text: str
    line: int
    start: int
    end: int


def read_hcl(text: str) -> Entry:
    """Returns the body of a file; never raises for what stands in it."""
    reader = _Reader(text, list(_tokens(text[:MAX_HCL_BYTES])))
    return reader.body("", 0)


def blocks_of(body: Entry, name: str) -> list[Entry]:
    """Returns the blocks of a body that have a name."""
    found = body.value.get(LABELS + name) if isinstance(body.value, dict) else None
    return found.value if found is not None else []


def labels_of(block: Entry) -> tuple[str, ...]:
    """Returns the labels of a block."""
    return tuple(label for label in block.value[LABELS].value.split(LABELS) if label)


def _tokens(text: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return
        end = match.end()
        if match["heredoc"]:
            closing = re.compile(rf"^[ \t]*{re.escape(match['heredoc'])}[ \t]*$", re.MULTILINE).search(text, end)
            end = closing.end() if closing else len(text)
        elif match["mark"] == '"':
            end = _string_end(text, at)
        if not match["skip"]:
            yield _Token(text[at:end], line, at, end)
        line += text.count("\n", at, end)
        at = end


def _string_end(text: str, start: int) -> int:
    """Returns where a string ends that begins at a quote; what it interpolates may hold strings itself."""
    depth = 0
    for match in _IN_STRING.finditer(text, start + 1):
        mark = match[0]
        if mark in ("${", "%{"):
            depth += 1
        elif depth and mark in "{}":
            depth += 1 if mark == "{" else -1
        elif not depth and mark in '"\n':
            return match.end() if mark == '"' else match.start()
    return len(text)


class _Reader:
    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0

    def body(self, closing: str, depth: int) -> Entry:
        """Reads attributes and blocks up to what closes them; entries of an object are attributes, too."""
        parts: dict[str, Entry] = {}
        start = self._line()
        while self._at < len(self._tokens) and depth < MAX_NESTING:
            token = self._next()
            if closing and token.text == closing:
                break
            if token.text in ("\n", ","):
                continue
            name, labels = token.text.strip('"'), ""
            if name == "(":
                # A key that is an expression: what it stands for isn't known.
                self._past(")")
            while self._peek().startswith('"') or re.match(r"\w", self._peek()):
                labels += LABELS + self._next().text.strip('"')
            mark = self._next().text if self._at < len(self._tokens) else ""
            if mark == "{":
                inner = self.body("}", depth + 1)
                inner.value[LABELS] = Entry(labels, token.line)
                parts.setdefault(LABELS + name, Entry([], token.line)).value.append(inner._replace(line=token.line))
            elif mark in ("=", ":"):
                parts[name] = self._expression(depth + 1)
        return Entry(parts, start)

    def _expression(self, depth: int) -> Entry:
        while self._peek() == "\n":
            self._at += 1
        start = self._at
        entry = self._operand(depth) if depth < MAX_NESTING else None
        if entry is not None and self._peek() in ("", "\n", ",", "}", ")", "]"):
            return entry
        self._at = start
        return self._written()

    def _operand(self, depth: int) -> Entry | None:
        """Reads an object, a list, or a call that gives what it is given; None for anything else."""
        first, line = self._peek(), self._line()
        if first in ("{", "["):
            loop = _LOOP.match(self._text, self._tokens[self._at].end)
            self._at += 1
            closing = "}" if first == "{" else "]"
            if loop is not None:
                self._past(closing)
                return Entry({f"{FROM}0": Entry(loop[1], line)}, line)
            return self.body("}", depth)._replace(line=line) if first == "{" else Entry(self._several("]", depth), line)
        name = first
        if self._at + 1 >= len(self._tokens) or self._tokens[self._at + 1].text != "(":
            return None
        if name not in _THROUGH and name not in ("merge", "templatefile"):
            return None
        self._at += 2
        given = self._several(")", depth)
        if name == "merge":
            return Entry(_merged(given), line)
        if name == "templatefile" and len(given) == 2 and isinstance(given[1].value, dict):
            return Entry({**given[1].value, TEMPLATE: given[0]}, line)
        return given[0] if given else Entry("", line)

    def _several(self, closing: str, depth: int) -> list[Entry]:
        found: list[Entry] = []
        while self._at < len(self._tokens):
            if self._peek() in ("\n", ",", "..."):
                self._at += 1
            elif self._peek() == closing:
                self._at += 1
                break
            else:
                before = self._at
                found.append(self._expression(depth + 1))
                self._at += self._at == before
        return found

    def _written(self) -> Entry:
        """Reads an expression as it is written, to the end of its line or argument."""
        first, level = self._at, 0
        while self._at < len(self._tokens):
            text = self._tokens[self._at].text
            if level == 0 and text in ("\n", ",", "}", ")", "]"):
                break
            level += (text in "{[(") - (text in "}])") if len(text) == 1 else 0
            self._at += 1
        if first == self._at:
            return Entry("", self._line())
        return Entry(self._text[self._tokens[first].start : self._tokens[self._at - 1].end], self._tokens[first].line)

    def _past(self, closing: str) -> None:
        level = 1
        opening = {"}": "{", "]": "[", ")": "("}[closing]
        while self._at < len(self._tokens) and level:
            level += (self._peek() == opening) - (self._peek() == closing)
            self._at += 1

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens) - 1)].line if self._tokens else 1

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token


def _merged(given: list[Entry]) -> dict[str, Entry]:
    parts: dict[str, Entry] = {}
    for number, one in enumerate(given):
        if isinstance(one.value, dict):
            parts |= {key + (f" {number}" if key.startswith(FROM) else ""): held for key, held in one.value.items()}
        elif isinstance(one.value, str):
            parts[f"{FROM}{number}"] = one
    return parts
