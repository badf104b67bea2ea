"""Keeps whole maps, so that a tree that was read before is one look-up, without even importing what reads it.

Tuples become lists, but a tuple of nouns of one class becomes a tuple of the class's number and a column for each part; a noun
alone is marked by None at the end. Everything else is as it is. Bytes that don't fit are no map, and the tree is read again.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from hashlib import sha256
from operator import attrgetter
from typing import Any

from copilot.domain.clones import Clone, Consumer
from copilot.domain.pipeline import (
    BlindSpot,
    Decoder,
    Deployment,
    Endpoint,
    FieldUse,
    Job,
    Link,
    Objective,
    PipelineMap,
    Retention,
)
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import ABSENT, Gap, Snapshot, Span
from copilot.ports import Index, Mapper, Tree
from copilot.settings import Settings

MAP_KIND = "map-4"
_NOUNS: tuple[type, ...] = (
    PipelineMap,
    SchemaSubject,
    SchemaVersion,
    SchemaField,
    SchemaSource,
    Endpoint,
    Job,
    Deployment,
    Link,
    Decoder,
    FieldUse,
    BlindSpot,
    Objective,
    Gap,
    Span,
    Clone,
    Consumer,
    Retention,
)
_NUMBER = {noun: number for number, noun in enumerate(_NOUNS)}
_PARTS: tuple[Callable[[Any], Any], ...] = tuple(attrgetter(*(field.name for field in fields(noun))) for noun in _NOUNS)
_NOT_PLAIN = {tuple, *_NOUNS}
_PACKED = (list, tuple)
# Fast enough at the first level: the bytes are read far more often than written, and most of them are repeated names.
_COMPRESSION = 1


class KeptMapper:
    """Another mapper's maps, each read once.

    `stamp` names all that a map hangs on besides the tree, its commit and the settings: the program, and what the clone knows of
    its past. `reader` is asked for only where a tree has to be read.
    """

    def __init__(self, index: Index, stamp: str, reader: Callable[[], Mapper]) -> None:
        self._index = index
        self._stamp = stamp
        self._reader = reader

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        """Returns the map of the tree, the same one whether it was kept or is read."""
        key = self._key(tree.snapshot, settings)
        kept = load_map(self._index.get(MAP_KIND, [key]).get(key, b""))
        if kept is not None:
            return replace(kept, uncommitted_count=tree.snapshot.uncommitted_count)
        found = self._reader().map(tree, settings)
        # A file that this clone lacks today may be there tomorrow under the same commit.
        if not any(ABSENT in gap.reason for gap in found.gaps):
            self._index.put(MAP_KIND, {key: dump_map(found)})
        return found

    def _key(self, snapshot: Snapshot, settings: Settings) -> str:
        listed = "\0".join(f"{entry.path}\0{entry.digest}\0{entry.mode}" for entry in snapshot.entries)
        parts = (self._stamp, snapshot.commit, str(snapshot.is_shallow), repr(settings), listed)
        return sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def dump_map(pipeline: PipelineMap) -> bytes:
    """Returns a map as bytes, the same for equal maps."""
    return zlib.compress(marshal.dumps(_packed(pipeline)), _COMPRESSION)


def load_map(data: bytes) -> PipelineMap | None:
    """Returns the map that the bytes hold, None where they hold none."""
    try:
        found = _unpacked(marshal.loads(zlib.decompress(data)))
    except (ValueError, TypeError, EOFError, IndexError, zlib.error):
        return None
    return found if isinstance(found, PipelineMap) else None


def _packed(value: Any) -> Any:
    if isinstance(value, tuple):
        kinds = set(map(type, value))
        if kinds.isdisjoint(_NOT_PLAIN):
            return list(value)
        number = _NUMBER.get(kinds.pop()) if len(kinds) == 1 else None
        if number is None:
            return [_packed(item) for item in value]
        return (number, *map(_packed, zip(*map(_PARTS[number], value), strict=True)))
    number = _NUMBER.get(type(value))
    return value if number is None else (number, *[[_packed(part)] for part in _PARTS[number](value)], None)


def _unpacked(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return tuple([_unpacked(item) if type(item) in _PACKED else item for item in value])
    if kind is not tuple:
        return value
    if value[-1] is None:
        return _NOUNS[value[0]](*[_unpacked(part) for (part,) in value[1:-1]])
    # By columns, because there are thousands of uses: what builds them then is `map`, not a loop of ours.
    return tuple(map(_NOUNS[value[0]], *map(_unpacked, value[1:])))
