"""What do the arguments of a call use, and what does a consumed message carry?"""

from __future__ import annotations

import ast

from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen, receiver_name
from copilot.readers.table_classes import WRITING
from copilot.readers.things import value_of
from copilot.readers.values import Value


def see_arguments(reader: Reader, node: ast.Call, mode: str = "reads", made: Origin | None = None) -> list[Seen]:
    """Reads all arguments; returns the positional ones. `made` is the record that the call makes."""
    positional = [reader.see(argument, mode) for argument in node.args]
    see_keywords(reader, node, made)
    return positional


def see_keywords(reader: Reader, node: ast.Call, made: Origin | None = None) -> None:
    """Reads the keyword arguments; a keyword of a class, of `dict` and the like is a name of its own."""
    name = receiver_name(node.func)
    makes_record = (
        name[:1].isupper()
        or name in WRITING
        or name
        in (
            "cls",
            "dict",
            "replace",
            "_replace",
            "assign",
            "namedtuple",
            "update",
            "update_one",
        )
    )
    names = tuple(keyword.arg for keyword in node.keywords if keyword.arg) if makes_record else ()
    shape = reader.sheet.new_shape(names) if len(names) > 1 else -1
    for keyword in node.keywords:
        if keyword.arg is None:
            seen = reader.see(keyword.value)
            spread = receiver_name(keyword.value)
            reader.sheet.add_blind(keyword.value, f"spreads all fields (**{spread})", spread, seen.origin)
            continue
        if makes_record:
            keyword_use(reader, keyword, name, made, shape)
        mode = "keys" if keyword.arg in ("key", "partition_key", "key_field") and made is None else "reads"
        seen = reader.see_as(keyword.value, keyword.arg, mode)
        if made is not None:
            reader.sheet.flow.flows(seen.origin, made.root, keyword.arg)


def keyword_use(
    reader: Reader, keyword: ast.keyword, receiver: str, origin: Origin | None = None, shape: int = -1
) -> None:
    """Adds the use of a keyword as the name of a field that is written."""
    token = ast.Name(keyword.arg or "", ast.Load())
    token.lineno, token.col_offset = keyword.lineno, keyword.col_offset
    reader.sheet.add_use(keyword.arg or "", token, "writes", "keyword", receiver, origin, shape)


def message_value(reader: Reader, origin: Origin) -> Seen:
    """Returns what a consumed message carries: a decoded record where its consumer decodes, else raw bytes."""
    call = origin.root[1]
    if isinstance(call, int) and call >= 0:
        return Seen(None, reader.sheet.flow.decoded(call))
    return Seen(None, Origin(("raw", 0)))


def argument_value(reader: Reader, node: ast.Call, position: int, names: tuple[str, ...]) -> Value:
    """Returns the value of the argument at a position, or under one of these keywords; None where it isn't given."""
    found = argument_at(node, position, names)
    return None if found is None or is_none(found) else value_of(reader, found)


def argument_seen(reader: Reader, node: ast.Call, names: tuple[str, ...]) -> Seen:
    """Returns what the argument under one of these keywords is."""
    found = argument_at(node, -1, names)
    return reader.see(found) if found is not None else NOTHING


def argument_at(node: ast.Call, position: int, names: tuple[str, ...]) -> ast.expr | None:
    """Returns the argument at a position, or under one of these keywords."""
    if 0 <= position < len(node.args):
        return node.args[position]
    return next((keyword.value for keyword in node.keywords if keyword.arg in names), None)


def is_none(node: ast.expr) -> bool:
    """Tells whether an expression is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def first_text(node: ast.Call) -> str:
    """Returns the text of the first argument where it is written there, "" elsewhere."""
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
