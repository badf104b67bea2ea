"""Upcasters: pure functions that bring a record from each version of a schema to the next one, where it is read.

The text of such a module is made here, and what a module says is read back here: only one that is exactly a chain counts as one.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_TEXT = '''"""Brings records of {record} from earlier schemas to the latest one, where they are read; what is stored never changes.

One function leads from each version to the next. None may go while a record of its version can be read, and a new one goes behind
the last: CHAIN has them in the order of the versions.
"""


{steps}


CHAIN = ({names})


def {function}(record):
    for step in CHAIN:
        record = step(record)
    return record
'''
_STEP = '''def {name}(record):
    """`{was}` is called `{called}`."""
    return {{{new} if name == {old} else name: value for name, value in record.items()}}'''


@dataclass(frozen=True, slots=True)
class Upcast:
    """A field that is called `old` in that version, and `new` in the next one."""

    version: int
    old: str
    new: str

    @property
    def name(self) -> str:
        return f"v{self.version}_to_v{self.version + 1}"


def chain_text(record: str, function: str, steps: Sequence[Upcast]) -> str:
    """Returns the module's text; `record` is the record's name for people."""
    functions = (
        _STEP.format(name=it.name, old=json.dumps(it.old), new=json.dumps(it.new), was=it.old, called=it.new)
        for it in steps
    )
    names = ", ".join(it.name for it in steps) + ("," if len(steps) == 1 else "")
    return _TEXT.format(record=record, steps="\n\n\n".join(functions), names=names, function=function)


def names_led(module: ast.Module, function: str) -> Mapping[str, str]:
    """Returns the last name for each earlier name, as that function of a module leads them; empty where it is no such chain."""
    found = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    steps = [step for name, node in found.items() if name != function and (step := _step_of(node)) is not None]
    if not steps or _bare(module) != _bare(ast.parse(chain_text("", function, steps))):
        return {}
    led: dict[str, str] = {}
    for step in steps:
        led = {old: step.new if new == step.old else new for old, new in led.items()} | {step.old: step.new}
    return led


def _step_of(node: ast.FunctionDef) -> Upcast | None:
    first, _, last = node.name.removeprefix("v").partition("_to_v")
    match node.body[-1]:
        case ast.Return(
            value=ast.DictComp(key=ast.IfExp(body=ast.Constant(value=str() as new), test=ast.Compare() as test))
        ):
            old = test.comparators[0].value if isinstance(test.comparators[0], ast.Constant) else None
            is_next = first.isdecimal() and last == str(int(first) + 1)
            return Upcast(int(first), old, new) if is_next and isinstance(old, str) else None
    return None


def _bare(module: ast.Module) -> list[str]:
    """The statements without their docstrings, each as a text that equal code has in common."""
    return [_said(node) for node in module.body if not _is_text(node)]


def _said(node: ast.stmt) -> str:
    if not isinstance(node, ast.FunctionDef):
        return ast.dump(node)
    body = [ast.dump(it) for it in node.body if not _is_text(it)]
    return f"{node.name}({ast.dump(node.args)}) {node.decorator_list} {body}"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
