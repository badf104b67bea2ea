"""The words of Avro IDL: tokens with their places, comments skipped, documentation comments kept for what follows them."""

from __future__ import annotations

import re
from typing import NamedTuple

from copilot.formats.json_text import InvalidText, Node, json_value_at

_SKIPPED = re.compile(r"\s+|//[^\n]*|/\*\*/|/\*(?!\*).*?\*/|(/\*\*.*?\*/)", re.DOTALL)
_TOKEN = re.compile(r"`([^`\n]+)`|([A-Za-z_][\w.]*)|([{}()\[\]<>,;=@?])|([0-9]+)")
_ANNOTATION = re.compile(r"`([^`\n]+)`|([A-Za-z_][\w.-]*)")
_JUMP = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}();]', re.DOTALL)
_LINE_START = re.compile(r"^[ \t]*\* ?", re.MULTILINE)
_OPENING, _CLOSING = "({", ")}"


class Token(NamedTuple):
    """A word, mark or number; `start` to `end` is where it stands, quotes included, "" is the end of the text."""

    text: str
    start: int
    end: int


class IdlText:
    """Reads an IDL text token by token; `at` is where reading goes on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._doc: Node | None = None

    def peek(self) -> Token:
        """Returns the next token without reading it; raises InvalidText for what is none."""
        self._skip()
        if self.at >= len(self.text):
            return Token("", self.at, self.at)
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise InvalidText(self.at, f"no Avro IDL: {self.text[self.at : self.at + 9]!r}")
        return Token(found[found.lastindex or 0], found.start(), found.end())

    def take(self) -> Token:
        """Reads the next token."""
        token = self.peek()
        self.at = token.end
        return token

    def takes(self, mark: str) -> bool:
        """Reads the next token if it is that mark, and tells whether it was."""
        found = self.peek().text == mark
        if found:
            self.take()
        return found

    def expect(self, mark: str) -> Token:
        """Reads a mark; raises InvalidText where something else stands."""
        token = self.take()
        if token.text != mark:
            raise InvalidText(token.start, f'"{token.text or "the end"}" where "{mark}" should stand')
        return token

    def name(self) -> Token:
        """Reads a name, with or without backticks."""
        token = self.take()
        if not token.text or not (token.text[0].isalpha() or token.text[0] in "_`"):
            raise InvalidText(token.start, f'"{token.text or "the end"}" where a name should stand')
        return token

    def annotation_name(self) -> Token:
        """Reads the name of an annotation, which may have dashes."""
        found = _ANNOTATION.match(self.text, self.at)
        if found is None:
            raise InvalidText(self.at, "an @ without a name")
        self.at = found.end()
        return Token(found[found.lastindex or 0], found.start(), found.end())

    def json(self) -> Node:
        """Reads a JSON value."""
        self._skip()
        node = json_value_at(self.text, self.at)
        self.at = node.end
        return node

    def doc(self) -> Node | None:
        """Returns the documentation comment before the next token, once."""
        self._skip()
        doc, self._doc = self._doc, None
        return doc

    def jump(self) -> None:
        """Reads to the end of a declaration: the ";" or "}" that closes what is open here, or the end of the text."""
        depth = 0
        for found in _JUMP.finditer(self.text, self.at):
            mark = found.group()
            depth += (mark in _OPENING) - (mark in _CLOSING) if len(mark) == 1 else 0
            if depth < 0:
                self.at = found.start()
                return
            if depth == 0 and mark in (";", "}"):
                self.at = found.end()
                return
        self.at = len(self.text)

    def _skip(self) -> None:
        while True:
            found = _SKIPPED.match(self.text, self.at)
            if found is None:
                return
            if found[1]:
                body = _LINE_START.sub("", found[1][3:-2]).strip()
                self._doc = Node(found.start(), found.end(), body)
            self.at = found.end()
