"""Code edits as byte splices of one Python file, refused wherever the result could mean something else than asked.

Edits find their place by offset in the base text; inner edits are made first, so that an outer one carries them along. What
the splices lead to is compared with the base, tree by tree, in `python_verify`.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Sequence
from itertools import groupby

from copilot.domain.alternative import CodeEdit
from copilot.patches.python_declarations import declare_instead, declare_too
from copilot.patches.python_entries import (
    Entry,
    add_entry,
    add_statement,
    entry_of,
    remove_entries,
    remove_statements,
)
from copilot.patches.python_expressions import (
    checked_expression,
    filled,
    is_repeatable,
    named_places,
    parenthesised,
    reference_only,
    wrapped,
)
from copilot.patches.python_imports import import_needed
from copilot.patches.python_locals import is_cheap, moved_to_local
from copilot.patches.python_places import (
    BY_HAND,
    IN_ENTRIES,
    Placed,
    place,
    quoted_like,
    refused,
    sibling_names,
    sibling_values,
    sole_target,
    written_value,
)
from copilot.patches.python_reads import read_converted, read_default, read_either, read_null, read_upcast
from copilot.patches.python_source import PythonSource, literal
from copilot.patches.splices import CannotEdit, Splices


def edit_python(source: PythonSource, splices: Splices, edits: Sequence[CodeEdit]) -> None:
    """Adds the splices of these edits; raises CannotEdit at the first place that needs a person."""
    placed = [place(source, edit) for edit in dict.fromkeys(edits)]
    _refuse_contradictions(source, placed)
    removals = [one for one in placed if one.edit.action == "remove_key"]
    for one in sorted(placed, key=lambda one: (one.end - one.start, one.start)):
        if one.edit.action != "remove_key":
            _ACTIONS[one.edit.action](source, splices, one)
    _remove(source, splices, removals)
    import_needed(source, splices, [one.edit.expression for one in placed])


def _refuse_contradictions(source: PythonSource, placed: list[Placed]) -> None:
    for start, group in groupby(sorted(placed, key=lambda one: one.use.start), key=lambda one: one.use.start):
        edits = [one.edit for one in group]
        actions = [edit.action for edit in edits]
        is_alone = (
            not {"remove_key", "read_either", "read_converted", "read_upcast"} & set(actions) or len(actions) == 1
        )
        is_once = all(
            actions.count(action) == 1 or action in ("add_key", "add_converted", "declare") for action in actions
        )
        if not is_alone or not is_once:
            where = source.span(start)
            raise CannotEdit(f'The edits of "{edits[0].name}" at {where} contradict each other.', where, BY_HAND)


def _rename(source: PythonSource, splices: Splices, one: Placed) -> None:
    edit, use = one.edit, one.use
    if edit.expression:
        _wrap_value(source, splices, one)
    is_name = use.role in ("keyword", "attribute", "declared")
    if is_name and (not edit.to.isidentifier() or keyword.iskeyword(edit.to)):
        raise refused(source, one, f'"{edit.to}" is not a name that Python code can use')
    if use.role in ("dict-key", "keyword") and edit.to in sibling_names(use):
        raise refused(source, one, f'"{edit.to}" is set in the same place already')
    if is_name or use.role == "word":
        splices.replace(use.start, use.end, edit.to)
        return
    token = source.data[use.start : use.end].decode()
    at = token.find(edit.name)
    if at < 0 or literal(token[:at] + edit.to + token[at + len(edit.name) :]) != edit.to:
        raise refused(source, one, f'"{edit.to}" cannot stand in these quotes')
    start = use.start + len(token[:at].encode())
    splices.replace(start, start + len(edit.name.encode()), edit.to)


def _add(source: PythonSource, splices: Splices, one: Placed) -> None:
    edit, use = one.edit, one.use
    if use.role in IN_ENTRIES:
        _add_beside(source, splices, one)
        return
    statement = source.statement(use.node)
    target = sole_target(source, one, statement)
    if not reference_only(target):
        raise refused(source, one, "what it is written to would be evaluated twice")
    start, end = source.start(target), source.end(target)
    name = edit.to if isinstance(target, ast.Attribute) else quoted_like(source, one)
    copy = splices.render(start, use.start) + name + splices.render(use.end, end)
    value = splices.render(start, end)
    if edit.action == "add_converted":
        value = wrapped(_with_siblings(source, splices, one), value, target)
    elif edit.expression:
        value = checked_expression(edit.expression)
    add_statement(source, splices, statement, f"{copy} = {value}")


def _add_beside(source: PythonSource, splices: Splices, one: Placed) -> None:
    edit, use = one.edit, one.use
    entry = entry_of(source, use)
    if edit.to in sibling_names(use):
        raise refused(source, one, f'"{edit.to}" is set in the same place already')
    if use.role == "element":
        add_entry(source, splices, entry, quoted_like(source, one))
        return
    value = _value_beside(source, splices, one, entry)
    name = f"{edit.to}=" if use.role == "keyword" else f"{quoted_like(source, one)}: "
    add_entry(source, splices, entry, name + value)


def _value_beside(source: PythonSource, splices: Splices, one: Placed, entry: Entry) -> str:
    edit = one.edit
    if edit.action == "add_converted":
        written = written_value(one.use)
        same = _same_value(source, splices, one, entry)
        return wrapped(_with_siblings(source, splices, one), same, ast.Name(same) if same.isidentifier() else written)
    return parenthesised(edit.expression) if edit.expression else _same_value(source, splices, one, entry)


def _same_value(source: PythonSource, splices: Splices, one: Placed, entry: Entry) -> str:
    """Returns the expression that gives the entry's value once more."""
    value = written_value(one.use)
    local = "" if is_cheap(value) else moved_to_local(source, splices, one.use, entry, value)
    if not local and not is_repeatable(value):
        raise refused(
            source, one, "its value may differ when it is computed twice, and it can't move into a local here"
        )
    return local or splices.render(entry.value_start, entry.end)


