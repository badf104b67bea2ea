"""What text comes of a template and known values, and how does the path end that code opens a file by?"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence

FILLED_MAX = 100_000
_BRACES = re.compile(r"\{\{|\}\}|\{(\w*)\}|[{}]")
_PERCENT = re.compile(r"%%|%(?:\((\w+)\))?[sd]|%")
_STEPS_MAX = 12


def filled_in(text: object, given: Sequence[object], named: Mapping[str, object], *, is_percent: bool) -> str | None:
    """Returns a template with plain texts and numbers in its places, None where one isn't known or is written in another way."""
    if not isinstance(text, str):
        return None
    count = 0
    is_known = True

    def value(place: re.Match[str]) -> str:
        nonlocal count, is_known
        if place[0] in ("{{", "}}", "%%"):
            return place[0][0]
        name = place[1]
        if name is None and place[0] in ("{", "}", "%"):
            is_known = False
            return ""
        index = int(name) if name and name.isdigit() else count
        count += not name
        found = named.get(name) if name and not name.isdigit() else given[index] if index < len(given) else None
        if isinstance(found, str) or (isinstance(found, int | float) and not isinstance(found, bool)):
            return str(found)
        is_known = False
        return ""

    filled = (_PERCENT if is_percent else _BRACES).sub(value, text)
    return filled if is_known and len(filled) <= FILLED_MAX else None


def known_end(node: ast.expr | None, value_of: Callable[[str], ast.expr | None], steps: int = 0) -> str:
    """Returns the part of a path that is written where its end is: "schemas/a.avsc" of `open(ROOT / "schemas" / "a.avsc")`.

    `value_of` gives the expression that a name stands for.
    """
    if node is None or steps > _STEPS_MAX:
        return ""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name):
            return known_end(value_of(name), value_of, steps + 1)
        case ast.BinOp(op=ast.Div() | ast.Add() as operator, left=left, right=right):
            end = known_end(right, value_of, steps + 1)
            start = known_end(left, value_of, steps + 1) if end else ""
            return f"{start}/{end}" if start and isinstance(operator, ast.Div) else start + end
        case ast.JoinedStr(values=parts) if parts:
            last = parts[-1]
            return known_end(last, value_of, steps + 1).lstrip("/") if isinstance(last, ast.Constant) else ""
        case ast.Call(func=function, args=arguments):
            return _end_of_call(function, arguments, value_of, steps + 1)
    return ""


def _end_of_call(
    function: ast.expr, arguments: Sequence[ast.expr], value_of: Callable[[str], ast.expr | None], steps: int
) -> str:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in ("join", "joinpath", "Path", "PurePath") and arguments:
        ends: list[str] = []
        for part in reversed(arguments):
            end = known_end(part, value_of, steps)
            if not end:
                break
            ends.insert(0, end)
        return "/".join(ends)
    if name in ("open", "open_text", "read", "read_text", "read_bytes", "decode", "abspath", "resolve", "str"):
        inner = function.value if isinstance(function, ast.Attribute) else None
        own = known_end(arguments[0], value_of, steps) if arguments else ""
        return own if "." in own else known_end(inner, value_of, steps)
    return known_end(arguments[0], value_of, steps) if name in ("load", "loads", "load_schema") and arguments else ""
