"""Which classes say what a message holds by their typed fields, and which of them does a stream framework read or write?

Records of faust, pydantic models, dataclasses and msgspec's structs: any program has plenty that never leave it, so each is only a
candidate, and a schema where a topic, a handler or what is sent names it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from copilot.readers.facts import FileFacts
from copilot.readers.model_classes import SCHEMA
from copilot.readers.reading import Reader
from copilot.readers.schema_literals import CANDIDATE, literal_of_class
from copilot.readers.scope import FunctionNode, Seen, receiver_name
from copilot.readers.things import chained
from copilot.readers.values import Value

LIBRARY = "record class"
"""The library of a call that encodes or decodes JSON only if a class of the repository says what it holds."""
_BASES = frozenset({"faust.Record", "faust_avro.Record", "pydantic.BaseModel", "msgspec.Struct"})
_DECORATORS = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_LIBRARIES = frozenset({"faust", "faust_avro", "pydantic", "dataclasses", "msgspec"})
_LISTS = frozenset({"list", "List", "Sequence", "Stream", "StreamT", "AsyncIterator", "AsyncIterable"})
_WRAPPERS = frozenset({"Annotated", "Optional"})
_PLAIN = frozenset({"bytes", "bytearray", "str"})


def see_record_classes(reader: Reader, body: list[ast.stmt]) -> None:
    """Adds the classes of a file that may say what a message holds."""
    if reader.scope.libraries.isdisjoint(_LIBRARIES):
        return
    found: set[str] = set()
    for node in (part for part in body if isinstance(part, ast.ClassDef)):
        if (node.name, SCHEMA) not in reader.scope.attributes and _is_record(reader, node, found):
            found.add(node.name)
            value: Value = ("literal", literal_of_class(node, reader.sheet, CANDIDATE))
            reader.scope.attributes[node.name, SCHEMA] = Seen(value)


def record_annotated(reader: Reader, node: ast.expr | None) -> tuple[Value, int, bool]:
    """Returns the class that an annotation names, None where it names none, lists of it, and whether it is for plain bytes."""
    lists = 0
    while isinstance(node, ast.Subscript):
        name = receiver_name(node.value)
        if name not in _LISTS | _WRAPPERS:
            return None, 0, False
        lists += name in _LISTS
        node = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        node = ast.copy_location(ast.Name(node.value, ast.Load()), node)
    if not isinstance(node, ast.Name | ast.Attribute):
        return None, lists, False
    return class_named(reader, node), lists, isinstance(node, ast.Name) and node.id in _PLAIN


def class_named(reader: Reader, node: ast.expr) -> Value:
    """Returns the chain to a class, as one of this file or an imported one, None where the expression is none."""
    if isinstance(node, ast.Name) and node.id in reader.scope.classes:
        return ("local", node.id)
    dotted = reader.scope.dotted(node)
    module, _, name = dotted.rpartition(".")
    return ("name", module, name) if module and name[:1].isupper() else None


def schema_of(thing: Value) -> Value:
    """Returns the chain to the schema of a class, of an object of one, or of a topic that is made with one."""
    return chained("attr", thing, SCHEMA)


def first_parameter(function: FunctionNode) -> ast.arg | None:
    """Returns the parameter of a handler that the message is handed over as."""
    names = [one for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]
    return names[0] if names else None


def with_schemas_only(facts: FileFacts, named: Iterable[int] = ()) -> FileFacts:
    """Returns facts without those candidates that nobody names."""
    known = frozenset(named)
    kept = (one for one in facts.literals if one.host != CANDIDATE or one.start in known)
    literals = tuple(one._replace(host="python-code") if one.host == CANDIDATE else one for one in kept)
    return facts._replace(literals=literals)


def names_records(facts: FileFacts) -> bool:
    """Tells whether a file reads or writes something that a class may describe."""
    return any(call.library == LIBRARY for call in facts.calls)


def _is_record(reader: Reader, node: ast.ClassDef, found: set[str]) -> bool:
    if not any(isinstance(part, ast.AnnAssign) for part in node.body):
        return False
    if any(isinstance(base, ast.Name) and base.id in found for base in node.bases):
        return True
    if any(_plain(reader, base) in _BASES for base in node.bases):
        return True
    decorators = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return any(reader.scope.dotted(one) in _DECORATORS for one in decorators)


def _plain(reader: Reader, base: ast.expr) -> str:
    """Returns the full name of a class, the modules between the library and the class left out."""
    parts = reader.scope.dotted(base).split(".")
    return f"{parts[0]}.{parts[-1]}"
