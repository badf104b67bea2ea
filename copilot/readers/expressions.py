"""What does an expression of Python stand for, and which names does it use? One method a kind of node.

Each method reads the parts of its node once and gives back a `Seen`. `mode` tells how the value around is used, so that a key
read inside a comparison counts as one. Calls are read by `calls`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from copilot.readers import calls, clients, dicts, items, operators, paths
from copilot.readers.arguments import message_value
from copilot.readers.configs import ConfigTable
from copilot.readers.conversions import cell_holder
from copilot.readers.flow import Origin
from copilot.readers.options import ARGV, argument_at_start, option_of
from copilot.readers.query_uses import names_columns, note_columns, note_path
from copilot.readers.schema_literals import literal_of_changed, literal_of_string
from copilot.readers.scope import NOTHING, Scope, Seen, receiver_name
from copilot.readers.tables import note_sql
from copilot.readers.things import SPREAD, chained, item_of, value_of
from copilot.readers.values import EACH, KEYS, ONE, VALUES, Value

MAX_ITEMS = 64
MAX_TEXT = 400
MAX_QUERY = 4000
_SQL_MIN = 16
_COUNTERS = frozenset({"i", "j", "n", "idx", "index", "pos", "position", "start", "end", "mask", "_"})
_SEVERAL_KINDS = ("list", "any", "cat", "split", "as", "get")
_INNER_KINDS = ("message", "raw", "consumer", "producer")


class Expressions:
    """Reads expressions in a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sheet = scope.sheet
        self.configs = ConfigTable()
        self._seen: dict[int, Seen] = {}

    def see(self, node: ast.expr | None, mode: str = "reads") -> Seen:
        """Reads an expression and everything in it."""
        if node is None:
            return NOTHING
        kind = type(node)
        method = _METHODS.get(kind)
        if method is None:
            return self._parts(node, mode)
        # Most of the reading time is spent from here on down: comparing types is several times faster than isinstance.
        if kind is not ast.Call and kind is not ast.Dict:
            return method(self, node, mode)
        # Calls and dicts add facts when they are read, and some are looked at twice: as an argument, and for its meaning.
        seen = self._seen.get(id(node))
        if seen is None:
            seen = self._seen[id(node)] = method(self, node, mode)
        return seen

    def _parts(self, node: ast.expr, mode: str) -> Seen:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.see(child, mode)
        return NOTHING

    def see_as(self, node: ast.expr | None, receiver: str, mode: str = "reads") -> Seen:
        """Reads an expression whose value gets the name `receiver`."""
        if isinstance(node, ast.Dict) and id(node) not in self._seen:
            self._seen[id(node)] = dicts.see_dictionary(self, node, mode, receiver)
        elif isinstance(node, ast.List):
            for item in node.elts:
                if isinstance(item, ast.Dict):
                    self.see_as(item, receiver, mode)
        seen = self.see(node, mode)
        if seen.value is not None and seen.value[0] == "dict":
            self.configs.name(seen.value[1], receiver)
        if isinstance(node, ast.Call):
            return seen._replace(value=literal_of_changed(node, receiver, seen.value, self.sheet))
        return seen

    def _constant(self, node: ast.Constant, mode: str) -> Seen:
        text = node.value
        if not isinstance(text, str):
            return NOTHING
        literal = literal_of_string(node, text, self.sheet)
        if literal is not None:
            return Seen(("literal", literal))
        is_query = False
        if len(text) >= _SQL_MIN and not self.sheet.is_quiet:
            is_query = note_sql(self, node, ("s", text))
            if names_columns(text):
                note_columns(self, node)
        if len(text) > 1 and text.isidentifier():
            self.sheet.add_use(text, node, mode, "string")
        elif text[:1] == "$":
            note_path(self, node, mode)
        return Seen(("s", text, node.lineno)) if len(text) <= (MAX_QUERY if is_query else MAX_TEXT) else NOTHING

    def _name(self, node: ast.Name, mode: str) -> Seen:
        if node.id == "__file__":
            return Seen(("file", 0))
        return self.scope.named(node.id)

    def _attribute(self, node: ast.Attribute, mode: str) -> Seen:
        option = option_of(self, node.value, node.attr) if self.scope.options else None
        if option is not None:
            return Seen(option)
        dotted = self.scope.dotted(node)
        if dotted:
            return Seen(("name", dotted.rpartition(".")[0], node.attr))
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            seen = self.scope.attributes.get((self.scope.class_name, node.attr), NOTHING)
            return seen if seen != NOTHING else Seen(thing=("attr", ("self", self.scope.class_name), node.attr))
        base = self.see(node.value)
        if base.value is not None and base.value[0] in ("load", "get"):
            return Seen(("get", base.value, node.attr, None))
        if base.value is not None and base.value[0] == "name":
            # An object of another file; what a caller hands over in its place comes first.
            return Seen(None, None, chained("attr", base.thing or base.value, node.attr))
        if base.value is not None:
            return Seen(paths.path_attribute(base.value, node.attr))
        thing = clients.part_of_client(self, base.thing, node.attr) or chained("attr", base.thing, node.attr)
        if base.origin is not None and base.origin.root[0] in _INNER_KINDS:
            return message_value(self, base.origin) if node.attr in ("value", "data", "body") else Seen(thing=thing)
        is_followed = base.origin is not None and isinstance(node.value, ast.Attribute)
        if (isinstance(node.value, ast.Name) or is_followed) and not node.attr.startswith("_"):
            used = "writes" if isinstance(node.ctx, ast.Store | ast.Del) else mode
            self.sheet.add_use(node.attr, node, used, "attribute", receiver_name(node.value), base.origin)
        return Seen(None, base.origin.at(node.attr) if base.origin else None, thing)

    def _subscript(self, node: ast.Subscript, mode: str) -> Seen:
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            base = self.see(node.value)
            used = mode if isinstance(node.ctx, ast.Load) else "writes"
            return self.key_use(key, key.value, used, "subscript", node.value, base)
        base = self.see(cell_holder(node) or node.value)
        if base.value is not None and base.value[:3] == ARGV:
            return Seen(argument_at_start(base.value, key, node.lineno))
        if isinstance(key, ast.Constant | ast.Slice | ast.UnaryOp):
            self.see(key)
            is_item = not isinstance(key, ast.Slice)
            value = paths.path_item(base.value, key) if base.value is not None else None
            return Seen(value, _item(base.origin) if is_item else base.origin, base.thing)
        if isinstance(key, ast.List | ast.Tuple):
            self.columns(
                key, mode if isinstance(node.ctx, ast.Load) else "writes", receiver_name(node.value), base.origin
            )
            # Some columns of a stream are a stream of the same kind.
            return Seen(None, base.origin, base.thing if _is_client(base.thing) else None)
        known_key = self.see(key)
        if base.value == paths.ENVIRON:
            return Seen(paths.variable_named(known_key, None, node.lineno))
        known = known_key.value
        used = mode if isinstance(node.ctx, ast.Load) else "writes"
        is_listed = self.sheet.add_listed_uses(known, used, receiver_name(node.value), base.origin)
        if isinstance(key, ast.Name | ast.Attribute) and _is_record_kind(base.origin):
            name = receiver_name(key)
            is_number = name in _COUNTERS or (self.scope.qualified, name) in self.scope.numbers
            if not is_number and not is_listed:
                reason = f"the name of the field is computed ({receiver_name(node.value)}[{name}])"
                self.sheet.add_blind(node, reason, receiver_name(node.value), base.origin)
        if _is_mask(key):
            return Seen(None, base.origin, base.thing)
        is_container = base.origin is not None and (base.origin.lists > 0 or base.origin.root[0] == "lit")
        return Seen(None, _item(base.origin) if is_container else None, self.picked(base, key, known_key))

    def picked(self, base: Seen, key: ast.expr, seen: Seen, default: Value = None) -> Value:
        """Returns the chain to what a table holds under a key that is no text of its own, and was seen already.

        `default` is what holds where the table lacks the key.
        """
        table = base.thing or _imported(base.value)
        if base.value is not None and base.value[0] == "dict":
            table = self.configs.as_map(base.value[1])
        elif base.value is not None and base.value[0] in ("load", "get"):
            table = base.value
        if table is None:
            return None
        if default is not None:
            table = ("map", ((SPREAD, table), (None, default)))
        is_number = isinstance(key, ast.Name) and key.id in _COUNTERS
        return item_of(table, ONE if is_number else value_of(self, key, seen))

    def key_use(
        self, token: ast.expr, name: str, mode: str, form: str, receiver: ast.expr, base: Seen, shape: int = -1
    ) -> Seen:
        """Adds the use of a key of `receiver` and returns what lies under it."""
        if base.value is not None and base.value[0] == "dict":
            return Seen(self.configs.entry(base.value[1], name))
        variable = paths.environment_item(base.value, name, token.lineno)
        if (
            variable is None
            and name.isupper()
            and receiver_name(receiver) == "config"
            and "flask" in self.scope.libraries
        ):
            return Seen(("name", paths.FLASK_CONFIG, name))
        if variable is None and (self.scope.options or name.startswith("--")):
            variable = option_of(self, receiver, name)
        if variable is not None:
            return Seen(variable)
        self.sheet.add_use(name, token, mode, form, receiver_name(receiver), base.origin, shape)
        listed = items.entry_of_items(self, base.value, name)
        if listed is not None:
            return Seen(listed, base.origin.at(name) if base.origin else None)
        if base.origin is not None and base.origin.root[0] in _INNER_KINDS:
            return Seen(None, base.origin)
        origin = base.origin.at(name) if base.origin else None
        if base.value is not None and base.value[0] in ("load", "get"):
            return Seen(("get", base.value, name, None), origin)
        return Seen(None, origin, item_of(base.thing or _imported(base.value), name))

    def columns(self, node: ast.expr, mode: str, receiver: str, origin: Origin | None) -> None:
        """Adds the uses of a column name, or of a list of them."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.sheet.add_use(node.value, node, mode, "column", receiver, origin)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            for item in node.elts:
                self.columns(item, mode, receiver, origin)
        else:
            self.see(node, mode if mode == "keys" else "reads")

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, mode: str) -> Seen:
        seen = [self.see(item, mode) for item in node.elts]
        # A table of the module, and no record that a function makes.
        is_table = not self.scope.qualified
        values = tuple(
            item.thing if item.value is None and _leads_on(item.thing, is_table=is_table) else item.value
            for item in seen[:MAX_ITEMS]
        )
        origin = next((item.origin for item in seen if item.origin is not None), None)
        if isinstance(node, ast.List) and not node.elts:
            return Seen(None, self.sheet.new_literal())
        is_known = any(value is not None for value in values)
        names = [item for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        if len(names) == len(node.elts) <= MAX_ITEMS:
            self.sheet.lists.setdefault(values, names)
        thing = next((item.thing for item in seen if _is_client(item.thing)), None)
        return Seen(("list", values) if is_known else None, origin.wrapped() if origin else None, thing)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp, mode: str) -> Seen:
        for loop in node.generators:
            self.bind_items(loop.target, self.see(loop.iter), loop.iter)
            for condition in loop.ifs:
                self.see(condition, "compares")
        if isinstance(node, ast.DictComp):
            self._kept_by_name(node.generators[0])
            self.see(node.key)
            self.see(node.value, "passes" if operators.is_same_name(node.key, node.value) else mode)
            return NOTHING
        item = self.see(node.elt, mode)
        value = item.value if item.value is not None and item.value[0] in _SEVERAL_KINDS else None
        return Seen(value, item.origin.wrapped() if item.origin else None, _chain_to_item(item.thing))

    def _kept_by_name(self, loop: ast.comprehension) -> None:
        """Adds the names of `{k: v for k, v in record.items() if k in NAMES}`, by which the fields of a record are kept."""
        match loop:
            case ast.comprehension(
                target=ast.Tuple(elts=[ast.Name(id=key), _]),
                iter=ast.Call(func=ast.Attribute(value=record, attr="items")),
                ifs=[ast.Compare(left=ast.Name(id=asked), ops=[ast.In()], comparators=[names])],
            ) if asked == key:
                listed = self.see(names).value
                self.sheet.add_listed_uses(listed, "passes", receiver_name(record), self.see(record).origin)

    def bind_items(self, target: ast.expr, container: Seen, iterated: ast.expr | None = None) -> None:
        """Lets the target of a loop stand for the items of a container; `iterated` is the expression that gives it."""
        pairs = items.pairs_of(iterated, target)
        one = items.each(self, container)
        item = one.value
        if isinstance(target, ast.Tuple | ast.List) and item is not None and item[0] == "list":
            # The parts of items are no items: which of them go together is not followed.
            item = ("any", item[1])
        thing = one.thing if container.thing is None or container.value is not None else item_of(container.thing, "")
        self.scope.bind(target, Seen(item, _item(container.origin), thing))
        if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self.scope.bind(target.elts[1], Seen(None, _item(container.origin), thing))
            if pairs is not None:
                self._bind_pairs(target, *pairs)

    def _bind_pairs(self, target: ast.Tuple, kind: str, source: ast.expr) -> None:
        """Lets two names stand for key and value of a dict's items, or for number and item of what is enumerated."""
        container = self.see(source)
        if kind == "items" and container.value is None and container.thing is not None:
            for part, name in zip((KEYS, VALUES), target.elts, strict=True):
                self.scope.bind(name, Seen(None, _item(container.origin), chained("item", container.thing, part)))
        if items.is_record(container):
            return
        if kind == "items":
            self.scope.bind(target.elts[0], items.each(self, container, KEYS))
        self.scope.bind(target.elts[1], items.each(self, container, VALUES if kind == "items" else EACH))

    def _lambda(self, node: ast.Lambda, mode: str) -> Seen:
        return Seen(None, self.see(node.body, mode).origin)

    def _inner(self, node: ast.Await | ast.Starred | ast.FormattedValue, mode: str) -> Seen:
        return self.see(node.value, mode)

    def _yield(self, node: ast.Yield | ast.YieldFrom, mode: str) -> Seen:
        seen = self.see(node.value)
        self.scope.returns(seen)
        if seen.origin is not None:
            given = seen.origin if isinstance(node, ast.YieldFrom) else seen.origin.wrapped()
            self.sheet.flow.flows(given, ("ret", self.scope.qualified))
        return NOTHING

    def _named(self, node: ast.NamedExpr, mode: str) -> Seen:
        seen = self.see(node.value, mode)
        self.scope.bind(node.target, seen)
        return seen


