"""Does code ask whether a value is null (or there at all) before it comes to a place?

A guard is a test around the place, one before it that leaves the block, an assertion, the other side of `and` / `or`, a condition
of a comprehension, or a handler that catches what would be raised. Values are told apart by how they are written: the same name,
or the same key of the same thing, whether it is read with brackets or with `.get`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from copilot.checks.parsed_code import FunctionNode, ParsedCode
from copilot.domain.record_classes import last_name

Identity = tuple[str, str]
"""What is read, and under which name: ("item", dump) or ("name", id)."""
ON_NULL = frozenset({"TypeError", "AttributeError"})
ON_ABSENCE = frozenset({"KeyError", "LookupError"})
ON_STRANGER = frozenset({"KeyError", "LookupError", "ValueError"})
"""What a lookup, or the constructor of an Enum class, raises for a value that it doesn't know."""
ON_ANYTHING = frozenset({"Exception", "BaseException"})
"""Such a handler keeps the job alive, and every such record goes to it."""
CALLS_FOLLOWED = 3
_ASKS_FOR_NULL = ("isna", "isnull", "is_null", "is_none", "isnan")
_ASKS_FOR_VALUE = ("notna", "notnull", "not_null", "isinstance", "callable", "hasattr", "len")


def identity(node: ast.expr) -> Identity | None:
    """Returns what names the value of an expression, None where it is no plain read."""
    match node:
        case ast.Name(id=name):
            return "name", name
        case ast.Subscript(value=holder, slice=ast.Constant(value=str() as key)):
            return "item", f"{ast.dump(holder)} {key}"
        case ast.Call(func=ast.Attribute(value=holder, attr="get"), args=[ast.Constant(value=str() as key), *_]):
            return "item", f"{ast.dump(holder)} {key}"
        case ast.Attribute(value=holder, attr=key):
            return "item", f"{ast.dump(holder)} {key}"
        case ast.NamedExpr(target=ast.Name(id=name)):
            return "name", name
    return None


def is_guarded(code: ParsedCode, place: ast.AST, ours: frozenset[Identity]) -> bool:
    """Tells whether the value is surely not null where the code comes to `place`, as far as tests around and before it tell."""
    for inner, outer in code.around(place):
        match outer:
            case ast.If(test=test, body=body, orelse=orelse) | ast.While(test=test, body=body, orelse=orelse):
                if (inner in body and holds_value(test, ours)) or (inner in orelse and lacks_value(test, ours)):
                    return True
            case ast.IfExp(test=test, body=body_value, orelse=other):
                if (inner is body_value and holds_value(test, ours)) or (inner is other and lacks_value(test, ours)):
                    return True
            case ast.BoolOp(op=op, values=values) if inner in values:
                asks = holds_value if isinstance(op, ast.And) else lacks_value
                if any(asks(value, ours) for value in values[: values.index(inner)]):
                    return True
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                conditions = [test for loop in outer.generators for test in loop.ifs if test is not inner]
                if any(holds_value(test, ours) for test in conditions):
                    return True
        if any(_settles(statement, ours) for statement in _before(inner, outer)):
            return True
    return False


def own_reads(reads: Iterable[ast.expr], names: Iterable[str]) -> list[ast.expr]:
    """Returns the reads that are not inside a field of one of these names: in `order["ids"]["a"]`, `a` is another field's."""
    inside = frozenset(names)
    return [it for it in reads if not _lies_in(it, inside)]


def _lies_in(read: ast.expr, names: frozenset[str]) -> bool:
    match read:
        case ast.Call(func=ast.Attribute(value=holder)) | ast.Subscript(value=holder) | ast.Attribute(value=holder):
            kind, what = identity(holder) or ("", "")
            return kind == "item" and what.rpartition(" ")[2] in names
    return False


def stands_in(code: ParsedCode, read: ast.expr, names: Iterable[str]) -> bool:
    """Tells whether a field is read only where the same record has null, or nothing, in a field of one of these names.

    `order["a"] if order.get("b") is None else order["b"]`, and the like: `a` stands in for `b`.
    """
    kind, what = identity(read) or ("", "")
    holder = what.rpartition(" ")[0]
    others = frozenset(("item", f"{holder} {name}") for name in names) if kind == "item" else frozenset()
    for inner, outer in code.around(read) if others else ():
        match outer:
            case ast.IfExp(test=test, body=body, orelse=other):
                if (inner is body and _is_null(test, others)) or (inner is other and _is_value(test, others)):
                    return True
            case ast.BoolOp(op=ast.Or(), values=[first, *_]) if inner is not first and identity(first) in others:
                return True
    return False


def _is_null(test: ast.expr, ours: frozenset[Identity]) -> bool:
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return identity(left) in ours
    return False


def _is_value(test: ast.expr, ours: frozenset[Identity]) -> bool:
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return identity(left) in ours
    return False


