"""Where do the expressions of a Python file stand, and which statements give a name its value?"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from copilot.formats.json_text import InvalidText

_CACHED_FILES_MAX = 16
_CACHED_STATEMENTS_MAX = 4096
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=_CACHED_FILES_MAX)
def parsed_module(text: str) -> ast.Module:
    """Returns the syntax tree of a file; raises InvalidText."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidText(0, f"not valid Python: {error}") from None


class Places:
    """From lines and columns of a syntax tree to offsets in the text, in characters and in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._is_ascii = text.isascii()
        self._lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        if text.startswith("\ufeff"):
            self._lines[0] = 1

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Returns the offsets of an expression or a statement in characters."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def in_characters(self, offset_bytes: int) -> int:
        """Returns the offset in characters of one in UTF-8 bytes."""
        if self._is_ascii:
            return offset_bytes
        return len(self.text.encode("utf-8", "surrogatepass")[:offset_bytes].decode("utf-8", "ignore"))

    def _offset(self, line: int, column_bytes: int) -> int:
        start = self._lines[line - 1]
        if self._is_ascii:
            return start + column_bytes
        encoded = self.text[start : start + column_bytes].encode("utf-8", "surrogatepass")
        return start + len(encoded[:column_bytes].decode("utf-8", "ignore"))


def find_expression(node: ast.AST, places: Places, start: int, end: int, around: list[FunctionNode]) -> ast.expr | None:
    """Returns the expression between two offsets in characters; the functions around it are left in `around`, the inner last."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.stmt):
            first, last = places.span(child)
            if isinstance(child, ast.expr) and (first, last) == (start, end):
                return child
            # Decorators stand before the statement that they belong to.
            if last < start or (first > end and not getattr(child, "decorator_list", None)):
                continue
        is_function = isinstance(child, FunctionNode)
        if isinstance(child, FunctionNode):
            around.append(child)
        found = find_expression(child, places, start, end, around)
        if found is not None:
            return found
        if is_function:
            around.pop()
    return None


def in_order(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Returns statements with those inside of `with` blocks among them; what a block opens is set before, under its name."""
    found: list[ast.stmt] = []
    for statement in body:
        if not isinstance(statement, ast.With | ast.AsyncWith):
            found.append(statement)
            continue
        for item in statement.items:
            if isinstance(item.optional_vars, ast.Name):
                opened = ast.Assign([item.optional_vars], item.context_expr)
                found.append(ast.fix_missing_locations(ast.copy_location(opened, statement)))
        found += in_order(statement.body)
    return found


def class_around(module: ast.Module, found: ast.expr) -> ast.ClassDef | None:
    """Returns the class of the module in whose own statements an expression stands, None where it stands in none."""
    classes = (node for node in module.body if isinstance(node, ast.ClassDef))
    return next((it for it in classes if it.lineno <= found.lineno <= (it.end_lineno or it.lineno)), None)


def bound_to(statement: ast.stmt) -> str:
    """Returns the plain name, or `self.name`, that a statement gives a value, "" where it gives none."""
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]):
            return f"self.{name}"
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def value_of(statement: ast.stmt) -> ast.expr:
    """Returns the value that a statement gives the name that `bound_to` tells of it."""
    assert isinstance(statement, ast.Assign | ast.AnnAssign)
    assert statement.value is not None
    return statement.value


@lru_cache(maxsize=_CACHED_STATEMENTS_MAX)
def bound_within(statement: ast.stmt) -> frozenset[str]:
    """Returns the plain names that are set inside of a compound statement, other than in functions and classes of their own."""
    if isinstance(statement, FunctionNode | ast.ClassDef | ast.Assign | ast.AnnAssign | ast.AugAssign):
        return frozenset()
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return frozenset(node.id for node in names)


def has_own(function: FunctionNode, name: str) -> bool:
    """Tells whether a name is another thing inside of a function than around it."""
    stored = (node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return name in parameters_of(function) or name in stored


def parameters_of(function: FunctionNode) -> frozenset[str]:
    """Returns the names of a function's parameters, those that take any number left out."""
    given = function.args
    return frozenset(it.arg for it in (*given.posonlyargs, *given.args, *given.kwonlyargs))


def root_of(node: ast.expr) -> str:
    """Returns the plain name, or `self.name`, whose parts a subscript names."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
