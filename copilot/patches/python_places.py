"""An edit together with the use it is about: what every kind of edit asks of its place, and how it is refused."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from copilot.domain.alternative import CodeEdit
from copilot.patches.python_entries import entry_of
from copilot.patches.python_source import PythonSource, Use, literal
from copilot.patches.splices import CannotEdit

BY_HAND = "Change this place by hand, or choose an alternative that leaves it as it is."
IN_ENTRIES = ("dict-key", "keyword", "element")
_WORDS = {
    "rename_key": "rename",
    "add_key": "write another field beside",
    "add_converted": "write another field beside",
    "remove_key": "take out",
    "read_default": "give a default for",
    "read_null": "say what null counts as in",
    "read_upcast": "read another field in the place of",
    "read_either": "read another name before",
    "read_converted": "read another field in the place of",
    "set_value": "set the value of",
    "wrap_value": "convert the value of",
    "declare": "declare another field beside",
    "take": "declare another field beside",
    "redeclare": "declare another field in the place of",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An edit with the use that it is about, and the bytes that it may touch."""

    edit: CodeEdit
    use: Use
    start: int
    end: int


def place(source: PythonSource, edit: CodeEdit) -> Placed:
    """Finds the place of an edit; raises CannotEdit where its name isn't there."""
    use = source.use_at(edit.offset, edit.name)
    if edit.action == "rename_key" and not edit.expression:
        return Placed(edit, use, use.start, use.end)
    if edit.action in ("read_default", "read_either", "read_converted", "read_null", "read_upcast"):
        return Placed(edit, use, source.start(use.holder), source.end(use.holder))
    if use.role in IN_ENTRIES:
        entry = entry_of(source, use)
        return Placed(edit, use, entry.start, entry.end)
    statement = source.statement(use.node)
    return Placed(edit, use, source.start(statement), source.end(statement))


def sole_target(source: PythonSource, one: Placed, statement: ast.stmt) -> ast.expr:
    """Returns what a plain assignment writes to, where that is the use; raises CannotEdit where it is not."""
    target = one.use.holder
    match statement:
        case ast.Assign(targets=[only]) if only is target:
            return only
        case ast.AugAssign(target=only) | ast.AnnAssign(target=only) if only is target:
            return only
    raise refused(source, one, "it is not a plain write of this field")


def written_value(use: Use) -> ast.expr:
    """Returns the value of a dict key's or keyword's entry."""
    if isinstance(use.holder, ast.Dict):
        return next(value for key, value in zip(use.holder.keys, use.holder.values, strict=True) if key is use.node)
    assert isinstance(use.node, ast.keyword)
    return use.node.value


def sibling_names(use: Use) -> set[object]:
    """Returns the names that stand beside the use."""
    match use.holder:
        case ast.Dict(keys=nodes) | ast.List(elts=nodes) | ast.Tuple(elts=nodes) | ast.Set(elts=nodes):
            return {node.value for node in nodes if isinstance(node, ast.Constant)}
        case ast.Call(keywords=keywords):
            return {argument.arg for argument in keywords}
    return set()


def sibling_values(use: Use) -> dict[str, ast.expr]:
    """Returns the values that stand beside the use in its dict literal or call, by name."""
    match use.holder:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
        case ast.Call(keywords=keywords):
            return {argument.arg: argument.value for argument in keywords if argument.arg}
    return {}


def quoted_like(source: PythonSource, one: Placed) -> str:
    """Returns the new name as a string, in quotes like those of the old one where it can stand in them."""
    token = source.data[one.use.start : one.use.end].decode()
    quoted = token.replace(one.edit.name, one.edit.to)
    return quoted if literal(quoted) == one.edit.to else repr(one.edit.to)


def refused(source: PythonSource, one: Placed, reason: str) -> CannotEdit:
    """Returns the error that names the place, the reason, and what a person can do."""
    where = source.span(one.use.start)
    return CannotEdit(f'Cannot {_WORDS[one.edit.action]} "{one.edit.name}" at {where}: {reason}.', where, BY_HAND)
