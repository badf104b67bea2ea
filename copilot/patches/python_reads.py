"""Edits of reads: a default where the field may be missing or null, and another name first where both may be there."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from copilot.patches.python_columns import is_column_of
from copilot.patches.python_expressions import (
    checked_expression,
    filled,
    is_atom,
    named_places,
    needs_parentheses,
    parenthesised,
    reference_only,
    wrapped,
)
from copilot.patches.python_places import Placed, quoted_like, refused
from copilot.patches.python_source import PythonSource, Use
from copilot.patches.splices import Splices


def read_default(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Turns `rec["x"]` into `rec.get("x", default)`; a read that has a default, or only asks whether it's there, stays."""
    use = one.use
    if use.role == "compared":
        return
    _refuse_columns(source, one)
    default = parenthesised(one.edit.expression)
    if isinstance(use.holder, ast.Subscript) and isinstance(use.holder.ctx, ast.Load):
        opening = splices.base.rindex(b"[", source.end(use.holder.value), use.start)
        splices.replace(opening, opening + 1, ".get(")
        splices.replace(one.end - 1, one.end, ")" if default == "None" else f", {default})")
    elif isinstance(use.holder, ast.Call) and use.role == "get":
        if len(use.holder.args) + len(use.holder.keywords) == 1:
            splices.insert(use.end, f", {default}")
    else:
        raise refused(source, one, "a read of this kind has no place for a default")


