"""Lists the fields of a schema at every depth, with their paths, declaring records and lines."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.domain.codec import canonical
from copilot.domain.schema import SchemaField
from copilot.formats.avro.documents import Definition, Document, Unreadable, items_of, scalar
from copilot.formats.avro.names import NAMED_KINDS, PRIMITIVES, RECORD_KINDS, candidates, full_name, namespace_of
from copilot.formats.json_text import Node, plain

FIELDS_MAX = 20_000

Known = Mapping[str, tuple[Document, Definition]]


def list_fields(document: Document, known: Known) -> tuple[SchemaField, ...]:
    """Returns all fields in text order; a record inside itself is listed once on each way down; raises Unreadable."""
    listing = _Listing(known)
    listing.walk(document.main, document.namespace, document, "", ())
    return tuple(listing.fields)


class _Listing:
    def __init__(self, known: Known) -> None:
        self.fields: list[SchemaField] = []
        self._known = known

    def walk(self, node: Node, enclosing: str, document: Document, path: str, inside: tuple[str, ...]) -> None:
        value = node.value
        if isinstance(value, str):
            self._follow(value, enclosing, path, inside)
        elif isinstance(value, list):
            for branch in value:
                self.walk(branch, enclosing, document, path, inside)
        else:
            kind = scalar(node, "type")
            if kind in RECORD_KINDS:
                self._record(node, enclosing, document, path, inside)
            elif kind == "array":
                self.walk(value["items"], enclosing, document, f"{path}[]", inside)
            elif kind == "map":
                self.walk(value["values"], enclosing, document, f"{path}{{}}", inside)

    def _follow(self, name: str, enclosing: str, path: str, inside: tuple[str, ...]) -> None:
        if name in PRIMITIVES:
            return
        for full in candidates(name, enclosing):
            if full in self._known:
                document, definition = self._known[full]
                if full not in inside:
                    self.walk(definition.node, definition.enclosing, document, path, inside)
                return

    def _record(self, node: Node, enclosing: str, document: Document, path: str, inside: tuple[str, ...]) -> None:
        record = full_name(str(scalar(node, "name")), scalar(node, "namespace"), enclosing)
        if record in inside:
            return
        for field in items_of(node, "fields"):
            name = str(scalar(field, "name"))
            field_path = f"{path}.{name}" if path else name
            if len(self.fields) >= FIELDS_MAX:
                raise Unreadable(document.span(field), f"more than {FIELDS_MAX} fields at all depths (FIELDS_MAX)")
            self.fields.append(_field(field, name, field_path, record, document))
            self.walk(field.value["type"], namespace_of(record), document, field_path, (*inside, record))


def _field(node: Node, name: str, path: str, record: str, document: Document) -> SchemaField:
    kind = node.value["type"]
    default = node.member("default")
    doc = scalar(node, "doc")
    return SchemaField(
        path=path,
        name=name,
        record=record,
        type=canonical(plain(kind)),
        default=None if default is None else canonical(plain(default)),
        aliases=tuple(alias.value for alias in items_of(node, "aliases") if isinstance(alias.value, str)),
        doc=doc if isinstance(doc, str) else "",
        logical_type=_logical_type(kind),
        span=document.span(node),
    )


def _logical_type(node: Node) -> str:
    """The logical type of a type or of one of its branches: unions are passed through."""
    if isinstance(node.value, list):
        return next((found for branch in node.value if (found := _logical_type(branch))), "")
    logical = scalar(node, "logicalType") if scalar(node, "type") in PRIMITIVES | NAMED_KINDS else None
    return logical if isinstance(logical, str) else ""
