"""Avro for Java's generic reader, with its conversions for logical types on.

Source: `Schema.applyAliases` and `Resolver` of 1.12. The writer's schema is first rewritten with the reader's aliases, which are
kept by full names; then the two are resolved, where a record's name no longer counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from copilot.formats.avro.model import FINE, NO, WRONG, Model, Outcome, below, is_same_plain, promotes, worst
from copilot.formats.avro.rules import FieldsOf, all_fields
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

_UNITS = {"timestamp-millis": 3, "timestamp-micros": 6, "timestamp-nanos": 9, "time-millis": 3, "time-micros": 6}
_DAYS = {"time-millis": 86_400_000, "time-micros": 86_400_000_000}
"""How long a day is; a time of day can't be later."""
_UNITS |= {f"local-{name}": digits for name, digits in list(_UNITS.items()) if name.startswith("timestamp")}


class JavaModel(Model):
    """Avro for Java; made anew for each two schemas, because the reader's aliases hold for the whole of the writer's."""

    name = "java"

    def __init__(self, writer: Type, reader: Type, fields_of: FieldsOf = all_fields) -> None:
        super().__init__(fields_of)
        self._names: dict[str, str] = {}
        self._fields: dict[str, dict[str, str]] = {}
        self._matching: set[tuple[int, int]] = set()
        self._collect(reader, set())
        if (self._names or self._fields) and _is_equal(writer, reader, set()):
            # Schemas are compared without their aliases, and those of an equal one are not applied.
            self._names, self._fields = {}, {}
        if self._names or self._fields:
            self.fields_of = all_fields  # an alias in one place renames what is read in another

    def _collect(self, kind: Type, seen: set[int]) -> None:
        if kind.is_plain:
            return
        for alias in sorted(kind.aliases):
            self._names[alias.removeprefix(".")] = kind.name
        for branch in kind.branches:
            self._collect(branch, seen)
        if kind.inner is not None:
            self._collect(kind.inner, seen)
        if kind.kind != "record" or id(kind) in seen:
            return
        seen.add(id(kind))
        for field in kind.fields:
            for alias in field.aliases:
                self._fields.setdefault(kind.name, {})[alias] = field.name
            self._collect(field.type, seen)
        if kind.name in self._fields:
            for alias in kind.aliases:
                self._fields[alias.removeprefix(".")] = self._fields[kind.name]

    def _name_of(self, writer: Type) -> str:
        # The decoder rewrites the schema, and the resolver that it calls does so again.
        once = self._names.get(writer.name, writer.name)
        return self._names.get(once, once)

    def _short_of(self, writer: Type) -> str:
        return self._name_of(writer).rpartition(".")[2]

    def _resolve(self, writer: Type, reader: Type, path: str) -> Outcome:
        if writer.kind == "union":
            return self._out_of_union(writer, reader, path)
        if writer.kind != reader.kind:
            if reader.kind == "union":
                return self._into_union(writer, reader, path)
            return (
                self._promote(writer, reader, path) if promotes(writer, reader) else self.mismatch(writer, reader, path)
            )
        if reader.kind == "record":
            return self._record(writer, reader, path)
        if reader.inner is not None:
            return self.inner(writer, reader, path)
        if reader.kind == "enum":
            if self._short_of(writer) != reader.short:
                return self.mismatch(writer, reader, path)
            return self.collapse(writer, reader, path)
        if reader.kind == "fixed" and (self._short_of(writer) != reader.short or writer.size != reader.size):
            return self.mismatch(writer, reader, path)
        return self._logical(writer, reader, path)

    def _promote(self, writer: Type, reader: Type, path: str) -> Outcome:
        if reader.kind == "float":
            return self.rounded(writer, reader, path, 24)
        if reader.kind == "double":
            return self.rounded(writer, reader, path, 53)
        if reader.kind == "string":
            return Outcome(WRONG, path, f"{self.name} replaces bytes that are no UTF-8")
        return self._logical(writer, reader, path)

    def _logical(self, writer: Type, reader: Type, path: str) -> Outcome:
        if reader.logical == "decimal" and reader.scale != writer.scale and writer.logical == "decimal":
            note = f"{self.name} takes the scale {reader.scale} for numbers that were written with {writer.scale}"
            return Outcome(WRONG, path, note)
        units = _UNITS.get(reader.logical), _UNITS.get(writer.logical)
        if None not in units and units[0] != units[1]:
            return Outcome(WRONG, path, f"{self.name} takes {writer.logical} for {reader.logical}")
        if reader.logical in _DAYS and writer.logical not in _DAYS:
            return Outcome(NO, path, f"{self.name} refuses numbers that are no time of a day")
        if reader.logical == "decimal" and reader.kind == "bytes" and not writer.logical:
            return Outcome(NO, path, f"{self.name} refuses empty bytes, which are no decimal")
        return FINE

    def _field_names(self, writer: Type) -> dict[str, Field] | None:
        """Returns the writer's fields as rewritten; None where two get one name, which Java refuses."""
        if not self._fields:
            return writer.by_name
        names = [field.name for field in writer.fields]
        record = writer.name
        for _ in range(2):
            record = self._names.get(record, record)
            aliases = self._fields.get(record, {})
            names = [aliases.get(name, name) for name in names]
            if len(set(names)) < len(names):
                return None
        return dict(zip(names, writer.fields, strict=True))

    def _record(self, writer: Type, reader: Type, path: str) -> Outcome:
        written = self._field_names(writer)
        if written is None:
            return Outcome(
                NO, path, f"{self.name} finds a field of {writer.label} twice once it has applied the aliases"
            )
        return worst(self._of_fields(written, writer, reader, path))

    def _of_fields(self, written: dict[str, Field], writer: Type, reader: Type, path: str) -> Iterator[Outcome]:
        for field in self.fields_of(reader, writer):
            source = written.get(field.name)
            if source is not None and is_same_plain(source.type, field.type):
                continue
            if source is not None:
                yield self.outcome(source.type, field.type, below(path, field))
            elif field.default is NO_DEFAULT:
                yield self.lacking(field, path)
            elif not fills_in(field):
                yield Outcome(NO, below(path, field), f'{self.name} can\'t make the default of "{field.name}"')
            else:
                yield self.missing(field, writer, path)

    def _out_of_union(self, writer: Type, reader: Type, path: str) -> Outcome:
        if self._is_same_union(writer, reader, set()):
            pairs = zip(writer.branches, reader.branches, strict=True)
            return worst(self.outcome(branch, own, path) for branch, own in pairs)
        return worst(self.outcome(branch, reader, path) for branch in writer.branches)

    def _into_union(self, writer: Type, reader: Type, path: str) -> Outcome:
        branch = self._branch(writer, reader)
        return self.mismatch(writer, reader, path) if branch is None else self.outcome(writer, branch, path)

    def _branch(self, writer: Type, reader: Type) -> Type | None:
        """The branch that is read: of the same name, else the first record that fits by its structure, else a promotion."""
        by_structure: Type | None = None
        for branch in reader.branches:
            if branch.kind != writer.kind:
                continue
            if not writer.name or self._name_of(writer) == branch.name:
                return branch
            if writer.kind == "record" and self._has_structure(writer, branch):
                is_namesake = self._short_of(writer) == branch.short
                by_structure = branch if by_structure is None or is_namesake else by_structure
        if by_structure is not None:
            return by_structure
        return next((branch for branch in reader.branches if promotes(writer, branch)), None)

    def _has_structure(self, writer: Type, branch: Type) -> bool:
        """Tells whether a record fits by its fields; one that is asked for again inside of itself does."""
        pair = (id(writer), id(branch))
        if pair in self._matching:
            return True
        self._matching.add(pair)
        fits = self._has_fields(writer, branch)
        self._matching.remove(pair)
        return fits

    def _has_fields(self, writer: Type, branch: Type) -> bool:
        written = self._field_names(writer)
        if written is None:
            return False
        for field in branch.fields:
            if field.name not in written:
                if field.default is NO_DEFAULT:
                    return False
            elif self._is_refused_at_once(written[field.name].type, field.type):
                return False
        return True

    def _is_refused_at_once(self, writer: Type, reader: Type) -> bool:
        """Java looks no deeper here than whether the two types go together at all."""
        if writer.kind == "union":
            return False
        if reader.kind == "union":
            return self._branch(writer, reader) is None
        if writer.kind != reader.kind:
            return not promotes(writer, reader)
        if reader.kind == "record":
            written = self._field_names(writer)
            lacking = [field for field in reader.fields if written is None or field.name not in written]
            return any(field.default is NO_DEFAULT for field in lacking)
        if reader.kind == "fixed" and writer.size != reader.size:
            return True
        return reader.kind in ("enum", "fixed") and self._short_of(writer) != reader.short

    def _is_same_union(self, writer: Type, reader: Type, seen: set[tuple[int, int]]) -> bool:
        """Tells whether two types are the same but for namespaces; then branches are read in their order."""
        if writer.kind != reader.kind or (reader.name and self._short_of(writer) != reader.short):
            return False
        if reader.inner is not None and writer.inner is not None:
            return self._is_same_union(writer.inner, reader.inner, seen)
        if reader.kind == "union":
            return len(writer.branches) == len(reader.branches) and all(
                self._is_same_union(branch, own, seen)
                for branch, own in zip(writer.branches, reader.branches, strict=True)
            )
        if reader.kind != "record":
            return writer.size == reader.size and writer.symbols == reader.symbols
        if (id(writer), id(reader)) in seen:
            return True
        seen.add((id(writer), id(reader)))
        written = self._field_names(writer)
        return (
            written is not None
            and list(written) == [field.name for field in reader.fields]
            and all(self._is_same_union(written[field.name].type, field.type, seen) for field in reader.fields)
        )


