"""Container files: records in blocks behind the schema that they were written with, perhaps compressed.

fastavro opens such files too, and expands a block whatever comes out of it: a kilobyte in a repository may stand for gigabytes.
So blocks are found and expanded here, each up to a limit, and what is in them is left to the decoders.

Source: Avro specification 1.12, section "Object Container Files".
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from copilot.formats.avro.decoders import ApacheDecoder, FastavroDecoder
from copilot.formats.avro.types import Type, graph_of
from copilot.ports import Undecodable

RECORDS_MAX = 200
TAKEN_BYTES_MAX = 1024 * 1024
"""Of one file: records that begin after so many bytes are left out."""
BLOCK_BYTES_MAX = 4 * 1024 * 1024
_MAGIC = b"Obj\x01"
_SYNC_BYTES = 16
_VARINT_BYTES_MAX = 10


class _Reader:
    """Reads forward through bytes; raises Undecodable at their end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.data)

    def varint(self) -> int:
        value = 0
        for shift in range(_VARINT_BYTES_MAX):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << (7 * shift)
            if byte < 0x80:
                return value
        raise Undecodable("a number in it has no end")

    def long(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Undecodable("it ends in the middle")
        self.at += count
        return self.data[self.at - count : self.at]


def schema_of(data: bytes) -> str:
    """Returns the schema that the file was written with, as text; raises Undecodable."""
    meta, _ = _header(data)
    try:
        text = meta["avro.schema"].decode()
        json.loads(text)
    except (KeyError, ValueError, RecursionError):
        raise Undecodable("its header holds no schema") from None
    return text


def records_of(data: bytes, schema: str) -> Iterator[Any]:
    """Yields the first records, read as written with `schema`; raises Undecodable where the file or a record is damaged."""
    meta, reader = _header(data)
    sync = data[reader.at - _SYNC_BYTES : reader.at]
    codec = meta.get("avro.codec", b"null").decode("ascii", "replace")
    expand = _CODECS.get(codec)
    if expand is None:
        raise Undecodable("is compressed in a way that is not known here")
    root = graph_of(schema)
    if _may_take_nothing(root):
        raise Undecodable("holds arrays whose items take no bytes, so nothing limits how many there are")
    decoder = ApacheDecoder() if _is_recursive(root) else FastavroDecoder()
    left, taken = RECORDS_MAX, 0
    while not reader.is_done and left > 0 and taken < TAKEN_BYTES_MAX:
        count = reader.long()
        block = expand(reader.take(reader.long()))
        if reader.take(_SYNC_BYTES) != sync:
            raise Undecodable("a block of it does not end where it says")
        at = 0
        while count > 0 and left > 0 and taken < TAKEN_BYTES_MAX:
            try:
                found = decoder.decode(block[at:], schema, schema)
            except Undecodable:
                # A decoder's own reason may hold what is recorded.
                raise Undecodable(f"a record of it, after {RECORDS_MAX - left} others, can't be read") from None
            end = len(block) - found.leftover_bytes
            taken, at, count, left = taken + end - at, end, count - 1, left - 1
            yield found.value


def _header(data: bytes) -> tuple[dict[str, bytes], _Reader]:
    """Returns the metadata, and a reader that stands after the marker that ends each block."""
    if not data.startswith(_MAGIC):
        raise Undecodable("is no Avro container file")
    reader = _Reader(data, len(_MAGIC))
    meta: dict[str, bytes] = {}
    while count := reader.long():
        if count < 0:
            reader.long()
        for _ in range(abs(count)):
            key = reader.take(reader.long()).decode("utf-8", "replace")
            meta[key] = reader.take(reader.long())
    reader.take(_SYNC_BYTES)
    return meta, reader


def _is_recursive(root: Type) -> bool:
    """Tells whether a value may hold others of its own type: fastavro's compiled reader has no limit of depth, and would crash."""
    done: set[int] = set()

    def meets_itself(type: Type, above: frozenset[int]) -> bool:
        if id(type) in above:
            return True
        if id(type) in done:
            return False
        found = any(meets_itself(inner, above | {id(type)}) for inner in _inner(type))
        done.add(id(type))
        return found

    return meets_itself(root, frozenset())


def _may_take_nothing(root: Type) -> bool:
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        type = waiting.pop()
        if id(type) in seen:
            continue
        seen.add(id(type))
        if type.kind == "array" and type.inner is not None and not _takes_bytes(type.inner, frozenset()):
            return True
        waiting += _inner(type)
    return False


def _takes_bytes(type: Type, above: frozenset[int]) -> bool:
    if type.kind == "record" and id(type) not in above:
        return any(_takes_bytes(field.type, above | {id(type)}) for field in type.fields)
    return type.kind != "null" and (type.kind != "fixed" or type.size > 0)


def _inner(type: Type) -> list[Type]:
    return [*(field.type for field in type.fields), *type.branches, *([type.inner] if type.inner else [])]


def _deflated(data: bytes) -> bytes:
    import zlib

    # The format's blocks have neither zlib's header nor its checksum.
    expander = zlib.decompressobj(-zlib.MAX_WBITS)
    return _limited(_told(lambda: expander.decompress(data, BLOCK_BYTES_MAX + 1), zlib.error))


def _bzipped(data: bytes) -> bytes:
    import bz2

    return _limited(_told(lambda: bz2.BZ2Decompressor().decompress(data, BLOCK_BYTES_MAX + 1), OSError))


def _xzipped(data: bytes) -> bytes:
    import lzma

    expander = lzma.LZMADecompressor(memlimit=16 * BLOCK_BYTES_MAX)
    return _limited(_told(lambda: expander.decompress(data, BLOCK_BYTES_MAX + 1), lzma.LZMAError))


def _snapped(data: bytes) -> bytes:
    cramjam = _library("cramjam", "snappy")
    # The length stands before the block, and the checksum of four bytes after it.
    if _Reader(data).varint() > BLOCK_BYTES_MAX:
        raise Undecodable(_TOO_LARGE)
    return bytes(_told(lambda: cramjam.snappy.decompress_raw(data[:-4]), cramjam.DecompressionError))


def _zstandarded(data: bytes) -> bytes:
    zstandard = _library("zstandard", "zstandard")
    expander = zstandard.ZstdDecompressor(max_window_size=2 * BLOCK_BYTES_MAX)
    return _limited(_told(lambda: expander.stream_reader(data).read(BLOCK_BYTES_MAX + 1), zstandard.ZstdError))


_TOO_LARGE = f"a block of it is larger than the limit of {BLOCK_BYTES_MAX // 1024} KiB"
_CODECS: dict[str, Callable[[bytes], bytes]] = {
    "null": lambda data: data,
    "deflate": _deflated,
    "bzip2": _bzipped,
    "xz": _xzipped,
    "snappy": _snapped,
    "zstandard": _zstandarded,
}


def _limited(data: bytes) -> bytes:
    if len(data) > BLOCK_BYTES_MAX:
        raise Undecodable(_TOO_LARGE)
    return data


def _told(expand: Callable[[], Any], error: type[Exception]) -> Any:
    try:
        return expand()
    except error:
        raise Undecodable("a block of it can't be expanded") from None


def _library(name: str, codec: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Undecodable(f"is compressed with {codec}: install the package {name} to have it read") from None
