"""Does a read give the column of a data frame? It has no `.get`, is never None, and holds the values of all records at once."""

from __future__ import annotations

import ast

from copilot.patches.python_source import PythonSource

_TYPES = frozenset({"Column", "DataFrame", "Series", "LazyFrame", "Expr", "DataStreamReader"})
_METHODS = (
    {"alias", "asc", "astype", "cast", "desc", "dropna", "fill_null", "fillna", "getField", "getItem", "iloc", "loc"}
    | {"is_in", "is_not_null", "is_null", "isNotNull", "isNull", "isin", "isna", "isnull", "mean", "notna", "notnull"}
    | {"median", "nunique", "otherwise", "over", "rlike", "rolling", "shift", "std", "to_numpy", "tolist", "unique"}
)
"""What columns of pandas, Polars and Spark have, and values of records don't."""


def is_column_of(source: PythonSource, receiver: ast.expr, holder: ast.AST) -> bool:
    """Tells whether the receiver is a frame or a struct of columns: so it is declared, or so something of it is used there."""
    if _is_asked(source, holder):
        return True
    if not isinstance(receiver, ast.Name):
        return False
    scope: ast.AST = holder
    while not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
        scope = source.parent(scope)
    return _is_declared(scope, receiver.id) or any(
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == receiver.id
        and _is_asked(source, node)
        for node in ast.walk(scope)
    )


def _is_asked(source: PythonSource, read: ast.AST) -> bool:
    parent = source.parent(read)
    return isinstance(parent, ast.Attribute) and parent.value is read and parent.attr in _METHODS


def _is_declared(scope: ast.AST, name: str) -> bool:
    for node in ast.walk(scope):
        declared = node.annotation if isinstance(node, ast.arg) and node.arg == name else None
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            declared = node.annotation
        if declared is not None and ast.unparse(declared).strip("'\"").rpartition(".")[2] in _TYPES:
            return True
    return False
