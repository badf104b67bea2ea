"""Schema texts with their places: a file or a literal in code, the named types that it defines, and who defines which name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname

from copilot.domain.schema import SchemaHost, SchemaSource
from copilot.domain.source import Span
from copilot.formats.avro.languages import Language, Tree, language_of, main_of, read_tree
from copilot.formats.avro.names import NAMED_KINDS, RECORD_KINDS, full_name, namespace_of
from copilot.formats.json_text import InvalidText, Node, column_of, line_of, line_starts, scan_json
from copilot.formats.python_folding import fold_python
from copilot.formats.python_literal import scan_python
from copilot.formats.python_modules import Beside

SCHEMA_DEPTH_MAX = 90
_CACHED_NAMES_MAX = 4096
_HOST_KINDS = {"python-dict": "a plain literal", "python-code": "a schema that reading can put together"}
_KINDS: dict[Language, str] = {"json": "valid JSON", "protocol": "a valid protocol", "idl": "valid Avro IDL"}


class Unreadable(Exception):
    """A schema can't be read; the message says why, `span` where."""

    def __init__(self, span: Span, reason: str) -> None:
        super().__init__(reason)
        self.span = span
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """One schema text: `text` is the schema alone, `first_line` the line of the file on which it starts.

    `root` is all that the text defines, `main` the schema in it that is meant, `namespace` the one around both. In a language
    where order means nothing, types may be used before they are defined.
    """

    path: str
    text: str
    root: Node
    first_line: int
    main: Node
    namespace: str = ""
    is_ordered: bool = True

    def span(self, node: Node) -> Span:
        """Returns the lines of the file on which a node stands."""
        before, starts = self.first_line - 1, line_starts(self.text)
        first, last = bisect_right(starts, node.start), bisect_right(starts, max(node.end - 1, 0))
        return Span(self.path, before + first, before + last)


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a named type is defined; `enclosing` is the namespace around the definition."""

    name: str
    node: Node
    enclosing: str


def open_document(text: str, source: SchemaSource, siblings: Mapping[str, str] | None = None) -> Document:
    """Returns the document of a source; `text` is the file's text or the schema's alone; raises Unreadable.

    `siblings` are texts by path that the names of a schema which code puts together may lead to.
    """
    schema, start = cut_out(text, source)
    is_alone = source.host in ("python-dict", "python-string") and schema is text
    first_line = source.span.first_line if is_alone else line_of(text, start)
    language = language_of(source.path) if source.host == "file" else "json"
    try:
        tree = read_tree(schema, language) if language != "json" else Tree(_root(schema, source, siblings or {}))
        main = main_of(tree, schema, source)
        is_ordered = language != "idl" and source.host != "python-code"
        return Document(source.path, schema, tree.root, first_line, main, tree.namespace, is_ordered)
    except InvalidText as error:
        line = first_line - 1 + line_of(schema, error.offset)
        column = column_of(schema, error.offset)
        kind = _HOST_KINDS.get(source.host, _KINDS[language])
        reason = f"not {kind}: line {line}, column {column}: {error.reason}"
        raise Unreadable(Span(source.path, line, line), reason) from None


def cut_out(text: str, source: SchemaSource) -> tuple[str, int]:
    """Returns the schema's own text and its offset in `text`, which is the whole file or already the schema alone."""
    if source.host in ("file", "python-code"):
        return text, 0
    size = len(text) if text.isascii() else len(text.encode("utf-8"))
    if size <= source.end - source.start:
        return text, 0
    if text.isascii():
        return text[source.start : source.end], source.start
    data = text.encode("utf-8")
    start = len(data[: source.start].decode("utf-8", "replace"))
    return data[source.start : source.end].decode("utf-8", "replace"), start


def _root(schema: str, source: SchemaSource, siblings: Mapping[str, str]) -> Node:
    if source.host == "python-code":
        return fold_python(schema, source.start, source.end, Beside(source.path, siblings))
    return scan(schema, source.host)


