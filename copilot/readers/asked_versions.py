"""Which calls ask a schema registry for one version, by a number that stands in the code? No deploy moves such a reader."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_BY_NUMBER = ("get_schema", "get_by_id", "get_by_version", "get_version")
_SETTING = "use.schema.id"
_SIGNS = tuple(sign.encode() for sign in (*_BY_NUMBER, _SETTING))


def asked_versions(tree: ast.Module, data: bytes) -> tuple[int, ...]:
    """Returns the lines that do so, in order; `data` is the file's text in UTF-8."""
    return tuple(sorted(set(_lines(tree)))) if any(sign in data for sign in _SIGNS) else ()


def _lines(tree: ast.Module) -> Iterator[int]:
    numbers = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _is_number(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args) if name in _BY_NUMBER:
                if any(_is_number(argument, numbers) for argument in args):
                    yield node.lineno
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                yield from (it.lineno for key, it in pairs if _is_setting(key) and _is_number(it, numbers))
            case ast.Assign(targets=[ast.Subscript(slice=key)], value=value) if _is_setting(key):
                if _is_number(value, numbers):
                    yield node.lineno


def _is_number(node: ast.expr, names: frozenset[str] | set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_setting(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == _SETTING
