"""The import that an expression needs: conversions that must be exact are written with `Decimal`, which a file may not know yet."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from itertools import takewhile

from copilot.patches.python_source import PythonSource
from copilot.patches.splices import CannotEdit, Splices

NAME, MODULE = "Decimal", "decimal"
_USED = re.compile(rf"\b{NAME}\(")


def import_needed(source: PythonSource, splices: Splices, expressions: Iterable[str]) -> None:
    """Adds `from decimal import Decimal` where an expression uses it and the file does not import it at its top.

    Raises CannotEdit where the name means something else in the file.
    """
    if not any(_USED.search(expression) for expression in expressions):
        return
    top = source.tree.body
    if any(_imports_it(node) for node in top):
        return
    if any(binds(node) for node in ast.walk(source.tree)):
        raise CannotEdit(f'"{NAME}" means something else in {source.path}.', None, "Convert the value by hand.")
    line = f"from {MODULE} import {NAME}"
    docstring = top[:1] if top and is_docstring(top[0]) else []
    imports = list(takewhile(lambda node: isinstance(node, ast.Import | ast.ImportFrom), top[len(docstring) :]))
    standard = [node for node in imports if _is_standard(node)]
    line = f"from {MODULE} import {NAME}"
    if standard:
        end = source.line_end(source.end(standard[-1]))
        splices.insert(end, f"{source.newline(end - 1)}{line}")
    elif docstring and not imports:
        end = source.line_end(source.end(docstring[0]))
        newline = source.newline(end - 1)
        splices.insert(end, f"{newline}{newline}{line}")
    elif top:
        first = imports[0] if imports else top[0]
        start = source.line_start(source.start((getattr(first, "decorator_list", None) or [first])[0]))
        newline = source.newline(start)
        splices.insert(start, f"{line}{newline}{newline}")


def _imports_it(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == MODULE
        and any(alias.name == NAME and alias.asname in (None, NAME) for alias in node.names)
    )


def binds(node: ast.AST, wanted: str = NAME) -> bool:
    """Tells whether a node gives that name a meaning in its file."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name == wanted
        case ast.alias(name=name, asname=other):
            return (other or name) == wanted
        case ast.arg(arg=name):
            return name == wanted
    return False


def is_docstring(node: ast.stmt) -> bool:
    """Tells whether a statement is a text by itself, which at the top of a file is its docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_standard(node: ast.stmt) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
    return bool(names) and all(name.partition(".")[0] in sys.stdlib_module_names for name in names)