def read_either(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Reads the new name, converted where the edit says how, and the old one where the new one is missing or None.

    None counts as missing because a decoder fills in a null default where the writer did not know the field.
    """
    about = _about(source, splices, one)
    if isinstance(one.use.holder, ast.Compare):
        splices.replace(one.start, one.end, _membership(source, one, one.use.holder, about))
        return
    old = splices.render(one.start, one.end)
    test, new = _asked_and_read(source, splices, one, about)
    chosen = f"{old} if {test} is None else {_through(source, splices, one, new)}"
    is_bare = "\n" not in chosen and not needs_parentheses(source, one.use.holder)
    splices.replace(one.start, one.end, chosen if is_bare else f"({chosen})")


def read_converted(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Reads the new name through an expression that gives the old one's value; a default that the read has stays what it is."""
    about = _about(source, splices, one)
    if isinstance(one.use.holder, ast.Compare):
        splices.replace(one.use.start, one.use.end, quoted_like(source, one))
        return
    test, new = _asked_and_read(source, splices, one, about)
    chosen = _through(source, splices, one, new)
    if isinstance(one.use.holder, ast.Call):
        default = splices.render(one.use.end, one.end).removesuffix(")").strip(", \n") or "None"
        chosen = f"{default} if {test} is None else {chosen}"
    is_bare = "\n" not in chosen and (is_atom(chosen) or not needs_parentheses(source, one.use.holder))
    splices.replace(one.start, one.end, chosen if is_bare else f"({chosen})")


def _about(source: PythonSource, splices: Splices, one: Placed) -> str:
    """Returns the text of what the field is read from, where it may be evaluated more than once."""
    receiver = _receiver(one.use)
    _refuse_columns(source, one)
    if _is_called(source, one.use):
        raise refused(source, one, "it is called here, as fields are not")
    if receiver is None or not reference_only(receiver):
        raise refused(source, one, "what it is read from would be evaluated more than once")
    return splices.render(source.start(receiver), source.end(receiver))


def _refuse_columns(source: PythonSource, one: Placed) -> None:
    receiver = _receiver(one.use)
    if receiver is not None and is_column_of(source, receiver, one.use.holder):
        raise refused(source, one, "a column of a data frame is no value of one record")


def _asked_and_read(source: PythonSource, splices: Splices, one: Placed, about: str) -> tuple[str, str]:
    """Returns what is None where the new name is missing, and the read of the new name in the way of the old one."""
    if isinstance(one.use.holder, ast.Attribute):
        mark = _quote_inside(source, one.use.holder)
        return f"getattr({about}, {mark}{one.edit.to}{mark}, None)", f"{about}.{one.edit.to}"
    quoted = quoted_like(source, one)
    end = ")" if isinstance(one.use.holder, ast.Call) else splices.render(one.use.end, one.end)
    return f"{about}.get({quoted})", splices.render(one.start, one.use.start) + quoted + end


def _quote_inside(source: PythonSource, node: ast.AST) -> str:
    """Returns the quote for a text at a node: inside an f-string the one that does not end it, as Python before 3.12 needs."""
    around = node
    while not isinstance(around, ast.JoinedStr | ast.stmt | ast.Module):
        around = source.parent(around)
    if not isinstance(around, ast.JoinedStr):
        return '"'
    opening = source.data[: source.start(node)].decode("utf-8", "replace").rpartition("{")[0]
    marks = re.findall(r"""(?i)f[rb]?(["'])""", opening)
    return "'" if marks[-1:] == ['"'] else '"'


def _through(source: PythonSource, splices: Splices, one: Placed, new: str) -> str:
    """Returns the read through the edit's expression; other new fields that it takes are read in the same way."""
    if not one.edit.expression:
        return new
    about = _about(source, splices, one)
    reads = {}
    for name in named_places(one.edit.expression):
        _, reads[name] = _asked_and_read(source, splices, replace(one, edit=replace(one.edit, to=name)), about)
    return wrapped(filled(one.edit.expression, reads), new, ast.Name("read"))


def read_upcast(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Turns `rec["x"]` into `upcast(rec)["y"]`: the record goes through a function before the new name is read from it."""
    receiver = _receiver(one.use)
    _refuse_columns(source, one)
    if receiver is None or isinstance(one.use.holder, ast.Attribute):
        raise refused(source, one, "it is no read of an entry")
    before, _, after = one.edit.expression.partition("{}")
    checked_expression(f"{before}record{after}")
    splices.insert(source.start(receiver), before)
    splices.insert(source.end(receiver), after)
    splices.replace(one.use.start, one.use.end, quoted_like(source, one))


def read_null(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Turns `rec["x"]` into `0 if rec["x"] is None else rec["x"]`; a place that asks for null itself stays as it is.

    Where there is a value, nothing changes.
    """
    receiver = _receiver(one.use)
    _refuse_columns(source, one)
    if receiver is None or isinstance(one.use.holder, ast.Compare):
        raise refused(source, one, "a read of this kind has no place for what null counts as")
    if not reference_only(receiver):
        raise refused(source, one, "what it is read from would be evaluated more than once")
    if _asks_for_null(source.parent(one.use.holder)):
        return
    read = splices.render(one.start, one.end)
    chosen = f"{parenthesised(one.edit.expression)} if {read} is None else {read}"
    is_bare = "\n" not in chosen and not needs_parentheses(source, one.use.holder)
    splices.replace(one.start, one.end, chosen if is_bare else f"({chosen})")


def _asks_for_null(parent: ast.AST) -> bool:
    match parent:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.BoolOp(op=ast.Or()) | ast.UnaryOp(op=ast.Not()):
            return True
    return False


def _membership(source: PythonSource, one: Placed, compare: ast.Compare, about: str) -> str:
    new, old = quoted_like(source, one), source.data[one.use.start : one.use.end].decode()
    if isinstance(compare.ops[0], ast.In):
        return f"({new} in {about} or {old} in {about})"
    return f"({new} not in {about} and {old} not in {about})"


def _is_called(source: PythonSource, use: Use) -> bool:
    parent = source.parent(use.holder)
    return isinstance(use.holder, ast.Attribute) and isinstance(parent, ast.Call) and parent.func is use.holder


def _receiver(use: Use) -> ast.expr | None:
    match use.holder:
        case ast.Subscript(value=value, ctx=ast.Load()) | ast.Attribute(value=value, ctx=ast.Load()):
            return value
        case ast.Call(func=ast.Attribute(value=value, attr="get")) if use.role == "get":
            return value
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[value]) if left is use.node:
            return value
    return None
