"""How a text lays out its JSON: indentation, commas, padding, quotes; and new values written the same way.

Works on both hosts, JSON and Python literals. The style near the place of an edit counts before the style of the whole text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from copilot.domain.codec import canonical
from copilot.formats.json_text import Node

NODES_SEEN_MAX = 5_000
REUSED = "\x00"
"""Stands in rendered text for the one value whose original text is kept."""


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written. `quote` is "'" only in Python; `has_trailing_comma` counts for lists over several lines."""

    is_python: bool
    newline: str
    unit: str
    quote: str
    colon: str
    comma: str
    object_pad: str
    array_pad: str
    has_tall_objects: bool
    has_tall_arrays: bool
    has_trailing_comma: bool


def style_of(text: str, root: Node, near: Sequence[Node], is_python: bool) -> Style:
    """Returns the style around some nodes, and where they show none, that of the whole text."""
    local, whole = _Habits(text), _Habits(text)
    for node in near:
        local.see(node)
    whole.see(root)

    def habit(name: str, otherwise: Any) -> Any:
        counts = getattr(local, name) or getattr(whole, name)
        return counts.most_common(1)[0][0] if counts else otherwise

    comma = habit("commas", ", ")
    return Style(
        is_python=is_python,
        newline="\r\n" if "\r\n" in text else "\n",
        unit=habit("units", "  "),
        quote=habit("quotes", '"') if is_python else '"',
        colon=habit("colons", ": " if comma != "," else ":"),
        comma=comma,
        object_pad=habit("object_pads", ""),
        array_pad=habit("array_pads", ""),
        has_tall_objects=habit("object_shapes", False),
        has_tall_arrays=habit("array_shapes", False),
        has_trailing_comma=is_python and habit("trailing", False),
    )


def write(value: Any, style: Style, indent: str, is_tall: bool, kept: str = "") -> str:
    """Returns the text of a JSON value. `indent` is that of the line it starts on; `is_tall` allows it several lines.

    A list or an object that equals `kept` (canonical JSON) becomes `REUSED`, so that its original text can stay.
    """
    if isinstance(value, dict | list):
        if kept and canonical(value) == kept:
            return REUSED
        return _write_container(value, style, indent, is_tall, kept)
    return _write_scalar(value, style)


def _write_container(value: dict[str, Any] | list[Any], style: Style, indent: str, is_tall: bool, kept: str) -> str:
    inner = indent + style.unit
    below = is_tall and style.has_tall_objects
    if isinstance(value, dict):
        opening, closing, pad = "{", "}", style.object_pad
        parts = [
            f"{_write_scalar(name, style)}{style.colon}{_write_member(member, style, inner if is_tall else indent, is_tall, kept)}"
            for name, member in value.items()
        ]
    else:
        opening, closing, pad = "[", "]", style.array_pad
        is_tall = is_tall and style.has_tall_arrays
        parts = [write(item, style, inner if is_tall else indent, below, kept) for item in value]
    if not parts:
        return opening + closing
    if not is_tall:
        return f"{opening}{pad}{style.comma.join(parts)}{pad}{closing}"
    body = f",{style.newline}{inner}".join(parts)
    end = "," if style.has_trailing_comma else ""
    return f"{opening}{style.newline}{inner}{body}{end}{style.newline}{indent}{closing}"


def _write_member(value: Any, style: Style, indent: str, is_tall: bool, kept: str) -> str:
    if isinstance(value, dict):
        return write(value, style, indent, is_tall and style.has_tall_objects, kept)
    return write(value, style, indent, is_tall, kept)


def _write_scalar(value: Any, style: Style) -> str:
    if not style.is_python:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        if style.quote == "'":
            body = text[1:-1].replace('\\"', '"').replace("'", "\\'")
            return f"'{body}'"
        return text
    return repr(value)


class _Habits:
    """Counts how the nodes of a tree are laid out, of a very large one the first `NODES_SEEN_MAX`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._unseen_count = NODES_SEEN_MAX
        self.units: Counter[str] = Counter()
        self.quotes: Counter[str] = Counter()
        self.colons: Counter[str] = Counter()
        self.commas: Counter[str] = Counter()
        self.object_pads: Counter[str] = Counter()
        self.array_pads: Counter[str] = Counter()
        self.object_shapes: Counter[bool] = Counter()
        self.array_shapes: Counter[bool] = Counter()
        self.trailing: Counter[bool] = Counter()

    def see(self, node: Node) -> None:
        if not self._unseen_count:
            return
        self._unseen_count -= 1
        elements = list(elements_of(node))
        for start, _, member in elements:
            if node.keys is not None:
                self._see_key(node, start, member)
            self.see(member)
        if not elements:
            return
        text = self._text
        before = text[node.start + 1 : elements[0][0]]
        after = text[elements[-1][1] : node.end - 1]
        is_tall = "\n" in before
        # Only lists of scalars show how a list is written: one of objects has the shape of the objects.
        shows_shape = node.keys is not None or not any(
            isinstance(member.value, dict | list) for _, _, member in elements
        )
        pads, shapes = (
            (self.object_pads, self.object_shapes) if node.keys is not None else (self.array_pads, self.array_shapes)
        )
        if shows_shape:
            shapes[is_tall] += 1
        if is_tall:
            self.trailing[after.lstrip(" \t)").startswith(",")] += 1
            unit = indent_at(text, elements[0][0]).removeprefix(indent_at(text, node.start))
            if unit and not unit.strip():
                self.units[unit] += 1
        elif shows_shape and not before.strip():
            pads[before] += 1
        for (_, end, _), (start, _, _) in pairwise(elements):
            between = text[end:start]
            if "\n" not in between and between.strip() == ",":
                self.commas[between] += 1

    def _see_key(self, node: Node, start: int, member: Node) -> None:
        assert node.keys is not None
        end = next(place[1] for place in node.keys.values() if place[0] == start)
        between = self._text[end : member.start]
        if between.strip() == ":" and "\n" not in between:
            self.colons[between] += 1
        if self._text[start] in "\"'":
            self.quotes[self._text[start]] += 1


def elements_of(node: Node) -> Iterator[tuple[int, int, Node]]:
    """Yields start, end and value of each item or member of a container, in text order."""
    if node.keys is not None:
        value: Mapping[str, Node] = node.value
        for name, (start, _) in node.keys.items():
            yield start, value[name].end, value[name]
    elif isinstance(node.value, list):
        for item in node.value:
            yield item.start, item.end, item


def indent_at(text: str, offset: int) -> str:
    """Returns the white space with which the line of an offset begins."""
    start = line_start(text, offset)
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]


def line_start(text: str, offset: int) -> int:
    """Returns the offset of the first character of the line."""
    return text.rfind("\n", 0, offset) + 1
