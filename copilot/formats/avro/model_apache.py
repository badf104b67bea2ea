"""The Apache Avro project's Python reader. Source: `avro/io.py` and the `match` methods of `avro/schema.py` of 1.12."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.formats.avro.model import FINE, NO, Model, Outcome, below, is_same_plain, worst
from copilot.formats.avro.rules import symbols_beyond
from copilot.formats.avro.types import NO_DEFAULT, Type

_NUMBERS = {"int": ("long", "float", "double"), "long": ("float", "double"), "float": ("double",)}


class ApacheModel(Model):
    """The `avro` package: full names, no aliases, no enum defaults, and no promotion between text and bytes or inside arrays."""

    name = "python"

    def _resolve(self, writer: Type, reader: Type, path: str) -> Outcome:
        if not _matches(writer, reader):
            return self.mismatch(writer, reader, path)
        if writer.kind == "union":
            return worst(self.outcome(branch, reader, path) for branch in writer.branches)
        if reader.kind == "union":
            branch = next(own for own in reader.branches if _matches(writer, own))
            return self.outcome(writer, branch, path)
        if reader.kind == "record":
            return self._record(writer, reader, path)
        if reader.kind == "enum":
            missing = symbols_beyond(writer, reader)
            return Outcome(NO, path, f"{self.name} refuses the symbols {', '.join(missing)}") if missing else FINE
        return self.inner(writer, reader, path) if reader.inner is not None else FINE

    def _record(self, writer: Type, reader: Type, path: str) -> Outcome:
        return worst(self._of_fields(writer, reader, path))

    def _of_fields(self, writer: Type, reader: Type, path: str) -> Iterator[Outcome]:
        for field in self.fields_of(reader, writer):
            source = writer.by_name.get(field.name)
            if source is not None and is_same_plain(source.type, field.type):
                continue
            if source is not None:
                yield self.outcome(source.type, field.type, below(path, field))
            elif field.default is NO_DEFAULT:
                yield self.lacking(field, path)
            elif not reads_default(field.default, field.type):
                yield Outcome(NO, below(path, field), f'{self.name} refuses the default of "{field.name}"')
            else:
                yield self.missing(field, writer, path)


def _matches(writer: Type, reader: Type) -> bool:
    if reader.kind == "union":
        return writer.kind == "union" or any(_matches(writer, own) for own in reader.branches)
    if reader.kind != writer.kind:
        return reader.kind in _NUMBERS.get(writer.kind, ())
    if reader.inner is not None and writer.inner is not None:
        return reader.inner.kind == writer.inner.kind
    return reader.name == writer.name and reader.size == writer.size


def reads_default(value: Any, kind: Type) -> bool:
    """Tells whether the package takes a default: that of a union for its first branch, that of a float only with a point."""
    if kind.kind == "union":
        return bool(kind.branches) and reads_default(value, kind.branches[0])
    if kind.kind == "null":
        return value is None
    if kind.kind in ("int", "long"):
        return isinstance(value, int)
    if kind.kind in ("float", "double"):
        return isinstance(value, float)
    if kind.kind in ("bytes", "fixed", "string", "enum"):
        return isinstance(value, str)
    if kind.kind == "array":
        assert kind.inner is not None
        return isinstance(value, list) and all(reads_default(item, kind.inner) for item in value)
    if kind.kind == "map":
        assert kind.inner is not None
        return isinstance(value, dict) and all(reads_default(item, kind.inner) for item in value.values())
    if kind.kind == "record":
        return isinstance(value, dict) and all(
            reads_default(
                value.get(field.name)
                if value.get(field.name) is not None or field.default is NO_DEFAULT
                else field.default,
                field.type,
            )
            for field in kind.fields
        )
    return True
