"""Makes a name of a module beside the file known in it: the import stands after the file's own, and says the module as they do."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from copilot.domain.alternative import CodeEdit, ImportEdit
from copilot.patches.python_imports import binds, is_docstring
from copilot.patches.python_source import PythonSource
from copilot.patches.splices import CannotEdit, Splices


def add_imports(
    source: PythonSource, splices: Splices, edits: Sequence[ImportEdit], code: Sequence[CodeEdit], *, is_package: bool
) -> None:
    """Adds one import for each edit whose name some code edit of the file uses; raises CannotEdit where the name is taken.

    `is_package` tells that the file's folder is a package, so that a module beside it has to be said relative to it.
    """
    for edit in dict.fromkeys(edits):
        if not any(f"{edit.name}(" in one.expression for one in code):
            continue
        if any(binds(node, edit.name) for node in ast.walk(source.tree)):
            where = source.span(0)
            raise CannotEdit(f'"{edit.name}" is a name of {source.path} already.', where, "Import it by hand.")
        line = f"from {_said(edit, source, is_package)} import {edit.name}"
        at, before, after = _place(source)
        newline = source.newline(0)
        splices.insert(at, f"{newline * before}{line}{newline * after}")


def _said(edit: ImportEdit, source: PythonSource, is_package: bool) -> str:
    """Relative in a package, unless the file names its own package in full elsewhere; plain beside a script."""
    package = source.path.rpartition("/")[0].rpartition("/")[2]
    for node in source.tree.body:
        if is_package and isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            parts = node.module.split(".")
            if package in parts[:-1] or parts[-1] == package:
                return ".".join([*parts[: parts.index(package) + 1], edit.module])
    return f".{edit.module}" if is_package else edit.module


def _place(source: PythonSource) -> tuple[int, int, int]:
    """Returns where the import is inserted, and how many line breaks stand before and after it."""
    body = source.tree.body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    leading = [node for node in imports if all(isinstance(it, _HEAD) for it in body[: body.index(node)])]
    if leading and not _is_future(leading[-1]):
        return source.line_end(source.end(leading[-1])), 1, 0
    rest = [node for node in body if not (node is body[0] and is_docstring(node)) and not _is_future(node)]
    if leading or (body and is_docstring(body[0])):
        last = leading[-1] if leading else body[0]
        return source.line_end(source.end(last)), 2, 0
    return (source.start(_first(rest[0])), 0, 3) if rest else (len(source.data), 0, 1)


_HEAD = (ast.Import, ast.ImportFrom, ast.Expr)


def _first(node: ast.stmt) -> ast.AST:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators[0] if decorators else node


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
