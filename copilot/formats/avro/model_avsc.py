"""avsc, the reader of most JavaScript consumers, with no logical types registered. Source: `lib/types.js` of 5.7.

It decides when the resolver is made: one branch of the data's union that fits nowhere refuses all data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.formats.avro.model import FINE, NO, WRONG, Model, Outcome, below, is_same_plain, promotes, worst
from copilot.formats.avro.rules import source_fields
from copilot.formats.avro.types import NO_DEFAULT, Type

LONG_MAX = 2**53 - 2
"""The largest whole number that avsc takes; a schema with a default beyond it is refused."""
_JAVASCRIPT = {
    **dict.fromkeys(("int", "long", "float", "double"), "number"),
    **dict.fromkeys(("bytes", "fixed"), "buffer"),
    **dict.fromkeys(("record", "map"), "object"),
    "enum": "string",
}
_UNITS = frozenset({"timestamp-millis", "timestamp-micros", "timestamp-nanos", "time-millis", "time-micros"})


class AvscModel(Model):
    """avsc: full names with aliases, the first branch that fits, union defaults of the first branch only."""

    name = "avsc"

    def _resolve(self, writer: Type, reader: Type, path: str) -> Outcome:
        if writer.kind == "union":
            return worst(self.outcome(branch, reader, path) for branch in writer.branches)
        if reader.kind == "union":
            return self._into_union(writer, reader, path)
        if writer.kind != reader.kind:
            return (
                self._promote(writer, reader, path) if promotes(writer, reader) else self.mismatch(writer, reader, path)
            )
        if reader.name and writer.name != reader.name and writer.name not in reader.aliases:
            return Outcome(NO, path, f"{self.name} compares full names: {writer.name} is not {reader.name}")
        if reader.kind == "record":
            return self._record(writer, reader, path)
        if reader.kind == "enum":
            return self.collapse(writer, reader, path)
        if writer.size != reader.size:
            return self.mismatch(writer, reader, path)
        return self.inner(writer, reader, path) if reader.inner is not None else self._logical(writer, reader, path)

    def _into_union(self, writer: Type, reader: Type, path: str) -> Outcome:
        """The first branch that fits is taken; a text that becomes bytes before its own branch is another value."""
        for own in reader.branches:
            found = self.outcome(writer, own, path)
            if found.level == NO:
                continue
            is_other = {writer.kind, own.kind} == {"string", "bytes"}
            if is_other and any(branch.kind == writer.kind for branch in reader.branches):
                return Outcome(WRONG, path, f"{self.name} takes the branch {own.label} for {writer.label}")
            return found
        return self.mismatch(writer, reader, path)

    def _promote(self, writer: Type, reader: Type, path: str) -> Outcome:
        if reader.kind in ("float", "double"):
            return self.rounded(writer, reader, path, 53)
        if reader.kind == "string":
            return Outcome(WRONG, path, f"{self.name} replaces bytes that are no UTF-8")
        return self._logical(writer, reader, path)

    def _logical(self, writer: Type, reader: Type, path: str) -> Outcome:
        is_scaled = reader.logical == writer.logical == "decimal" and reader.scale != writer.scale
        if is_scaled or (writer.logical != reader.logical and {writer.logical, reader.logical} <= _UNITS):
            return Outcome(WRONG, path, f"{self.name} hands back the plain number, which has another unit now")
        return FINE

    def _record(self, writer: Type, reader: Type, path: str) -> Outcome:
        return worst(self._of_fields(writer, reader, path))

    def _of_fields(self, writer: Type, reader: Type, path: str) -> Iterator[Outcome]:
        for field in self.fields_of(reader, writer):
            own = writer.by_name.get(field.name)
            if own is not None and not field.aliases and is_same_plain(own.type, field.type):
                continue
            sources = list({source.name: source for source in source_fields(field, writer)}.values())
            if len(sources) > 1:
                yield Outcome(NO, below(path, field), f'{self.name} finds several fields for "{field.name}"')
            elif sources:
                yield self.outcome(sources[0].type, field.type, below(path, field))
            elif field.default is NO_DEFAULT:
                yield self.lacking(field, path)


def takes_default(value: Any, kind: Type, is_copied: bool = False) -> bool:
    """Tells whether avsc takes a default: that of a union for its first branch.

    What a record leaves out is filled in from its field's own default, which is then taken a second time: `is_copied`, as a value
    and no longer as its text, so bytes and what a union wraps are refused.
    """
    if kind.kind == "union":
        first = kind.branches[0] if kind.branches else None
        if first is None or (is_copied and value is not None and first.kind != "record" and _wraps(kind)):
            return False
        return takes_default(value, first, is_copied)
    if kind.kind == "null":
        return value is None
    if kind.kind == "boolean":
        return isinstance(value, bool)
    if is_copied and kind.kind in ("bytes", "fixed"):
        return False
    if kind.kind in ("string", "bytes", "fixed"):
        # JavaScript counts a character beyond U+FFFF twice.
        return isinstance(value, str) and (
            kind.kind != "fixed" or len(value.encode("utf-16-le", "surrogatepass")) == 2 * kind.size
        )
    if kind.kind == "enum":
        return value in kind.symbols
    if kind.inner is not None:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return items is not None and all(takes_default(item, kind.inner, is_copied) for item in items)
    if kind.kind == "record":
        return isinstance(value, dict) and all(
            takes_default(value[field.name], field.type, is_copied)
            if field.name in value
            else field.default is not NO_DEFAULT and takes_default(field.default, field.type, True)
            for field in kind.fields
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind.kind in ("float", "double"):
        return True
    limit = LONG_MAX if kind.kind == "long" else 2**31 - 1
    return value == int(value) and -limit - (kind.kind == "int") <= value <= limit


def _wraps(union: Type) -> bool:
    """Tells whether avsc names the branch of each value: where two branches have values of one kind in JavaScript."""
    kinds = [_JAVASCRIPT.get(branch.kind, branch.kind) for branch in union.branches]
    return len(set(kinds)) < len(kinds)