def _with_siblings(source: PythonSource, splices: Splices, one: Placed) -> str:
    """Returns the edit's expression with the values that the same record gets for other fields in it."""
    names = named_places(one.edit.expression)
    if not names:
        return one.edit.expression
    values = sibling_values(one.use)
    for name in names:
        if name not in values:
            raise refused(source, one, f'"{name}" is not set in the same place')
        if not (is_cheap(values[name]) and is_repeatable(values[name])):
            raise refused(source, one, f'the value of "{name}" may differ when it is computed twice')
    texts = {name: splices.render(source.start(values[name]), source.end(values[name])) for name in names}
    return filled(one.edit.expression, texts)


def _remove(source: PythonSource, splices: Splices, removals: list[Placed]) -> None:
    statements: list[ast.stmt] = []
    holders: dict[ast.AST, list[Entry]] = {}
    for one in removals:
        if one.use.role in IN_ENTRIES:
            holders.setdefault(one.use.holder, []).append(entry_of(source, one.use))
        else:
            statements.append(_removable_statement(source, one))
    for holder in sorted(holders, key=lambda holder: source.end(holder) - source.start(holder)):
        remove_entries(source, splices, holder, holders[holder])
    remove_statements(source, splices, list(dict.fromkeys(statements)))


def _removable_statement(source: PythonSource, one: Placed) -> ast.stmt:
    statement = source.statement(one.use.node)
    is_pop = isinstance(statement, ast.Expr) and statement.value is one.use.holder and one.use.role == "get"
    is_del = isinstance(statement, ast.Delete) and statement.targets == [one.use.holder]
    if one.use.role != "declared" and not is_pop and not is_del:
        sole_target(source, one, statement)
    return statement


def _set_value(source: PythonSource, splices: Splices, one: Placed) -> None:
    start, end, _ = _value_range(source, one)
    splices.replace(start, end, parenthesised(one.edit.expression))


def _wrap_value(source: PythonSource, splices: Splices, one: Placed) -> None:
    start, end, value = _value_range(source, one)
    expression = _with_siblings(source, splices, one)
    splices.replace(start, end, wrapped(expression, splices.render(start, end), value))


def _value_range(source: PythonSource, one: Placed) -> tuple[int, int, ast.expr]:
    if one.use.role in ("dict-key", "keyword"):
        entry = entry_of(source, one.use)
        return entry.value_start, entry.end, written_value(one.use)
    statement = source.statement(one.use.node)
    if one.use.role != "declared":
        sole_target(source, one, statement)
    match statement:
        case ast.Assign(targets=[before], value=value) | ast.AnnAssign(annotation=before, value=ast.expr() as value):
            start = source.after_trivia(source.data.index(b"=", source.end(before)) + 1)
            return start, source.end(statement), value
    raise refused(source, one, "no value is set here")


_ACTIONS: dict[str, Callable[[PythonSource, Splices, Placed], None]] = {
    "rename_key": _rename,
    "add_key": _add,
    "add_converted": _add,
    "read_default": read_default,
    "read_either": read_either,
    "read_converted": read_converted,
    "read_null": read_null,
    "read_upcast": read_upcast,
    "set_value": _set_value,
    "wrap_value": _wrap_value,
    "declare": declare_too,
    "take": declare_too,
    "redeclare": declare_instead,
}
