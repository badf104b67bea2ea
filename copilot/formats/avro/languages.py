"""In which language is a schema file, and what does it hold? JSON schemas (`.avsc`), JSON protocols (`.avpr`), IDL (`.avdl`).

All three become the tree that a JSON schema has. A file of several types is several schemas: the records that no other type of the
file refers to. In a JSON schema file these are a list's items, in the other two all that is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copilot.domain.schema import SchemaPart, SchemaSource
from copilot.formats.avro.idl import read_idl
from copilot.formats.avro.names import COMPLEX_KINDS, PRIMITIVES, RECORD_KINDS, candidates, full_name, namespace_of
from copilot.formats.json_text import InvalidText, Node, line_of, scan_json

Language = Literal["json", "protocol", "idl"]
_SUFFIXES: dict[str, Language] = {".avdl": "idl", ".avpr": "protocol"}


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text defines: one schema, or a list of them in a namespace; `broken` is what could not be read of it."""

    root: Node
    namespace: str = ""
    broken: tuple[InvalidText, ...] = ()


def language_of(path: str) -> Language:
    """Returns the language of a schema file, by its suffix."""
    return _SUFFIXES.get(path[path.rfind(".") :], "json")


def read_tree(text: str, language: Language) -> Tree:
    """Returns what a text defines; raises InvalidText."""
    if language == "idl":
        file = read_idl(text)
        return Tree(Node(0, len(text), list(file.types)), file.namespace, file.broken)
    root = scan_json(text)
    if language == "json":
        return Tree(root)
    types, namespace = root.member("types"), root.member("namespace")
    if root.member("protocol") is None or (types is not None and not isinstance(types.value, list)):
        raise InvalidText(root.start, 'no protocol: an object with "protocol" and a list of "types"')
    return Tree(types or Node(root.start, root.start, []), str(namespace.value) if namespace else "")


def parts_of(text: str, path: str) -> tuple[SchemaPart, ...]:
    """Returns the schemas of a file that holds several, in text order; () where the file is one schema, or unreadable."""
    language = language_of(path)
    if language == "json" and not text.lstrip().startswith("["):
        return ()
    try:
        tree = read_tree(text, language)
    except InvalidText:
        return ()
    if language == "json" and not all(_is_named(item) for item in tree.root.value):
        return ()
    is_ascii = text.isascii()

    def part(name: str, start: int, end: int) -> SchemaPart:
        lines = line_of(text, start), line_of(text, max(end - 1, start))
        size = (start, end) if is_ascii else (len(text[:start].encode()), len(text[:end].encode()))
        return SchemaPart(name, *size, *lines)

    found = [part(_name_of(node, tree.namespace), node.start, node.end) for node in _unreferenced(tree)]
    found += [part("", error.offset, error.offset) for error in tree.broken]
    return tuple(sorted(found, key=lambda one: one.start))


def main_of(tree: Tree, text: str, source: SchemaSource) -> Node:
    """Returns the schema of a text that a source means; raises InvalidText where what stands there could not be read."""
    if source.host == "file" and source.start > 0:
        start = source.start if text.isascii() else len(text.encode()[: source.start].decode("utf-8", "replace"))
        for item in tree.root.value if isinstance(tree.root.value, list) else ():
            if item.start == start:
                return item if isinstance(item, Node) else tree.root
        raise next((error for error in tree.broken if error.offset == start), InvalidText(start, "no schema"))
    if language_of(source.path) == "json" or source.host != "file":
        return tree.root
    if tree.broken:
        raise tree.broken[0]
    return next(iter(_unreferenced(tree)), tree.root)


def _unreferenced(tree: Tree) -> list[Node]:
    """Returns the records that no other type of a list refers to; the first one where they refer to each other in a circle."""
    records = [item for item in tree.root.value if item.member("type") and item.value["type"].value in RECORD_KINDS]
    names = {id(item): _name_of(item, tree.namespace) for item in records}
    used = {
        name
        for item in tree.root.value
        for reference, enclosing in _references(item, tree.namespace)
        for name in candidates(reference, enclosing)
        if name != names.get(id(item))
    }
    return [item for item in records if names[id(item)] not in used] or records[:1] or tree.root.value[:1]


def _is_named(node: Node) -> bool:
    name = node.member("name")
    return name is not None and isinstance(name.value, str)


def _name_of(node: Node, namespace: str) -> str:
    name, own = node.member("name"), node.member("namespace")
    return full_name(str(name.value) if name else "", own.value if own else None, namespace)


def _references(node: Node, enclosing: str) -> Iterator[tuple[str, str]]:
    """Yields the names that a type refers to, each with the namespace around it."""
    if isinstance(node.value, str):
        if node.value not in PRIMITIVES and node.value not in COMPLEX_KINDS:
            yield node.value, enclosing
    elif isinstance(node.value, list):
        for branch in node.value:
            yield from _references(branch, enclosing)
    elif isinstance(node.value, dict):
        for name in ("items", "values", "type"):
            inner = node.member(name)
            if inner is not None:
                yield from _references(inner, enclosing)
        fields = node.member("fields")
        space = namespace_of(_name_of(node, enclosing))
        for field in fields.value if fields is not None and isinstance(fields.value, list) else ():
            kind = field.member("type")
            if kind is not None:
                yield from _references(kind, space)