def is_caught(code: ParsedCode, place: ast.AST, errors: frozenset[str], calls_left: int = CALLS_FOLLOWED) -> bool:
    """Tells whether one of these errors is caught around a place, inside of the loop that takes one record after the other.

    It is caught as well where every call of the function around, as far as this file has any, is caught; not where the function
    goes through records itself, since the first such record ends it.
    """
    is_repeated = False
    for inner, outer in code.around(place):
        is_repeated = is_repeated or (isinstance(outer, ast.For | ast.AsyncFor) and inner in outer.body)
        if isinstance(outer, ast.While) or (is_repeated and calls_left < CALLS_FOLLOWED):
            return False
        is_tried = isinstance(outer, ast.Try | ast.TryStar) and inner in outer.body
        if is_tried and any(_catches(handler, errors) for handler in getattr(outer, "handlers", ())):
            return True
        if isinstance(outer, ast.With) and inner in outer.body:
            calls = [item.context_expr for item in outer.items if isinstance(item.context_expr, ast.Call)]
            if any(last_name(call.func) == "suppress" and errors & set(map(last_name, call.args)) for call in calls):
                return True
        if isinstance(outer, FunctionNode) and calls_left and not is_repeated and not _yields(outer):
            calls = code.calls_of(outer)
            return bool(calls) and all(is_caught(code, call, errors, calls_left - 1) for call in calls)
    return False


def _yields(function: FunctionNode) -> bool:
    return any(isinstance(it, ast.Yield | ast.YieldFrom) for it in ast.walk(function))


def only_asks_for_null(code: ParsedCode, reads: Iterable[ast.expr]) -> bool:
    """Tells whether each of these reads is there only to ask whether there is a value: `order.get("total") is None`."""
    found = list(reads)
    return bool(found) and all(_is_asked(code.parent(read)) for read in found)


def _is_asked(parent: ast.AST | None) -> bool:
    match parent:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def holds_value(test: ast.expr, ours: frozenset[Identity]) -> bool:
    """Tells whether the value isn't null where the test is true."""
    if identity(test) in ours:
        return True
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            other = right if identity(left) in ours else left if identity(right) in ours else None
            if other is None:
                return False
            is_null = isinstance(other, ast.Constant) and other.value is None
            if isinstance(op, ast.IsNot | ast.NotEq):
                return is_null
            if isinstance(op, ast.Eq | ast.Is):
                return isinstance(other, ast.Constant) and not is_null
            return isinstance(op, ast.In) and _has_no_null(other)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(holds_value(value, ours) for value in values)
        case ast.BoolOp(values=values):
            return all(holds_value(value, ours) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return lacks_value(operand, ours)
        case ast.Call(func=function, args=[first, *_]):
            return identity(first) in ours and last_name(function) in _ASKS_FOR_VALUE
    return False


def lacks_value(test: ast.expr, ours: frozenset[Identity]) -> bool:
    """Tells whether the value isn't null where the test is false."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return identity(left) in ours
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[right]):
            return identity(left) in ours and _has_no_null(right)
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant(value=value)]):
            return identity(left) in ours and value is not None
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(lacks_value(value, ours) for value in values)
        case ast.BoolOp(values=values):
            return all(lacks_value(value, ours) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return holds_value(operand, ours)
        case ast.Call(func=function, args=[first, *_]):
            return identity(first) in ours and last_name(function) in _ASKS_FOR_NULL
    return False


def is_there(code: ParsedCode, place: ast.AST, key: str) -> bool:
    """Tells whether code comes to a place only with the key: `if "amount" in order`, or after leaving where it isn't."""
    for inner, outer in code.around(place):
        match outer:
            case ast.If(test=test, body=body) if inner in body and _has_key(test, key):
                return True
            case ast.IfExp(test=test, body=value) if inner is value and _has_key(test, key):
                return True
            case ast.BoolOp(op=ast.And(), values=values) if inner in values:
                if any(_has_key(value, key) for value in values[: values.index(inner)]):
                    return True
        if any(
            isinstance(it, ast.If) and _lacks_key(it.test, key) and _leaves(it.body) for it in _before(inner, outer)
        ):
            return True
    return False


def _has_key(test: ast.expr, key: str) -> bool:
    match test:
        case ast.Compare(left=ast.Constant(value=value), ops=[ast.In()]):
            return value == key
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_has_key(value, key) for value in values)
    return False


def _lacks_key(test: ast.expr, key: str) -> bool:
    match test:
        case ast.Compare(left=ast.Constant(value=value), ops=[ast.NotIn()]):
            return value == key
    return False


def _before(inner: ast.AST, outer: ast.AST) -> Iterator[ast.stmt]:
    """Yields the statements of the same block that come before."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and inner in block:
            yield from block[: block.index(inner)]


def _settles(statement: ast.stmt, ours: frozenset[Identity]) -> bool:
    """Tells whether the value isn't null after a statement, if the code goes on after it."""
    match statement:
        case ast.Assert(test=test):
            return holds_value(test, ours)
        case ast.If(test=test, body=body, orelse=orelse):
            if _leaves(body) and lacks_value(test, ours):
                return True
            if orelse and _leaves(orelse) and holds_value(test, ours):
                return True
            return lacks_value(test, ours) and any(_sets(one, ours) for one in body)
    return False


def _leaves(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return True
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and last_name(call.func) in ("exit", "abort", "_exit")


def _sets(statement: ast.stmt, ours: frozenset[Identity]) -> bool:
    match statement:
        case ast.Assign(targets=targets, value=value):
            is_null = isinstance(value, ast.Constant) and value.value is None
            return not is_null and any(identity(target) in ours for target in targets)
    return False


def _has_no_null(node: ast.expr) -> bool:
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else []
    return bool(items) and all(isinstance(it, ast.Constant) and it.value is not None for it in items)


def _catches(handler: ast.ExceptHandler, errors: frozenset[str]) -> bool:
    kinds: Iterable[ast.expr] = (
        handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    )
    return (handler.type is None and errors == ON_ANYTHING) or bool(errors & set(map(last_name, kinds)))
