"""Messages and enums of protobuf text, proto2 and proto3, by their braces; options, services and imports are passed over."""

from __future__ import annotations

import re
from itertools import pairwise

from copilot.impact.shapes import SYMBOL, Shape, ShapeField, within

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_.][\w.]*|-?\d[\w.]*|[^\s\w]", re.DOTALL
)
_LABELS = {"optional", "required", "repeated"}
_IGNORED = {"option", "reserved", "extensions", "syntax", "package", "import", "edition", "rpc"}


def proto_shapes(text: str) -> tuple[Shape, ...]:
    """Returns each message with its fields (those of a `oneof` included) and each enum with its symbols."""
    tokens = [(match[0], match.start()) for match in _TOKEN.finditer(text) if not match[0].startswith(("//", "/*"))]
    lines = _LineNumbers(text)
    found: list[Shape] = []
    _block(tokens, 0, "", "file", [], found, lines)
    package = next(
        (after for (word, _), (after, _) in pairwise(tokens) if word == "package" and after[0].isalpha()), ""
    )
    return tuple(sorted(within(package, found), key=lambda shape: shape.line))


class _LineNumbers:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def of(self, offset: int) -> int:
        if offset < self._at:
            return self._text.count("\n", 0, offset) + 1
        self._line += self._text.count("\n", self._at, offset)
        self._at = offset
        return self._line


def _block(
    tokens: list[tuple[str, int]],
    at: int,
    name: str,
    kind: str,
    fields: list[ShapeField],
    found: list[Shape],
    lines: _LineNumbers,
) -> int:
    """Reads statements up to the closing brace and returns the place behind it."""
    start = at
    while at < len(tokens):
        token = tokens[at][0]
        if token == ";":
            _statement(tokens[start:at], kind, fields, lines)
            start = at + 1
        elif token == "}":
            return at + 1
        elif token == "{":
            words = [word for word, _ in tokens[start:at]]
            if len(words) >= 2 and words[0] in ("message", "enum", "extend"):
                inner: list[ShapeField] = []
                full = f"{name}.{words[1]}" if name else words[1].lstrip(".")
                line = lines.of(tokens[start][1])
                at = _block(tokens, at + 1, full, words[0], inner, found, lines)
                found.append(Shape(full, tuple(inner), line))
            elif words[:1] == ["oneof"]:
                at = _block(tokens, at + 1, name, kind, fields, found, lines)
            else:
                at = _block(tokens, at + 1, name, "other", [], [], lines)
            start = at
            continue
        at += 1
    return at


def _statement(tokens: list[tuple[str, int]], kind: str, fields: list[ShapeField], lines: _LineNumbers) -> None:
    words = [word for word, _ in tokens]
    if kind not in ("message", "extend", "enum") or not words or words[0] in _IGNORED or "=" not in words:
        return
    equals = words.index("=")
    if equals < (1 if kind == "enum" else 2) or not words[equals - 1].isidentifier():
        return
    type_words = [word for word in words[: equals - 1] if word != "optional" and word not in _LABELS - {"repeated"}]
    type = SYMBOL if kind == "enum" else " ".join(type_words)
    fields.append(ShapeField(words[equals - 1], type, lines.of(tokens[equals - 1][1])))
