"""What is a literal that Python code puts together from constants? Names, `**` spreads, sums of lists, appended items, f-strings.

The tree has the places of its parts in the file, wherever they stand: a field of a base dict keeps its own line. Statements are
followed in their order through the module and the function around; what hangs on calls, loops, branches or other modules is
refused with its place.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from typing import Any

from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node, scan_json
from copilot.formats.python_classes import fold_class
from copilot.formats.python_code import (
    FunctionNode,
    Places,
    bound_to,
    bound_within,
    find_expression,
    has_own,
    parsed_module,
    root_of,
    value_of,
)

FOLDS_MAX = 20_000
_EXCERPT_CHARACTERS = 40
_SAME = frozenset({"deepcopy", "copy", "dict", "list", "loads", "parse_schema", "parse", "expand_schema", "dumps"})
_ADDING = frozenset({"append", "extend", "insert"})


def fold_python(text: str, start: int, end: int) -> Node:
    """Returns the tree of the expression, or of the class that stands for a record, between two offsets of a file.

    The offsets are in UTF-8 bytes, those of the tree in characters.

    Raises InvalidText.
    """
    model = fold_class(text, start, end)
    if model is not None:
        return model
    module = parsed_module(text)
    places = Places(text)
    around: list[FunctionNode] = []
    found = find_expression(module, places, places.in_characters(start), places.in_characters(end), around)
    if found is None:
        raise InvalidText(0, "no expression stands where the schema was found")
    return _Folding(places, module, around[-1] if around else None).schema(found)


class _Folding:
    """Folds the expressions of one place: names stand for what the statements before it made of them."""

    def __init__(self, places: Places, module: ast.Module, function: FunctionNode | None) -> None:
        self._places = places
        self._statements: list[Sequence[ast.stmt]] = [module.body, *([function.body] if function else [])]
        self._following: list[str] = []
        self._folds = 0

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
        raise self._refused(node, "is not set in this file")

    def _changed(self, tree: Node, name: str, statement: ast.stmt) -> Node:
        """Returns the tree after a statement that may put something into it."""
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Subscript() as target, attr=method)) as call):
                if root_of(target) == name and method in _ADDING and call.args and not call.keywords:
                    return self._with(tree, target, lambda old: self._added(old, method, call))
                return self._unless_about(tree, name, statement)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr="update")) as call) if (
                root == name
            ):
                return self._merged(tree, call)
            case ast.Assign(targets=[ast.Subscript() as target], value=value) if root_of(target) == name:
                return self._with(tree, target, lambda _: self._fold(value, 1))
            case ast.AugAssign(target=ast.Subscript() as target, op=ast.Add(), value=value) if root_of(target) == name:
                return self._with(tree, target, lambda old: self._sum(old, self._fold(value, 1), value))
            case _:
                return self._unless_about(tree, name, statement)

    def _unless_about(self, tree: Node, name: str, statement: ast.stmt) -> Node:
        """Returns the tree as it is, unless the statement changes it in a way that is not followed."""
        if isinstance(statement, FunctionNode) and has_own(statement, name):
            return tree
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                is_changing = inner.func.attr in _ADDING | {"update", "pop", "remove", "setdefault", "clear"}
                if is_changing and root_of(inner.func.value) == name:
                    raise self._refused(inner, "changes the schema in a way that only running tells")
            if isinstance(inner, ast.Subscript) and not isinstance(inner.ctx, ast.Load) and root_of(inner) == name:
                raise self._refused(inner, "changes the schema in a way that only running tells")
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
            case ast.Subscript():
                return self._part(self._fold(node.value, depth + 1), node)
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
        """Folds calls that give back what they are given: copies, parsers of schemas, JSON."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "copy" and isinstance(node.func, ast.Attribute) and not node.args:
            return self._fold(node.func.value, depth + 1)
        if name == "dict" and not node.args and all(keyword.arg for keyword in node.keywords):
            start, end = self._places.span(node)
            members = {str(keyword.arg): self._fold(keyword.value, depth + 1) for keyword in node.keywords}
            return Node(start, end, members, {key: (part.start, part.start) for key, part in members.items()})
        if name not in _SAME or len(node.args) != 1 or node.keywords:
            raise self._refused(node, "is computed, so only the running code knows the schema")
        inner = self._fold(node.args[0], depth + 1)
        if name in ("loads", "parse") and isinstance(inner.value, str):
            return self.json_in(inner)
        return inner

    @staticmethod
    def json_in(text: Node) -> Node:
        """Returns the JSON that a folded text holds, every part of it with the place of the text; raises InvalidText."""
        try:
            return _moved(scan_json(text.value.strip()), text.start, text.end)
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


def _moved(node: Node, start: int, end: int) -> Node:
    if isinstance(node.value, dict):
        members = {name: _moved(member, start, end) for name, member in node.value.items()}
        return Node(start, end, members, dict.fromkeys(members, (start, start)))
    if isinstance(node.value, list):
        return Node(start, end, [_moved(item, start, end) for item in node.value])
    return Node(start, end, node.value)
