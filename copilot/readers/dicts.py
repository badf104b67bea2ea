"""What does a dict literal say: a schema, settings of a framework, or a record with its fields?"""

from __future__ import annotations

import ast

from copilot.readers.flow import MADE, Origin
from copilot.readers.libraries import CONVERSIONS
from copilot.readers.query_uses import note_path
from copilot.readers.reading import Reader
from copilot.readers.schema_literals import literal_of_dict
from copilot.readers.scope import Seen, receiver_name
from copilot.readers.things import SPREAD
from copilot.readers.values import Value

MAX_ENTRIES = 64
_TOLD_LATER = ("cat", "env", "name")


def see_dictionary(reader: Reader, node: ast.Dict, mode: str = "reads", receiver: str = "") -> Seen:
    """Reads a dict literal that gets the name `receiver`."""
    names = tuple(key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
    literal = literal_of_dict(node, names, receiver, reader.sheet, reader.scope.imports)
    if literal is not None:
        return Seen(("literal", literal))
    table = reader.configs.open(node, names, receiver)
    if table is not None:
        for key, item in zip(node.keys, node.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) else None
            seen = reader.see_as(item, name if isinstance(name, str) else "")
            if isinstance(name, str) and key is not None:
                reader.configs.put(
                    table, name, seen.thing if seen.value is None else seen.value, key.lineno, seen.origin
                )
        return Seen(("dict", table))
    origin = reader.sheet.new_literal()
    shape = -1
    if names:
        shape = len(reader.sheet.shapes)
        reader.sheet.shapes.append(names)
        reader.sheet.flow.comes(origin.root, MADE, shape)
    things = [
        _entry(reader, key, item, origin, receiver, shape, mode)
        for key, item in zip(node.keys, node.values, strict=True)
    ]
    client = next((thing for thing in things if thing is not None and thing[0] == "client"), None)
    return Seen(None, origin, client or _map(reader, node, things, with_unknown=not reader.scope.qualified))


def _map(reader: Reader, node: ast.Dict, things: list[Value], *, with_unknown: bool) -> Value:
    """Returns a dict of named values as a thing of its own, None where nothing is known; a module's may be asked for its keys."""
    if not things or len(things) > MAX_ENTRIES or not (with_unknown or any(thing is not None for thing in things)):
        return None
    names = (SPREAD if key is None else _text(reader, key) for key in node.keys)
    pairs = zip(names, things, strict=True)
    named = ((name, thing) for name, thing in pairs if name is not None and (with_unknown or thing is not None))
    return ("map", tuple(named))


def _text(reader: Reader, key: ast.expr) -> object:
    """Returns the text that a key is, or the value that it is put together as; None for any other."""
    if isinstance(key, ast.Constant):
        return key.value if isinstance(key.value, str) else None
    value = reader.see(key).value if isinstance(key, ast.Name | ast.Attribute | ast.JoinedStr | ast.BinOp) else None
    if value is not None and value[0] == "s":
        return value[1]
    return value if value is not None and value[0] in _TOLD_LATER else None


def see_dict_call(reader: Reader, node: ast.Call) -> Seen:
    """Reads `dict(a=1, **rest)` and `dict(record, a=1)` as the dict literals that they are."""
    origin = reader.sheet.new_literal()
    for argument in node.args:
        reader.sheet.flow.flows(reader.see(argument).origin, origin.root)
    shape = len(reader.sheet.shapes)
    reader.sheet.shapes.append(tuple(keyword.arg for keyword in node.keywords if keyword.arg))
    for keyword in node.keywords:
        if keyword.arg is None:
            _entry(reader, None, keyword.value, origin, "", shape, "reads")
            continue
        mode = "passes" if _is_read_of_key(keyword.value) else "writes"
        token = ast.Name(keyword.arg, ast.Load())
        token.lineno, token.col_offset = keyword.lineno, keyword.col_offset
        reader.sheet.add_use(keyword.arg, token, mode, "keyword", "", origin, shape)
        seen = reader.see_as(keyword.value, keyword.arg, "passes" if mode == "passes" else "reads")
        reader.sheet.flow.flows(seen.origin, origin.root, keyword.arg)
    return Seen(None, origin)


def _entry(
    reader: Reader, key: ast.expr | None, item: ast.expr, origin: Origin, receiver: str, shape: int, mode: str
) -> Value:
    """Reads an entry; returns the thing that its value is."""
    if key is None:
        spread = reader.see(item)
        if spread.origin is not None:
            reader.sheet.flow.flows(spread.origin, origin.root)
        reader.sheet.add_blind(
            item, f"spreads all fields (**{receiver_name(item)})", receiver_name(item), spread.origin
        )
        return spread.thing or spread.value
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        passes = _is_read_of_key(item)
        used = mode if mode == "compares" else "passes" if passes else "writes"
        reader.sheet.add_use(key.value, key, used, "literal", receiver, origin, shape)
        if "." in key.value:
            note_path(reader, key, used)
        seen = reader.see_as(item, key.value, "passes" if passes else "reads")
        reader.sheet.flow.flows(seen.origin, origin.root, key.value)
        return _known(reader, seen)
    reader.see(key)
    return _known(reader, reader.see(item))


def _known(reader: Reader, seen: Seen) -> Value:
    if seen.value is None:
        return seen.thing
    return reader.configs.as_map(seen.value[1]) if seen.value[0] == "dict" else seen.value


def _is_read_of_key(node: ast.expr) -> bool:
    """Tells whether an expression is nothing but a value read under a name, or a plain conversion of one."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    if not isinstance(node, ast.Call) or not node.args:
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in ("get", "pop") and isinstance(node.args[0], ast.Constant)
    return isinstance(node.func, ast.Name) and node.func.id in CONVERSIONS and _is_read_of_key(node.args[0])
