"""What is a text in code or configuration going to be at run time, as far as reading can tell?

A `Value` is a nested tuple with a tag, so that facts hold it as plain data: ("s", text, line), ("env", name, default, line),
("variable", value of the name, default, line) for a variable whose name is put together,
("file", parents taken from the source file's path), ("path", parts), ("cat", parts), ("split", value, separator),
("as", method of str, value, arguments), ("format", layout, fields), ("list", items), ("any", choices), ("load", format, path)
for what a configuration file holds, ("get", loaded, key, default) for an item of that, ("name", module, name) for something of
another module, ("literal", index) for the schema literal of that index in the same file, ("at", path, value) for a value of
the file there, ("param", function and name, default) for an argument,
("or", value, default) for what has a default of its own, ("pick", entries, key, name of the key) for the entry of a table under
a key that is a value itself, and None for anything else; lines may be left out.
`resolve` gives the texts that a value may become under one deployment's settings.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from copilot.domain.source import Span
from copilot.readers.formatting import formatted

Value = tuple[Any, ...] | None
EACH, VALUES, KEYS, ONE = "", "*", "*keys", "*one"
"""Steps into a container that stand for each item of it (of a dict: each key), for each value, for each key, and for what lies
under a key that isn't known."""
MAX_CHOICES = 16
MAX_DEPTH = 20
MAX_PARTS = 64
MAX_PROOF = 8


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a value may become. `variable` names what sets it; then `text` is "" where nothing in view does.

    `source` tells what the text rests on: "code" (written there), "setting" (a deployment sets it), "default" (nothing sets it,
    the code's default holds), "choice" (one of several that the code may choose), "unset". `proof` are the places that show it,
    nearest to the use first.
    """

    text: str
    variable: str = ""
    source: Literal["code", "setting", "default", "choice", "unset"] = "code"
    proof: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value of one file is resolved in: the file's path, a deployment's settings, and other modules' values.

    A setting that is "" is one that is set to what nobody here knows; `places` shows what sets the settings. `read` gives what
    a configuration file, named by a text in the file at a path, holds under keys: its path, the value, and the line.
    """

    path: str
    settings: Mapping[str, str]
    lookup: Callable[[str, str], tuple[str, Value] | None]
    places: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    read: Callable[[str, str, tuple[str, ...]], tuple[str, Value, int] | None] = lambda text, path, keys: None


def resolve(value: Value, around: Surroundings, depth: int = 0) -> tuple[Text, ...]:
    """Returns the texts that `value` may become, at most `MAX_CHOICES`; () where nothing is known of it."""
    if value is None or depth > MAX_DEPTH:
        return ()
    return tuple(dict.fromkeys(_texts(value, around, depth + 1)))[:MAX_CHOICES]


def _texts(value: tuple[Any, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    kind = value[0]
    if kind == "s":
        yield Text(value[1], proof=tuple(Span(around.path, line, line) for line in value[2:]))
    elif kind == "env":
        yield from _from_environment(value, around, depth)
    elif kind == "variable":
        for text in resolve(value[1], around, depth):
            yield from _from_environment(("env", text.text, *value[2:]), around, depth) if text.text else ()
    elif kind == "file":
        yield Text("/" + posixpath.normpath(posixpath.join("/", around.path, *[".."] * value[1])).strip("/"))
    elif kind in ("path", "cat"):
        yield from _joined(kind, value[1], around, depth)
    elif kind == "split":
        for text in resolve(value[1], around, depth):
            parts = [part.strip() for part in text.text.split(value[2] or None)]
            yield from (replace(text, text=part) for part in parts if part or not text.text)
    elif kind == "as":
        for text in resolve(value[2], around, depth):
            yield replace(text, text=_changed(text.text, value[1], value[3]))
    elif kind == "format":
        for text in resolve(value[1], around, depth):
            given = dict(value[2])
            positional = [given.get(str(number)) for number in range(len(given))]
            yield from resolve(formatted(text.text, positional, given), around, depth)
    elif kind == "load":
        yield from resolve(value[2], around, depth)
    elif kind == "get":
        yield from _from_file(value, around, depth)
    elif kind == "pick":
        yield from _picked(value, around, depth)
    elif kind == "or":
        known = [text for text in resolve(value[1], around, depth) if text.text]
        for text in known or resolve(value[2], around, depth):
            yield text if known or text.source != "code" else replace(text, source="default")
    elif kind == "list":
        for item in value[1]:
            yield from resolve(item, around, depth)
    elif kind == "param":
        for text in resolve(value[2], around, depth):
            yield replace(text, source="default" if text.source == "code" else text.source)
    elif kind == "any":
        texts = [text for item in value[1] for text in resolve(item, around, depth)]
        is_choice = len({text.text for text in texts if text.text}) > 1
        yield from (replace(text, source="choice") if is_choice and text.source == "code" else text for text in texts)
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
    found = resolve(default, around, depth)
    for text in found:
        if text.source == "setting":
            # The default is a variable of its own, and that one is set.
            yield replace(text, proof=_chain(read_at, text.proof))
        elif text.text:
            yield Text(text.text, name, "default", _chain(read_at, text.proof))
    if not any(text.text for text in found):
        yield Text("", name, "unset", read_at)


def _picked(value: tuple[Any, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    """Yields what a table holds under the texts that its key may be: an unknown key picks one unknown, and not every entry."""
    keys = resolve(value[2], around, depth)
    if not keys:
        yield Text("", value[3], "unset")
    for key in keys:
        if not key.text:
            yield replace(key, variable=key.variable or value[3], source="unset")
            continue
        for held in _entries_under(key.text, value[1], around, depth):
            for text in resolve(held, around, depth):
                source = text.source if text.source != "code" else key.source
                yield replace(
                    text, source=source, variable=text.variable or key.variable, proof=_chain(text.proof, key.proof)
                )


def _entries_under(
    key: str, entries: tuple[tuple[Any, Value], ...], around: Surroundings, depth: int
) -> Iterator[Value]:
    """Yields the last entry of that key, else what holds for every other key (that entry's key is None)."""
    for name, held in reversed(entries):
        names = (Text(name),) if isinstance(name, str) else resolve(name, around, depth)
        if any(text.text == key for text in names):
            yield held
            return
    yield from (held for name, held in entries if name is None)


def _from_file(value: tuple[Any, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    """Yields what a configuration file holds under a chain of keys, else the default that the code gives."""
    keys: list[str] = []
    inner: Value = value
    while inner is not None and inner[0] == "get":
        key = inner[2]
        if isinstance(key, tuple):
            # One key holds at a time: the first that is known.
            told = next(iter(resolve(key, around, depth)), Text("", "", "unset"))
            if not told.text:
                yield replace(told, source="unset")
                return
            key = told.text
        keys.insert(0, str(key))
        inner = inner[1]
    if inner is None or inner[0] != "load":
        return
    is_found = False
    for named in resolve(inner[2], around, depth):
        found = around.read(named.text, around.path, tuple(keys)) if named.text else None
        if found is not None:
            path, held, line = found
            is_found = True
            for text in resolve(held, replace(around, path=path), depth):
                yield replace(text, proof=_chain(text.proof, (Span(path, line, line),)))
    if not is_found and value[3] is not None:
        for text in resolve(value[3], around, depth):
            yield replace(text, source="default" if text.source == "code" else text.source)


def _changed(text: str, method: str, arguments: tuple[str, ...]) -> str:
    match method, arguments:
        case "pattern", ():
            return f"^{text.removeprefix('^')}" if text else ""
        case "lower", ():
            return text.lower()
        case "upper", ():
            return text.upper()
        case "replace", (old, new):
            return text.replace(old, new)
        case "removeprefix", (start,):
            return text.removeprefix(start)
        case "removesuffix", (end,):
            return text.removesuffix(end)
        case _:
            return text


def _joined(kind: str, parts: tuple[Value, ...], around: Surroundings, depth: int) -> Iterator[Text]:
    choices = [Text("")]
    for part in parts:
        found = resolve(part, around, depth)
        if not found or not all(text.text or text.source == "code" for text in found):
            yield _known_in_part(kind, [resolve(one, around, depth) for one in parts])
            return
        choices = [_join(kind, left, right) for left in choices for right in found][:MAX_CHOICES]
    yield from choices


def braced(name: str) -> str:
    """Returns the name of an unknown part in braces, unless it says already which part of it isn't known."""
    return name if not name or "{" in name else f"{{{name}}}"


def _known_in_part(kind: str, parts: list[tuple[Text, ...]]) -> Text:
    """Returns the unknown text under what is known of it, variables in braces; under none where a part has no name."""
    unset = [next((text for text in found if text.variable and not text.text), None) for found in parts]
    first = next((text for text in unset if text is not None), Text(""))
    pieces = [
        braced(hole.variable) if hole is not None else found[0].text if found else ""
        for found, hole in zip(parts, unset, strict=True)
    ]
    if not all(pieces) or len(pieces) == 1:
        return Text("", first.variable if len(pieces) == 1 else "", "unset", first.proof)
    return Text("", "/".join(pieces) if kind == "path" else "".join(pieces), "unset", first.proof)


def _join(kind: str, left: Text, right: Text) -> Text:
    text = posixpath.join(left.text, right.text) if kind == "path" else left.text + right.text
    source = right.source if right.source != "code" else left.source
    return Text(text, right.variable or left.variable, source, _chain(left.proof, right.proof))


def _chain(first: tuple[Span, ...], then: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys((*first, *then)))[:MAX_PROOF]


def is_text(value: Value) -> bool:
    """Tells whether a value surely is a text, or texts."""
    if value is None:
        return False
    if value[0] in ("list", "any"):
        return any(map(is_text, value[1]))
    if value[0] in ("cat", "path"):
        return all(map(is_text, value[1]))
    if value[0] == "pick":
        return is_text(value[2]) and all(is_text(held) for _, held in value[1])
    if value[0] == "variable":
        return is_text(value[1])
    return value[0] in ("s", "env") or (value[0] in ("at", "param", "as", "or") and is_text(value[2]))


def literals(value: Value) -> tuple[int, ...]:
    """Returns the indexes of the schema literals that a value may be."""
    if value is None:
        return ()
    if value[0] == "literal":
        return (value[1],)
    if value[0] in ("list", "any"):
        return tuple(index for item in value[1] for index in literals(item))
    return ()


def with_default(value: Value, default: Value) -> Value:
    """Returns a value of which nothing is known yet, with the text that stands for it where it isn't given; None without one."""
    return ("or", value, default) if default is not None and default[0] == "s" and default[1] else None


def either(first: Value, second: Value) -> Value:
    """Returns the value that is one of two."""
    if first is None or first == second:
        return second
    if second is None:
        return first
    choices = tuple(choice for value in (first, second) for choice in (value[1] if value[0] == "any" else (value,)))
    return ("any", tuple(dict.fromkeys(choices))[:MAX_CHOICES])
