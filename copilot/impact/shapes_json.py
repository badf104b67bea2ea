"""Records of JSON texts: Avro, BigQuery column lists (and their kin), JSON Schema and OpenAPI, all told by their keys."""

from __future__ import annotations

from collections.abc import Iterator

from copilot.impact.json_lines import Node, parse_lines
from copilot.impact.shapes import STRUCTURE_WORDS, SYMBOL, Shape, ShapeField, within

_MARKS = ('"fields"', '"properties"', '"type"')
_TYPE_WORDS_MAX = 12


def json_shapes(stem: str, text: str) -> tuple[Shape, ...]:
    """Returns the records of a JSON text; those that have no name of their own are named by the file's stem and their path."""
    if not any(mark in text for mark in _MARKS):
        return ()
    root = parse_lines(text)
    return () if root is None else tuple(_shapes(root, stem, is_named=False))


def _shapes(node: Node, name: str, *, is_named: bool) -> Iterator[Shape]:
    if node.items is not None:
        columns = [item for item in node.items if item.entries is not None]
        if not is_named and columns and all(_is_column(item) for item in columns):
            yield from _columns(node, name)
        else:
            for item in columns:
                yield from _shapes(item, name, is_named=False)
        return
    if node.entries is None:
        return
    yield from within(node.string("namespace"), _named(node, name))


def _named(node: Node, name: str) -> Iterator[Shape]:
    """Yields what an object holds, named by itself or by its place."""
    fields, properties = node.get("fields"), node.get("properties")
    if fields is not None and fields.items is not None:
        yield from _record(node, fields, name)
    elif properties is not None and properties.entries:
        yield from _object(node, properties, name)
    elif node.string("type") == "enum" and (symbols := node.get("symbols")) is not None:
        own = tuple(ShapeField(item.text, SYMBOL, item.line) for item in symbols.items or ())
        yield Shape(node.string("name") or name, own, node.line)
    else:
        for key, _, value in node.entries or ():
            if key not in ("default", "examples", "example", "enum"):
                yield from _shapes(value, _inner(name, key), is_named=False)


def _record(node: Node, fields: Node, name: str) -> Iterator[Shape]:
    """An object with a list of fields: an Avro record, a BigQuery RECORD, a table of some other dialect."""
    own_name = node.string("name") or name
    is_column = node.string("type").upper() in ("RECORD", "STRUCT") and node.string("type") != "record"
    full = name if is_column or not node.string("name") else own_name
    items = [item for item in fields.items or () if item.string("name")]
    found = tuple(ShapeField(item.string("name"), _type_words(item), item.line) for item in items)
    if found:
        yield Shape(full, found, node.line)
    for item in items:
        yield from _inside_field(item, f"{full}.{item.string('name')}")
    for key, _, value in node.entries or ():
        if key in ("types", "schema", "protocol", "definitions"):
            yield from _shapes(value, name, is_named=False)


def _inside_field(item: Node, path: str) -> Iterator[Shape]:
    if item.get("fields") is not None:
        yield from _shapes(item, path, is_named=False)
        return
    for key in ("type", "items", "values"):
        value = item.get(key)
        if value is not None and (value.entries is not None or value.items is not None):
            for inner in value.items if value.items is not None else [value]:
                if inner.entries is not None:
                    if inner.get("fields") is None and inner.get("symbols") is None:
                        yield from _inside_field(inner, path)
                    else:
                        yield from _shapes(inner, path, is_named=False)


def _columns(node: Node, name: str) -> Iterator[Shape]:
    items = [item for item in node.items or () if item.string("name")]
    yield Shape(name, tuple(ShapeField(it.string("name"), _type_words(it), it.line) for it in items), node.line)
    for item in items:
        yield from _inside_field(item, f"{name}.{item.string('name')}")


def _object(node: Node, properties: Node, name: str) -> Iterator[Shape]:
    entries = [entry for entry in properties.entries or () if entry[2].entries is not None]
    found = tuple(ShapeField(key, _type_words(value), line) for key, line, value in entries)
    if found:
        yield Shape(name, found, node.line)
    for key, _, value in entries:
        yield from _shapes(value, _inner(name, key), is_named=False)
    for key, _, value in node.entries or ():
        if key not in ("properties", "required", "default", "examples", "enum"):
            inner = name if key in ("items", "allOf", "anyOf", "oneOf") else _inner(name, key)
            yield from _shapes(value, inner, is_named=False)


def _inner(name: str, key: str) -> str:
    """Returns the dotted name; the words that only structure a JSON Schema add nothing to it."""
    return name if key in STRUCTURE_WORDS else f"{name}.{key}"


def _is_column(item: Node) -> bool:
    return bool(item.string("name")) and (item.get("type") is not None or item.get("fields") is not None)


def _type_words(item: Node) -> str:
    """Returns what a field says of its type, as words: enough to see that it changed."""
    words = []
    for key in ("type", "logicalType", "mode", "format", "$ref", "items"):
        value = item.get(key)
        if value is not None:
            words += _words(value)
    return " ".join(words[:_TYPE_WORDS_MAX])


def _words(value: Node) -> list[str]:
    if value.items is not None:
        return [word for item in value.items for word in _words(item)]
    if value.entries is not None:
        return [word for key in ("type", "name", "items", "$ref") if (it := value.get(key)) for word in _words(it)]
    return [value.text]
