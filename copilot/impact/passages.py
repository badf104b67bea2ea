"""What does a likely file do with a record? Builds it, defines it anew, names the field beside the record's other names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from copilot.impact.words import normal, parts_of

WINDOW_LINES = 24
NEAR_LINES = 10
_TOKEN = re.compile(r"[A-Za-z_$][\w$]*(?:-\w+)*")
_BUILDS = r"(?:new\s+|&|\b){name}(?:\s*[({{]|\.newBuilder|\.Builder|\.builder\(|\.create\()"
_DEFINES = r"\b(?:class|struct|interface|type|message|record|table|object|trait|enum|view|TABLE|VIEW)\s+\W?{name}\b"
_IMPORTS = r"(?:import|from|require|include|load|open|read|\$ref|source|use)\b[^\n]*\b{name}\b"
_WHOLE = re.compile(
    r"\b(?:asdict|dumps?|stringify|MarshalJSON|Marshal|MessageTo(?:Dict|Json)|writeValueAs\w+|serde_json::to_\w+)\(\s*&?(?=(?P<taken>[\w.]+))"
    r"|\b(?P<own>\w+)\.(?:model_dump|model_dump_json|dict|to_dict|asDict|SerializeToString|toJson|toByteArray)\("
    r"|[({,]\s*(?:\*\*|\.\.\.)(?P<spread>[\w.]+)"
)
"""Calls that take a record with whatever fields it has."""
_GETTER = re.compile(r"^(?:get|set|has|is|with|clear|add|put|addall|new|to|from|list)(?=[a-z0-9]{3})")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text as seen by one change; lines count from 1, `density` is the share of the siblings that stand close together."""

    builds: bool = False
    defines: bool = False
    imports: bool = False
    density: float = 0.0
    field_mentions: int = 0
    field_near: bool = False
    record_mentions: int = 0
    stems: frozenset[str] = frozenset()
    field_lines: tuple[int, ...] = ()
    record_lines: tuple[int, ...] = ()
    dense_lines: tuple[int, int] = (0, 0)
    whole_lines: tuple[int, ...] = ()
    """Where what is called like the record goes on whole, in a text that does not name the field."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The normalised names that a passage is read for; `weights` are those of the siblings."""

    fields: frozenset[str]
    records: frozenset[str]
    record_names: tuple[str, ...]
    schema_stems: tuple[str, ...]
    weights: Mapping[str, float]
    stems: frozenset[str]


def read_passage(text: str, sought: Sought) -> Passage:
    """Returns what the text does with the names."""
    known: dict[str, str] = {}
    field_lines: list[int] = []
    record_lines: list[int] = []
    places: list[tuple[int, str]] = []
    stems: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        for token in _TOKEN.findall(line):
            name = known.get(token)
            if name is None:
                name = known[token] = normal(token)
            if name in sought.stems:
                stems.add(name)
            bare = _GETTER.sub("", name)
            if name in sought.fields or bare in sought.fields:
                field_lines.append(number)
            if name in sought.records:
                record_lines.append(number)
            if name in sought.weights:
                places.append((number, name))
            elif bare in sought.weights:
                places.append((number, bare))
    whole_lines = () if field_lines else tuple(_whole_lines(text, sought.record_names))
    density, dense_lines = _densest(places, sought.weights)
    return Passage(
        builds=_matches(_BUILDS, sought.record_names, text),
        defines=_matches(_DEFINES, sought.record_names, text),
        imports=_matches(_IMPORTS, sought.schema_stems, text),
        density=density,
        field_mentions=len(field_lines),
        field_near=_is_near(field_lines, places, record_lines),
        record_mentions=len(record_lines),
        stems=frozenset(stems),
        field_lines=tuple(dict.fromkeys(field_lines)),
        record_lines=tuple(dict.fromkeys(record_lines)),
        dense_lines=dense_lines,
        whole_lines=whole_lines,
    )


def _whole_lines(text: str, record_names: Sequence[str]) -> Iterator[int]:
    names = [parts for name in record_names if (parts := parts_of(name))]
    line, counted = 1, 0
    for match in _WHOLE.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        words = parts_of(match[match.lastgroup or 0].rpartition(".")[2])
        if any(words[: len(name)] == name for name in names):
            yield line


def _matches(pattern: str, names: Sequence[str], text: str) -> bool:
    return any(
        name in text and re.search(pattern.format(name=re.escape(name)), text) is not None for name in names if name
    )


def _densest(places: Sequence[tuple[int, str]], weights: Mapping[str, float]) -> tuple[float, tuple[int, int]]:
    """Returns the largest share of the siblings' weight within a window of lines, and that window's first and last line."""
    whole = sum(weights.values())
    if not whole or not places:
        return 0.0, (0, 0)
    best, where = 0.0, (0, 0)
    counts: dict[str, int] = {}
    held, start = 0.0, 0
    for line, name in places:
        counts[name] = counts.get(name, 0) + 1
        if counts[name] == 1:
            held += weights[name]
        while line - places[start][0] > WINDOW_LINES:
            gone = places[start][1]
            counts[gone] -= 1
            if counts[gone] == 0:
                held -= weights[gone]
            start += 1
        if held > best:
            best, where = held, (places[start][0], line)
    return best / whole, where


def _is_near(lines: Sequence[int], places: Sequence[tuple[int, str]], record_lines: Sequence[int]) -> bool:
    """Tells whether the field stands close to two of its siblings or to the record's name: then it is not another object's."""
    for line in dict.fromkeys(lines):
        at = bisect_left(record_lines, line - NEAR_LINES)
        if at < len(record_lines) and record_lines[at] <= line + NEAR_LINES:
            return True
        first, last = (bisect_left(places, (edge, "")) for edge in (line - NEAR_LINES, line + NEAR_LINES + 1))
        if len({name for _, name in places[first:last]}) >= 2:
            return True
    return False
