"""A value that is written twice is computed once: it moves into a local before its statement, where that changes no order.

Computing it again could give another value (a clock, a queue), or cost as much as the first time (a model). What is evaluated
before it in the same statement must not notice: it calls nothing, or the value only looks at a clock or rolls dice.
"""

from __future__ import annotations

import ast

from copilot.patches.python_entries import Entry, has_own_lines
from copilot.patches.python_expressions import CLOCKS, called_name
from copilot.patches.python_source import PythonSource, Use
from copilot.patches.splices import Splices

# Cheap, and equal for equal arguments: to write them twice is what people do.
_CHEAP = frozenset(
    {
        "abs",
        "bool",
        "dict",
        "float",
        "format",
        "get",
        "int",
        "isoformat",
        "len",
        "list",
        "lower",
        "max",
        "min",
        "round",
        "sorted",
    }
    | {"str", "strip", "sum", "timestamp", "total_seconds", "tuple", "upper"}
)
_EVALUATED_ONCE = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Call, ast.keyword, ast.Starred)
_SIMPLE = (ast.Return, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)


def is_cheap(value: ast.expr) -> bool:
    """Tells whether a value calls nothing but what may as well be called twice."""
    return all(called_name(node) in _CHEAP for node in ast.walk(value) if isinstance(node, ast.Call))


def moved_to_local(source: PythonSource, splices: Splices, use: Use, entry: Entry, value: ast.expr) -> str:
    """Moves the value of an entry into a local before its statement and returns the local's name; "" where that can't be."""
    statement = source.statement(value)
    start = source.start(statement)
    is_placeable = (
        isinstance(statement, _SIMPLE)
        and not isinstance(source.parent(statement), ast.ClassDef)
        and has_own_lines(source, start, source.end(statement))
        and _is_evaluated_once(source, value, statement)
        and _is_movable(source, value, statement)
        and not any(splice.start < entry.end and entry.value_start < splice.end for splice in splices.all())
    )
    if not is_placeable:
        return ""
    name = _free_name(source, use)
    text = splices.render(entry.value_start, entry.end)
    text = f"({text})" if "\n" in text and not text.startswith("(") else text
    indent = source.data[source.line_start(start) : start].decode()
    splices.insert(source.line_start(start), f"{indent}{name} = {text}{source.newline(start)}")
    splices.replace(entry.value_start, entry.end, name)
    return name


def _is_evaluated_once(source: PythonSource, value: ast.expr, statement: ast.stmt) -> bool:
    if any(isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom) for node in ast.walk(value)):
        return False
    node: ast.AST = value
    while (parent := source.parent(node)) is not statement:
        if not isinstance(parent, _EVALUATED_ONCE):
            return False
        node = parent
    return True


def _is_movable(source: PythonSource, value: ast.expr, statement: ast.stmt) -> bool:
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    is_awaited = any(isinstance(node, ast.Await) for node in ast.walk(value))
    if not is_awaited and all(called_name(call) in _CHEAP | CLOCKS for call in calls):
        return True
    start = source.start(value)
    before = (node for node in ast.walk(statement) if isinstance(node, ast.Call | ast.Await))
    return not any(source.end(node) <= start and not _is_cheap_call(node) for node in before)


def _is_cheap_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node) in _CHEAP


def _free_name(source: PythonSource, use: Use) -> str:
    base = source.data[use.start : use.end].decode().strip("\"'bBrRuU")
    base = base if base.isidentifier() else "value"
    taken = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(source.tree) if isinstance(node, ast.arg)}
    taken |= {
        (node.asname or node.name).partition(".")[0] for node in ast.walk(source.tree) if isinstance(node, ast.alias)
    }
    taken |= {
        node.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    names = (base, f"{base}_value", *(f"{base}_value_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
