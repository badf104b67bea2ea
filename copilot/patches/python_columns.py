"""Does a read give the column of a data frame? It has no `.get`, is never None, and holds the values of all records at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from copilot.patches.python_source import PythonSource

_FRAME = re.compile(r"(?:^|\| |Optional\[)(?:\w+\.)*(?:Column|DataFrame|Series|LazyFrame|Expr|DataStreamReader)\b")
"""An annotation of a frame or a column, which may be None."""
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
    return isinstance(receiver, ast.Name) and (next(_scopes(source, holder)), receiver.id) in _frames(source)


# A file has many reads, and its whole tree is walked for what is declared and used around each of them.
@lru_cache(maxsize=4)
def _frames(source: PythonSource) -> frozenset[tuple[ast.AST, str]]:
    """Returns the names of frames and structs of columns, each with all functions around the place that tells, and the module."""
    return frozenset(
        (scope, name)
        for node in ast.walk(source.tree)
        if (name := _frame_name(source, node))
        for scope in _scopes(source, node)
    )


def _scopes(source: PythonSource, node: ast.AST) -> Iterator[ast.AST]:
    """Yields the functions around a node, the innermost first, and the module."""
    while not isinstance(node, ast.Module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
        node = source.parent(node)
    yield node


def _frame_name(source: PythonSource, node: ast.AST) -> str:
    """Returns the name that a node declares as a frame, or uses as one, "" where it does neither."""
    match node:
        case ast.Subscript(value=ast.Name(id=name)) if _is_asked(source, node):
            return name
        case ast.arg(arg=name, annotation=ast.expr() as declared) if _is_frame(declared):
            return name
        case ast.AnnAssign(target=ast.Name(id=name), annotation=declared) if _is_frame(declared):
            return name
    return ""


def _is_asked(source: PythonSource, read: ast.AST) -> bool:
    parent = source.parent(read)
    return isinstance(parent, ast.Attribute) and parent.value is read and parent.attr in _METHODS


def _is_frame(declared: ast.expr) -> bool:
    return _FRAME.search(ast.unparse(declared).strip("'\"")) is not None
