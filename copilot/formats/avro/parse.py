"""Reads one Avro schema text into a version: checked, self-contained, with every field at every depth and its lines.

What fastavro reads is read here too, so that real repositories can be mapped; what no reader understands is a gap with its
line. References to types in sibling files are inlined at their first use. Rules about good schemas are left to others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.formats.avro.canonical import fingerprint, meaning
from copilot.formats.avro.documents import (
    SCHEMA_DEPTH_MAX,
    Definition,
    Document,
    Unreadable,
    definitions_in,
    open_document,
    scalar,
    sibling_definition,
)
from copilot.formats.avro.fields import list_fields
from copilot.formats.avro.names import (
    COMPLEX_KINDS,
    NAMED_KINDS,
    PRIMITIVES,
    RECORD_KINDS,
    candidates,
    full_name,
    namespace_of,
    short_name,
)
from copilot.formats.json_text import Node, plain, plain_but

CODE_SUFFIX = ".py"
_CACHED_MAX = 8
_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse_schema(text: str, source: SchemaSource, siblings: Mapping[str, str]) -> SchemaVersion | Gap:
    """Returns the version that a text holds, or the gap that says what keeps it from being read."""
    # The same text is read as a file of the patch and as one of the tree after it; only what is said of the file differs.
    span = Span(source.path, 1, 1) if source.host == "file" else source.span
    place = replace(source, digest="", commit="", span=span)
    read = _read(text, place, tuple(siblings.items()))
    return read if isinstance(read, Gap) else replace(read, source=source)


@lru_cache(maxsize=_CACHED_MAX)
def _read(text: str, source: SchemaSource, others: tuple[tuple[str, str], ...]) -> SchemaVersion | Gap:
    siblings = dict(others)
    try:
        document = open_document(text, source, siblings)
        schemas = {path: other for path, other in siblings.items() if not path.endswith(CODE_SUFFIX)}
        resolver = Resolver(document, schemas)
        resolved = resolver.resolve()
        fields = list_fields(document, resolver.known)
    except Unreadable as error:
        return Gap(error.span, error.reason)
    return SchemaVersion(
        subject="",
        number=0,
        name=outer_name(resolved),
        fingerprint=fingerprint(resolved),
        meaning=meaning(resolved),
        fields=fields,
        text=document.text
        if document.main is document.root
        else document.text[document.main.start : document.main.end],
        resolved=json.dumps(resolved, separators=(",", ":"), ensure_ascii=False),
        source=source,
    )


def outer_name(resolved: Any) -> str:
    """Returns the full name of the outermost type, or its kind where it has no name."""
    if isinstance(resolved, list):
        return "union"
    if isinstance(resolved, str):
        return resolved
    return str(resolved["name"] if resolved["type"] in NAMED_KINDS else resolved["type"])


class Resolver:
    """Turns a document into one self-contained schema whose names are full; `known` is where each name was defined.

    With `accepts_unknown`, names that nothing defines stay as they are and are kept in `unknown`: that is how an edited text is
    judged, without its siblings.
    """

    def __init__(self, document: Document, siblings: Mapping[str, str], accepts_unknown: bool = False) -> None:
        self.known: dict[str, tuple[Document, Definition]] = {}
        self.unknown: set[str] = set()
        self._document = document
        self._siblings = siblings
        self._accepts_unknown = accepts_unknown
        self._defined: dict[str, dict[str, Definition]] = {}

    def resolve(self) -> Any:
        """Returns the schema; raises Unreadable."""
        return self._schema(self._document.main, self._document.namespace, self._document, 0)

    def _schema(self, node: Node, enclosing: str, document: Document, depth: int) -> Any:
        if depth > SCHEMA_DEPTH_MAX:
            reason = f"types nested deeper than {SCHEMA_DEPTH_MAX} levels (SCHEMA_DEPTH_MAX)"
            raise Unreadable(document.span(node), reason)
        if isinstance(node.value, str):
            return self._named(node, node.value, enclosing, document, depth)
        if isinstance(node.value, list):
            return [self._schema(branch, enclosing, document, depth + 1) for branch in node.value]
        if not isinstance(node.value, dict):
            raise Unreadable(document.span(node), f"no schema: {json.dumps(node.value)} is neither a type nor a name")
        kind = self._kind(node, document)
        if kind in NAMED_KINDS:
            return self._define(node, kind, enclosing, document, depth)
        if kind in PRIMITIVES:
            return plain(node)
        member = "items" if kind == "array" else "values"
        inner = node.member(member)
        if inner is None:
            raise Unreadable(document.span(node), f'{kind} without "{member}"')
        whole = plain_but(node, member)
        whole[member] = self._schema(inner, enclosing, document, depth + 1)
        return whole

    def _kind(self, node: Node, document: Document) -> str:
        member = node.member("type")
        if member is None:
            raise Unreadable(document.span(node), 'no schema: an object without "type"')
        if not isinstance(member.value, str):
            raise Unreadable(document.span(member), 'a type inside a type: "type" of a schema object must be a name')
        if member.value not in PRIMITIVES and member.value not in COMPLEX_KINDS:
            raise Unreadable(
                document.span(member), f'unknown type "{member.value}" (a defined type is named without an object)'
            )
        return member.value

    def _named(self, node: Node, name: str, enclosing: str, document: Document, depth: int) -> str | dict[str, Any]:
        if name in PRIMITIVES:
            return name
        if name in COMPLEX_KINDS:
            reason = f'"{name}" needs an object of its own: {{"type": "{name}", ...}}'
            raise Unreadable(document.span(node), reason)
        names = candidates(name, enclosing)
        for full in names:
            if full in self.known:
                return full
            own = self._definitions_of(document).get(full)
            if own is not None:
                if document.is_ordered and document is self._document and own.node.start > node.start:
                    raise Unreadable(document.span(node), f'the type "{full}" is used before it is defined')
                return self._inlined(document, own, enclosing, depth)
        found = sibling_definition(names, document.path, self._siblings)
        if isinstance(found, str):
            raise Unreadable(document.span(node), found)
        if found is None:
            if self._accepts_unknown:
                self.unknown.add(name)
                return name
            reason = f'unknown type "{name}": it is not defined above, and no other schema file defines it'
            raise Unreadable(document.span(node), reason)
        return self._inlined(*found, enclosing, depth)

    def _definitions_of(self, document: Document) -> dict[str, Definition]:
        if document.path not in self._defined:
            listed = definitions_in(document.root, document.namespace)
            self._defined[document.path] = {definition.name: definition for definition in listed}
        return self._defined[document.path]

    def _inlined(self, document: Document, definition: Definition, enclosing: str, depth: int) -> dict[str, Any]:
        inlined: dict[str, Any] = self._schema(definition.node, definition.enclosing, document, depth + 1)
        if namespace_of(definition.name) == "" and enclosing:
            inlined["namespace"] = ""
        return inlined

    def _define(self, node: Node, kind: str, enclosing: str, document: Document, depth: int) -> Any:
        name = scalar(node, "name")
        if not isinstance(name, str) or not short_name(name):
            raise Unreadable(document.span(node), f"{kind} without a name")
        full = full_name(name, scalar(node, "namespace"), enclosing)
        if full in self.known:
            if document is not self._document:
                return full
            raise Unreadable(document.span(node), f'the type "{full}" is defined twice')
        self.known[full] = (document, Definition(full, node, enclosing))
        whole = plain_but(node, "fields") if kind in RECORD_KINDS else plain(node)
        whole["name"] = full
        whole.pop("namespace", None)
        if enclosing and not namespace_of(full):
            whole["namespace"] = ""
        if kind in RECORD_KINDS:
            whole["fields"] = self._fields(node, full, document, depth)
        elif kind == "enum":
            _check_symbols(node, full, document)
        elif not _is_size(scalar(node, "size")):
            raise Unreadable(document.span(node), f'fixed "{full}" without a whole number of bytes as "size"')
        return whole

    def _fields(self, node: Node, full: str, document: Document, depth: int) -> list[dict[str, Any]]:
        member = node.member("fields")
        if member is None or not isinstance(member.value, list):
            raise Unreadable(document.span(node), f'record "{full}" without a list of "fields"')
        fields = []
        names: set[str] = set()
        for field in member.value:
            name, kind = scalar(field, "name"), field.member("type")
            if not isinstance(name, str) or not name:
                raise Unreadable(document.span(field), f'a field of "{full}" without a name')
            if name in names:
                raise Unreadable(document.span(field), f'"{full}" has the field "{name}" twice')
            if kind is None:
                raise Unreadable(document.span(field), f'field "{name}" of "{full}" without a type')
            names.add(name)
            whole = plain_but(field, "type")
            whole["type"] = self._schema(kind, namespace_of(full), document, depth + 1)
            fields.append(whole)
        return fields


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_symbols(node: Node, full: str, document: Document) -> None:
    member = node.member("symbols")
    if member is None or not isinstance(member.value, list):
        raise Unreadable(document.span(node), f'enum "{full}" without a list of "symbols"')
    seen = set()
    for symbol in member.value:
        if not isinstance(symbol.value, str) or not _SYMBOL.fullmatch(symbol.value):
            shown = json.dumps(plain(symbol))
            raise Unreadable(document.span(symbol), f'enum "{full}": {shown} is not a name, so it can\'t be a symbol')
        if symbol.value in seen:
            raise Unreadable(document.span(symbol), f'enum "{full}" has the symbol "{symbol.value}" twice')
        seen.add(symbol.value)
