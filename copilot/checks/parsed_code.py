"""Where in a Python file does a use of a field stand, what is written there, and what is around it?

Uses are found by line, name and form, because a patch moves offsets; where a line holds several that fit, all are given, and who
asks has to be content with what is true of each. A file that can't be read or parsed gives nothing.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from functools import lru_cache

from copilot.checks.reading import file_texts
from copilot.domain.pipeline import FieldUse
from copilot.domain.python_text import parsed_python
from copilot.domain.record_classes import last_name
from copilot.ports import Bench, Case

FILES_KEPT = 64
BYTES_MAX = 1_000_000
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_GETTERS = ("get", "pop")


class ParsedCode:
    """One file as a tree whose nodes know what is around them."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self._parents: dict[ast.AST, ast.AST] = {}
        self._tokens: dict[tuple[int, str], list[ast.AST]] = {}
        self.imports: dict[str, str] = {}
        self.definitions: dict[str, list[FunctionNode | ast.ClassDef]] = {}
        self.bindings: dict[str, list[ast.AST]] = {}
        self._filled: set[str] = set()
        self._calls: dict[str, list[ast.Call]] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Constant(value=str() as text) if text.isidentifier():
                self._tokens.setdefault((node.lineno, text), []).append(node)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                self._calls.setdefault(name, []).append(node)
            case ast.keyword(arg=str() as name):
                self._tokens.setdefault((node.lineno, name), []).append(node)
            case ast.Attribute(attr=name):
                if name in ("update", "setdefault", "pop", "clear") and isinstance(node.value, ast.Name):
                    self._filled.add(node.value.id)
                self._tokens.setdefault((node.end_lineno or node.lineno, name), []).append(node)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                self._filled.add(name)
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    self.imports[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(module=module, names=names, level=level):
                for alias in names:
                    self.imports[alias.asname or alias.name] = (
                        f"{'.' * level}{f'{module}.' if module else ''}{alias.name}"
                    )
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.definitions.setdefault(name, []).append(node)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                self.bindings.setdefault(name, []).append(node)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                self.bindings.setdefault(name, []).append(node)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Returns the node around, None for the module."""
        return self._parents.get(node)

    def around(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Yields (inner, outer) from a node outwards, up to the function, lambda or module that it stands in."""
        inner = node
        while (outer := self._parents.get(inner)) is not None:
            yield inner, outer
            if isinstance(outer, FunctionNode | ast.Lambda):
                return
            inner = outer

    def enclosing(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yields every node around a node, up to the module."""
        while (outer := self._parents.get(node)) is not None:
            yield outer
            node = outer

    def scope(self, node: ast.AST) -> FunctionNode | ast.Lambda | ast.Module:
        """Returns the function that a node stands in, or the module."""
        for _, outer in self.around(node):
            if isinstance(outer, FunctionNode | ast.Lambda):
                return outer
        return self.tree

    def dotted(self, node: ast.expr) -> str:
        """Returns the full dotted name that an imported name leads to ("datetime.datetime.now"), "" for anything else."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        is_free = isinstance(node, ast.Name) and node.id not in self.bindings and node.id not in self.definitions
        return self.imports.get(node.id, "") if is_free and isinstance(node, ast.Name) else ""

    def is_builtin(self, name: str) -> bool:
        """Tells whether a name that builtins have is theirs in this file."""
        return name not in self.bindings and name not in self.definitions and name not in self.imports

    def class_of(self, name: str) -> ast.ClassDef | None:
        """Returns the only class of that name in this file."""
        found = self.definitions.get(name, [])
        return found[0] if len(found) == 1 and isinstance(found[0], ast.ClassDef) else None

    def function_of(self, name: str) -> FunctionNode | None:
        """Returns the only function of that name in this file, where it stands at the outermost level."""
        found = self.definitions.get(name, [])
        only = found[0] if len(found) == 1 else None
        is_outermost = only is not None and self.parent(only) is self.tree and name not in self.bindings
        return only if isinstance(only, FunctionNode) and is_outermost else None

    def name_given(self, node: ast.expr) -> str:
        """Returns the name that a statement gives the very value of an expression to, "" where there is none."""
        match self.parent(node):
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name
        return ""

    def calls(self) -> Iterator[ast.Call]:
        """Yields every call of something that has a name."""
        return itertools.chain.from_iterable(self._calls.values())

    def calls_of(self, function: FunctionNode) -> list[ast.Call]:
        """Returns the calls of a function outside of itself, of a method those by its name; none where several have the name."""
        if len(self.definitions.get(function.name, [])) != 1:
            return []
        kind = ast.Attribute if isinstance(self.parent(function), ast.ClassDef) else ast.Name
        calls = [it for it in self._calls.get(function.name, []) if isinstance(it.func, kind)]
        return [it for it in calls if function not in self.enclosing(it)]

    def constant_table(self, node: ast.expr) -> frozenset[object] | None:
        """Returns the keys of a dict literal, written here or under a name that is bound once; None where they aren't known."""
        if isinstance(node, ast.Name):
            return self.table_named(node.id)
        if not isinstance(node, ast.Dict) or not all(isinstance(key, ast.Constant) for key in node.keys):
            return None
        return frozenset(key.value for key in node.keys if isinstance(key, ast.Constant))

    def table_named(self, name: str) -> frozenset[object] | None:
        """Returns the keys of the dict literal that a name is bound to once, None where code adds to it."""
        bound = self.bindings.get(name, [])
        parent = self.parent(bound[0]) if len(bound) == 1 else None
        value = parent.value if isinstance(parent, ast.Assign | ast.AnnAssign) else None
        return self.constant_table(value) if isinstance(value, ast.Dict) and not self.fills(name) else None

    def fills(self, name: str) -> bool:
        """Tells whether the file puts something into what a name stands for."""
        return name in self._filled

    def enum_values(self, name: str) -> frozenset[object] | None:
        """Returns the values of an Enum class of this file, None where there is none, or where it makes members of others."""
        owner = self.class_of(name)
        bases = set(map(last_name, owner.bases)) if owner else set()
        if owner is None or bases.isdisjoint({"Enum", "StrEnum"}) or "_missing_" in self.definitions:
            return None
        values = [it.value for it in owner.body if isinstance(it, ast.Assign | ast.AnnAssign)]
        is_known = bool(values) and all(isinstance(value, ast.Constant) for value in values)
        return frozenset(it.value for it in values if isinstance(it, ast.Constant)) if is_known else None

    def has_tables(self) -> bool:
        """Tells whether the file works with tables, where an operator may be about whole columns."""
        tops = {name.partition(".")[0] for name in self.imports.values()}
        return not tops.isdisjoint({"pandas", "polars", "pyspark", "numpy", "dask", "astropy", "jax", "torch"})

    def written(self, use: FieldUse) -> list[ast.expr]:
        """Returns the values that a use may write, one for each place that fits."""
        return [value for token in self._at(use) if (value := self._value_written(token, use.form)) is not None]

    def read(self, use: FieldUse) -> list[ast.expr]:
        """Returns the expressions whose value is what a use reads, one for each place that fits."""
        return [found for token in self._at(use) if (found := self._value_read(token, use.form)) is not None]

    def _at(self, use: FieldUse) -> list[ast.AST]:
        return self._tokens.get((use.span.first_line, use.name), [])

    def _value_written(self, token: ast.AST, form: str) -> ast.expr | None:
        parent = self.parent(token)
        if form == "literal" and isinstance(parent, ast.Dict) and token in parent.keys:
            return parent.values[parent.keys.index(token)]
        if form == "keyword" and isinstance(token, ast.keyword) and isinstance(parent, ast.Call):
            return token.value
        if form == "subscript" and isinstance(parent, ast.Subscript) and parent.slice is token:
            return self._assigned(parent)
        return self._assigned(token) if form == "attribute" and isinstance(token, ast.Attribute) else None

    def _assigned(self, target: ast.expr) -> ast.expr | None:
        match self.parent(target):
            case ast.Assign(targets=targets, value=value) if target in targets:
                return value
            case ast.AnnAssign(value=ast.expr() as value):
                return value
        return None

    def _value_read(self, token: ast.AST, form: str) -> ast.expr | None:
        parent = self.parent(token)
        if form == "subscript" and isinstance(parent, ast.Subscript) and parent.slice is token:
            return parent if isinstance(parent.ctx, ast.Load) else None
        if form == "get" and isinstance(parent, ast.Call) and parent.args[:1] == [token]:
            is_getter = isinstance(parent.func, ast.Attribute) and parent.func.attr in _GETTERS
            return parent if is_getter else None
        is_load = isinstance(token, ast.Attribute) and isinstance(token.ctx, ast.Load)
        return token if form == "attribute" and isinstance(token, ast.Attribute) and is_load else None


class Codes:
    """The files of one state, the base or after a phase, parsed when they are asked for."""

    def __init__(self, case: Case, bench: Bench, phase: int) -> None:
        self._case = case
        self._bench = bench
        self._phase = phase
        self._known: dict[str, ParsedCode | None] = {}

    def read(self, uses: Iterable[FieldUse]) -> None:
        """Reads the files of these uses at once, which costs less than one after the other."""
        self._read(use.span.path for use in uses)

    def _read(self, paths: Iterable[str]) -> None:
        due = sorted({path for path in paths if path.endswith(".py")} - self._known.keys())
        texts = file_texts(due, self._phase, self._case, self._bench) if due else {}
        self._known |= {path: _parse(texts[path]) if path in texts else None for path in due}

    def of(self, use: FieldUse) -> ParsedCode | None:
        """Returns the file of a use, None where it can't be read or parsed."""
        return self.at(use.span.path)

    def at(self, path: str) -> ParsedCode | None:
        """Returns the file at a path, None where it can't be read or parsed, or is not Python."""
        self._read([path])
        return self._known.get(path)

    def imported(self, path: str, dotted: str) -> ParsedCode | None:
        """Returns the module of the tree that holds what a file imports under a dotted name, None where it isn't there."""
        module = dotted.rpartition(".")[0]
        level = len(module) - len(module.lstrip("."))
        folders = path.split("/")[:-1]
        starts = (
            [folders[: len(folders) - level + 1]] if level else [folders[:end] for end in range(len(folders), -1, -1)]
        )
        tail = [part for part in module.lstrip(".").split(".") if part]
        names = ["/".join([*start, *tail]) for start in starts if start or tail]
        found = [path for name in names for path in (f"{name}.py", f"{name}/__init__.py")]
        self._read(found)
        return next((code for path in found if (code := self._known[path]) is not None), None)


@lru_cache(maxsize=FILES_KEPT)
def _parse(text: str) -> ParsedCode | None:
    tree = parsed_python(text) if len(text) <= BYTES_MAX else None
    return ParsedCode(tree) if tree is not None else None
