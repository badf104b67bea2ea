"""What a conversion gives for a value: the expressions of `mapping`, computed without running any code.

Only what conversions are made of is understood: arithmetic, comparisons, choices, subscripts, lists, dicts, and a few functions
and methods by name. Anything else is a `ValueError`, as is every value that the expression fails on.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any

_LENGTH_LIMIT = 2_000
_NAMED = re.compile(r"\{(\w*)\}")
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Decimal": Decimal,
    "float": float,
    "int": int,
    "len": len,
    "round": round,
    "str": str,
}
_METHODS = ("split", "rsplit", "partition", "join", "get", "removeprefix", "isdecimal")
_FAILURES = (ArithmeticError, AttributeError, DecimalException, LookupError, TypeError, ValueError)


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """Returns what the expression gives where "{name}" is a value; raises ValueError where it fails or is not understood."""
    try:
        return _value(_parsed(expression), values)
    except _FAILURES as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


@lru_cache(maxsize=256)
def _parsed(expression: str) -> ast.expr:
    if len(expression) > _LENGTH_LIMIT:
        raise ValueError("the expression is too long")
    try:
        return ast.parse(_NAMED.sub(lambda found: f"v_{found[1]}", expression), mode="eval").body
    except (SyntaxError, RecursionError):
        raise ValueError("it is no expression") from None


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return values[name.removeprefix("v_")]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, values)
        case ast.BoolOp(op=ast.And(), values=tests):
            return all(_value(test, values) for test in tests)
        case ast.BoolOp(op=ast.Or(), values=tests):
            return any(_value(test, values) for test in tests)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, values) else other, values)
        case ast.List(elts=items):
            return [_value(item, values) for item in items]
        case ast.Dict(keys=keys, values=items) if all(keys):
            return {_value(key, values): _value(item, values) for key, item in zip(keys, items, strict=True) if key}
        case ast.Subscript(value=inner, slice=index):
            return _value(inner, values)[_value(index, values)]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(arg, values) for arg in args))
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args, keywords=[]) if name in _METHODS:
            return getattr(_value(inner, values), name)(*(_value(arg, values) for arg in args))
    raise ValueError("it is not one that conversions are made of")
