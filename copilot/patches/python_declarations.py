"""Edits of classes that stand for records: one more field, or another one, at the line that declares a field.

A new declaration stands last and has a default: whoever makes objects by position, or without it, goes on as before.
"""

from __future__ import annotations

import ast
import keyword

from copilot.domain.record_classes import base_names, last_name, refuses_others
from copilot.patches.python_entries import add_statement
from copilot.patches.python_places import Placed, refused
from copilot.patches.python_source import PythonSource
from copilot.patches.splices import Splices

_WITHOUT_DEFAULTS = frozenset({"TypedDict", "Protocol"})


def declare_too(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Adds a declaration; for "take" only to a class that refuses names it doesn't know, and is given whole records."""
    statement, owner = _declared(source, one)
    if one.edit.action == "take" and not _takes_records(source, owner):
        return
    _checked(source, one, owner)
    last = [it for it in owner.body if isinstance(it, ast.AnnAssign)][-1]
    add_statement(source, splices, last, f"{one.edit.to}: {_annotated(source, one, statement, owner)}")


def declare_instead(source: PythonSource, splices: Splices, one: Placed) -> None:
    """Turns a declaration into that of the other field; it keeps a default, which becomes None where the type changes."""
    statement, owner = _declared(source, one)
    _checked(source, one, owner)
    if not one.edit.expression:
        splices.replace(one.use.start, one.use.end, one.edit.to)
        return
    default = "" if statement.value is None else " | None = None"
    splices.replace(one.use.start, source.end(statement), f"{one.edit.to}: {one.edit.expression}{default}")


def _declared(source: PythonSource, one: Placed) -> tuple[ast.AnnAssign, ast.ClassDef]:
    statement = source.statement(one.use.node)
    owner = source.parent(statement)
    if not isinstance(statement, ast.AnnAssign) or not isinstance(owner, ast.ClassDef):
        raise refused(source, one, "no class declares it there")
    return statement, owner


def _checked(source: PythonSource, one: Placed, owner: ast.ClassDef) -> None:
    if not one.edit.to.isidentifier() or keyword.iskeyword(one.edit.to):
        raise refused(source, one, f'"{one.edit.to}" is not a name that Python code can use')
    if any(isinstance(it, ast.AnnAssign) and last_name(it.target) == one.edit.to for it in owner.body):
        raise refused(source, one, f'{owner.name} declares "{one.edit.to}" already')


def _annotated(source: PythonSource, one: Placed, statement: ast.AnnAssign, owner: ast.ClassDef) -> str:
    """Returns annotation and default: as the edit says, else as the old field has them, with None as a default of its own."""
    own = source.data[source.start(statement.annotation) : source.end(statement.annotation)].decode()
    given, _, default = one.edit.expression.partition(" = ")
    if not _WITHOUT_DEFAULTS.isdisjoint(base_names(owner)):
        return given or own
    if default:
        return one.edit.expression
    if not given and statement.value is not None:
        return own + source.data[source.end(statement.annotation) : source.end(statement)].decode()
    annotation = given or own
    if "Optional" in annotation or "None" in annotation:
        return f"{annotation} = None"
    if isinstance(statement.annotation, ast.Constant) and not given:
        return f'"{own[1:-1]} | None" = None'
    return f"{annotation} | None = None"


def _takes_records(source: PythonSource, owner: ast.ClassDef) -> bool:
    """Tells whether the class refuses unknown names, and its objects are made of whole records, here or in no place here."""
    calls = [it for it in ast.walk(source.tree) if isinstance(it, ast.Call) and last_name(it.func) == owner.name]
    return refuses_others(owner) and (not calls or any(it.arg is None for call in calls for it in call.keywords))
