"""Do all decoders refuse the data for the same plain reason? Asked before each of them is asked by itself.

Most pairs that are refused lack a field, or have another plain type in its place, and nothing else occurs in them on which readers
differ: then the registry and every decoder say the same, and each decoder means the first such field that it meets.
"""

from __future__ import annotations

from typing import NamedTuple

from copilot.formats.avro.agreement import Agreement
from copilot.formats.avro.model import below, cannot_read, lacks, promotes
from copilot.formats.avro.rules import Reasons, Walk, missing_default
from copilot.formats.avro.types import NO_DEFAULT, Field, Type


class PlainRefusal(NamedTuple):
    """A field of `record`, the reader's, at `path`; `source` is the field in what is `written`, None where it has none."""

    record: Type
    written: Type
    field: Field
    source: Field | None
    path: str

    def reasons(self) -> Reasons:
        """Returns what the registry says."""
        if self.source is None:
            return (missing_default(self.field, self.record, self.path),)
        return Walk(as_registry=True).reasons(self.field.type, self.source.type, self.path)

    def note(self) -> str:
        """Returns what is to be said of a decoder, after its name."""
        if self.source is None:
            return lacks(self.field)
        reader = self.field.type
        return cannot_read(_refused(self.source.type, reader) or self.source.type, reader)

    def whole_note(self, note: str) -> str:
        """Returns what is to be said of one that looks at a union of the writer's as a whole, where `note` is said of others."""
        if self.source is None or self.source.type.kind != "union" or self.field.type.kind == "union":
            return note
        return cannot_read(self.source.type, self.field.type)


def plain_refusals(agreement: Agreement, reader: Type, writer: Type) -> tuple[PlainRefusal, ...]:
    """Returns all that is to be said of the data, in the reader's order; nothing where that takes more than this look."""
    if not agreement.is_thorough:
        return ()
    path = ""
    while reader.kind == writer.kind == "record" and reader.name == writer.name:
        fields = agreement.disputed(reader, writer)
        found = [
            PlainRefusal(reader, writer, field, writer.by_name.get(field.name), below(path, field)) for field in fields
        ]
        if all(map(_is_plain, found)):
            return tuple(found)
        inner = found[0]
        if len(found) > 1 or inner.source is None:
            return ()
        reader, writer, path = inner.field.type, inner.source.type, inner.path
    return ()


def first_written(refusals: tuple[PlainRefusal, ...]) -> PlainRefusal:
    """Returns the one that a decoder comes to which reads in the order of the data."""
    if len(refusals) == 1:
        return refusals[0]
    by_name = {it.field.name: it for it in refusals if it.source is not None}
    return next((by_name[name] for name in refusals[0].written.by_name if name in by_name), refusals[0])


def _is_plain(refusal: PlainRefusal) -> bool:
    if refusal.source is None:
        return refusal.field.default is NO_DEFAULT
    return _refused(refusal.source.type, refusal.field.type) is not None


def _refused(writer: Type, reader: Type) -> Type | None:
    """Returns the writer's type, or the first of its branches, that every decoder refuses; None also where they differ."""
    if writer.kind != "union" and reader.kind != "union":
        # fastavro reads no decimal without a precision, and says so first.
        is_refused = writer.kind != reader.kind and writer.logical != "decimal" and not promotes(writer, reader)
        return writer if is_refused else None
    if not (writer.is_plain and reader.is_plain):
        return None
    takers = reader.branches or (reader,)
    for branch in writer.branches or (writer,):
        if not any(branch.kind == taker.kind or promotes(branch, taker) for taker in takers):
            return branch
    return None
