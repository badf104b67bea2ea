"""What does a loop over a list, a dict or a part of a configuration go through? Items, keys or values, as far as they are known.

A step under one of these names in a chain stands for each of them: no key of anybody's dict is called so.
"""

from __future__ import annotations

import ast
from typing import Any

from copilot.readers.reading import Reader
from copilot.readers.scope import Seen
from copilot.readers.things import SPREAD, chained, goes_through_items, item_of
from copilot.readers.values import EACH, KEYS, VALUES, Value

_LISTED = ("list", "any")
PARTS = {"keys": KEYS, "values": VALUES}


def each(reader: Reader, container: Seen, part: str = EACH) -> Seen:
    """Returns what stands for each item of a container; of a dict each key, or each value where `part` says so."""
    value, origin = container.value, container.origin
    known = reader.configs.as_map(value[1]) if value is not None and value[0] == "dict" else container.thing
    if known is not None and known[0] == "map":
        listed = tuple(_part(key, held, part) for key, held in known[1] if part != VALUES or held is not None)
        return Seen(("list", listed) if listed else None)
    if value is not None and value[0] in ("load", "get"):
        keys: Value = ("get", value, KEYS, None)
        return Seen(("list", (value, keys)) if part == EACH else ("get", value, part, None), origin)
    if value is not None and value[0] != "name":
        return Seen(value if part == EACH and _has_items(value) else None, origin)
    source = value or container.thing
    return Seen(None, origin, item_of(source, part) if part == EACH else chained("item", source, part))


def _has_items(value: tuple[Any, ...]) -> bool:
    """Tells whether a value stands for items: listed, of a text that is split, or texts made of the items of something else."""
    return value[0] in (*_LISTED, "split") or (value[0] == "cat" and any(map(goes_through_items, value[1])))


def part_called(reader: Reader, node: ast.Call, function: ast.Attribute, base: Seen) -> Seen | None:
    """Returns what `.keys()` or `.values()` of a container goes through, None for any other method, and for records."""
    is_known = base.value is not None or base.thing is not None
    if function.attr not in PARTS or node.args or not is_known or is_record(base):
        return None
    return each(reader, base, PARTS[function.attr])


def is_record(seen: Seen) -> bool:
    """Tells whether something was traced to a record, other than a dict that the file itself writes down."""
    return seen.origin is not None and (seen.origin.root[0] != "lit" or seen.thing is None)


def entry_of_items(reader: Reader, items: Value, name: str) -> Value:
    """Returns what the items of a list, where they are dicts, hold under a key."""
    if items is None or items[0] not in _LISTED:
        return None
    found: list[Value] = []
    for item in items[1]:
        if item is not None and item[0] == "dict":
            found.append(reader.configs.entry(item[1], name))
        elif item is not None and item[0] == "map":
            found.append(dict(item[1]).get(name))
        elif item is not None and item[0] in ("load", "get"):
            found.append(("get", item, name, None))
    listed = tuple(value for value in found if value is not None)
    return ("list", listed) if listed else None


def pairs_of(node: ast.expr | None, target: ast.expr) -> tuple[str, ast.expr] | None:
    """Returns how a loop gets two things at once, and from what: "items" of a dict, or "enumerate" of a list."""
    if not isinstance(node, ast.Call) or not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "items" and not node.args:
        return "items", node.func.value
    if isinstance(node.func, ast.Name) and node.func.id == "enumerate" and node.args:
        return "enumerate", node.args[0]
    return None


def _part(key: str | tuple[Any, ...], held: Value, part: str) -> Value:
    if key == SPREAD:
        return chained("item", held, part)
    if part == VALUES:
        return held
    return ("s", key) if isinstance(key, str) else key
