"""Finds the places of a schema text that edits name: records, their fields, and the enum that a field's type holds."""

from __future__ import annotations

from collections.abc import Iterator

from copilot.errors import SchemaUnreadable
from copilot.formats.avro.documents import Definition, Document, definitions_in, items_of, scalar
from copilot.formats.avro.names import PRIMITIVES, RECORD_KINDS, candidates, namespace_of, short_name
from copilot.formats.json_text import Node


class Places:
    """The named places of one document; each search raises SchemaUnreadable where it finds nothing or too much."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._definitions = {
            definition.name: definition for definition in definitions_in(document.root, document.namespace)
        }

    def fields(self, record: str) -> Node:
        """Returns the list of fields of a record, by its full name; "" is the outermost one."""
        fields: Node = self._record(record).node.value["fields"]
        return fields

    def items(self, record: str) -> tuple[Node, ...]:
        """Returns the objects of a record's fields, in their order."""
        return tuple(items_of(self._record(record).node, "fields"))

    def field(self, record: str, name: str) -> Node:
        """Returns a field's object."""
        definition = self._record(record)
        for field in items_of(definition.node, "fields"):
            if scalar(field, "name") == name:
                return field
        names = ", ".join(str(scalar(field, "name")) for field in items_of(definition.node, "fields"))
        raise SchemaUnreadable(
            f'The record "{definition.name}" has no field "{name}".',
            where=self._document.span(definition.node),
            next=f"Its fields are {names}.",
        )

    def check_free(self, record: str, name: str) -> None:
        """Raises SchemaUnreadable where the record has a field of that name already."""
        definition = self._record(record)
        for field in items_of(definition.node, "fields"):
            if scalar(field, "name") == name:
                raise SchemaUnreadable(
                    f'The record "{definition.name}" has a field "{name}" already.',
                    where=self._document.span(field),
                    next="Choose another name.",
                )

    def defines(self, name: str) -> bool:
        """Tells whether the text defines a type of that full name."""
        return name in self._definitions

    def named(self, name: str) -> Node:
        """Returns the definition of any named type, by its full name; "" is the outermost record."""
        definition = self._definitions.get(name) if name else self._record("")
        if definition is None:
            raise SchemaUnreadable(
                f'The type "{name}" is not defined in {self._document.path}.',
                where=self._document.span(self._document.root),
                next=f"Edit the file that defines it; the types defined here: {', '.join(self._definitions) or 'none'}.",
            )
        return definition.node

    def enum(self, record: str, field: Node, symbol: str) -> Node:
        """Returns the enum in a field's type, also inside unions, arrays and maps, or by its name; the one with `symbol`."""
        found = list(self._enums(field.value["type"], namespace_of(self._record(record).name)))
        if symbol and len(found) > 1:
            found = [enum for enum in found if any(item.value == symbol for item in items_of(enum, "symbols"))]
        if len(found) == 1:
            return found[0]
        name = scalar(field, "name")
        if found:
            what = f'The type of "{name}" holds {len(found)} enums, so it is not clear which one is meant.'
            raise SchemaUnreadable(what, where=self._document.span(field), next="Change the type of the field instead.")
        missing = [name for name in _references(field.value["type"]) if self._lookup(name, record) is None]
        if missing:
            what = f'The type of "{name}" is "{missing[0]}", which is not defined in {self._document.path}.'
            raise SchemaUnreadable(
                what, where=self._document.span(field), next=f'Edit the file that defines "{missing[0]}".'
            )
        raise SchemaUnreadable(
            f'The type of "{name}" holds no enum.',
            where=self._document.span(field),
            next="Choose a field with an enum.",
        )

    def _record(self, name: str) -> Definition:
        records = [
            definition for definition in self._definitions.values() if scalar(definition.node, "type") in RECORD_KINDS
        ]
        if not name and records:
            main = self._document.main
            return next((one for one in records if main.start <= one.node.start < main.end), records[0])
        for definition in records:
            if definition.name == name:
                return definition
        names = ", ".join(definition.name for definition in records) or "none"
        raise SchemaUnreadable(
            f'The record "{name}" is not defined in {self._document.path}.',
            where=self._document.span(self._document.root),
            next=f"Edit the file that defines it; the records defined here: {names}.",
        )

    def _lookup(self, reference: str, record: str) -> Definition | None:
        names = candidates(reference, namespace_of(self._record(record).name))
        return next((self._definitions[name] for name in names if name in self._definitions), None)

    def _enums(self, node: Node, enclosing: str) -> Iterator[Node]:
        if isinstance(node.value, str):
            for name in candidates(node.value, enclosing):
                definition = self._definitions.get(name)
                if definition is not None:
                    if scalar(definition.node, "type") == "enum":
                        yield definition.node
                    return
        elif isinstance(node.value, list):
            for branch in node.value:
                yield from self._enums(branch, enclosing)
        elif scalar(node, "type") == "enum":
            yield node
        elif scalar(node, "type") in ("array", "map"):
            yield from self._enums(node.value.get("items") or node.value["values"], enclosing)


def _references(node: Node) -> Iterator[str]:
    if isinstance(node.value, str):
        if node.value not in PRIMITIVES and short_name(node.value):
            yield node.value
    elif isinstance(node.value, list):
        for branch in node.value:
            yield from _references(branch)
    elif scalar(node, "type") in ("array", "map"):
        yield from _references(node.value.get("items") or node.value["values"])
