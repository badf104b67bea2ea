"""Records of languages that are read by their lines and braces alone: YAML, Avro IDL, SQL, Thrift, GraphQL, and code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from copilot.impact.shapes import STRUCTURE_WORDS, SYMBOL, Shape, ShapeField, within

_HEAD = re.compile(
    r"\b(?:record|struct|type|interface|class|message|input|enum|table(?:\s+if\s+not\s+exists)?)\s+[`\"\[]?([\w.]+)[^\n{(;]*[{(]",
    re.IGNORECASE,
)
_SPACE = re.compile(r"^\s*(?:@namespace\(\s*[\"']|package\s+|namespace\s+(?:\w+\s+)?)([\w.]+)", re.MULTILINE)
_CLOSING = {"{": "}", "(": ")"}
_MODIFIER = r"(?:(?:pub|val|var|readonly|public|private|override|final)\s+)"
_NAME_FIRST = re.compile(rf"^\s*{_MODIFIER}*[`\"\[]?(\w+)[`\"\]]?\??(?:\s*:|\s)\s*([\w<\[&*.?]+)")
_TYPE_FIRST = (".avdl", ".thrift", ".java", ".cs")
_KEYWORDS = "constraint primary unique foreign key index return if for import package func def"
_NO_FIELDS = frozenset(_KEYWORDS.split())
_KEY = re.compile(r"^(\s*)(-\s+)?[\"']?([\w.$-]+)[\"']?\s*:(?:\s+(.*?))?\s*$")
_LINES_MAX = 400


def braced_shapes(suffix: str, text: str) -> tuple[Shape, ...]:
    """Returns what stands between the braces behind a record's name; a line is a field where it looks like one."""
    space = _SPACE.search(text)
    found = _braced(_type_then_name if suffix in _TYPE_FIRST else _name_then_type, text)
    return tuple(within(space[1] if space else "", found))


def _braced(read: Callable[[str], tuple[str, str] | None], text: str) -> Iterator[Shape]:
    for head in _HEAD.finditer(text):
        opening, is_enum = head[0][-1], head[0].lower().startswith("enum")
        end = _end_of(text, head.end(), opening)
        fields: list[ShapeField] = []
        depth, line = 0, text.count("\n", 0, head.end()) + 1
        for row in text[head.end() : end].split("\n")[:_LINES_MAX]:
            if depth == 0 and (found := read(row.split("//")[0])) and found[0].lower() not in _NO_FIELDS:
                fields.append(ShapeField(found[0], SYMBOL if is_enum else found[1], line))
            depth += row.count(opening) - row.count(_CLOSING[opening])
            line += 1
        if fields:
            yield Shape(head[1], tuple(fields), text.count("\n", 0, head.start()) + 1)


def _name_then_type(row: str) -> tuple[str, str] | None:
    match = _NAME_FIRST.match(row)
    return (match[1], match[2]) if match else None


def _type_then_name(row: str) -> tuple[str, str] | None:
    """Reads `union { null, long } amount = null;` and `1: optional i64 amount,` from their ends."""
    declared, end, _ = row.partition(";")
    if not end and not row.rstrip().endswith((",", ")")):
        return None
    words = declared.split("=")[0].rstrip(" ,)").rsplit(None, 1)
    return (words[1], words[0].strip()) if len(words) == 2 and words[1].isidentifier() else None


def _end_of(text: str, start: int, opening: str) -> int:
    depth = 1
    for match in re.finditer(r"[{}]" if opening == "{" else r"[()]", text[start:]):
        depth += 1 if match[0] == opening else -1
        if depth == 0:
            return start + match.start()
    return len(text)


def yaml_shapes(stem: str, text: str) -> tuple[Shape, ...]:
    """Returns the keys below each `properties`, and the names of each list of `- name: …`, by their indentation."""
    found: dict[str, list[ShapeField]] = {}
    stack: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _KEY.match(line)
        if not match:
            continue
        indent, key, value = len(match[1]), match[3], (match[4] or "").strip("\"'")
        while stack and (stack[-1][0] > indent or (stack[-1][0] == indent and not match[2])):
            stack.pop()
        path = ".".join([stem, *(name for _, name in stack if name not in STRUCTURE_WORDS)])
        if match[2]:
            if key == "name" and value:
                found.setdefault(path, []).append(ShapeField(value, "", number))
                stack.append((indent + 1, value))
            continue
        if stack and stack[-1][1] == "properties":
            found.setdefault(path, []).append(ShapeField(key, "", number))
        stack.append((indent, key))
    return tuple(Shape(name, tuple(fields), fields[0].line) for name, fields in found.items())
