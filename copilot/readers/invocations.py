"""Which calls go to functions, classes and clients that only the other files tell? Noted with what they hand over."""

from __future__ import annotations

import ast
from typing import Any

from copilot.readers import libraries
from copilot.readers.codecs import encoded_beside
from copilot.readers.facts import DECORATED
from copilot.readers.flow import Origin
from copilot.readers.handlers import encoded_object
from copilot.readers.reading import Reader
from copilot.readers.scope import Seen, receiver_name
from copilot.readers.things import SPREAD, chained, value_of
from copilot.readers.values import Value

MAX_ARGUMENTS = 12
_LOADED = ("load", "get")
_RECORDS = frozenset({"value", "data", "body", "payload", "message", "record", "MessageBody", "Data"})


def note_invocation(reader: Reader, node: ast.Call, base: Seen | None = None) -> Value:
    """Notes a call where what it hands over may matter, and returns the chain to what it gives; `base` is what a method is of."""
    callee = _callee(reader, node.func, base)
    if callee is None:
        return None
    is_method = isinstance(node.func, ast.Attribute) and node.func.attr in libraries.METHOD_NAMES
    # The arguments were read before, for their uses of names; here it is only asked what they are.
    reader.sheet.is_quiet = True
    arguments = _arguments(reader, node)
    reader.sheet.is_quiet = False
    # A call of another file's function matters whatever it hands over: who starts a package's code has its effects.
    leads_out = callee[0] == "name" or (callee[0] == "attr" and callee[1] is not None and callee[1][0] == "name")
    leads_out = leads_out or _is_inherited(reader, callee)
    if is_method or leads_out or any(_tells(value) for _, value in arguments):
        receiver = receiver_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        record = _record(reader, node) if is_method else None
        reader.sheet.add_invocation(node, reader.scope.qualified, callee, arguments, receiver, record)
    return chained("call", callee, arguments)


def _is_inherited(reader: Reader, callee: tuple[Any, ...]) -> bool:
    """Tells whether a method of the own object is none of its class, but of a base."""
    owner = callee[1] if callee[0] == "attr" else None
    if owner is None or owner[0] not in ("self", "super"):
        return False
    is_own = owner[0] == "self" and f"{owner[1]}.{callee[2]}" in reader.scope.functions
    return not is_own and bool(reader.scope.bases.get(owner[1]))


def note_decoration(reader: Reader, node: ast.Call, function: str, base: Seen) -> None:
    """Notes a decorator of a function whose client only other files tell, as `note_invocation` does calls."""
    callee = _callee(reader, node.func, base)
    if callee is not None:
        reader.sheet.is_quiet = True
        arguments = _arguments(reader, node)
        reader.sheet.is_quiet = False
        reader.sheet.add_invocation(node, function, callee, arguments, DECORATED, None)


def _callee(reader: Reader, function: ast.expr, base: Seen | None) -> Value:
    dotted = reader.scope.dotted(function)
    if dotted and "." in dotted:
        if libraries.is_foreign(dotted):
            return None
        if isinstance(function, ast.Attribute):
            return chained("attr", reader.see(function.value).value, function.attr)
        return reader.see(function).value
    if base is not None and isinstance(function, ast.Attribute):
        return chained("attr", base.thing, function.attr)
    if isinstance(function, ast.Name):
        if function.id == "cls" and reader.scope.class_name:
            return ("local", reader.scope.class_name)
        return reader.scope.named(function.id).thing
    return None


def _arguments(reader: Reader, node: ast.Call) -> tuple[tuple[str, Value], ...]:
    given = [(str(position), value) for position, value in enumerate(node.args) if not isinstance(value, ast.Starred)]
    given += [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    handed = [(place, _handed(reader, value)) for place, value in given[:MAX_ARGUMENTS]]
    spread = (reader.see(keyword.value) for keyword in node.keywords if keyword.arg is None)
    given_whole = (seen.thing if seen.value is None or seen.value[0] not in _LOADED else seen.value for seen in spread)
    return (*handed, *((SPREAD, thing) for thing in given_whole if thing is not None))


def _handed(reader: Reader, node: ast.expr) -> Value:
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return None
    seen = reader.see(node)
    if seen.value is not None and seen.value[0] == "dict":
        return reader.configs.as_map(seen.value[1])
    if seen.thing is not None and seen.thing[0] == "client":
        return seen.thing
    return value_of(reader, node, None if isinstance(node, ast.List | ast.Tuple | ast.Set) else seen)


def _tells(value: Value) -> bool:
    return value is not None and (value[0] != "var" or value[2] is not None)


def _record(reader: Reader, node: ast.Call) -> Origin | None:
    """Returns where the record comes from that a call seems to hand over: under a usual keyword, or after the topic."""
    for keyword in node.keywords:
        if keyword.arg in _RECORDS:
            return encoded_beside(reader, node, keyword.value) or _origin(reader, node, keyword.value)
    return _origin(reader, node, node.args[1]) if len(node.args) > 1 else None


def _origin(reader: Reader, node: ast.Call, record: ast.expr) -> Origin | None:
    return encoded_object(reader, node, record) or reader.see(record).origin
