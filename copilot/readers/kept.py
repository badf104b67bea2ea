"""The whole map as bytes and back, so that a tree that was read before is one look-up.

Nouns become tuples that begin with their class's number, tuples become lists; everything else is as it is. Bytes that don't fit are
no map, and the tree is read again.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

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
)
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Span

MAP_KIND = "map-1"
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
)
_NUMBER = {noun: number for number, noun in enumerate(_NOUNS)}
_PARTS: tuple[Callable[[Any], Any], ...] = tuple(attrgetter(*(field.name for field in fields(noun))) for noun in _NOUNS)
# Fast enough at the first level: the bytes are read far more often than written, and most of them are repeated names.
_COMPRESSION = 1


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
        return [_packed(item) for item in value]
    number = _NUMBER.get(type(value))
    if number is None:
        return value
    return (number, *[_packed(part) for part in _PARTS[number](value)])


def _unpacked(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return tuple([_unpacked(item) for item in value])
    if kind is tuple:
        return _NOUNS[value[0]](
            *[_unpacked(part) if type(part) is tuple or type(part) is list else part for part in value[1:]]
        )
    return value