def _is_equal(writer: Type, reader: Type, seen: set[tuple[int, int]]) -> bool:
    """Tells whether two schemas are equal to Java: aliases, docs and the defaults of enums don't count."""
    if writer is reader or (id(writer), id(reader)) in seen:
        return True
    seen.add((id(writer), id(reader)))

    def facts(kind: Type) -> tuple[Any, ...]:
        own = (kind.kind, kind.name, kind.symbols, kind.size, kind.logical, kind.precision, kind.scale)
        return *own, [field.name for field in kind.fields], len(kind.branches)

    pairs = [
        *zip(writer.branches, reader.branches, strict=False),
        *((one.type, other.type) for one, other in zip(writer.fields, reader.fields, strict=False)),
        *([(writer.inner, reader.inner)] if writer.inner is not None and reader.inner is not None else []),
    ]
    return (
        facts(writer) == facts(reader)
        and all(
            _default_text(one) == _default_text(other) for one, other in zip(writer.fields, reader.fields, strict=True)
        )
        and all(_is_equal(one, other, seen) for one, other in pairs)
    )


def _default_text(field: Field) -> str:
    return "" if field.default is NO_DEFAULT else json.dumps(field.default)


def fills_in(field: Field) -> bool:
    """Tells whether Java can fill in a field's default; since 1.12, an empty array of a union is asked for its items' type."""
    return not (field.default == [] and field.type.kind == "union") and makes_default(field.default, field.type)


def makes_default(value: Any, kind: Type) -> bool:
    """Tells whether Java can encode a default: that of a union for the first branch that its JSON looks like."""
    if kind.kind == "union":
        branch = next((own for own in kind.branches if _looks_like(value, own.kind)), None)
        return branch is not None and makes_default(value, branch)
    if kind.kind == "enum":
        return value in kind.symbols
    if kind.inner is not None:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return all(makes_default(item, kind.inner) for item in items)
    if kind.kind == "record":
        given = value if isinstance(value, dict) else {}
        return all(
            makes_default(given[field.name], field.type) if field.name in given else field.default is not NO_DEFAULT
            for field in kind.fields
        )
    if kind.logical == "decimal" and kind.kind == "bytes" and value == "":
        return False
    if kind.logical in _DAYS and isinstance(value, int) and not 0 <= value < _DAYS[kind.logical]:
        return False
    return _looks_like(value, kind.kind)


def _looks_like(value: Any, kind: str) -> bool:
    if kind in ("string", "bytes", "fixed"):
        return isinstance(value, str)
    if kind in ("int", "long", "float", "double"):
        # As text, a field's own default was a number when the schema was read.
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    return value is None if kind == "null" else True
