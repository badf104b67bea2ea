"""What kind of value does an expression of Python give, as far as the file that it stands in can tell?

Nothing is guessed: literals, conversions, arithmetic on known kinds, calls of the standard library, annotations, and local names
that are assigned once. A part that is not known leaves the whole open; what is known of the rest still counts.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from copilot.checks.annotations import annotated
from copilot.checks.declared_fields import declared_of_attribute
from copilot.checks.guards import identity, is_guarded
from copilot.checks.kinds import UNKNOWN, Inferred, of_constant, of_kind, united
from copilot.checks.parsed_code import FunctionNode, ParsedCode
from copilot.checks.standard_library import AWARE, BUILTINS, LIBRARY, METHODS, TEXT_METHODS
from copilot.domain.record_classes import last_name

DEPTH_MAX = 12
NUMBERS = frozenset({"boolean", "int", "float", "decimal"})


@dataclass(frozen=True, slots=True)
class Inference:
    """Infers in one file. `reads` are the kinds of what certain places read out of records, by line and name."""

    code: ParsedCode
    reads: Mapping[tuple[int, str], Inferred] = field(default_factory=dict)
    _names: dict[tuple[str, ast.AST], Inferred] = field(default_factory=dict, compare=False, repr=False)
    """What names were found to be, by their scope; open while it is being found out, as a name may be bound by way of itself."""

    def of(self, node: ast.expr, depth: int = 0) -> Inferred:
        """Returns the kind of an expression's value."""
        if depth > DEPTH_MAX:
            return UNKNOWN
        match node:
            case ast.Constant(value=value):
                return of_constant(value)
            case ast.JoinedStr():
                return of_kind("string")
            case ast.Compare(ops=[ast.Is() | ast.IsNot() | ast.In() | ast.NotIn(), *_]):
                return of_kind("boolean")
            case ast.UnaryOp(op=ast.Not()):
                return of_kind("boolean")
            case ast.UnaryOp(operand=operand):
                inner = self.of(operand, depth + 1)
                return of_kind(*inner.kinds) if inner.kinds <= NUMBERS and not inner.is_open else UNKNOWN
            case ast.Compare(left=left, comparators=others):
                sides = [self.of(side, depth + 1) for side in (left, *others)]
                return of_kind("boolean") if all(side.kinds and not side.is_open for side in sides) else UNKNOWN
            case ast.BinOp():
                return self._of_arithmetic(node, depth + 1)
            case ast.BoolOp(op=ast.Or(), values=values):
                parts = [replace(self.of(value, depth + 1), null="no") for value in values[:-1]]
                return united([*parts, self.of(values[-1], depth + 1)])
            case ast.BoolOp(values=values):
                return united(self.of(value, depth + 1) for value in values)
            case ast.IfExp(body=body, orelse=orelse):
                return self.of(body, depth + 1) | self.of(orelse, depth + 1)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return replace(of_kind("array"), items=united(self.of(item, depth + 1) for item in items))
            case ast.ListComp(elt=item):
                return replace(of_kind("array"), items=self.of(item, depth + 1))
            case ast.Set() | ast.SetComp():
                return of_kind("set")
            case ast.Dict() | ast.DictComp():
                return of_kind("map")
            case ast.NamedExpr(value=value):
                return self.of(value, depth + 1)
            case ast.Call():
                return self._of_call(node, depth + 1)
            case ast.Name():
                return self._if_asked(node, self._of_name(node, depth + 1))
            case ast.Attribute():
                return self._if_asked(node, self._of_attribute(node, depth + 1))
            case ast.Subscript():
                return self._if_asked(node, self._of_read(node, depth + 1))
        return UNKNOWN

    def _if_asked(self, node: ast.expr, found: Inferred) -> Inferred:
        """Takes null away where code comes here only with a value: after `is None`, inside of `if order["note"]`."""
        own = identity(node) if found.null != "no" else None
        return replace(found, null="no") if own and is_guarded(self.code, node, frozenset({own})) else found

    def _of_read(self, node: ast.Subscript | ast.Call, depth: int) -> Inferred:
        if isinstance(node, ast.Subscript) and self.code.dotted(node.value) == "os.environ":
            return of_kind("string")
        known = UNKNOWN
        match node.slice if isinstance(node, ast.Subscript) else node.args[0]:
            case ast.Constant(value=str() as name, lineno=line):
                known = self.reads.get((line, name), UNKNOWN)
        if isinstance(node, ast.Subscript):
            return known
        if len(node.args) > 1:
            return known | self.of(node.args[1], depth)
        # What is not there raises a KeyError where it is popped.
        is_pop = isinstance(node.func, ast.Attribute) and node.func.attr == "pop"
        return known if is_pop else known | Inferred(null="maybe")

    def _of_arithmetic(self, node: ast.BinOp, depth: int) -> Inferred:
        left, right = self.of(node.left, depth), self.of(node.right, depth)
        if isinstance(node.op, ast.Mod) and left.kinds == {"string"} and not left.is_open:
            return of_kind("string")
        if left.is_open or right.is_open or len(left.kinds) != 1 or len(right.kinds) != 1:
            return UNKNOWN
        is_declared = left.is_declared or right.is_declared
        kind = _arithmetic(node.op, *left.kinds, *right.kinds)
        return replace(of_kind(kind), is_declared=is_declared) if kind else UNKNOWN

    def _of_call(self, node: ast.Call, depth: int) -> Inferred:
        function = node.func
        if isinstance(function, ast.Name) and self.code.is_builtin(function.id):
            return self._of_builtin(function.id, node, depth)
        dotted = self.code.dotted(function)
        if dotted in AWARE:
            is_aware = len(node.args) > AWARE[dotted] or any(it.arg in ("tz", "tzinfo") for it in node.keywords)
            return of_kind("datetime" if is_aware else "naive-datetime")
        if dotted in ("datetime.datetime", "datetime.datetime.fromisoformat", "datetime.datetime.strptime"):
            return of_kind("datetime", "naive-datetime")
        if dotted in ("os.getenv", "os.environ.get"):
            default = self.of(node.args[1], depth) if len(node.args) > 1 else Inferred(null="maybe")
            return of_kind("string") | default
        if dotted == "random.choice" and len(node.args) == 1:
            return self._item_of(node.args[0], depth)
        if dotted in LIBRARY:
            return of_kind(LIBRARY[dotted])
        if isinstance(function, ast.Attribute):
            return self._of_method(node, function, depth)
        made = self.code.function_of(function.id) if isinstance(function, ast.Name) else None
        return annotated(made.returns) if made and not isinstance(made, ast.AsyncFunctionDef) else UNKNOWN

    def _of_builtin(self, name: str, node: ast.Call, depth: int) -> Inferred:
        if name in BUILTINS:
            return of_kind(BUILTINS[name])
        values = [self.of(value, depth) for value in node.args if not isinstance(value, ast.Starred)]
        if name == "round" and values:
            inner = values[0]
            is_plain = inner.kinds <= {"boolean", "int", "float"} and not inner.is_open
            if len(values) == 1 and not node.keywords:
                return of_kind("int") if is_plain else UNKNOWN
            return of_kind(*inner.kinds) if is_plain else UNKNOWN
        if name == "abs" and values and values[0].kinds <= NUMBERS:
            return values[0]
        if name in ("min", "max") and len(values) > 1 and len(values) == len(node.args):
            return united(values)
        return UNKNOWN

    def _of_method(self, node: ast.Call, function: ast.Attribute, depth: int) -> Inferred:
        name = function.attr
        if name in ("get", "pop") and node.args and isinstance(node.args[0], ast.Constant):
            return self._if_asked(node, self._of_read(node, depth))
        if name in METHODS:
            return of_kind(METHODS[name])
        if name == "encode" and self._is_text(function.value, depth):
            return of_kind("bytes")
        if name in TEXT_METHODS and self._is_text(function.value, depth):
            return of_kind("string")
        if name == "split" and self._is_text(function.value, depth):
            return replace(of_kind("array"), items=of_kind("string"))
        return of_kind("string") if name == "decode" and self._kinds(function.value, depth) == {"bytes"} else UNKNOWN

    def _is_text(self, node: ast.expr, depth: int) -> bool:
        return self._kinds(node, depth) == {"string"}

    def _kinds(self, node: ast.expr, depth: int) -> frozenset[str]:
        found = self.of(node, depth)
        return frozenset() if found.is_open else found.kinds

    def _of_attribute(self, node: ast.Attribute, depth: int) -> Inferred:
        if node.attr == "hex" and isinstance(node.value, ast.Call) and self._kinds(node.value, depth) == {"uuid"}:
            return of_kind("string")
        declared = declared_of_attribute(self.code, node)
        if declared is not None:
            return declared
        member = self._member(node.value) if node.attr in ("value", "name") else self._member(node)
        if member is None or isinstance(node.value, ast.Call):
            return UNKNOWN
        owner, value = member
        if node.attr == "value":
            return self.of(value, depth)
        if node.attr == "name" and isinstance(node.value, ast.Attribute):
            return of_constant(node.value.attr)
        return self.of(value, depth) if _is_text_enum(owner) else of_kind("enum-member")

    def _member(self, node: ast.expr) -> tuple[ast.ClassDef, ast.expr] | None:
        """Returns the class and the value of a member of an Enum of this file."""
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return None
        owner = self.code.class_of(node.value.id)
        if owner is None or not any(last_name(base).endswith("Enum") for base in owner.bases):
            return None
        for statement in owner.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.attr:
                    return owner, value
        return None

    def _of_name(self, node: ast.Name, depth: int) -> Inferred:
        scope = self.code.scope(node)
        if isinstance(scope, ast.Lambda):
            return UNKNOWN
        bound = self.code.bindings.get(node.id, [])
        for _, outer in self.code.around(node):
            # The names of a comprehension are its own, inside as well as outside.
            loops = getattr(outer, "generators", ())
            inner = next((loop.target for loop in loops if loop.target in bound), None)
            if inner is not None:
                return self._bound(inner, depth)
        bound = [it for it in bound if not isinstance(self.code.parent(it), ast.comprehension)]
        own = [it for it in bound if self.code.scope(it) is scope]
        if not own and scope is not self.code.tree:
            own = [it for it in bound if self.code.scope(it) is self.code.tree]
        place = (node.id, scope)
        if place not in self._names:
            self._names[place] = UNKNOWN
            self._names[place] = united(self._bound(it, depth) for it in own) if own else UNKNOWN
        return self._names[place]

    def _bound(self, binding: ast.AST, depth: int) -> Inferred:
        parent = self.code.parent(binding)
        match parent:
            case ast.Assign(targets=targets, value=value) if binding in targets:
                return self.of(value, depth)
            case ast.AnnAssign(annotation=annotation, value=value):
                declared = annotated(annotation)
                found = self.of(value, depth) if value is not None else UNKNOWN
                return found if not found.is_open else declared
            case ast.NamedExpr(value=value):
                return self.of(value, depth)
            case ast.AugAssign(target=target, op=op, value=value) if target is binding:
                kinds = self._kinds(value, depth)
                is_whole = kinds == {"int"} and isinstance(op, ast.Add | ast.Sub | ast.Mult)
                return of_kind("int") if is_whole else UNKNOWN
            case ast.arguments():
                return self._parameter(binding, parent)
            case ast.For(target=target, iter=loop) if target is binding:
                return self._item_of(loop, depth)
            case ast.comprehension(target=target, iter=loop) if target is binding:
                return self._item_of(loop, depth)
        return UNKNOWN

    def _item_of(self, container: ast.expr, depth: int) -> Inferred:
        """Returns what a list holds, or a loop goes through."""
        is_range = (
            isinstance(container, ast.Call) and isinstance(container.func, ast.Name) and container.func.id == "range"
        )
        if is_range and self.code.is_builtin("range"):
            return of_kind("int")
        held = self.of(container, depth)
        return held.items if held.kinds == {"array"} and not held.is_open and held.items is not None else UNKNOWN

    def _parameter(self, binding: ast.AST, arguments: ast.arguments) -> Inferred:
        if not isinstance(binding, ast.arg) or binding in (arguments.vararg, arguments.kwarg):
            return UNKNOWN
        function = self.code.parent(arguments)
        return annotated(binding.annotation) if isinstance(function, FunctionNode) else UNKNOWN


def _arithmetic(op: ast.operator, left: str, right: str) -> str:
    pair = {left, right}
    if pair <= {"boolean", "int", "float"}:
        if isinstance(op, ast.Div):
            return "float"
        if isinstance(op, ast.Pow):
            return "float" if "float" in pair else ""
        return "float" if "float" in pair else "int"
    if pair <= {"decimal", "int", "boolean"} and "decimal" in pair:
        return "decimal"
    if isinstance(op, ast.Add) and len(pair) == 1 and left in ("string", "bytes", "array"):
        return left
    if isinstance(op, ast.Sub) and len(pair) == 1 and left in ("datetime", "naive-datetime", "date"):
        return "timedelta"
    if "timedelta" in pair and isinstance(op, ast.Add | ast.Sub) and len(pair) == 2:
        other = next(iter(pair - {"timedelta"}))
        return other if other in ("datetime", "naive-datetime", "date") else ""
    return ""


def _is_text_enum(owner: ast.ClassDef) -> bool:
    names = {last_name(base) for base in owner.bases}
    return "StrEnum" in names or "str" in names
