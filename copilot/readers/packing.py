"""Nouns as bytes and back, for what is kept: fast to read, and nothing where the bytes are damaged.

Equal nouns may have different bytes: marshal refers to a text that it wrote before where both are one object.

A tuple of nouns of one class becomes a list of the class's number and a column for each part, a tuple of tuples one of their
lengths and of all their items in a row: what takes time is then columns, not nouns. Other nouns and tuples that hold some are
marked lists, too; everything else is as it is. Bytes that don't fit are no nouns, and are read again.
"""

from __future__ import annotations

import marshal
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import accumulate, chain, repeat
from operator import attrgetter
from typing import Any, TypeVar

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
Noun = TypeVar("Noun")
_NUMBER = {noun: number for number, noun in enumerate(_NOUNS)}
_PARTS: tuple[Callable[[Any], Any], ...] = tuple(attrgetter(*(field.name for field in fields(noun))) for noun in _NOUNS)
_SETTERS = tuple(tuple(getattr(noun, field.name).__set__ for field in fields(noun)) for noun in _NOUNS)
_NOT_PLAIN = {tuple, *_NOUNS}
_GROUPS, _MIXED, _ALONE = -1, -2, -3
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
    if not isinstance(value, tuple):
        number = _NUMBER.get(type(value))
        return value if number is None else [_ALONE, number, *map(_packed, _PARTS[number](value))]
    kinds = set(map(type, value))
    if kinds.isdisjoint(_NOT_PLAIN):
        return value
    if kinds == {tuple} and len({type(item) for group in value for item in group}) < 2:
        return [_GROUPS, tuple(map(len, value)), _packed(tuple(chain.from_iterable(value)))]
    number = _NUMBER.get(kinds.pop()) if len(kinds) == 1 else None
    if number is None:
        return [_MIXED, *map(_packed, value)]
    return [number, *map(_packed, zip(*map(_PARTS[number], value), strict=True))]


def _unpacked(value: Any) -> Any:
    if type(value) is not list:
        return value
    kind = value[0]
    if kind == _ALONE:
        return _NOUNS[value[1]](*map(_unpacked, value[2:]))
    parts = list(map(_unpacked, value[1:]))
    if kind == _MIXED:
        return tuple(parts)
    if kind == _GROUPS:
        lengths, items = parts
        ends = tuple(accumulate(lengths, initial=0))
        if ends[-1] != len(items):
            raise ValueError("lengths that don't fit")
        return tuple(map(items.__getitem__, map(slice, ends, ends[1:])))
    return built(_NOUNS[kind], *parts)


def built(noun: type[Noun], *columns: Sequence[Any]) -> tuple[Noun, ...]:
    """Returns nouns by the columns of their parts; raises ValueError where these don't fit.

    They are set slot by slot: a frozen dataclass's own `__init__` takes thrice as long, and there are thousands.
    """
    setters = _SETTERS[_NUMBER[noun]]
    if len(set(map(len, columns))) != 1 or len(columns) != len(setters):
        raise ValueError("columns that don't fit")
    nouns = tuple(map(object.__new__, repeat(noun, len(columns[0]))))
    for setter, column in zip(setters, columns, strict=True):
        deque(map(setter, nouns, column), maxlen=0)
    return nouns
