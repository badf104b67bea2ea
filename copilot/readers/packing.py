"""Nouns as bytes and back, for what is kept: fast to read, the same for equal nouns, and nothing where the bytes are damaged.

Tuples become lists, but a tuple of nouns of one class becomes a tuple of the class's number and a column for each part; a noun
alone is marked by None at the end. Everything else is as it is. Bytes that don't fit are no nouns, and are read again.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable
from dataclasses import fields
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
from copilot.domain.samples import SampleFiles
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.sinks import Sink
from copilot.domain.source import Gap, Span

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
    Sink,
    SampleFiles,
)
_NUMBER = {noun: number for number, noun in enumerate(_NOUNS)}
_PARTS: tuple[Callable[[Any], Any], ...] = tuple(attrgetter(*(field.name for field in fields(noun))) for noun in _NOUNS)
_NOT_PLAIN = {tuple, *_NOUNS}
_PACKED = (list, tuple)
# Fast enough at the first level: the bytes are read far more often than written, and most of them are repeated names.
_COMPRESSION = 1


def pack(value: Any) -> bytes:
    """Returns nouns, tuples of them and plain values as bytes."""
    return zlib.compress(marshal.dumps(_packed(value)), _COMPRESSION)


def unpack(data: bytes) -> Any:
    """Returns what `pack` was given; None where the bytes are no such thing, or were None."""
    try:
        return _unpacked(marshal.loads(zlib.decompress(data)))
    except (ValueError, TypeError, EOFError, IndexError, zlib.error):
        return None


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
