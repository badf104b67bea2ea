"""What does an expression stand for that can't be followed inside its file? A chain of names that leads to it.

These chains are values of more kinds: ("param", "scope:name", default) an argument, ("self", class) the object of a method,
("local", name) a function or class of the same file, ("attr", thing, name), ("item", thing, key or the value of one),
("call", thing, arguments),
("super", class), ("client", kind, topics, codec) an object of a client library, ("map", entries) a dict, and
("var", name, thing) anything under the variable that holds it. `resolve` knows none of them: they give no text until what
they lead to is put in their place, as ("at", path, value) where that is in another file.
"""

from __future__ import annotations

import ast
from typing import Any

from copilot.readers.reading import Reader
from copilot.readers.scope import Seen, receiver_name
from copilot.readers.values import EACH, KEYS, ONE, VALUES, Value, braced

MAX_CHAIN = 6
SPREAD = "**"
"""Stands for the name of a dict's entry that is another dict, whose entries it takes over."""
_NAMED = {"param": 1, "attr": 2, "item": 2, "local": 1, "name": 2, "var": 1, "env": 1}


def value_of(reader: Reader, node: ast.expr, seen: Seen | None = None) -> Value:
    """Returns the value of an expression, or the chain that leads to it; never None."""
    if isinstance(node, ast.Starred | ast.Await):
        return value_of(reader, node.value, seen)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return ("list", tuple(value_of(reader, item) for item in node.elts))
    seen = reader.see(node) if seen is None else seen
    if seen.value is not None:
        return seen.value
    if seen.thing is not None and seen.thing[0] == "client" and seen.thing[2] is not None:
        topics: Value = seen.thing[2]
        return topics
    if isinstance(node, ast.Name):
        return ("var", node.id, seen.thing)
    if seen.thing is not None:
        return seen.thing
    has_call = not isinstance(node, ast.Constant) and any(isinstance(part, ast.Call) for part in ast.walk(node))
    return ("var", "" if has_call else receiver_name(node), None)


def chained(kind: str, thing: Value, name: str | tuple[Any, ...] | None = "") -> Value:
    """Returns the chain one step longer, None where it starts from nothing or grows too long."""
    if thing is None:
        return None
    length, inner = 0, thing
    while inner is not None and inner[0] in ("attr", "item", "call"):
        length, inner = length + 1, inner[1]
    return (kind, thing, name) if length < MAX_CHAIN else None


def merged(things: tuple[Value, ...]) -> Value:
    """Returns the chain to a dict that is put together from others, later ones winning."""
    return ("map", tuple((SPREAD, thing) for thing in things if thing is not None))


def item_of(thing: Value, key: str | Value) -> Value:
    """Returns the chain to an item of a thing, by its key or the value of that; what holds clients stands for each of them."""
    return thing if thing is not None and thing[0] == "client" else chained("item", thing, key)


def name_of(value: Value) -> str:
    """Returns the name under which people know an unknown value: the variable, parameter or attribute, "" where none."""
    if value is None:
        return ""
    kind = value[0]
    if kind == "item" and isinstance(value[2], tuple):
        return name_of(value[2]) or name_of(value[1])
    if kind == "pick":
        return str(value[3])
    if kind == "as":
        return name_of(value[2])
    if kind == "item" and value[2] in (EACH, KEYS, VALUES, ONE):
        return name_of(value[1])
    if kind in _NAMED:
        name = str(value[_NAMED[kind]]).rpartition(":")[2]
        return name if name or kind != "var" else name_of(value[2])
    if kind == "at":
        return name_of(value[2])
    if kind == "cat":
        return _template(value[1])
    if kind == "path":
        pieces = [part[1] if part is not None and part[0] == "s" else braced(name_of(part)) for part in value[1]]
        return "/".join(piece for piece in pieces if piece)
    if kind in ("list", "any"):
        return next((name for name in map(name_of, value[1]) if name), "")
    return name_of(value[1]) if kind in ("split", "or", "variable") else ""


def goes_through_items(value: Value) -> bool:
    """Tells whether a chain stands for all items of a container, and not for one of several choices."""
    while value is not None and value[0] in ("attr", "item", "call", "var"):
        if value[0] == "item" and value[2] in (EACH, KEYS, VALUES):
            return True
        value = value[2] if value[0] == "var" else value[1]
    return False


def replaced(value: Any, hole: tuple[Any, ...], filling: Value) -> Any:
    """Returns a value with a part of it, wherever it stands, replaced by another."""
    if value == hole:
        return filling
    if isinstance(value, tuple):
        return tuple(replaced(part, hole, filling) for part in value)
    return value


def _template(parts: tuple[Value, ...]) -> str:
    """Returns a text that is known in part, with what isn't known in braces: "orders-{region}"."""
    inner = [_inside(part) for part in parts]
    names = [name_of(part) for part in inner]
    if not any(part is not None and part[0] == "s" for part in inner):
        return next((name for name in names if name), "")
    return "".join(
        part[1] if part is not None and part[0] == "s" else braced(name) or "{}"
        for part, name in zip(inner, names, strict=True)
    )


def _inside(value: Value) -> Value:
    """Returns a value without the file that it is of."""
    while value is not None and value[0] == "at":
        value = value[2]
    return value
