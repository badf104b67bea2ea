"""Which kinds of value does a type annotation of Python allow? Names of the standard library only; others stay open."""

from __future__ import annotations

import ast
from dataclasses import replace

from copilot.checks.kinds import UNKNOWN, Inferred, of_kind, united
from copilot.domain.record_classes import last_name

_KINDS = {
    "int": "int", "float": "float", "str": "string", "bool": "boolean", "bytes": "bytes", "Decimal": "decimal", "UUID": "uuid",
    "date": "date", "timedelta": "timedelta", "list": "array", "List": "array", "tuple": "array", "Tuple": "array",
    "Sequence": "array", "set": "set", "Set": "set", "dict": "map", "Dict": "map", "Mapping": "map",
}  # fmt: skip
_SAME = ("Annotated", "Final", "ClassVar", "Required", "NotRequired")


def annotated(node: ast.expr | None) -> Inferred:
    """Returns the kinds that an annotation names; a float allows a whole number, as everywhere in Python."""
    if node is None:
        return UNKNOWN
    found = _of(node, 0)
    return replace(found, is_declared=True)


def _of(node: ast.expr, depth: int) -> Inferred:
    if depth > 8:
        return UNKNOWN
    match node:
        case ast.Constant(value=None):
            return Inferred(null="maybe")
        case ast.Constant(value=str() as text):
            return _of_text(text, depth)
        case ast.Name() | ast.Attribute():
            return _of_name(last_name(node))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _of(left, depth + 1) | _of(right, depth + 1)
        case ast.Subscript(value=value, slice=inner):
            return _of_generic(last_name(value), inner, depth + 1)
    return UNKNOWN


def _of_text(text: str, depth: int) -> Inferred:
    try:
        return _of(ast.parse(text, mode="eval").body, depth + 1)
    except (SyntaxError, ValueError):
        return UNKNOWN


def _of_name(name: str) -> Inferred:
    if name == "float":
        return of_kind("float", "int")
    if name == "datetime":
        return of_kind("datetime", "naive-datetime")
    return of_kind(_KINDS[name]) if name in _KINDS else UNKNOWN


def _of_generic(name: str, inner: ast.expr, depth: int) -> Inferred:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional":
        return _of(parts[0], depth) | Inferred(null="maybe")
    if name == "Union":
        return united(_of(part, depth) for part in parts)
    if name in _SAME:
        return _of(parts[0], depth)
    if name == "Literal":
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        is_all = len(texts) == len(parts)
        return Inferred(frozenset({"string"}), texts=frozenset(texts)) if is_all else UNKNOWN
    found = _of_name(name)
    return replace(found, items=_of(parts[0], depth)) if found.kinds == {"array"} and len(parts) == 1 else found
