"""What in a value is only known to others? The arguments and attributes that it starts from, found and filled.

Pure questions about the chains of `things`; who fills them is asked by `effects`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.readers.chains import Chains, End
from copilot.readers.things import SPREAD
from copilot.readers.values import Value

MAX_NESTING = 8
_NO_TEXT = frozenset({"class", "object", "function", "module", "map", "method"})


def holes_in(value: Value, path: str, depth: int = 0) -> Iterator[End]:
    """Yields the arguments and attributes in a value that nothing was put in for, with the files that they are of."""
    if value is None or depth > MAX_NESTING:
        return
    if value[0] in ("list", "any", "cat", "path"):
        for one in value[1]:
            yield from holes_in(one, path, depth + 1)
    elif value[0] in ("split", "or", "variable", "get"):
        yield from holes_in(value[1], path, depth + 1)
        if value[0] == "get" and isinstance(value[2], tuple):
            yield from holes_in(value[2], path, depth + 1)
    elif value[0] == "pick":
        yield from holes_in(value[2], path, depth + 1)
        for _, held in value[1]:
            yield from holes_in(held, path, depth + 1)
    elif value[0] in ("var", "at", "as", "load", "sql"):
        yield from holes_in(value[2], value[1] if value[0] == "at" else path, depth + 1)
    elif value[0] in ("param", "attr", "item", "call"):
        root = start_of(value)
        if root[0] == "param" or (root[0] == "attr" and root[1][0] == "self"):
            yield End(path, value)


def start_of(value: Value) -> tuple[Any, ...]:
    """Returns the argument, or the attribute of `self`, that a chain starts from."""
    assert value is not None
    while value[0] in ("attr", "item", "call") and isinstance(value[1], tuple) and value[1][0] != "self":
        value = value[1]
    return value


def routed(value: Value) -> Value:
    """Returns a value with all entries of a table in the place of one that a record picks, and no argument or setting."""
    if value is None or value[0] not in ("pick", "at", "any", "list", "as"):
        return value
    if value[0] == "pick":
        return ("any", tuple(held for _, held in value[1])) if _is_of_record(value[2]) else value
    if value[0] in ("at", "as"):
        return (*value[:2], routed(value[2]), *value[3:])
    return (value[0], tuple(map(routed, value[1])))


def _is_of_record(key: Value) -> bool:
    """Tells whether a key is none that callers or settings tell: part of an argument, or what the code makes on its way."""
    if key is None:
        return True
    if key[0] in ("at", "as"):
        return _is_of_record(key[2])
    if key[0] == "or":
        return _is_of_record(key[1])
    if key[0] in ("cat", "any"):
        return any(map(_is_of_record, key[1]))
    return (key[0] in ("attr", "item") and start_of(key)[0] in ("param", "var")) or key[0] in ("var", "call")


def is_handed(value: tuple[Any, ...]) -> bool:
    """Tells whether a value is an argument, or a part of one."""
    return value[0] in ("param", "attr", "item") and start_of(value)[0] == "param"


def may_be_text(value: tuple[Any, ...]) -> bool:
    """Tells whether a value may name an endpoint; a client does where it was made for one."""
    return value[0] not in _NO_TEXT and (value[0] != "client" or value[2] is not None)


def placed(path: str, value: Value) -> Value:
    """Returns a value that keeps the file that it is of."""
    return value if value is None or value[0] == "at" else ("at", path, value)


def argument_of(chains: Chains, path: str, param: tuple[Any, ...], arguments: tuple[tuple[str, Value], ...]) -> Value:
    """Returns what a call hands over for a parameter: its default where the call leaves it out.

    A call that hands on all keywords of the function around it hands over what that one's callers do under the same name.
    """
    function, _, name = param[1].rpartition(":")
    given = dict(arguments)
    if name in given:
        return _told(given[name], param[2], path)
    names = chains.parameters(path, function)
    position = str(names.index(name)) if name in names else ""
    default = placed(path, param[2])
    if position not in given and (around := given.get(SPREAD)) is not None and around[0] == "kwargs":
        return ("param", f"{around[1]}:{name}", default)
    return _told(given[position], param[2], path) if position in given else default


def _told(given: Value, default: Value, path: str) -> Value:
    """Returns what is handed over; of a thing of which nothing is known, an object of the parameter's class tells as much."""
    is_unknown = given is not None and given[0] == "var" and given[2] is None
    return placed(path, default) if is_unknown and default is not None and default[0] == "call" else given
