"""fastavro's schemaless reader. Source: `_read.pyx` and `_read_py.py` of 1.13."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.formats.avro.model import FINE, NO, WRONG, Model, Outcome, below, is_same_plain, promotes, worst
from copilot.formats.avro.types import NO_DEFAULT, WHOLE_DEFAULTED, Field, Type

_NAMED = ("record", "enum", "fixed")


class FastavroModel(Model):
    """fastavro: names are compared without namespace, the first branch that fits is taken, aliases are kept by field."""

    name = "fastavro"

    def _resolve(self, writer: Type, reader: Type, path: str) -> Outcome:
        if writer.kind == "union":
            return worst(self.outcome(branch, reader, path) for branch in writer.branches)
        if reader.kind == "union":
            branch = next((own for own in reader.branches if self._fits(writer, own)), None)
            if branch is None:
                return self.mismatch(writer, reader, path)
            return self._chosen(writer, branch, reader, path)
        if writer.logical == "decimal" and writer.precision is None and writer.kind in ("bytes", "fixed"):
            return Outcome(NO, path, f"{self.name} reads no decimal without a precision")
        if not self._fits(writer, reader):
            return self.mismatch(writer, reader, path)
        if writer.kind == "record" and reader.kind == "record":
            return self._record(writer, reader, path)
        if writer.inner is not None and reader.inner is not None:
            return self.inner(writer, reader, path)
        if writer.kind == "enum" and reader.kind == "enum":
            return self.collapse(writer, reader, path)
        if writer.kind != reader.kind:
            return (
                self._promote(writer, reader, path) if promotes(writer, reader) else self.mismatch(writer, reader, path)
            )
        return FINE

    def _chosen(self, writer: Type, branch: Type, reader: Type, path: str) -> Outcome:
        """The first branch that fits is taken; one of another kind before the very same one changes the value."""
        same = next((own for own in reader.branches if own.kind == writer.kind and own.name == writer.name), None)
        found = self.outcome(writer, branch, path)
        if same is not None and same is not branch and found.level == 0:
            if {writer.kind, branch.kind} == {"string", "bytes"}:
                return Outcome(WRONG, path, f"{self.name} takes the branch {branch.label} for {writer.label}")
            if branch.kind == "record" and self.outcome(writer, same, path).level == 0 and _loses(writer, branch):
                return Outcome(WRONG, path, f"{self.name} takes the branch {branch.label} for {writer.label}")
        return found

    def _fits(self, writer: Type, reader: Type) -> bool:
        if writer.kind == "union" or reader.kind == "union":
            return (
                reader.kind != "union"
                or writer.kind == "union"
                or any(self._fits(writer, own) for own in reader.branches)
            )
        if writer.kind in ("array", "map") and writer.kind == reader.kind:
            assert writer.inner is not None
            assert reader.inner is not None
            return "union" in (writer.inner.kind, reader.inner.kind) or self._fits(writer.inner, reader.inner)
        if writer.kind in _NAMED and reader.kind in _NAMED:
            if writer.kind == reader.kind == "fixed" and writer.size != reader.size:
                return False
            return writer.short == reader.short or _has_alias(reader, writer)
        return writer.kind == reader.kind or promotes(writer, reader)

    def _promote(self, writer: Type, reader: Type, path: str) -> Outcome:
        if reader.kind in ("float", "double"):
            return self.rounded(writer, reader, path, 53)
        if reader.kind == "string":
            return Outcome(NO, path, f"{self.name} refuses bytes that are no UTF-8")
        return FINE

    def _record(self, writer: Type, reader: Type, path: str) -> Outcome:
        return worst(self._of_fields(writer, reader, path))

    def _of_fields(self, writer: Type, reader: Type, path: str) -> Iterator[Outcome]:
        fields = tuple(self.fields_of(reader, writer))
        waiting = {field.name: field for field in fields}
        known = reader.by_name.keys() - waiting.keys()
        aliases = {alias: field for field in fields for alias in field.aliases}
        for source in writer.fields:
            if source.name in known:
                continue
            field: Field | None = waiting.get(source.name) or aliases.get(source.name)
            if field is None:
                continue
            if waiting.pop(field.name, None) is None:
                note = f'{self.name} fails when it has read "{field.name}" a second time, from "{source.name}"'
                yield Outcome(NO, below(path, field), note)
                continue
            if not is_same_plain(source.type, field.type):
                yield self.outcome(source.type, field.type, below(path, field))
            if source.name != field.name:
                yield self.other_source(field, source, writer, path)
        for field in waiting.values():
            if field.default is NO_DEFAULT:
                yield self.lacking(field, path)
            else:
                yield self.missing(field, writer, path)


def _has_alias(reader: Type, writer: Type) -> bool:
    # Aliases are compared as they are written: only one without a namespace also stands for the writer's short name.
    return writer.name in reader.aliases or writer.short in reader.short_aliases


def _loses(writer: Type, branch: Type) -> bool:
    return any(field.name not in branch.by_name for field in writer.fields)


def accepts_default(value: Any, kind: Type) -> bool:
    """Tells whether fastavro takes a schema with such a default: a whole number is none of a float that is written as an object."""
    return WHOLE_DEFAULTED.get(kind.kind) is not kind
