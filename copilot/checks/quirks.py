"""What does a decoder get wrong with any second schema, whatever the change is?

Decoders take a short way where writer and reader have the very same schema; some go wrong on certain types as soon as they have
to resolve one schema against another, equal or not (fastavro reads bytes as text in a union of both). Such a difference says
nothing about a change, so it is told apart by reading with the same schema stated in other words.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from copilot.checks.declared import Declared
from copilot.checks.values import Meeting, compare, meeting
from copilot.domain.schema import SchemaVersion
from copilot.ports import DecoderUnderTest, Undecodable

WHOLE_RECORD = ""
_NOTE = "the same schema, stated in other words"


def quirks_of(decoder: DecoderUnderTest, writer: SchemaVersion, data: bytes, value: Any) -> frozenset[str]:
    """Returns the paths at which the decoder loses the value even with its own schema; `WHOLE_RECORD` where it refuses.

    `value` is what that decoder makes of the data with the schema that wrote it.
    """
    return _quirks(_Record(decoder, writer, data, value))


class _Record:
    """A record as a key. Each check of each alternative asks about the same few, and the value follows from the rest."""

    __slots__ = ("_key", "decoder", "value", "writer")

    def __init__(self, decoder: DecoderUnderTest, writer: SchemaVersion, data: bytes, value: Any) -> None:
        self.decoder = decoder
        self.writer = writer
        self.value = value
        self._key = (writer.resolved, data)

    @property
    def data(self) -> bytes:
        return self._key[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Record) and other.decoder is self.decoder and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=64)
def _quirks(record: _Record) -> frozenset[str]:
    resolved = record.writer.resolved
    restated = _restated(resolved)
    if restated is None:
        return frozenset()
    try:
        decoded = record.decoder.decode(record.data, resolved, restated)
    except Undecodable:
        return frozenset({WHOLE_RECORD})
    met = _same(_ByMeaning(record.writer))
    return frozenset(it.path for it in compare(record.value, decoded.value, met).differences)


class _ByMeaning:
    """A version as a key: hashing all of its fields takes as long as what is kept under it."""

    __slots__ = ("_key", "version")

    def __init__(self, version: SchemaVersion) -> None:
        self.version = version
        self._key = (version.name, version.fingerprint, version.meaning)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByMeaning) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=64)
def _same(writer: _ByMeaning) -> Meeting:
    return meeting("backward", writer.version, writer.version, Declared(), frozenset())


@lru_cache(maxsize=64)
def _restated(schema: str) -> str | None:
    """Adds a sentence of documentation, which no reader may care about; None where the schema is no JSON object."""
    parsed = json.loads(schema)
    if not isinstance(parsed, dict):
        return None
    return json.dumps({**parsed, "doc": f"{parsed.get('doc', '')} ({_NOTE})"})
