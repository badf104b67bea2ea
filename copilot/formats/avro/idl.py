"""Reads Avro IDL (`.avdl`) into the tree that the same schemas have in JSON, every node with its place in the IDL text.

Both forms are read: a protocol with its types and messages, and (since Avro 1.12) a file of schemas alone. Imports are left to
whoever looks types up by name; messages are passed over. What can't be read is told with its place, and reading goes on with the
next declaration. Source: Avro specification 1.12.0, "Avro IDL".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from copilot.formats.avro.idl_text import IdlText, Token
from copilot.formats.avro.names import PRIMITIVES
from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node

_DECLARING = frozenset({"record", "error", "enum", "fixed"})
_LOGICAL = {
    "date": ("int", "date"),
    "time_ms": ("int", "time-millis"),
    "timestamp_ms": ("long", "timestamp-millis"),
    "local_timestamp_ms": ("long", "local-timestamp-millis"),
    "uuid": ("string", "uuid"),
}
_OF_FIELDS = frozenset({"order", "aliases"})
_CACHED_TEXTS_MAX = 64

Annotations = dict[str, tuple[Token, Node]]


@dataclass(frozen=True, slots=True)
class IdlFile:
    """What an IDL file declares, in text order; `broken` are the declarations that could not be read."""

    namespace: str
    types: tuple[Node, ...]
    broken: tuple[InvalidText, ...]


@lru_cache(maxsize=_CACHED_TEXTS_MAX)
def read_idl(text: str) -> IdlFile:
    """Returns what an IDL text declares; never raises for what stands in it."""
    return _Idl(" " + text[1:] if text.startswith("\ufeff") else text).file()


class _Idl:
    def __init__(self, text: str) -> None:
        self._in = IdlText(text)
        self._namespace = ""
        self._types: list[Node] = []
        self._broken: list[InvalidText] = []

    def file(self) -> IdlFile:
        while True:
            start = self._in.at
            try:
                if not self._declaration():
                    break
            except InvalidText as error:
                self._broken.append(error)
                self._in.at = start
                self._skip()
        return IdlFile(self._namespace, tuple(self._types), tuple(self._broken))

    def _declaration(self) -> bool:
        doc = self._in.doc()
        start = self._in.at
        annotations = self._annotations()
        doc = self._in.doc() or doc
        token = self._in.peek()
        if not token.text:
            return False
        if token.text == "protocol":
            self._in.take()
            self._in.name()
            self._in.expect("{")
            self._namespace = _text(annotations, "namespace")
        elif token.text == "namespace":
            self._in.take()
            self._namespace = self._in.name().text
            self._in.expect(";")
        elif token.text in _DECLARING:
            self._types.append(self._named(start, doc, annotations))
        elif token.text == "}":
            self._in.take()
        else:
            self._skip()
        return True

    def _skip(self) -> None:
        """Goes past a message, or what could not be read."""
        before = self._in.at
        self._in.jump()
        if self._in.at == before:
            self._in.at += 1

    def _annotations(self) -> Annotations:
        found: Annotations = {}
        while self._in.peek().text == "@":
            self._in.take()
            name = self._in.annotation_name()
            self._in.expect("(")
            found[name.text] = (name, self._in.json())
            self._in.expect(")")
        return found

    def _named(self, start: int, doc: Node | None, annotations: Annotations) -> Node:
        kind = self._in.take()
        name = self._in.name()
        members = {"type": Node(kind.start, kind.end, kind.text), "name": Node(name.start, name.end, name.text)}
        if doc is not None:
            members["doc"] = doc
        members |= {key: node for key, (_, node) in annotations.items()}
        if kind.text == "enum":
            self._enum(members)
        elif kind.text == "fixed":
            self._in.expect("(")
            size = self._in.take()
            if not size.text.isdigit():
                raise InvalidText(size.start, f'"{size.text}" where a number of bytes should stand')
            members["size"] = Node(size.start, size.end, int(size.text))
            self._in.expect(")")
            self._in.expect(";")
        else:
            members["fields"] = self._fields()
        return _object(start, self._in.at, members)

    def _enum(self, members: dict[str, Node]) -> None:
        opening = self._in.expect("{")
        symbols: list[Node] = []
        while not self._in.takes("}"):
            self._annotations()
            symbol = self._in.name()
            symbols.append(Node(symbol.start, symbol.end, symbol.text))
            if not self._in.takes(",") and self._in.peek().text != "}":
                raise InvalidText(self._in.at, "no comma between the symbols of an enum")
        members["symbols"] = Node(opening.start, self._in.at, symbols)
        if self._in.takes("="):
            default = self._in.name()
            members["default"] = Node(default.start, default.end, default.text)
            self._in.expect(";")

    def _fields(self) -> Node:
        opening = self._in.expect("{")
        fields: list[Node] = []
        while not self._in.takes("}"):
            self._field_line(fields)
        return Node(opening.start, self._in.at, fields)

    def _field_line(self, fields: list[Node]) -> None:
        """Reads one type and the fields of it: `string a, b = "x";`."""
        doc = self._in.doc()
        start = self._in.at
        before = self._annotations()
        of_type = {key: value for key, value in before.items() if key not in _OF_FIELDS}
        kind, is_optional = self._optional(of_type)
        shared = {key: value for key, value in before.items() if key in _OF_FIELDS}
        while True:
            own_doc = self._in.doc()
            annotations = {**shared, **self._annotations()}
            own_doc = self._in.doc() or own_doc or doc
            name = self._in.name()
            members = {"name": Node(name.start, name.end, name.text), "type": kind}
            if own_doc is not None:
                members["doc"] = own_doc
            if self._in.takes("="):
                members["default"] = self._in.json()
                if is_optional and members["default"].value is not None:
                    members["type"] = Node(kind.start, kind.end, list(reversed(kind.value)))
            members |= {key: node for key, (_, node) in annotations.items()}
            fields.append(_object(start, self._in.at, members))
            if not self._in.takes(","):
                break
            self._in.peek()
            start = self._in.at
        self._in.expect(";")

    def _optional(self, annotations: Annotations, depth: int = 0) -> tuple[Node, bool]:
        """Reads a type, and whether a "?" follows it, which makes it a union with null."""
        kind = self._type(annotations, depth)
        if self._in.peek().text != "?":
            return kind, False
        mark = self._in.take()
        return Node(kind.start, mark.end, [Node(mark.start, mark.end, "null"), kind]), True

    def _type(self, annotations: Annotations, depth: int) -> Node:
        if depth > JSON_DEPTH_MAX:
            raise InvalidText(self._in.at, f"types nested deeper than {JSON_DEPTH_MAX} levels (JSON_DEPTH_MAX)")
        annotations = {**annotations, **self._annotations()}
        token = self._in.name()
        more = {key: node for key, (_, node) in annotations.items()}
        if token.text in ("array", "map") and self._in.takes("<"):
            inner, _ = self._optional({}, depth + 1)
            self._in.expect(">")
            members = {"type": Node(token.start, token.end, token.text)}
            members["items" if token.text == "array" else "values"] = inner
            return _object(token.start, self._in.at, members | more)
        if token.text == "union" and self._in.takes("{"):
            return self._union(token, depth)
        if token.text == "decimal" and self._in.takes("("):
            return self._decimal(token, more)
        if token.text in _LOGICAL and self._in.text[token.start] != "`":
            kind, logical = _LOGICAL[token.text]
            return _object(token.start, token.end, _logical(token, kind, logical) | more)
        if token.text in PRIMITIVES and more:
            return _object(token.start, token.end, {"type": Node(token.start, token.end, token.text)} | more)
        return Node(token.start, token.end, token.text)

    def _union(self, token: Token, depth: int) -> Node:
        branches: list[Node] = []
        while not self._in.takes("}"):
            branches.append(self._optional({}, depth + 1)[0])
            if not self._in.takes(",") and self._in.peek().text != "}":
                raise InvalidText(self._in.at, "no comma between the branches of a union")
        return Node(token.start, self._in.at, branches)

    def _decimal(self, token: Token, more: Mapping[str, Node]) -> Node:
        members = _logical(token, "bytes", "decimal")
        for name in ("precision", "scale"):
            number = self._in.take()
            if not number.text.isdigit():
                raise InvalidText(number.start, f'"{number.text}" where the {name} of a decimal should stand')
            members[name] = Node(number.start, number.end, int(number.text))
            if not self._in.takes(","):
                break
        self._in.expect(")")
        return _object(token.start, self._in.at, {**members, **more})


def _logical(token: Token, kind: str, logical: str) -> dict[str, Node]:
    return {"type": Node(token.start, token.end, kind), "logicalType": Node(token.start, token.end, logical)}


def _object(start: int, end: int, members: dict[str, Node]) -> Node:
    return Node(start, end, members, {name: (node.start, node.start) for name, node in members.items()})


def _text(annotations: Annotations, name: str) -> str:
    value = annotations[name][1].value if name in annotations else ""
    return value if isinstance(value, str) else ""
