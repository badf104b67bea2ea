"""What is a text in code or configuration going to be at run time, as far as reading can tell?

A `Value` is a nested tuple with a tag, so that facts hold it as plain data: ("s", text), ("env", name, default), ("file", parents
taken from the source file's path), ("path", parts), ("cat", parts), ("split", value, separator), ("list", items),
("any", choices), ("name", module, name) for something of another module, ("literal", index) for the schema literal of that
index in the same file, ("at", path, value) for a value of the file there, and None for anything else. `resolve` gives the
texts that a value may become under one deployment's settings.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from copilot.domain.source import Span

Value = tuple[Any, ...] | None
MAX_CHOICES = 16
MAX_DEPTH = 12
MAX_PROOF = 8


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a value may become. `variable` names what sets it; then `text` is "" where nothing in view does.

    `source` tells what the text rests on: "code" (written there), "setting" (a deployment sets it), "default" (nothing sets it,
    the code's default holds), "unset". `proof` are the places that show it, nearest to the use first.
    """

    text: str
    variable: str = ""
    source: Literal["code", "setting", "default", "unset"] = "code"
    proof: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value of one file is resolved in: the file's path, a deployment's settings, and other modules' values.

    A setting that is "" is one that is set to what nobody here knows; `places` shows what sets the settings.
    """

    path: str
    settings: Mapping[str, str]
    lookup: Callable[[str, str], tuple[str, Value] | None]
    places: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


def resolve(value: Value, around: Surroundings, depth: int = 0) -> tuple[Text, ...]:
    """Returns the texts that `value` may become, at most `MAX_CHOICES`; () where nothing is known of it."""
    if value is None or depth > MAX_DEPTH:
        return ()
    return tuple(dict.fromkeys(_texts(value, around, depth + 1)))[:MAX_CHOICES]


def _texts(value: tuple[Any, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    kind = value[0]
    if kind == "s":
        yield Text(value[1])
    elif kind == "env":
        yield from _from_environment(value, around, depth)
    elif kind == "file":
        yield Text("/" + posixpath.normpath(posixpath.join("/", around.path, *[".."] * value[1])).strip("/"))
    elif kind in ("path", "cat"):
        yield from _joined(kind, value[1], around, depth)
    elif kind == "split":
        for text in resolve(value[1], around, depth):
            parts = [part.strip() for part in text.text.split(value[2] or None)]
            yield from (replace(text, text=part) for part in parts if part or not text.text)
    elif kind in ("list", "any"):
        for item in value[1]:
            yield from resolve(item, around, depth)
    elif kind == "at":
        yield from resolve(value[2], replace(around, path=value[1]), depth)
    elif kind == "name":
        found = around.lookup(value[1], value[2])
        if found is not None:
            yield from resolve(found[1], replace(around, path=found[0]), depth)


def _from_environment(value: tuple[Any, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    """Yields what a variable is set to: one that is set to nothing known is unset, whatever the default."""
    name, default, *line = value[1:]
    read_at = (Span(around.path, line[0], line[0]),) if line and line[0] else ()
    if name in around.settings:
        set_to = around.settings[name]
        proof = (*read_at, *around.places.get(name, ()))
        yield Text(set_to, name, "setting" if set_to else "unset", proof)
        return
    defaults = [text for text in resolve(default, around, depth) if text.text]
    for text in defaults:
        yield Text(text.text, name, "default", _chain(read_at, text.proof))
    if not defaults:
        yield Text("", name, "unset", read_at)


def _joined(kind: str, parts: tuple[Value, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    choices = [Text("")]
    for part in parts:
        found = resolve(part, around, depth)
        if not found or not all(text.text or text.source == "code" for text in found):
            unset = next((text for text in found if text.variable and not text.text), Text(""))
            yield Text("", unset.variable, "unset", unset.proof)
            return
        choices = [_join(kind, left, right) for left in choices for right in found][:MAX_CHOICES]
    yield from choices


def _join(kind: str, left: Text, right: Text) -> Text:
    text = posixpath.join(left.text, right.text) if kind == "path" else left.text + right.text
    source = right.source if right.source != "code" else left.source
    return Text(text, right.variable or left.variable, source, _chain(left.proof, right.proof))


def _chain(first: tuple[Span, ...], then: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys((*first, *then)))[:MAX_PROOF]


def literals(value: Value) -> tuple[int, ...]:
    """Returns the indexes of the schema literals that a value may be."""
    if value is None:
        return ()
    if value[0] == "literal":
        return (value[1],)
    if value[0] in ("list", "any"):
        return tuple(index for item in value[1] for index in literals(item))
    return ()


def either(first: Value, second: Value) -> Value:
    """Returns the value that is one of two."""
    if first is None or first == second:
        return second
    if second is None:
        return first
    choices = tuple(choice for value in (first, second) for choice in (value[1] if value[0] == "any" else (value,)))
    return ("any", tuple(dict.fromkeys(choices))[:MAX_CHOICES])