def scan(schema: str, host: SchemaHost) -> Node:
    """Returns the tree of a schema's own text; raises InvalidText."""
    if host == "python-dict":
        return scan_python(schema)
    if host == "python-string" and "\\" in schema:
        offset = schema.index("\\")
        raise InvalidText(
            offset, "an escape inside the Python string, so that offsets in the code differ from those in JSON"
        )
    return scan_json(schema)


def definitions_in(root: Node, namespace: str = "") -> Iterator[Definition]:
    """Yields the named types that a schema in a namespace defines, in text order; stops at `SCHEMA_DEPTH_MAX`."""
    return _definitions(root, namespace, 0)


def _definitions(node: Node, enclosing: str, depth: int) -> Iterator[Definition]:
    if depth > SCHEMA_DEPTH_MAX:
        return
    if isinstance(node.value, list):
        for branch in node.value:
            yield from _definitions(branch, enclosing, depth + 1)
    if not isinstance(node.value, dict):
        return
    kind = scalar(node, "type")
    if kind == "array" or kind == "map":
        inner = node.value.get("items" if kind == "array" else "values")
        if inner is not None:
            yield from _definitions(inner, enclosing, depth + 1)
        return
    name = scalar(node, "name")
    if kind not in NAMED_KINDS or not isinstance(name, str):
        return
    full = full_name(name, scalar(node, "namespace"), enclosing)
    yield Definition(full, node, enclosing)
    if kind in RECORD_KINDS:
        for field in items_of(node, "fields"):
            inner = field.member("type")
            if inner is not None:
                yield from _definitions(inner, namespace_of(full), depth + 1)


def scalar(node: Node, name: str) -> object:
    """Returns the scalar value of a member, None where it is absent or holds a list or an object."""
    member = node.member(name)
    return None if member is None or isinstance(member.value, dict | list) else member.value


def items_of(node: Node, name: str) -> list[Node]:
    """Returns the items of a member that is a list, else none."""
    member = node.member(name)
    return member.value if member is not None and isinstance(member.value, list) else []


@lru_cache(maxsize=_CACHED_NAMES_MAX)
def _names_in(text: str, language: Language) -> frozenset[str]:
    # Only the names are kept for each sibling: trees are large, and few siblings are ever needed.
    try:
        tree = read_tree(text, language)
    except InvalidText:
        return frozenset()
    return frozenset(definition.name for definition in definitions_in(tree.root, tree.namespace))


def _defined_in(path: str, text: str, name: str) -> tuple[Document, Definition]:
    language = language_of(path)
    tree = read_tree(text, language)
    found = next(one for one in definitions_in(tree.root, tree.namespace) if one.name == name)
    return Document(path, text, tree.root, 1, found.node, tree.namespace, language != "idl"), found


def sibling_definition(
    names: tuple[str, ...], path: str, siblings: Mapping[str, str]
) -> tuple[Document, Definition] | str | None:
    """Returns the sibling that defines one of the names, nearest to `path`; None where none does.

    A string is the reason why it can't be told which: two equally near files define the name differently.
    """
    for name in names:
        found = [
            (_distance(path, other), other)
            for other, text in siblings.items()
            if other != path and name in _names_in(text, language_of(other))
        ]
        if not found:
            continue
        nearest = sorted(other for distance, other in found if distance == min(found)[0])
        texts = {other: _definition_text(other, siblings[other], name) for other in nearest}
        rival = next((other for other in nearest if texts[other] != texts[nearest[0]]), None)
        if rival is not None:
            return f'"{name}" is defined differently in {nearest[0]} and in {rival}'
        return _defined_in(nearest[0], siblings[nearest[0]], name)
    return None


def _definition_text(path: str, text: str, name: str) -> str:
    node = _defined_in(path, text, name)[1].node
    return "".join(text[node.start : node.end].split())


def _distance(path: str, other: str) -> int:
    here, there = dirname(path).split("/"), dirname(other).split("/")
    shared = 0
    for ours, theirs in zip(here, there, strict=False):
        if ours != theirs:
            break
        shared += 1
    return len(here) + len(there) - 2 * shared
