"""Splices edits into Avro schemas where they stand, in a file or in code, keeping layout, key order and comments.

Every edit names places of the base text; several edits of one text are planned together, then spliced at once. What comes out
is read again: an edit that would leave something unreadable is refused.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence, Set
from itertools import pairwise
from typing import Any

from copilot.domain.alternative import SchemaEdit
from copilot.domain.codec import canonical
from copilot.domain.schema import SchemaSource
from copilot.errors import SchemaUnreadable
from copilot.formats.avro.documents import Document, Unreadable, cut_out, open_document, scalar
from copilot.formats.avro.languages import language_of
from copilot.formats.avro.moves import moved_definitions
from copilot.formats.avro.parse import Resolver
from copilot.formats.avro.places import Places
from copilot.formats.avro.renames import renamed_references, renamed_type
from copilot.formats.json_text import Node, plain
from copilot.formats.layout import REUSED, Style, elements_of, indent_at, line_start, style_of, write
from copilot.formats.splices import Splice, apply, reshape

_OWN_LINE = re.compile(r"""[ \t]*(["'])[^"']*\1[ \t]*:[ \t]*""")


def edit_text(text: str, edits: Sequence[SchemaEdit]) -> str:
    """Returns a file's text with all edits in it; raises SchemaUnreadable where one does not fit."""
    grouped: dict[tuple[str, int, int], list[SchemaEdit]] = {}
    for edit in edits:
        grouped.setdefault((edit.source.host, edit.source.start, edit.source.end), []).append(edit)
    splices: list[Splice] = []
    for group in grouped.values():
        source = group[0].source
        if source.host == "file" and language_of(source.path) == "idl":
            raise SchemaUnreadable(
                f"{source.path} is Avro IDL, which is read here but not edited.",
                where=source.span,
                next="Make this change by hand, where the declaration stands.",
            )
        if source.host == "python-code":
            raise SchemaUnreadable(
                "The schema is put together by code, which is read here but not edited.",
                where=source.span,
                next="Make this change by hand, where the code names the field.",
            )
        _, offset = cut_out(text, source)
        document = _opened(text, source)
        own = _Plan(document, source).splices(group)
        # A type that another file defines gets its new name there, in the same patch.
        elsewhere = {str(_value(edit)) for edit in group if edit.action == "rename_type"}
        _check(document, apply(document.text, own), source, elsewhere)
        splices += [Splice(splice.start + offset, splice.end + offset, splice.text) for splice in own]
    edited = apply(text, splices)
    if any(host != "file" for host, _, _ in grouped):
        _check_code(text, edited, edits[0].source)
    return edited


class _Plan:
    """The changes of one schema: values to replace, and elements to take out of or put into containers."""

    def __init__(self, document: Document, source: SchemaSource) -> None:
        self._document = document
        self._source = source
        self._text = document.text
        self._is_python = source.host == "python-dict"
        self._places = Places(document)
        self._replaced: dict[int, list[Splice]] = {}
        self._containers: dict[int, Node] = {}
        self._removed: dict[int, set[int]] = {}
        self._inserted: dict[int, dict[int, list[str]]] = {}

    def splices(self, edits: Sequence[SchemaEdit]) -> list[Splice]:
        for edit in edits:
            self._plan(edit)
        found = [splice for splices in self._replaced.values() for splice in splices]
        for key, node in self._containers.items():
            style = self._style([node])
            found += reshape(self._text, node, self._removed.get(key, set()), self._inserted.get(key, {}), style)
        found += moved_definitions(self._document, found)
        ordered = sorted(found, key=lambda splice: (splice.start, splice.end))
        for before, after in pairwise(ordered):
            if after.start < before.end:
                raise SchemaUnreadable(
                    "Two edits change the same place of a schema.",
                    where=self._document.span(Node(after.start, after.end, None)),
                    next="Leave one of them out.",
                )
        return found

    def _plan(self, edit: SchemaEdit) -> None:
        places = self._places
        if edit.action == "add_field":
            self._add_field(edit)
            return
        if edit.action == "reorder_fields":
            self._reorder(
                places.fields(edit.record), [scalar(field, "name") for field in places.items(edit.record)], edit
            )
            return
        if edit.action == "rename_type":
            self._rename_type(edit)
            return
        if edit.action == "set_type_property":
            self._set_member(places.named(edit.record), edit.name, _value(edit))
            return
        field = places.field(edit.record, edit.field)
        if edit.action == "remove_field":
            fields = places.fields(edit.record)
            self._remove(fields, fields.value.index(field))
        elif edit.action == "rename_field":
            places.check_free(edit.record, _value(edit))
            self._replace(field.value["name"], _value(edit))
        elif edit.action == "set_type":
            self._replace(field.value["type"], _value(edit))
        elif edit.action == "set_property":
            self._set_member(field, edit.name, _value(edit))
        elif edit.action == "remove_property":
            self._remove_member(field, edit.name)
        elif edit.action == "set_enum_property":
            self._set_member(places.enum(edit.record, field, ""), edit.name, _value(edit))
        else:
            self._change_symbol(edit, field)

    def _add_field(self, edit: SchemaEdit) -> None:
        value = _value(edit)
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            raise SchemaUnreadable(
                "A new field must be an object with a name.", next='Write {"name": ..., "type": ...}.'
            )
        self._places.check_free(edit.record, value["name"])
        fields = self._places.fields(edit.record)
        items: list[Node] = fields.value
        after = len(items) - 1
        if edit.name:
            after = items.index(self._places.field(edit.record, edit.name))
        near = self._models(items, after)
        style = self._style(near)
        is_tall = self._is_tall(near[0]) if near else style.has_tall_objects
        indent = indent_at(self._text, items[after].start if items else fields.start)
        if not items and is_tall:
            indent += style.unit
        self._insert(fields, after, write(value, style, indent, is_tall))

    def _change_symbol(self, edit: SchemaEdit, field: Node) -> None:
        symbol = _value(edit)
        known = {"remove_symbol": symbol, "rename_symbol": edit.name}.get(edit.action, "")
        enum = self._places.enum(edit.record, field, known)
        symbols: Node = enum.value["symbols"]
        names = [item.value for item in symbols.value]
        if edit.action == "reorder_symbols":
            self._reorder(symbols, names, edit)
        elif edit.action == "rename_symbol" and edit.name in names and symbol not in names:
            self._replace(symbols.value[names.index(edit.name)], symbol)
            default = enum.member("default")
            if default is not None and default.value == edit.name:
                self._replace(default, symbol)
        elif edit.action == "add_symbol":
            if symbol in names:
                raise SchemaUnreadable(f'The enum of "{edit.field}" has the symbol "{symbol}" already.')
            self._insert(symbols, len(names) - 1, write(symbol, self._style([symbols]), "", False))
        elif symbol in names:
            self._remove(symbols, names.index(symbol))
        else:
            raise SchemaUnreadable(
                f'The enum of "{edit.field}" has no symbol "{symbol}".', next=f"Its symbols are {', '.join(names)}."
            )

    def _reorder(self, node: Node, names: Sequence[Any], edit: SchemaEdit) -> None:
        """Puts the items' own texts into the places of the list, so that separators and layout stay where they are."""
        wanted = _value(edit)
        if sorted(wanted) != sorted(names):
            raise SchemaUnreadable(
                f"The new order names {', '.join(wanted)}; what stands there is {', '.join(map(str, names))}.",
                where=self._document.span(node),
                next="Name each of them once.",
            )
        between = [self._text[a.end : b.start] for a, b in pairwise(node.value)]
        if self._is_python and any("#" in text for text in between):
            raise SchemaUnreadable(
                "Comments stand between what is to change places.",
                where=self._document.span(node),
                next="Reorder it by hand, each comment with what it is about.",
            )
        for place, name in zip(node.value, wanted, strict=True):
            item = node.value[names.index(name)]
            if item is not place:
                text = self._text[item.start : item.end]
                self._replaced[id(place)] = [Splice(place.start, place.end, text)]

    def _rename_type(self, edit: SchemaEdit) -> None:
        to = str(_value(edit))
        changes = list(renamed_references(self._document, edit.record, to))
        if not changes or self._places.defines(edit.record):
            changes = list(renamed_type(self._document, self._places.named(edit.record), to))
        for place, name, value in changes:
            if name:
                self._set_member(place, name, value, after="name")
            else:
                self._replace(place, value)

    def _set_member(self, node: Node, name: str, value: Any, after: str = "") -> None:
        member = node.member(name)
        if member is not None:
            self._replace(member, value)
            return
        style = self._style([node])
        elements = list(elements_of(node))
        is_tall = self._is_tall(node)
        indent = indent_at(self._text, elements[-1][0])
        key = write(name, style, indent, False)
        place = list(node.keys or ()).index(after) if after else len(elements) - 1
        self._insert(node, place, f"{key}{style.colon}{write(value, style, indent, is_tall)}")

    def _remove_member(self, node: Node, name: str) -> None:
        if node.member(name) is None:
            raise SchemaUnreadable(
                f'The field has no property "{name}" to remove.',
                where=self._document.span(node),
                next="Leave the edit out.",
            )
        self._remove(node, list(node.keys or ()).index(name))

    def _replace(self, node: Node, value: Any) -> None:
        """A new value around an old one (a type in a union, or out of one) keeps the old one's text."""
        kept = _shared_part(node, value)
        style = self._style([node])
        is_tall = kept is None and bool(
            _OWN_LINE.fullmatch(self._text[line_start(self._text, node.start) : node.start])
        )
        new = write(value, style, indent_at(self._text, node.start), is_tall, canonical(plain(kept)) if kept else "")
        if id(node) in self._replaced:
            raise SchemaUnreadable("Two edits change the same value.", where=self._document.span(node))
        if kept is not None and new.count(REUSED) == 1:
            before, after = new.split(REUSED)
            self._replaced[id(node)] = [Splice(node.start, kept.start, before), Splice(kept.end, node.end, after)]
        else:
            self._replaced[id(node)] = [Splice(node.start, node.end, write(value, style, "", False) if kept else new)]

    def _models(self, items: Sequence[Node], after: int) -> list[Node]:
        """The neighbours that a new item should look like: those of the commoner shape, the nearest first."""
        nearest = [item for _, item in sorted(enumerate(items), key=lambda entry: abs(entry[0] - after))]
        tall = [item for item in nearest if self._is_tall(item)]
        flat = [item for item in nearest if not self._is_tall(item)]
        if len(tall) == len(flat) and nearest:
            return tall if self._is_tall(nearest[0]) else flat
        return tall if len(tall) > len(flat) else flat

    def _is_tall(self, node: Node) -> bool:
        """Tells whether a container starts its first element on a new line."""
        first = next((start for start, _, _ in elements_of(node)), node.start)
        return "\n" in self._text[node.start : first]

    def _insert(self, node: Node, after: int, text: str) -> None:
        self._containers[id(node)] = node
        self._inserted.setdefault(id(node), {}).setdefault(after, []).append(text)

    def _remove(self, node: Node, index: int) -> None:
        self._containers[id(node)] = node
        self._removed.setdefault(id(node), set()).add(index)

    def _style(self, near: Sequence[Node]) -> Style:
        return style_of(self._text, self._document.root, near, self._is_python)


def _shared_part(node: Node, value: Any) -> Node | None:
    """The largest list or object of the old value that the new value holds too, None where only scalars are shared."""
    wanted = set()
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict | list):
            wanted.add(canonical(part))
            pending += part.values() if isinstance(part, dict) else part
    return _first_of(node, wanted)


def _first_of(node: Node, wanted: set[str]) -> Node | None:
    if not isinstance(node.value, dict | list):
        return None
    if canonical(plain(node)) in wanted:
        return node
    for _, _, member in elements_of(node):
        found = _first_of(member, wanted)
        if found is not None:
            return found
    return None


def _value(edit: SchemaEdit) -> Any:
    try:
        return json.loads(edit.value)
    except ValueError as error:
        raise SchemaUnreadable(
            f'The value of an edit of "{edit.field or edit.record}" is not JSON: {error}',
            next="Write the value as JSON.",
        ) from None


def _opened(text: str, source: SchemaSource) -> Document:
    try:
        return open_document(text, source)
    except Unreadable as error:
        raise SchemaUnreadable(f"The schema can't be edited: {error.reason}.", where=error.span) from None


def _check(base: Document, edited: str, source: SchemaSource, elsewhere: Set[str]) -> None:
    """The edited schema is read again, without siblings: it may lack the names only that the base lacked, or that are elsewhere."""
    alone = SchemaSource(source.path, "", "", source.host, 0, len(edited.encode("utf-8")), source.span)
    try:
        document = open_document(edited, alone)
        unknown = _unknown_names(document) - elsewhere
        unknown = unknown - _unknown_names(base) if unknown else unknown  # most texts lack none
    except Unreadable as error:
        raise SchemaUnreadable(
            f"The edit would leave the schema unreadable: {error.reason}.",
            where=error.span,
            next="Choose a value that Avro accepts there.",
        ) from None
    if unknown:
        raise SchemaUnreadable(
            f'The edit would leave "{min(unknown)}" without a definition.',
            where=source.span,
            next="Use a type of Avro, or define it where it is used first.",
        )


def _unknown_names(document: Document) -> set[str]:
    resolver = Resolver(document, {}, accepts_unknown=True)
    resolver.resolve()
    return resolver.unknown


def _check_code(base: str, edited: str, source: SchemaSource) -> None:
    try:
        ast.parse(base)
    except (SyntaxError, ValueError):
        return
    try:
        ast.parse(edited)
    except (SyntaxError, ValueError) as error:
        raise SchemaUnreadable(
            f"The edit would break the Python code around the schema: {error}.",
            where=source.span,
            next="Move the schema to a file of its own, or choose a value without quotes and line ends.",
        ) from None