def _chain_to_item(thing: Value) -> Value:
    """Returns a chain that goes through an item of a container, None for any other."""
    inner = thing
    while inner is not None and inner[0] in ("attr", "item"):
        if inner[0] == "item":
            return thing
        inner = inner[1]
    return None


def _is_client(thing: Value) -> bool:
    return thing is not None and thing[0] == "client"


def _leads_on(thing: Value, *, is_table: bool) -> bool:
    """Tells whether an item of a list is a dict of a table, or something of an object or a table that has a name of its own."""
    return thing is not None and (thing[0] in ("attr", "item") or (is_table and thing[0] == "map"))


def _imported(value: Value) -> Value:
    """Returns the chain to a name of another module that a value is, None where it is anything else."""
    return value if value is not None and value[0] == "name" else None


def _item(origin: Origin | None) -> Origin | None:
    if origin is None or origin.root[0] in _INNER_KINDS:
        return origin
    return origin.item()


def _is_mask(key: ast.expr) -> bool:
    """Tells whether a subscript picks rows of a table by a condition on its columns."""
    return isinstance(key, ast.Compare) or (isinstance(key, ast.BinOp) and isinstance(key.op, ast.BitAnd | ast.BitOr))


def _is_record_kind(origin: Origin | None) -> bool:
    return origin is None or (origin.root[0] in ("call", "param", "ret", "iret", "lit") and origin.lists == 0)


# Functions of the class, not of an object: a table of bound methods is a cycle, and keeps what was read of every file.
_METHODS: Mapping[type[ast.AST], Callable[..., Seen]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Call: calls.see_call,
    ast.Dict: dicts.see_dictionary,
    ast.List: Expressions._sequence,
    ast.Tuple: Expressions._sequence,
    ast.Set: Expressions._sequence,
    ast.BinOp: operators.see_arithmetic,
    ast.UnaryOp: operators.see_unary,
    ast.BoolOp: operators.see_logic,
    ast.Compare: operators.see_comparison,
    ast.IfExp: operators.see_choice,
    ast.JoinedStr: operators.see_text,
    ast.ListComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.Lambda: Expressions._lambda,
    ast.Await: Expressions._inner,
    ast.Starred: Expressions._inner,
    ast.FormattedValue: Expressions._inner,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
    ast.NamedExpr: Expressions._named,
}
