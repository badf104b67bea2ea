"""Which record does a typed class of Python stand for, as Avro has it?

dataclasses-avroschema's `AvroModel`, also for pydantic and faust; and plain dataclasses, pydantic models, records of faust and
structs of msgspec, which travel as JSON.

The tree has the places of the fields in the file. Classes of the file are followed: bases, records in records, enumerations. What
hangs on other modules, on calls, or on types that have no Avro of their own is refused with its place.

Source: dataclasses-avroschema 0.71.1, whose schemas of the same classes are equal but for the names of arrays and maps.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from typing import Any

from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node
from copilot.formats.python_code import Places, parsed_module
from copilot.formats.python_modules import Beside

MODEL_BASES = frozenset({"AvroModel", "AvroBaseModel", "AvroRecord", "Record", "Struct"})
_PRIMITIVES = {
    "str": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "bytes": "bytes",
    "Int32": "int",
    "Float32": "float",
    "None": "null",
}
_LOGICAL = {
    "datetime": ("long", "timestamp-millis"),
    "DateTimeMicro": ("long", "timestamp-micros"),
    "date": ("int", "date"),
    "time": ("int", "time-millis"),
    "TimeMicro": ("long", "time-micros"),
    "UUID": ("string", "uuid"),
    "UUID4": ("string", "uuid"),
}
_LISTS = frozenset({"list", "List", "Sequence", "MutableSequence", "tuple", "Tuple", "set", "Set"})
_MAPS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
_PLAIN_BASES = frozenset({"ABC", "Generic", "BaseModel", "object"})
_KINDS_OF: dict[type, frozenset[str]] = {
    type(None): frozenset({"null"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"int", "long"}),
    float: frozenset({"float", "double"}),
    str: frozenset({"string", "enum"}),
    list: frozenset({"array"}),
    dict: frozenset({"map"}),
}
_EXCERPT_CHARACTERS = 40


def fold_class(text: str, start: int, end: int, beside: Beside | None = None) -> Node | None:
    """Returns the tree of the record that the class between two offsets (UTF-8 bytes) stands for, None where no class is there.

    `beside` are the files that bases and types are followed into. Raises InvalidText.
    """
    module, places = parsed_module(text), Places(text)
    span = (places.in_characters(start), places.in_characters(end))
    classes = (node for node in module.body if isinstance(node, ast.ClassDef))
    found = next((node for node in classes if places.span(node) == span), None)
    return _Classes(places, module, beside or Beside(), set()).record(found, 0) if found is not None else None


class _Classes:
    """Folds classes into one schema: a record that was folded before, by its name, is named, as Avro wants it."""

    def __init__(self, places: Places, module: ast.Module, beside: Beside, folded: set[str]) -> None:
        self._places = places
        self._module = module
        self._beside = beside
        self._folded = folded
        self._classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}

    def elsewhere(self, node: ast.expr) -> tuple[_Classes, ast.ClassDef] | None:
        """Returns a class of another file and what folds it, None where the expression names none."""
        named = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        owner, _, inside = named.rpartition(".")
        for file, there in self._beside.imported(self._module, owner or inside):
            beside = self._beside.at(file)
            other = _Classes(Places(beside.texts[file]), parsed_module(beside.texts[file]), beside, self._folded)
            name = inside if owner else there
            if name in other._classes:
                return other, other._classes[name]
            again = other.elsewhere(ast.Name(name)) if name else None
            if again is not None:
                return again
        return None

    def record(self, node: ast.ClassDef, depth: int) -> Node:
        meta = _meta_of(node)
        name = meta.get("schema_name") or node.name
        self._folded.add(node.name)
        fields = {it[1].target.id: it for it in self._fields(node, depth) if isinstance(it[1].target, ast.Name)}
        start, end = self._places.span(node)
        given: dict[str, Any] = {"type": "record", "name": name}
        if meta.get("namespace"):
            given["namespace"] = meta["namespace"]
        if ast.get_docstring(node, clean=False):
            given["doc"] = ast.get_docstring(node)
        members = {key: Node(start, start, value) for key, value in given.items()}
        listed = [owner._placed(field, depth, self._places.span(node), self) for owner, field in fields.values()]
        if isinstance(meta.get("aliases"), list):
            members["aliases"] = Node(start, start, [Node(start, start, alias) for alias in meta["aliases"]])
        return _record(start, end, {**members, "fields": Node(start, end, listed)})

    def _fields(self, node: ast.ClassDef, depth: int) -> Iterator[tuple[_Classes, ast.AnnAssign]]:
        """Yields the fields of a class, those of its bases first, each with what folds it."""
        if depth > JSON_DEPTH_MAX:
            raise self._refused(node, "is derived from too many classes")
        for base in node.bases:
            name = _last_name(base)
            if name in self._classes:
                yield from self._fields(self._classes[name], depth + 1)
            elif name not in MODEL_BASES | _PLAIN_BASES:
                found = self.elsewhere(base)
                if found is not None:
                    yield from found[0]._fields(found[1], depth + 1)
                elif not name.endswith("Mixin"):
                    raise self._refused(base, "is a base of another module, so its fields are not known here")
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                is_field = not part.target.id.startswith("_") and part.target.id != "model_config"
                if is_field and _last_name(part.annotation) != "ClassVar":
                    yield self, part

    def _placed(self, node: ast.AnnAssign, depth: int, at: tuple[int, int], asking: _Classes) -> Node:
        """Returns a field; one of another file has the place of the class that it is inherited by."""
        if self is asking:
            return self._field(node, depth)
        try:
            return moved(self._field(node, depth), *at)
        except InvalidText as error:
            raise InvalidText(at[0], f"inherits from {self._beside.path}, where {error.reason}") from None

    def _field(self, node: ast.AnnAssign, depth: int) -> Node:
        assert isinstance(node.target, ast.Name)
        start, end = self._places.span(node)
        at = self._places.span(node.target)
        kind = self._type(node.annotation, depth + 1)
        members = {"name": Node(*at, node.target.id), "type": kind}
        default = self._default(node.value) if node.value is not None else None
        if default is not None:
            members["default"] = default
            if isinstance(kind.value, list):
                members["type"] = Node(kind.start, kind.end, _default_first(kind.value, default.value))
        return _record(start, end, members)

    def _type(self, node: ast.expr, depth: int) -> Node:
        if depth > JSON_DEPTH_MAX:
            raise self._refused(node, "is nested too deeply")
        start, end = self._places.span(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = self._quoted(node, node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(start, end, [node.left, node.right], depth)
        if isinstance(node, ast.Subscript):
            return self._generic(node, start, end, depth)
        name = "None" if isinstance(node, ast.Constant) and node.value is None else _last_name(node)
        if name in self._classes:
            return self._own(self._classes[name], start, end, depth)
        if name in _PRIMITIVES:
            return Node(start, end, _PRIMITIVES[name])
        if name in _LOGICAL:
            kind, logical = _LOGICAL[name]
            return _record(start, end, {"type": Node(start, end, kind), "logicalType": Node(start, end, logical)})
        found = self.elsewhere(node)
        if found is not None:
            try:
                return moved(found[0]._own(found[1], 0, 0, depth), start, end)
            except InvalidText as error:
                raise self._refused(node, f"comes from {found[0]._beside.path}, where {error.reason}") from None
        raise self._refused(node, "is a type that this file doesn't tell")

    def _generic(self, node: ast.Subscript, start: int, end: int, depth: int) -> Node:
        name = _last_name(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _LISTS and len(inner) in (1, 2):
            items = self._type(inner[0], depth + 1)
            return _record(start, end, {"type": Node(start, end, "array"), "items": items})
        if name in _MAPS and len(inner) == 2:
            values = self._type(inner[1], depth + 1)
            return _record(start, end, {"type": Node(start, end, "map"), "values": values})
        if not inner:
            raise self._refused(node, "names no type")
        if name == "Optional":
            return self._union(start, end, [inner[0], ast.copy_location(ast.Constant(None), node)], depth)
        if name == "Union":
            return self._union(start, end, inner, depth)
        if name in ("Annotated", "Final"):
            return self._type(inner[0], depth + 1)
        raise self._refused(node, "is a type that this file doesn't tell")

    def _union(self, start: int, end: int, choices: Sequence[ast.expr], depth: int) -> Node:
        branches: list[Node] = []
        for choice in choices:
            inner = self._type(choice, depth + 1)
            branches += inner.value if isinstance(inner.value, list) else [inner]
        return Node(start, end, branches)

    def _own(self, node: ast.ClassDef, start: int, end: int, depth: int) -> Node:
        """Returns an enumeration or a record of the file: whole where it comes first, by its name from then on."""
        name = str(_meta_of(node).get("schema_name") or node.name)
        if node.name in self._folded:
            return Node(start, end, name)
        if not any("Enum" in _last_name(base) for base in node.bases):
            return self.record(node, depth + 1)
        self._folded.add(node.name)
        at = self._places.span(node)
        symbols = [
            Node(*self._places.span(part), self._symbol(part)) for part in node.body if isinstance(part, ast.Assign)
        ]
        members = {"type": Node(*at, "enum"), "name": Node(*at, name), "symbols": Node(*at, symbols)}
        return _record(*at, members)

    def _symbol(self, node: ast.Assign) -> str:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return node.value.value
        raise self._refused(node.value, "is a symbol that only running tells")

    def _default(self, node: ast.expr) -> Node | None:
        """Returns the default that a value, or `field(...)` around one, states; None where it states none."""
        start, end = self._places.span(node)
        if isinstance(node, ast.Call) and _last_name(node.func) in ("field", "Field"):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if "default_factory" in given:
                return self._made(given["default_factory"], start, end)
            first = given.get("default") or (node.args[0] if node.args else None)
            is_required = first is None or (isinstance(first, ast.Constant) and first.value is ...)
            return None if is_required or first is None else self._default(first)
        symbol = self._member(node) if isinstance(node, ast.Attribute) else None
        if symbol is not None:
            return Node(start, end, symbol)
        if isinstance(node, ast.List):
            return Node(start, end, [self._scalar(item) for item in node.elts])
        if isinstance(node, ast.Dict):
            return self._dict(node, start, end)
        return self._scalar(node)

    def _member(self, node: ast.Attribute) -> str | None:
        """Returns the symbol that `Enum.MEMBER` stands for, None where it is none."""
        own = self._classes.get(_last_name(node.value))
        found = (self, own) if own is not None else self.elsewhere(node.value)
        for part in found[1].body if found is not None else ():
            if found is not None and isinstance(part, ast.Assign) and _last_name(part.targets[0]) == node.attr:
                return found[0]._symbol(part)
        return None

    def _made(self, factory: ast.expr, start: int, end: int) -> Node | None:
        """Returns what a factory makes: `list`, `dict`, or a `lambda` of constants."""
        empty: dict[str, Any] = {"list": [], "dict": {}}
        made = _last_name(factory)
        if made in empty:
            return Node(start, end, empty[made], {} if made == "dict" else None)
        if isinstance(factory, ast.Lambda):
            return self._default(factory.body)
        raise self._refused(factory, "makes a default that only running tells")

    def _dict(self, node: ast.Dict, start: int, end: int) -> Node:
        names = [it.value for it in node.keys if isinstance(it, ast.Constant) and isinstance(it.value, str)]
        if len(names) != len(node.keys):
            raise self._refused(node, "is a default that only running tells")
        values = map(self._scalar, node.values)
        return Node(start, end, dict(zip(names, values, strict=True)), dict.fromkeys(names, (start, start)))

    def _scalar(self, node: ast.expr) -> Node:
        start, end = self._places.span(node)
        is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        inner = node.operand if isinstance(node, ast.UnaryOp) else node
        value = inner.value if isinstance(inner, ast.Constant) else ...
        if isinstance(value, str | bool | None) and not is_negative:
            return Node(start, end, value)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return Node(start, end, -value if is_negative else value)
        raise self._refused(node, "is a default that only running tells")

    def _quoted(self, node: ast.expr, text: str) -> ast.expr:
        """Returns the type in quotes, with the place of the quotes."""
        try:
            inner: ast.expr = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._refused(node, "is no type") from None
        for part in ast.walk(inner):
            if isinstance(part, ast.expr):
                ast.copy_location(part, node)
        return inner

    def _refused(self, node: ast.expr | ast.stmt, why: str) -> InvalidText:
        start, end = self._places.span(node)
        excerpt = " ".join(self._places.text[start:end].split())[:_EXCERPT_CHARACTERS]
        return InvalidText(start, f"`{excerpt}` {why}")


def moved(node: Node, start: int, end: int) -> Node:
    """Returns a tree whose parts all have one place."""
    if isinstance(node.value, dict):
        members = {name: moved(member, start, end) for name, member in node.value.items()}
        return Node(start, end, members, dict.fromkeys(members, (start, start)))
    if isinstance(node.value, list):
        return Node(start, end, [moved(item, start, end) for item in node.value])
    return Node(start, end, node.value)


def _record(start: int, end: int, members: dict[str, Node]) -> Node:
    return Node(start, end, members, {key: (part.start, part.start) for key, part in members.items()})


def _last_name(node: ast.expr) -> str:
    """Returns the last name of a dotted one, or of what is subscripted or called."""
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _meta_of(node: ast.ClassDef) -> dict[str, Any]:
    """Returns the constants of the inner class `Meta`."""
    found: dict[str, Any] = {}
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and inner.name == "Meta":
            for part in inner.body:
                if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                    if isinstance(part.value, ast.Constant) and isinstance(part.value.value, str):
                        found[part.targets[0].id] = part.value.value
                    elif isinstance(part.value, ast.List):
                        names = [item.value for item in part.value.elts if isinstance(item, ast.Constant)]
                        found[part.targets[0].id] = [name for name in names if isinstance(name, str)]
    return found


def _default_first(branches: list[Node], default: Any) -> list[Node]:
    """Returns the branches of a union with the first that its default is of in front."""
    kinds = _KINDS_OF.get(type(default), frozenset())
    fitting = next((branch for branch in branches if _kind_of(branch) in kinds), None)
    return [fitting, *(branch for branch in branches if branch is not fitting)] if fitting is not None else branches


def _kind_of(branch: Node) -> Any:
    kind = branch.member("type")
    return kind.value if kind is not None else branch.value
