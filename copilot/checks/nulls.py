"""What becomes of a null in the code that reads it: does it stop the job, does the code foresee it, or can't that be told?

The value is followed through names, choices and functions of the same file. What is handed to code that isn't seen is not judged.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from copilot.checks.guards import (
    ON_ABSENCE,
    ON_ANYTHING,
    ON_NULL,
    Identity,
    identity,
    is_caught,
    is_guarded,
    is_there,
    own_reads,
    stands_in,
)
from copilot.checks.parsed_code import FunctionNode, ParsedCode
from copilot.domain.pipeline import FieldUse

DEPTH_MAX = 6
Fate = Literal["breaks", "passes", "foreseen", "unknown"]
"""passes: the code goes on without doing anything about it."""
_BREAKING_CALLS = frozenset({
    "abs", "all", "any", "chr", "dict", "divmod", "enumerate", "float", "frozenset", "int", "iter", "len", "list", "max", "min",
    "ord", "pow", "reversed", "round", "set", "sorted", "sum", "tuple",
})  # fmt: skip
_HARMLESS_CALLS = frozenset({"bool", "print", "isinstance", "type", "hash", "id", "callable", "hasattr"})
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a null; `what` says how it breaks ("adds it up", "calls len() on it"), at `line`."""

    fate: Fate
    what: str = ""
    line: int = 0


FORESEEN = Outcome("foreseen")
UNKNOWN = Outcome("unknown")


def outcome_of_null(code: ParsedCode, reads: Iterable[ast.expr]) -> Outcome:
    """Returns what becomes of a null that these reads give: it breaks only where each of them does."""
    found = [_Path(code, frozenset()).of(read, 0) for read in reads]
    if not found or any(one.fate == "unknown" for one in found):
        return found[0] if len(set(found)) == 1 else UNKNOWN
    return found[0] if all(one.fate == "breaks" for one in found) else FORESEEN if len(set(found)) == 1 else UNKNOWN


def null_is_foreseen(code: ParsedCode | None, use: FieldUse, fresh: Iterable[str]) -> bool:
    """Tells whether the code of a use surely gets on with null; `fresh` are new fields that come with a value where it is null."""
    reads = own_reads(code.read(use), fresh) if code else []
    if code is None or not reads:
        return False
    return all(stands_in(code, it, fresh) for it in reads) or outcome_of_null(code, reads).fate == "foreseen"


def survives_absence(code: ParsedCode, reads: Iterable[ast.expr], key: str) -> bool:
    """Tells whether each of these reads surely gets on where records lack the key."""
    found = list(reads)
    return bool(found) and all(_gets_on(code, read, key) for read in found)


def _gets_on(code: ParsedCode, read: ast.expr, key: str) -> bool:
    if isinstance(read, ast.Call):
        is_default_null = len(read.args) < 2 or (isinstance(read.args[1], ast.Constant) and read.args[1].value is None)
        is_pop = isinstance(read.func, ast.Attribute) and read.func.attr == "pop" and len(read.args) < 2
        if not is_pop:
            return not is_default_null or outcome_of_null(code, [read]).fate == "foreseen"
    return is_caught(code, read, ON_ABSENCE) or is_there(code, read, key)


