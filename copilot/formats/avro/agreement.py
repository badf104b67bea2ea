"""What of two schemas do the registry and every decoder read alike, with nothing to say about it? Asked before any of them.

Most pairs that are judged add, drop or break a field or two, and nothing else occurs in them on which readers differ. One walk
tells what that is: where it finds nothing, the rules give no reason and each model answers `FINE`; else only the fields in which it
found something have to be asked for. What a model treats as special is therefore disputed here: aliases, other full names, symbols
that are lost, branches of a union that a value of another branch fits too, inexact promotions, other units or scales, and defaults
that one of them refuses.
"""

from __future__ import annotations

from copilot.formats.avro.model_apache import reads_default
from copilot.formats.avro.model_avsc import takes_default
from copilot.formats.avro.model_fastavro import accepts_default
from copilot.formats.avro.model_java import fills_in
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

_EXACT_PROMOTIONS = frozenset({("int", "long"), ("int", "double"), ("float", "double")})
_FAMILIES = {"int": "number", "long": "number", "float": "number", "double": "number", "bytes": "string"}
"""Kinds of which a value of one may be taken for one of another where a union has both."""


class _Met:
    """Two records that were compared; `uses` are the fields, of other such pairs, which lead to them."""

    __slots__ = ("disputed", "uses")

    def __init__(self) -> None:
        self.disputed: set[str] = set()
        self.uses: list[tuple[_Met, str]] = []

    def dispute(self, name: str) -> None:
        """Notes a field, and each field that leads to it."""
        waiting = [(self, name)]
        while waiting:
            met, name = waiting.pop()
            if not met.disputed:
                waiting.extend(met.uses)
            met.disputed.add(name)


class Agreement:
    """One comparison of two graphs: data of the writer's is read as the reader's.

    `is_thorough` tells whether it has seen all of both, and neither an alias of the reader's nor a default for which avsc or
    fastavro refuses a schema.
    """

    def __init__(self, reader: Type, writer: Type) -> None:
        self.is_thorough = True
        self._met: dict[tuple[int, int], _Met] = {}
        self._top = _Met()
        self._waiting: list[tuple[Type, Type, _Met, str]] = []
        self._compare(reader, writer, self._top, "")
        while self._waiting:
            self._compare(*self._waiting.pop())

    @property
    def is_whole(self) -> bool:
        """Tells whether everyone reads each value; where it doesn't, that takes more than this look."""
        return not self._top.disputed

    def disputed(self, reader: Type, writer: Type) -> tuple[Field, ...]:
        """Returns the fields of a reader's record of which someone may have something to say, in their order."""
        met = self._met.get((id(reader), id(writer)))
        if met is None:
            return reader.fields
        names = met.disputed
        return tuple([field for field in reader.fields if field.name in names]) if names else ()

    def _compare(self, reader: Type, writer: Type, holder: _Met, name: str) -> None:
        if reader is writer and reader.is_plain:
            return
        kind = reader.kind
        if kind == "union":
            fits = self._into_union(reader, writer, holder, name)
        elif kind != writer.kind:
            fits = (writer.kind, kind) in _EXACT_PROMOTIONS and not (reader.logical or writer.logical)
        elif kind == "record":
            fits = reader.name == writer.name and not reader.aliases
            self.is_thorough = self.is_thorough and not reader.aliases
            self._records(reader, writer, holder, name)
        elif reader.name != writer.name or reader.aliases:
            fits = False
        elif kind == "enum":
            fits = reader.symbols == writer.symbols or set(reader.symbols).issuperset(writer.symbols)
        elif reader.inner is not None and writer.inner is not None:
            # The Apache package wants items of the same kind.
            fits = reader.inner.kind == writer.inner.kind
            self._waiting.append((reader.inner, writer.inner, holder, name))
        else:
            fits = reader.size == writer.size and _is_same_logical(reader, writer)
        if not fits:
            is_seen = kind == writer.kind == "record" or (_is_seen(reader) and _is_seen(writer))
            self.is_thorough = self.is_thorough and is_seen
            holder.dispute(name)

    def _into_union(self, reader: Type, writer: Type, holder: _Met, name: str) -> bool:
        """Pairs each of the writer's branches with the one of its kind and name, which is the only one that takes its values."""
        own = reader.branches
        if len({branch.short or _FAMILIES.get(branch.kind, branch.kind) for branch in own}) < len(own):
            return False
        for branch in writer.branches if writer.kind == "union" else (writer,):
            for candidate in own:
                if candidate.kind == branch.kind and candidate.name == branch.name:
                    self._waiting.append((candidate, branch, holder, name))
                    break
            else:
                return False
        return True

    def _records(self, reader: Type, writer: Type, holder: _Met, name: str) -> None:
        pair = (id(reader), id(writer))
        met = self._met.get(pair)
        if met is None:
            met = self._met[pair] = _Met()
            self._fields(reader, writer, met)
        met.uses.append((holder, name))
        if met.disputed:
            holder.dispute(name)

    def _fields(self, reader: Type, writer: Type, met: _Met) -> None:
        written = writer.by_name
        found = 0
        for name, field in reader.by_name.items():
            type = field.type
            source = written.get(name)
            if source is not None:
                found += 1
                is_shared = source is field and type.is_plain and not field.aliases
                if is_shared and (field.default is NO_DEFAULT or _is_null_first(field)):
                    continue
                self._default(source, met, field.name)
            self._default(field, met, field.name)
            if field.aliases:
                self.is_thorough = False
                met.dispute(field.name)
            elif source is None:
                if not _makes_default(field):
                    met.dispute(field.name)
                if not type.is_plain:
                    # Java applies every alias of the reader's schema, also those of what the writer lacks.
                    self._waiting.append((type, type, met, field.name))
            elif source.type is not type or not (type.is_plain or (type.kind == "enum" and not type.aliases)):
                self._waiting.append((type, source.type, met, field.name))
        if found < len(writer.fields):
            self._dropped(reader, writer)

    def _dropped(self, reader: Type, writer: Type) -> None:
        for name in writer.by_name.keys() - reader.by_name.keys():
            source = writer.by_name[name]
            # avsc looks at every default of both schemas.
            self._default(source, self._top, "")
            if not source.type.is_plain:
                self._waiting.append((source.type, source.type, self._top, ""))

    def _default(self, field: Field, holder: _Met, name: str) -> None:
        if not (field.default is NO_DEFAULT or _takes_default(field)):
            self.is_thorough = False
            holder.dispute(name)


def _is_seen(type: Type) -> bool:
    """Tells whether there is nothing in a type that was not compared."""
    return type.is_plain or not (type.inner or type.branches or type.fields or type.aliases)


def _takes_default(field: Field) -> bool:
    return _is_null_first(field) or (
        takes_default(field.default, field.type) and accepts_default(field.default, field.type)
    )


def _makes_default(field: Field) -> bool:
    if field.default is NO_DEFAULT:
        return False
    return _is_null_first(field) or (reads_default(field.default, field.type) and fills_in(field))


def _is_null_first(field: Field) -> bool:
    """Tells whether the default is null and that of a union which begins with it: the commonest one, and everyone takes it."""
    branches = field.type.branches
    return field.default is None and bool(branches) and branches[0].kind == "null"


def _is_same_logical(reader: Type, writer: Type) -> bool:
    # fastavro reads no decimal without a precision, not even as itself.
    is_whole = writer.logical != "decimal" or writer.precision is not None
    return is_whole and reader.logical == writer.logical and reader.scale == writer.scale
