"""What is a literal that Python code puts together from constants? Names, `**` spreads, sums of lists, appended items, f-strings.

The tree has the places of its parts in the file, wherever they stand: a field of a base dict keeps its own line. Statements are
followed in their order through the module and the function around, and names into the modules that they are imported from: what
is written there has the place of the name here. What hangs on calls, loops or branches is refused with its place.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node, scan_json
from copilot.formats.python_classes import fold_class, moved
from copilot.formats.python_code import (
    FunctionNode,
    Places,
    bound_to,
    bound_within,
    class_around,
    find_expression,
    has_own,
    in_order,
    parameters_of,
    parsed_module,
    root_of,
    value_of,
)
from copilot.formats.python_modules import HOPS_MAX, Beside
from copilot.formats.python_texts import filled_in, known_end

FOLDS_MAX = 20_000
_EXCERPT_CHARACTERS = 40
_SAME = frozenset(
    {"deepcopy", "copy", "dict", "list", "loads", "parse_schema", "parse", "Parse", "expand_schema", "dumps"}
)
_TEXTS = frozenset({"loads", "parse", "Parse"})
_LOADS = frozenset({"load", "load_schema", "open", "open_text", "read", "read_text", "read_bytes", "decode"})
_ADDING = frozenset({"append", "extend", "insert"})


def fold_python(text: str, start: int, end: int, beside: Beside | None = None) -> Node:
    """Returns the tree of the expression, or of the class that stands for a record, between two offsets of a file.

    The offsets are in UTF-8 bytes, those of the tree in characters. `beside` are the files that names are followed into.

    Raises InvalidText.
    """
    beside = beside or Beside()
    model = fold_class(text, start, end, beside)
    if model is not None:
        return model
    module = parsed_module(text)
    places = Places(text)
    around: list[FunctionNode] = []
    found = find_expression(module, places, places.in_characters(start), places.in_characters(end), around)
    if found is None:
        raise InvalidText(0, "no expression stands where the schema was found")
    folding = _Folding(places, module, beside)
    folding.enter(class_around(module, found))
    folding.enter(around[-1] if around else None)
    folding.handed = {name for function in around for name in parameters_of(function)}
    return folding.schema(found)


class _Folding:
    """Folds the expressions of one place: names stand for what the statements before it made of them."""

    def __init__(
        self, places: Places, module: ast.Module, beside: Beside, given: Mapping[str, Node] | None = None
    ) -> None:
        self._places = places
        self._module = module
        self._beside = beside
        self._given = dict(given or {})
        self._statements: list[Sequence[ast.stmt]] = [in_order(module.body)]
        self._following: list[str] = []
        self._folds = 0
        self.handed: set[str] = set()

    def enter(self, inner: FunctionNode | ast.ClassDef | None) -> None:
        """Lets names stand for what the statements of a function or class make of them, before those of the module."""
        if inner is not None:
            self._statements.append(in_order(inner.body))

    def schema(self, found: ast.expr) -> Node:
        """Returns the tree of the schema, with what later statements of its own block put into it."""
        tree = self._tree(found)
        return self.json_in(tree) if isinstance(tree.value, str) else tree

    def _tree(self, found: ast.expr) -> Node:
        for body in self._statements:
            for statement in body:
                name = bound_to(statement)
                if name and getattr(statement, "value", None) is found:
                    return self._named(found, name)
        return self._fold(found, 0)

    def _named(self, node: ast.expr, name: str) -> Node:
        """Returns what a name stands for at the end of the block that sets it, and once only."""
        if name in self._following:
            raise self._refused(node, "refers to itself")
        if name in self._given:
            return self._given[name]
        for body in reversed(self._statements):
            made = [statement for statement in body if bound_to(statement) == name]
            if len(made) > 1 or (made and any(name in bound_within(statement) for statement in body)):
                raise self._refused(node, "is set in more than one place")
            if made:
                self._following.append(name)
                tree = self._fold(value_of(made[0]), len(self._following))
                for statement in body[body.index(made[0]) + 1 :]:
                    tree = self._changed(tree, name, statement)
                self._following.pop()
                return tree
        if name in self.handed:
            raise self._refused(node, "is handed over by who calls the function")
        return self._elsewhere(node, [name])

    def _elsewhere(self, node: ast.expr, parts: Sequence[str]) -> Node:
        """Returns what a dotted name is in the file that it is imported from, all of it with the place of the name here."""
        for file, there in self._imported(parts):
            try:
                tree = self._at(file).inner(there)
            except InvalidText as error:
                raise self._refused(node, f"comes from {file}, where {error.reason}") from None
            if tree is not None:
                return moved(tree, *self._places.span(node))
        raise self._refused(node, "is not set in this file")

    def _imported(self, parts: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """Yields (file, what of it) for a dotted name whose beginning is imported."""
        for count in range(1, len(parts) + 1):
            for file, there in self._beside.imported(self._module, ".".join(parts[:count])):
                inside = [*([there] if there else []), *parts[count:]]
                if inside:
                    yield file, inside

    def inner(self, parts: Sequence[str]) -> Node | None:
        """Returns what a dotted name of the module is, its classes and imports followed; None where it is nothing."""
        name, *rest = parts
        own = next((it for it in self._module.body if isinstance(it, ast.ClassDef) and it.name == name), None)
        if own is not None and rest:
            self.enter(own)
            return self.inner(rest)
        every = [statement for body in self._statements for statement in body]
        if not rest and any(bound_to(it) == name or name in bound_within(it) for it in every):
            return self._named(ast.copy_location(ast.Name(name), self._module.body[0]), name)
        further = (self._at(file).inner(there) for file, there in self._imported(parts))
        return next((tree for tree in further if tree is not None), None)

    def _attribute(self, node: ast.Attribute) -> Node:
        """Folds `module.NAME` and `Class.NAME`."""
        owner: ast.expr = node
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        if root_of(node):
            return self._named(node, root_of(node))
        if not isinstance(owner, ast.Name):
            raise self._refused(node, "is computed, so only the running code knows the schema")
        parts = ast.unparse(node).split(".")
        tree = self._at(self._beside.path).inner(parts)
        return moved(tree, *self._places.span(node)) if tree is not None else self._elsewhere(node, parts)

    def _changed(self, tree: Node, name: str, statement: ast.stmt) -> Node:
        """Returns the tree after a statement that may put something into it."""
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=method)) as call) if method in _ADDING:
                if root_of(target) == name and call.args and not call.keywords:
                    return self._with(tree, target, lambda old: self._added(old, method, call))
                return self._unless_about(tree, name, statement)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr="update")) as call) if (
                root == name
            ):
                return self._merged(tree, call)
            case ast.Assign(targets=[ast.Subscript() as target], value=value) if root_of(target) == name:
                return self._with(tree, target, lambda _: self._fold(value, 1))
            case ast.AugAssign(target=target, op=ast.Add(), value=value) if root_of(target) == name:
                return self._with(tree, target, lambda old: self._sum(old, self._fold(value, 1), value))
            case ast.For(orelse=[]) if _change_in(statement, name) is not None:
                for given in list(self._rounds(statement.target, statement.iter, len(self._following))):
                    before, self._given = self._given, given
                    for inner in statement.body:
                        tree = self._changed(tree, name, inner)
                    self._given = before
                return tree
            case _:
                return self._unless_about(tree, name, statement)

    def _unless_about(self, tree: Node, name: str, statement: ast.stmt) -> Node:
        """Returns the tree as it is, unless the statement changes it in a way that is not followed."""
        change = _change_in(statement, name)
        if change is not None:
            raise self._refused(change, "changes the schema in a way that only running tells")
        return tree

    def _with(self, tree: Node, target: ast.expr, change: Any) -> Node:
        """Returns the tree with the part that `target` names replaced by what `change` makes of it."""
        keys: list[ast.expr] = []
        while isinstance(target, ast.Subscript):
            keys.insert(0, target.slice)
            target = target.value
        return self._replaced(tree, keys, change)

    def _replaced(self, tree: Node, keys: list[ast.expr], change: Any) -> Node:
        if not keys:
            result: Node = change(tree)
            return result
        key = keys[0].value if isinstance(keys[0], ast.Constant) else None
        if isinstance(tree.value, dict) and isinstance(key, str):
            old = tree.value.get(key, Node(tree.start, tree.start, None))
            new = self._replaced(old, keys[1:], change)
            return Node(
                tree.start, tree.end, {**tree.value, key: new}, {**(tree.keys or {}), key: (new.start, new.start)}
            )
        if isinstance(tree.value, list) and isinstance(key, int) and -len(tree.value) <= key < len(tree.value):
            items = list(tree.value)
            items[key] = self._replaced(items[key], keys[1:], change)
            return Node(tree.start, tree.end, items)
        raise self._refused(keys[0], "names a part that only running tells")

    def _added(self, old: Node, method: str, call: ast.Call) -> Node:
        items = list(old.value) if isinstance(old.value, list) else []
        new = self._fold(call.args[-1], 1)
        if method == "extend":
            return self._sum(old, new, call)
        at = call.args[0].value if method == "insert" and isinstance(call.args[0], ast.Constant) else len(items)
        if not isinstance(old.value, list) or not isinstance(at, int):
            raise self._refused(call, "adds to something that is not known")
        items.insert(at, new)
        return Node(old.start, old.end, items)

    def _merged(self, tree: Node, call: ast.Call) -> Node:
        if len(call.args) != 1 or call.keywords or not isinstance(tree.value, dict):
            raise self._refused(call, "changes the schema in a way that only running tells")
        return self._union(tree, self._fold(call.args[0], 1), call)

    def _fold(self, node: ast.expr, depth: int) -> Node:
        self._folds += 1
        if depth > JSON_DEPTH_MAX or self._folds > FOLDS_MAX:
            raise self._refused(
                node, f"is nested too deeply (JSON_DEPTH_MAX, {JSON_DEPTH_MAX}; FOLDS_MAX, {FOLDS_MAX})"
            )
        start, end = self._places.span(node)
        match node:
            case ast.Dict():
                return self._dict(node, start, end, depth)
            case ast.List() | ast.Tuple():
                return Node(start, end, list(self._items(node.elts, depth)))
            case ast.Name():
                return self._named(node, node.id)
            case ast.Attribute():
                return self._attribute(node)
            case ast.ListComp(generators=[loop]):
                return Node(start, end, list(self._each(node.elt, loop, depth)))
            case ast.Subscript():
                return self._part(self._fold(node.value, depth + 1), node)
            case ast.BinOp(op=ast.Mod(), left=template, right=given):
                values = list(given.elts) if isinstance(given, ast.Tuple) else [given]
                return self._filled(node, template, values, {}, depth)
            case ast.BinOp(op=ast.Add()):
                return self._sum(self._fold(node.left, depth + 1), self._fold(node.right, depth + 1), node)
            case ast.BinOp(op=ast.BitOr()):
                return self._union(self._fold(node.left, depth + 1), self._fold(node.right, depth + 1), node)
            case ast.JoinedStr():
                return Node(start, end, "".join(self._texts(node, depth)))
            case ast.Call():
                return self._call(node, depth)
            case _:
                return Node(start, end, self._scalar(node))

    def _dict(self, node: ast.Dict, start: int, end: int, depth: int) -> Node:
        whole = Node(start, end, {}, {})
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                whole = self._union(whole, self._fold(value, depth + 1), value)
                continue
            name = self._fold(key, depth + 1)
            if not isinstance(name.value, str):
                raise self._refused(key, "is a key that only running tells")
            new = self._fold(value, depth + 1)
            whole = Node(start, end, {**whole.value, name.value: new}, {**(whole.keys or {}), name.value: name[:2]})
        return whole

    def _items(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                inner = self._fold(node.value, depth + 1)
                if not isinstance(inner.value, list):
                    raise self._refused(node, "spreads something that is no list")
                yield from inner.value
            else:
                yield self._fold(node, depth + 1)

    def _each(self, item: ast.expr, loop: ast.comprehension, depth: int) -> Iterator[Node]:
        """Yields what a comprehension makes of each item of a list that can be read."""
        if loop.ifs:
            raise self._refused(loop.ifs[0], "chooses what only running tells")
        for given in list(self._rounds(loop.target, loop.iter, depth)):
            before, self._given = self._given, given
            yield self._fold(item, depth + 1)
            self._given = before

    def _rounds(self, target: ast.expr, iterated: ast.expr, depth: int) -> Iterator[dict[str, Node]]:
        """Yields what names stand for in each round of a loop over a list that can be read."""
        items = self._fold(iterated, depth + 1)
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [part.id for part in targets if isinstance(part, ast.Name)]
        for one in items.value if isinstance(items.value, list) else [None]:
            parts = one.value if one is not None and isinstance(target, ast.Tuple) else [one]
            if one is None or not isinstance(parts, list) or len(names) != len(targets) or len(parts) != len(names):
                raise self._refused(iterated, "goes through what only running tells")
            yield {**self._given, **dict(zip(names, parts, strict=True))}

    def _filled(
        self, node: ast.expr, template: ast.expr, values: Sequence[ast.expr], named: Mapping[str, ast.expr], depth: int
    ) -> Node:
        """Folds `template % values` and `template.format(*values, **named)`."""
        text = self._fold(template, depth + 1).value
        given = [self._fold(value, depth + 1).value for value in values]
        called = {name: self._fold(value, depth + 1).value for name, value in named.items()}
        filled = filled_in(text, given, called, is_percent=isinstance(node, ast.BinOp))
        if filled is None:
            raise self._refused(node, "formats what only running tells")
        return Node(*self._places.span(node), filled)

    def _part(self, whole: Node, node: ast.Subscript) -> Node:
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(whole.value, dict) and isinstance(key, str) and key in whole.value:
            part: Node = whole.value[key]
            return part
        if isinstance(whole.value, list) and isinstance(key, int) and -len(whole.value) <= key < len(whole.value):
            item: Node = whole.value[key]
            return item
        raise self._refused(node, "names a part that only running tells")

    def _sum(self, left: Node, right: Node, node: ast.expr) -> Node:
        if isinstance(left.value, list) and isinstance(right.value, list):
            return Node(left.start, left.end, [*left.value, *right.value])
        if isinstance(left.value, str) and isinstance(right.value, str):
            return Node(left.start, left.end, left.value + right.value)
        raise self._refused(node, "adds things that only running tells")

    def _union(self, left: Node, right: Node, node: ast.expr) -> Node:
        if not isinstance(left.value, dict) or not isinstance(right.value, dict):
            raise self._refused(node, "spreads something that is no dict")
        keys = {**(left.keys or {}), **(right.keys or {})}
        return Node(left.start, left.end, {**left.value, **right.value}, keys)

    def _texts(self, node: ast.JoinedStr, depth: int) -> Iterator[str]:
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            plain = not isinstance(part, ast.FormattedValue) or (part.conversion < 0 and part.format_spec is None)
            value = self._fold(inner, depth + 1).value
            if not plain or isinstance(value, dict | list | bool | None):
                raise self._refused(node, "formats what only running tells")
            yield str(value)

    def _call(self, node: ast.Call, depth: int) -> Node:
        """Folds calls that give back what they are given, or what a file holds: copies, parsers of schemas, JSON."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and name == "format":
            named = {str(keyword.arg): keyword.value for keyword in node.keywords}
            return self._filled(node, node.func.value, node.args, named, depth)
        called = self._called(node.func)
        if called is not None:
            return self._returned(node, *called, depth)
        if name in _LOADS:
            return self._loaded(node)
        if name == "copy" and isinstance(node.func, ast.Attribute) and not node.args:
            return self._fold(node.func.value, depth + 1)
        if name == "dict" and not node.args and all(keyword.arg for keyword in node.keywords):
            start, end = self._places.span(node)
            members = {str(keyword.arg): self._fold(keyword.value, depth + 1) for keyword in node.keywords}
            return Node(start, end, members, {key: (part.start, part.start) for key, part in members.items()})
        if name not in _SAME or len(node.args) != 1 or (node.keywords and name != "dumps"):
            raise self._refused(node, "is computed, so only the running code knows the schema")
        inner = self._fold(node.args[0], depth + 1)
        if name in _TEXTS and isinstance(inner.value, str):
            return self.json_in(inner)
        return inner

    def _called(self, function: ast.expr) -> tuple[_Folding, FunctionNode] | None:
        """Returns the function, or the method of a class by its name, that is called, and what folds its statements."""
        match function:
            case ast.Name(id=name):
                return self._function(name)
            case ast.Attribute(value=ast.Name(id="cls" | "self"), attr=name):
                around = class_around(self._module, function)
                return self._function(name, around.name) if around is not None else None
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                return self._function(name, owner)
        return None

    def _function(self, name: str, owner: str = "") -> tuple[_Folding, FunctionNode] | None:
        """Returns a function of this file, or of the one it is imported from; of a class and its bases where one owns it."""
        bodies = [it.body for it in self._lineage(owner)] if owner else [self._module.body]
        for body in bodies:
            own = next((it for it in body if isinstance(it, FunctionNode) and it.name == name), None)
            if own is not None:
                return self._at(self._beside.path), own
        for file, there in self._beside.imported(self._module, owner or name):
            found = self._at(file)._function(*((name, there) if owner else (there,))) if there else None
            if found is not None:
                return found
        return None

    def _lineage(self, name: str) -> list[ast.ClassDef]:
        """Returns a class of this file and those of its bases that are classes of this file, too."""
        classes = {it.name: it for it in self._module.body if isinstance(it, ast.ClassDef)}
        found: list[ast.ClassDef] = []
        waiting = [name]
        while waiting:
            own = classes.pop(waiting.pop(), None)
            if own is not None:
                found.append(own)
                waiting += [base.id for base in own.bases if isinstance(base, ast.Name)]
        return found

    def _at(self, file: str) -> _Folding:
        """Returns what folds the statements of another file, or those of this one anew."""
        beside = self._beside.at(file)
        if file == self._beside.path:
            return _Folding(self._places, self._module, beside)
        return _Folding(Places(beside.texts[file]), parsed_module(beside.texts[file]), beside)

    def _returned(self, node: ast.Call, inner: _Folding, function: FunctionNode, depth: int) -> Node:
        """Returns what a function gives back for these arguments; its one `return` must be its last statement."""
        last, given = function.body[-1], function.args
        positional = [it.arg for it in (*given.posonlyargs, *given.args)]
        if positional[:1] in (["self"], ["cls"]):
            positional = positional[1:]
        names = {*positional, *(it.arg for it in given.kwonlyargs)}
        is_plain = not any(isinstance(it, ast.Starred) for it in node.args) and all(it.arg for it in node.keywords)
        values = {name: self._fold(it, depth + 1) for name, it in zip(positional, node.args, strict=False)}
        values |= {str(it.arg): self._fold(it.value, depth + 1) for it in node.keywords}
        defaults = zip(positional[::-1], given.defaults[::-1], strict=False)
        values |= {name: inner._fold(it, depth + 1) for name, it in defaults if name not in values}
        ends = [it for it in ast.walk(function) if isinstance(it, ast.Return)]
        is_known = is_plain and values.keys() == names and inner._beside.hops <= HOPS_MAX
        if not is_known or not isinstance(last, ast.Return) or last.value is None or ends != [last]:
            raise self._refused(node, "is computed, so only the running code knows the schema")
        inner._given = values
        inner.enter(function)
        return moved(inner._fold(last.value, depth + 1), *self._places.span(node))

    def _loaded(self, node: ast.Call) -> Node:
        """Returns the JSON of a schema file that is opened by a path whose end can be read."""
        tail = known_end(node, lambda name: self._value_of(name, node.lineno))
        file = self._beside.ending(tail) if tail.endswith((".avsc", ".json")) else ""
        if not file:
            raise self._refused(node, "is computed, so only the running code knows the schema")
        return self.json_in(Node(*self._places.span(node), self._beside.texts[file].removeprefix("\ufeff")))

    def _value_of(self, name: str, line: int) -> ast.expr | None:
        """Returns the expression that the last statement before a line gives a name."""
        for body in reversed(self._statements):
            made = [statement for statement in body if bound_to(statement) == name and statement.lineno <= line]
            if made:
                return value_of(made[-1])
        return None

    @staticmethod
    def json_in(text: Node) -> Node:
        """Returns the JSON that a folded text holds, every part of it with the place of the text; raises InvalidText."""
        try:
            return moved(scan_json(text.value.strip()), text.start, text.end)
        except InvalidText as error:
            raise InvalidText(text.start, f"not valid JSON: {error.reason}") from None

    def _scalar(self, node: ast.expr) -> Any:
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        value = node.value if isinstance(node, ast.Constant) else ...
        if isinstance(value, str | bool | None) and sign == 1:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return sign * value
        raise self._refused(node, "is computed, so only the running code knows the schema")

    def _refused(self, node: ast.expr, why: str) -> InvalidText:
        start, end = self._places.span(node)
        excerpt = " ".join(self._places.text[start:end].split())
        shown = excerpt if len(excerpt) <= _EXCERPT_CHARACTERS else excerpt[: _EXCERPT_CHARACTERS - 1] + "…"
        return InvalidText(start, f"`{shown}` {why}")


def _change_in(statement: ast.stmt, name: str) -> ast.expr | None:
    """Returns the expression of a statement that changes what a name stands for, None where none does."""
    if isinstance(statement, FunctionNode) and has_own(statement, name):
        return None
    for inner in ast.walk(statement):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            is_changing = inner.func.attr in _ADDING | {"update", "pop", "remove", "setdefault", "clear"}
            if is_changing and root_of(inner.func.value) == name:
                return inner
        if isinstance(inner, ast.Subscript) and not isinstance(inner.ctx, ast.Load) and root_of(inner) == name:
            return inner
    return None
