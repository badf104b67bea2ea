"""Do the registry and every decoder read data of one schema as another, with nothing to say about it? Asked before any of them.

Most pairs that are judged add and drop a field, and nothing occurs in them on which readers differ. One walk tells so: True means
that the rules give no reason and that each model answers `FINE`; False means no more than that they have to be asked. What a model
treats as special is therefore a False here: aliases, other full names, symbols that are lost, branches of a union that a value of
another branch fits too, inexact promotions, other units or scales, and defaults that one of them refuses.
"""

from __future__ import annotations

from copilot.formats.avro.model_apache import reads_default
from copilot.formats.avro.model_avsc import takes_default
from copilot.formats.avro.model_java import makes_default
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

_EXACT_PROMOTIONS = frozenset({("int", "long"), ("int", "double"), ("float", "double")})
_FAMILIES = {"int": "number", "long": "number", "float": "number", "double": "number", "bytes": "string"}
"""Kinds of which a value of one may be taken for one of another where a union has both."""
Pairs = list[tuple[Type, Type]]
"""(reader, writer), those that are still to be compared."""


def all_read(reader: Type, writer: Type) -> bool:
    """Tells whether everyone reads each value of `writer` as `reader`; False where that takes more than one look."""
    waiting: Pairs = [(reader, writer)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        reader, writer = waiting.pop()
        if reader is writer and reader.is_plain:
            continue
        kind = reader.kind
        if kind == "union":
            fits = _into_union(reader, writer, waiting)
        elif kind != writer.kind:
            fits = (writer.kind, kind) in _EXACT_PROMOTIONS
        elif reader.name != writer.name or reader.aliases:
            fits = False
        elif kind == "record":
            pair = (id(reader), id(writer))
            fits = pair in seen or _fields(reader, writer, waiting)
            seen.add(pair)
        elif kind == "enum":
            fits = reader.symbols == writer.symbols or set(reader.symbols).issuperset(writer.symbols)
        elif reader.inner is not None and writer.inner is not None:
            # The Apache package wants items of the same kind.
            fits = reader.inner.kind == writer.inner.kind
            waiting.append((reader.inner, writer.inner))
        else:
            fits = reader.size == writer.size and _is_same_logical(reader, writer)
        if not fits:
            return False
    return True


def _into_union(reader: Type, writer: Type, waiting: Pairs) -> bool:
    """Pairs each of the writer's branches with the one of its kind and name, which is the only one that takes its values."""
    own = reader.branches
    if len({branch.short or _FAMILIES.get(branch.kind, branch.kind) for branch in own}) < len(own):
        return False
    for branch in writer.branches if writer.kind == "union" else (writer,):
        for candidate in own:
            if candidate.kind == branch.kind and candidate.name == branch.name:
                waiting.append((candidate, branch))
                break
        else:
            return False
    return True


def _fields(reader: Type, writer: Type, waiting: Pairs) -> bool:
    written = writer.by_name
    met = 0
    for field in reader.fields:
        type = field.type
        if field.aliases or not (field.default is NO_DEFAULT or _takes_default(field)):
            return False
        source = written.get(field.name)
        if source is None:
            if not _makes_default(field):
                return False
            # Java applies every alias of the reader's schema, also those of what the writer lacks: it has to read itself.
            waiting.append((type, type))
            continue
        met += 1
        if source.type is not type or not type.is_plain:
            waiting.append((type, source.type))
        if not (source.default is NO_DEFAULT or _takes_default(source)):
            return False
    return met == len(writer.fields) or _dropped(reader, writer, waiting)


def _dropped(reader: Type, writer: Type, waiting: Pairs) -> bool:
    for source in writer.fields:
        if source.name not in reader.by_name:
            # avsc looks at every default of both schemas.
            waiting.append((source.type, source.type))
            if not (source.default is NO_DEFAULT or _takes_default(source)):
                return False
    return True


def _takes_default(field: Field) -> bool:
    return _is_null_first(field) or takes_default(field.default, field.type)


def _makes_default(field: Field) -> bool:
    if field.default is NO_DEFAULT:
        return False
    return _is_null_first(field) or (
        reads_default(field.default, field.type) and makes_default(field.default, field.type)
    )


def _is_null_first(field: Field) -> bool:
    """Tells whether the default is null and that of a union which begins with it: the commonest one, and everyone takes it."""
    branches = field.type.branches
    return field.default is None and bool(branches) and branches[0].kind == "null"


def _is_same_logical(reader: Type, writer: Type) -> bool:
    # fastavro reads no decimal without a precision, not even as itself.
    is_whole = writer.logical != "decimal" or writer.precision is not None
    return is_whole and reader.logical == writer.logical and reader.scale == writer.scale
