"""Which record is meant? Finds the file and the record of an operation by whatever names it gives, as forgivingly as it can."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.domain.impacted import AskedChange
from copilot.domain.source import SourceFile
from copilot.impact.shape_reader import shapes_in
from copilot.impact.shapes import Shape, stem_of
from copilot.impact.words import Words, last_names, normal, styleless
from copilot.ports import Tree

CANDIDATES_MAX = 60
SIBLINGS_MAX = 60
_SUFFIXES = (".avsc", ".proto", ".avdl", ".avpr", ".json", ".py", ".yaml", ".yml", ".sql")
_SHAPED = (".avsc", ".proto", ".avpr", ".json", ".py", ".schema", ".jsonc")


@dataclass(frozen=True, slots=True)
class Target:
    """The record of an operation. `path` is "" where no file of it was found; `siblings` are its other fields."""

    path: str
    record: str
    siblings: tuple[str, ...]
    line: int
    field_line: int
    is_record_found: bool
    has_field: bool = False


def find_target(asked: AskedChange, tree: Tree, words: Words) -> Target:
    """Returns the record that fits the names best; equal ones are decided by path, so that equal trees give equal answers."""
    named = _named_paths(asked.subject, words)
    paths = named or _naming_paths(asked, words)
    texts = tree.read(paths)
    best: tuple[tuple[float, ...], str, Shape] | None = None
    for path in sorted(paths):
        file = texts[path]
        if not isinstance(file, SourceFile):
            continue
        for shape in shapes_in(path, file.text):
            fit = (*_fit(asked, path, shape), -len(path))
            if best is None or fit > best[0]:
                best = (fit, path, shape)
    if best is None or (not named and best[0][0] <= 0):
        return Target(
            sorted(named, key=lambda it: (len(it), it))[0] if named else "", _own_name(asked), (), 1, 1, False
        )
    _, path, shape = best
    return _target(asked, path, shape)


def _target(asked: AskedChange, path: str, shape: Shape) -> Target:
    own = _field_name(asked)
    siblings = tuple(dict.fromkeys(it.name for it in shape.fields if normal(it.name) != normal(own)))
    line = next((it.line for it in shape.fields if normal(it.name) == normal(own)), 0)
    end = shape.fields[-1].line if shape.fields else shape.line
    return Target(
        path, shape.name.rsplit(".", 1)[-1], siblings[:SIBLINGS_MAX], shape.line, line or end, True, bool(line)
    )


def _field_name(asked: AskedChange) -> str:
    return last_names([asked.field])[0]


def _own_name(asked: AskedChange) -> str:
    name = asked.record or asked.subject
    return stem_of(name) if "/" in name or name.endswith(_SUFFIXES) else last_names([name])[0]


def _named_paths(subject: str, words: Words) -> list[str]:
    """Returns the files that a subject names as a path, with or without its folders and suffix."""
    if not subject or " " in subject:
        return []
    wanted = subject.strip("/").removeprefix("./")
    if wanted in words.entries:
        return [wanted]
    tail = [path for path in words.entries if path.endswith("/" + wanted)]
    if tail:
        return tail
    if "/" in wanted:
        return [
            path for path in words.entries if _bare(path) == _bare(wanted) or _bare(path).endswith("/" + _bare(wanted))
        ]
    return []


def _bare(path: str) -> str:
    return posixpath.join(posixpath.dirname(path), stem_of(path))


def _naming_paths(asked: AskedChange, words: Words) -> list[str]:
    """Returns the files that may define a record of that name, the likeliest ones first and not too many."""
    names = {normal(name) for name in _names(asked)} - {""}
    own = _field_name(asked)
    keys = [b"\n" + name.encode() + b"\n" for name in sorted(names)]
    field_key = b"\n" + normal(own).encode() + b"\n"
    found: list[tuple[tuple[float, ...], str]] = []
    for path, listed in words.each():
        if not path.endswith(_SHAPED):
            continue
        plain = styleless(listed)
        has_stem = normal(stem_of(path)) in names
        if has_stem or any(key in plain for key in keys):
            has_field = field_key in plain
            is_schema = not path.endswith(".py")
            found.append(((-has_field, -has_stem, -is_schema, len(path)), path))
    return [path for _, path in sorted(found)[:CANDIDATES_MAX]]


def _names(asked: AskedChange) -> Iterable[str]:
    for name in (asked.subject, asked.record):
        yield name
        yield from last_names([name])
        yield re.sub(r"[-_.]?(value|key|v\d+)$", "", last_names([name])[0], flags=re.IGNORECASE)


def _fit(asked: AskedChange, path: str, shape: Shape) -> tuple[float, ...]:
    """Returns how well a record fits: by its name, then by whether the field stands there as the operation needs it."""
    full, last = normal(shape.name), normal(shape.name.rsplit(".", 1)[-1])
    record, inner = normal(asked.record), normal(last_names([asked.record])[0])
    subject = normal(last_names([asked.subject])[0])
    if record:
        name = (
            4.0
            if full == record
            else 3.5
            if full.endswith(record)
            else 3.0
            if last == inner
            else 2.0
            if inner in full
            else 0.0
        )
    else:
        by_path = normal(stem_of(path)) == subject or asked.subject.endswith(path)
        name = 3.0 if last == subject else 2.0 if by_path else 0.0
    own = normal(_field_name(asked))
    has_field = any(normal(it.name) == own for it in shape.fields)
    fits_field = float(has_field != (asked.op == "add_field"))
    parent = normal(".".join(asked.field.split(".")[:-1]))
    inside = float(bool(parent) and full.endswith(parent))
    return (name + fits_field * 1.5 + inside, fits_field, float(len(shape.fields)))