@dataclass(frozen=True, slots=True)
class _Path:
    """The way of one value; `ours` are the names under which it has been seen."""

    code: ParsedCode
    ours: frozenset[Identity]

    def of(self, node: ast.expr, depth: int) -> Outcome:
        own = identity(node)
        here = _Path(self.code, self.ours | {own}) if own else self
        if depth > DEPTH_MAX:
            return UNKNOWN
        if is_guarded(self.code, node, here.ours) or is_caught(self.code, node, ON_NULL):
            return FORESEEN
        met = here._meets(node, depth + 1)
        # Whoever catches anything stays alive, and what becomes of the record then is not told by that.
        return replace(met, fate="unknown") if is_caught(self.code, node, ON_ANYTHING) else met

    def _meets(self, node: ast.expr, depth: int) -> Outcome:
        """Returns what the code around a value does with it when it is null."""
        parent = self.code.parent(node)
        match parent:
            case ast.BinOp():
                return self._computes(node, parent)
            case ast.UnaryOp(op=op):
                return FORESEEN if isinstance(op, ast.Not) else self._breaks(node, "computes with it")
            case ast.Compare():
                return self._compares(node, parent)
            case ast.BoolOp(op=op, values=values):
                is_last = values[-1] is node
                return FORESEEN if isinstance(op, ast.Or) and not is_last else self._meets(parent, depth)
            case ast.IfExp(test=test):
                return FORESEEN if test is node else self._meets(parent, depth)
            case ast.Attribute(attr=attr):
                return self._breaks(node, f"takes .{attr} of it")
            case ast.Subscript(value=value):
                return self._breaks(node, "takes a part of it") if value is node else self._looks_up(parent)
            case ast.Call():
                return self._calls(node, parent, depth)
            case ast.FormattedValue(format_spec=spec, conversion=conversion):
                is_formatted = spec is not None and conversion == -1
                return self._breaks(node, "formats it") if is_formatted else self._told(node)
            case ast.For(iter=loop) | ast.comprehension(iter=loop) if loop is node:
                return self._breaks(node, "goes through it")
            case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) if item is node:
                return self._collected(node, parent)
            case ast.Starred() | ast.Dict() if isinstance(parent, ast.Starred) or _is_spread(node, parent):
                return self._breaks(node, "spreads it")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return self._named(node, name, depth)
            case ast.NamedExpr(target=ast.Name(id=name)):
                return _worst([self._named(node, name, depth), self._meets(parent, depth)])
            case ast.Assign(targets=[ast.Tuple() | ast.List()]):
                return self._breaks(node, "unpacks it")
            case ast.AugAssign():
                return self._breaks(node, "computes with it")
            case ast.If() | ast.While() | ast.Assert() | ast.Expr():
                return FORESEEN
        return UNKNOWN

    def _breaks(self, node: ast.expr, what: str) -> Outcome:
        # In a table an operator is about a column, and what it makes of missing values is a rule of its own.
        return UNKNOWN if self.code.has_tables() else Outcome("breaks", what, node.lineno)

    def _told(self, node: ast.expr) -> Outcome:
        """A text for people may say None; in one for machines (a key, an address) that is another value."""
        for _, outer in self.code.around(node):
            is_print = isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and outer.func.id == "print"
            is_log = (
                isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute) and outer.func.attr in _LOGGING
            )
            if is_print or is_log or isinstance(outer, ast.Raise):
                return FORESEEN
        return UNKNOWN

    def _collected(self, node: ast.expr, collection: ast.expr) -> Outcome:
        """A list may hold nulls; who adds it up, or looks for the largest, can't."""
        call = self.code.parent(collection)
        name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
        is_adding = name in ("sum", "max", "min", "sorted") and self.code.is_builtin(name)
        return self._breaks(node, f"calls {name}() on it and others") if is_adding else UNKNOWN

    def _computes(self, node: ast.expr, parent: ast.BinOp) -> Outcome:
        if isinstance(parent.op, ast.Mod) and parent.right is node:
            return FORESEEN if isinstance(parent.left, ast.Constant | ast.JoinedStr) else UNKNOWN
        return self._breaks(node, "computes with it")

    def _compares(self, node: ast.expr, parent: ast.Compare) -> Outcome:
        sides = [parent.left, *parent.comparators]
        at = sides.index(node)
        before = parent.ops[at - 1] if at else None
        after = parent.ops[at] if at < len(parent.ops) else None
        if isinstance(before, ast.In | ast.NotIn):
            return self._breaks(node, "looks for something in it")
        orders = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
        return (
            self._breaks(node, "orders it by size")
            if isinstance(before, orders) or isinstance(after, orders)
            else FORESEEN
        )

    def _looks_up(self, parent: ast.Subscript) -> Outcome:
        table = self.code.constant_table(parent.value)
        if table is None:
            return UNKNOWN
        return FORESEEN if None in table else self._breaks(parent, "looks it up in a table without an entry for null")

    def _calls(self, node: ast.expr, call: ast.Call, depth: int) -> Outcome:
        if call.func is node:
            return self._breaks(node, "calls it")
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("extend", "join") and call.args[:1] == [node]:
            return self._breaks(node, "goes through it")
        if not isinstance(call.func, ast.Name):
            is_log = isinstance(call.func, ast.Attribute) and call.func.attr in _LOGGING
            is_constructor = self.code.dotted(call.func) in ("decimal.Decimal", "datetime.datetime.fromtimestamp")
            return FORESEEN if is_log else self._breaks(node, "converts it") if is_constructor else UNKNOWN
        name = call.func.id
        if self.code.is_builtin(name):
            if name in _HARMLESS_CALLS:
                return FORESEEN
            is_breaking = name in _BREAKING_CALLS and call.args[:1] == [node]
            if name in ("map", "filter", "zip"):
                is_breaking = node in call.args[0 if name == "zip" else 1 :]
            if name in ("max", "min") and len(call.args) > 1:
                is_breaking = node in call.args
            return self._breaks(node, f"calls {name}() on it") if is_breaking else UNKNOWN
        if self.code.dotted(call.func) == "decimal.Decimal":
            return self._breaks(node, "converts it")
        return self._handed(node, call, name, depth)

    def _handed(self, node: ast.expr, call: ast.Call, name: str, depth: int) -> Outcome:
        """Follows the value into a function of the same file."""
        function = self.code.function_of(name)
        if function is None or function.decorator_list or node not in call.args:
            return UNKNOWN
        at = call.args.index(node)
        parameters = [*function.args.posonlyargs, *function.args.args]
        if at >= len(parameters) or any(isinstance(it, ast.Starred) for it in call.args[:at]):
            return UNKNOWN
        return _Path(self.code, frozenset())._uses(function, parameters[at].arg, 0, depth)

    def _named(self, node: ast.expr, name: str, depth: int) -> Outcome:
        scope = self.code.scope(node)
        if not isinstance(scope, FunctionNode):
            return UNKNOWN
        bound = [it for it in self.code.bindings.get(name, []) if self.code.scope(it) is scope]
        if len(bound) > 1:
            # Bound again, perhaps exactly because it was null.
            return UNKNOWN
        return self._uses(scope, name, node.lineno, depth)

    def _uses(self, scope: FunctionNode, name: str, line: int, depth: int) -> Outcome:
        own = _Path(self.code, self.ours | {("name", name)})
        loads = [
            it
            for it in ast.walk(scope)
            if isinstance(it, ast.Name) and it.id == name and isinstance(it.ctx, ast.Load) and it.lineno >= line
        ]
        return _worst([own.of(it, depth) for it in loads])


def _worst(outcomes: list[Outcome]) -> Outcome:
    for outcome in outcomes:
        if outcome.fate == "breaks":
            return outcome
    return next((one for one in outcomes if one.fate == "unknown"), FORESEEN)


def _is_spread(node: ast.expr, parent: ast.AST) -> bool:
    return isinstance(parent, ast.Dict) and any(
        key is None and value is node for key, value in zip(parent.keys, parent.values, strict=True)
    )
