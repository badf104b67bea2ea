"""What a Python file's names stand for while it is read: module, class and function scopes, parameters, imports.

Names are followed in the order in which they are written; a name set in several branches keeps all its values. That is less
than an interpreter does and is meant to be: what can't be followed stays unknown.
"""

from __future__ import annotations

import ast
import builtins
from typing import NamedTuple

from copilot.readers.flow import Origin, part_root
from copilot.readers.sheet import Sheet
from copilot.readers.values import Value, either

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Seen(NamedTuple):
    """What reading an expression gave: the value it may have, the record it comes from, and the chain of names that leads to it.

    `thing` is a value too, of the kinds that `things` names; it is followed only after all files were read.
    """

    value: Value = None
    origin: Origin | None = None
    thing: Value = None


NOTHING = Seen()
Options = dict[str, tuple[tuple[str, ...], ast.expr | None, int]]
"""The options of a program by attribute: their names, the expression of the default, and the line."""
_SELF = ("self", "cls")
_BUILTINS = frozenset(dir(builtins))
_COUNTING = frozenset({"int", "len", "ord", "hash", "round", "range"})
"""Functions that give numbers; a loop over those of `range` binds one at a time."""


class Scope:
    """The names in view at one place of a file."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.module: dict[str, Seen] = {}
        self.names: dict[str, Seen] = self.module
        self.attributes: dict[tuple[str, str], Seen] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        self.functions: dict[str, list[str]] = {}
        self.classes: list[str] = []
        self.bases: dict[str, tuple[Value, ...]] = {}
        self.returned: dict[str, Seen] = {}
        self.libraries: set[str] = set()
        self.options: Options = {}
        self.namespaces: set[str] = set()
        self.fields: dict[str, list[str]] = {}
        self.filled: set[str] = set()
        self.numbers: set[tuple[str, str]] = set()
        """The names that hold a number, each with the function that it is of."""
        self.fed: dict[tuple[str, str], Origin] = {}
        self.stars: list[str] = []
        self.globals: set[str] = set()
        self.class_name = ""
        self.function_name = ""
        self.branch_depth = 0
        self.table: Origin | None = None

    @property
    def qualified(self) -> str:
        """The qualified name of the function or class that is being read."""
        if self.class_name and self.function_name:
            return f"{self.class_name}.{self.function_name}"
        return self.class_name or self.function_name

    def bind(self, target: ast.expr, seen: Seen) -> None:
        """Lets a name, or an attribute of `self`, stand for what was seen."""
        if isinstance(target, ast.Name):
            if target.id in self.globals:
                self.module[target.id] = _either(self.module.get(target.id, NOTHING), seen)
            else:
                self._set(self.names, target.id, seen)
        elif isinstance(target, ast.Attribute) and is_self(target.value):
            key = (self.class_name, target.attr)
            before = self.attributes.get(key, NOTHING)
            self.attributes[key] = _either(before, seen)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, NOTHING)
        elif isinstance(target, ast.Tuple | ast.List):
            for index, part in enumerate(target.elts):
                self.bind(part, part_of(seen, index)._replace(origin=self._part_returned(seen.origin, index)))

    def _part_returned(self, origin: Origin | None, index: int) -> Origin | None:
        """Returns the origin of one of the values that a function gives back together, None for parts of anything else."""
        if origin is None or origin.root[0] not in ("ret", "iret") or origin.path or origin.lists:
            return None
        part = part_root(origin.root, index)
        if part[0] == "iret":
            self.sheet.flow.comes(part, "i", str(part[1]))
        return Origin(part)

    def named(self, name: str) -> Seen:
        """Returns what a plain name stands for here."""
        seen = self.names.get(name) or self.module.get(name)
        if seen is not None:
            return seen
        imported = self.imports.get(name)
        if imported is not None:
            return Seen(("name", *imported))
        if name in _SELF:
            return Seen(thing=("self", self.class_name)) if self.class_name else NOTHING
        if name in self.functions or name in self.classes:
            return Seen(thing=("local", name))
        if self.stars and name not in _BUILTINS:
            return Seen(thing=("any", tuple(("name", module, name) for module in self.stars)))
        return NOTHING

    def note_number(self, target: ast.expr, value: ast.expr) -> None:
        """Notes whether what a name is bound to is a number, which names no field."""
        if not isinstance(target, ast.Name):
            return
        function = value.func if isinstance(value, ast.Call) else None
        name = function.id if isinstance(function, ast.Name) else ""
        is_number = name in _COUNTING and name not in self.functions
        (self.numbers.add if is_number else self.numbers.discard)((self.qualified, target.id))

    def returns(self, seen: Seen) -> None:
        """Notes what the function that is being read gives back."""
        if seen.value is not None or seen.thing is not None:
            before = self.returned.get(self.qualified)
            if before is not None:
                seen = _either(before, seen)._replace(thing=either(before.thing, seen.thing))
            self.returned[self.qualified] = seen

    def dotted(self, node: ast.expr) -> str:
        """Returns the full dotted name of an imported thing ("fastavro.schemaless_reader"), "" where it is something else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        imported = self.imports.get(node.id)
        # Most names are none of a module, and this is asked of every name that is called or has an attribute.
        if imported is None or not imported[0]:
            return "" if parts or node.id in self.names or node.id in self.module else node.id
        module, name = imported
        start = f"{module}{'' if module.endswith('.') or not name else '.'}{name}"
        return ".".join([start, *reversed(parts)]) if parts else start

    def function_called(self, node: ast.expr) -> str:
        """Returns the qualified name of the function of this file that is called, "" where it is none."""
        name = ""
        if isinstance(node, ast.Name):
            name = node.id
        elif isinstance(node, ast.Attribute) and (is_self(node.value) or _is_name(node.value, self.class_name)):
            name = f"{self.class_name}.{node.attr}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
        return name if name in self.functions else ""

    def _set(self, names: dict[str, Seen], name: str, seen: Seen) -> None:
        before = names.get(name)
        if before is not None and self.branch_depth:
            seen = _either(before, seen)
        names[name] = seen


def _either(before: Seen, seen: Seen) -> Seen:
    return Seen(either(before.value, seen.value), seen.origin or before.origin, seen.thing or before.thing)


def part_of(seen: Seen, index: int) -> Seen:
    """Returns what the item at `index` of an unpacked value is."""
    value = seen.value
    if value is not None and value[0] == "list" and index < len(value[1]):
        return Seen(value[1][index])
    if value is not None and value[:3] == ("name", "sys", "argv"):
        number = index + (value[3] if len(value) > 3 else 0)
        return Seen(("env", f"argv[{number}]", None)) if number else NOTHING
    return NOTHING


def is_self(node: ast.expr) -> bool:
    """Tells whether a node is the `self` or `cls` of a method."""
    return isinstance(node, ast.Name) and node.id in _SELF


def parameters(node: FunctionNode) -> list[str]:
    """Returns the names of a function's positional and keyword parameters, without `self` and `cls`."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]


def receiver_name(node: ast.expr) -> str:
    """Returns the last name by which a value is reached: `coords` of `result["coords"][oid]`, `row` of `self.row`."""
    while True:
        if isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                return node.slice.value
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        elif isinstance(node, ast.Attribute):
            return node.attr
        elif isinstance(node, ast.Await | ast.Starred):
            node = node.value
        else:
            return node.id if isinstance(node, ast.Name) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
