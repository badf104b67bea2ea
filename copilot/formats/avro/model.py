"""What would a decoder do with data of one schema read as another? The parts that the models of all decoders share.

A model follows one implementation's own way of resolving, as its source code does it, over two graphs. It answers for all data that
the writer's schema allows: the worst that can happen, where, and why. Models are predictions; `ran` evidence beats them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from copilot.formats.avro.rules import PROMOTIONS, FieldsOf, all_fields, source_fields, symbols_beyond
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

_INTEGER_BITS = {"int": 31, "long": 63}
YES, WRONG, NO = 0, 1, 2


class Outcome(NamedTuple):
    """The worst that can happen: YES it reads, WRONG it reads another value for some data, NO it refuses some data."""

    level: int = YES
    path: str = ""
    note: str = ""


FINE = Outcome()


def is_same_plain(writer: Type, reader: Type) -> bool:
    """Tells whether both are one shared type, which each decoder reads: most fields of most pairs, so it is asked first."""
    return writer is reader and reader.is_plain


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Returns the first of the worst outcomes."""
    found = FINE
    for outcome in outcomes:
        if outcome.level > found.level:
            found = outcome
            if found.level == NO:
                break
    return found


def below(path: str, field: Field) -> str:
    """Returns the path of a field in the record at `path`."""
    return f"{path}.{field.name}" if path else field.name


def cannot_read(writer: Type, reader: Type) -> str:
    """Says, after a decoder's name, that two types don't go together."""
    return f"can't read {writer.label} as {reader.label}"


def lacks(field: Field) -> str:
    """Says, after a decoder's name, that the data lacks a field."""
    return f'misses "{field.name}", which has no default'


class Model(ABC):
    """One decoder. Pairs in progress count as fine, so recursive schemas end.

    `fields_of` may leave out what is known to be fine.
    """

    name: str

    def __init__(self, fields_of: FieldsOf = all_fields) -> None:
        self.fields_of = fields_of
        self._seen: dict[tuple[int, int], Outcome] = {}

    def outcome(self, writer: Type, reader: Type, path: str = "") -> Outcome:
        """Returns the worst that can happen to data of `writer` that is read as `reader`."""
        if is_same_plain(writer, reader):
            return FINE
        if writer.is_plain or reader.is_plain:
            return self._resolve(writer, reader, path)  # shared by all fields of their type: each has its own path
        pair = (id(writer), id(reader))
        known = self._seen.get(pair)
        if known is None:
            self._seen[pair] = FINE
            known = self._seen[pair] = self._resolve(writer, reader, path)
        return known

    @abstractmethod
    def _resolve(self, writer: Type, reader: Type, path: str) -> Outcome: ...

    def mismatch(self, writer: Type, reader: Type, path: str) -> Outcome:
        """Returns the refusal of two types that don't go together."""
        return Outcome(NO, path, f"{self.name} {cannot_read(writer, reader)}")

    def inner(self, writer: Type, reader: Type, path: str) -> Outcome:
        """Returns the outcome of the items or values of two arrays or maps."""
        assert writer.inner is not None
        assert reader.inner is not None
        return self.outcome(writer.inner, reader.inner, path + ("[]" if reader.kind == "array" else "{}"))

    def lacking(self, field: Field, path: str) -> Outcome:
        """Returns the refusal of data without a field that has no default."""
        return Outcome(NO, below(path, field), f"{self.name} {lacks(field)}")

    def missing(self, field: Field, writer: Type, path: str) -> Outcome:
        """Returns what comes of a field that this decoder takes from its default, though the data may have it."""
        sources = source_fields(field, writer)
        if not sources:
            return FINE
        note = f'{self.name} gives the default of "{field.name}" instead of "{sources[0].name}" in the data'
        return Outcome(WRONG, below(path, field), note)

    def other_source(self, field: Field, source: Field, writer: Type, path: str) -> Outcome:
        """Returns what comes of a field that this decoder takes from `source`, where the specification may mean another one."""
        sources = source_fields(field, writer)
        if not sources or sources[0].name == source.name:
            return FINE
        note = f'{self.name} takes "{field.name}" from "{source.name}" and not from "{sources[0].name}"'
        return Outcome(WRONG, below(path, field), note)

    def collapse(self, writer: Type, reader: Type, path: str) -> Outcome:
        """Returns what comes of symbols that only the writer knows, where the decoder honours the enum's default."""
        missing = symbols_beyond(writer, reader)
        if not missing:
            return FINE
        if reader.default is None:
            return Outcome(NO, path, f"{self.name} refuses the symbols {', '.join(missing)}")
        return Outcome(WRONG, path, f"{self.name} reads {', '.join(missing)} as {reader.default}")

    def rounded(self, writer: Type, reader: Type, path: str, bits: int) -> Outcome:
        """Returns what comes of whole numbers that are read as floating ones with so many exact bits."""
        if _INTEGER_BITS.get(writer.kind, 0) <= bits:
            return FINE
        return Outcome(WRONG, path, f"{self.name} rounds whole numbers beyond 2^{bits}")


def first_refused_default(
    kind: Type, takes: Callable[[Any, Type], bool], path: str = "", seen: set[int] | None = None
) -> str | None:
    """Returns the path of a default for which a decoder refuses a whole schema, None where it takes them all."""
    seen = set() if seen is None else seen
    if kind.is_plain or id(kind) in seen:
        return None
    seen.add(id(kind))
    for field in kind.fields:
        if field.default is not NO_DEFAULT and not takes(field.default, field.type):
            return below(path, field)
        if not field.type.is_plain:
            bad = first_refused_default(field.type, takes, below(path, field), seen)
            if bad is not None:
                return bad
    inner = kind.branches if kind.inner is None else (kind.inner,)
    return next((bad for own in inner if (bad := first_refused_default(own, takes, path, seen)) is not None), None)


def promotes(writer: Type, reader: Type) -> bool:
    """Tells whether the specification lets the writer's primitive be read as the reader's."""
    return writer.kind in PROMOTIONS.get(reader.kind, ())
