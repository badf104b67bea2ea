"""What do functions that a stream framework feeds get, and what becomes of what they return? By decorator and annotation.

The frameworks decode and encode by themselves, as the class says that the handler or its topic names; without one, nothing is
claimed of how.
"""

from __future__ import annotations

import ast

from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.record_classes import LIBRARY, first_parameter, record_annotated, schema_of
from copilot.readers.scope import NOTHING, FunctionNode

_STREAMS = frozenset({"agent"})


def feed(reader: Reader, node: ast.Call, function: FunctionNode, method: str) -> int:
    """Lets the first parameter of a handler stand for what it is fed, and returns the call that decodes it, -1 where none does."""
    parameter = first_parameter(function)
    if parameter is None:
        return -1
    named, lists, is_raw = record_annotated(reader, parameter.annotation)
    name = qualified(reader, function)
    if is_raw:
        reader.scope.fed[name, parameter.arg] = Origin(("raw", 0))
        return -1
    given = (
        node.args[0]
        if node.args
        else next((one.value for one in node.keywords if one.arg in ("channel", "topic")), None)
    )
    seen = reader.see(given) if given is not None else NOTHING
    topic = seen.thing or seen.value
    index = reader.sheet.add_call("decode", LIBRARY, node, name, reader=schema_of(named or topic))
    reader.scope.fed[name, parameter.arg] = reader.sheet.flow.decoded(index, 1 if method in _STREAMS else lists)
    return index


def publish_result(reader: Reader, node: ast.Call, function: FunctionNode) -> int:
    """Notes that what a function returns is encoded, and returns the call that does."""
    named, _, _ = record_annotated(reader, function.returns)
    name = qualified(reader, function)
    # What returns an object of a class says as much as an annotation.
    given = named or ("call", ("local", name), ())
    index = reader.sheet.add_call("encode", LIBRARY, node, name, writer=schema_of(given))
    reader.sheet.flow.encoded(index, Origin(("ret", name)))
    return index


def typed_topic(reader: Reader, node: ast.Call) -> int:
    """Returns the call that decodes and encodes the values of a topic which is made with their type, -1 where it isn't."""
    given = next((one.value for one in node.keywords if one.arg == "value_type"), None)
    named, _, is_raw = record_annotated(reader, given)
    if named is None or is_raw:
        return -1
    return reader.sheet.add_call("decode", LIBRARY, node, reader.scope.qualified, reader=schema_of(named))


def encoded_object(reader: Reader, node: ast.Call, record: ast.expr | None) -> Origin | None:
    """Returns the encoding of an object of a class that a framework's call sends, None where no such object is seen."""
    seen = reader.see(record) if record is not None else None
    made = seen.thing[1] if seen is not None and seen.thing is not None and seen.thing[0] == "call" else None
    if seen is None or made is None or made[0] not in ("local", "name") or not str(made[-1])[:1].isupper():
        return None
    if seen.origin is not None and seen.origin.root[0] == "encoded":
        return None
    index = reader.sheet.add_call("encode", LIBRARY, node, reader.scope.qualified, writer=schema_of(seen.thing))
    reader.sheet.flow.encoded(index, seen.origin)
    return Origin(("encoded", index))


def qualified(reader: Reader, function: FunctionNode) -> str:
    """Returns the full name of a function that is declared here."""
    owner = reader.scope.class_name
    return f"{owner}.{function.name}" if owner else function.name
