"""Container files: what a real writer wrote is read, and what is hostile, damaged or compressed in another way is said."""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import zlib
from collections.abc import Sequence
from typing import Any

import fastavro
import pytest

from copilot.formats.avro.container import BLOCK_BYTES_MAX, RECORDS_MAX
from copilot.ports import Undecodable
from tests.formats.avro.arranging import FORMAT, field, read, record

ORDER = record(field("id", "string"), field("at", {"type": "long", "logicalType": "timestamp-millis"}))
NODE = {"type": "record", "name": "Node", "fields": [field("next", ["null", "Node"])]}
SYNC = b"s" * 16


def written(schema: Any, records: Sequence[Any], codec: str = "null") -> bytes:
    buffer = io.BytesIO()
    fastavro.writer(buffer, fastavro.parse_schema(schema), records, codec=codec)
    return buffer.getvalue()


def number(value: int) -> bytes:
    value = (value << 1) ^ (value >> 63)
    found = b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def container(schema: Any, count: int, block: bytes, codec: str = "null") -> bytes:
    def told(data: bytes) -> bytes:
        return number(len(data)) + data

    meta = {b"avro.schema": json.dumps(schema).encode(), b"avro.codec": codec.encode()}
    header = (
        b"Obj\x01" + number(len(meta)) + b"".join(told(key) + told(it) for key, it in meta.items()) + b"\x00" + SYNC
    )
    return header + number(count) + told(block) + SYNC


def records_of(data: bytes) -> list[Any]:
    return list(FORMAT.container_records(data, read(json.loads(FORMAT.container_schema(data))).resolved))


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_records_come_back_as_values_to_encode(codec: str) -> None:
    data = written(ORDER, [{"id": f"order {count}", "at": 1_700_000_000_000 + count} for count in range(20)], codec)

    found = records_of(data)

    assert [it["id"] for it in found] == [f"order {count}" for count in range(20)]
    for decoder in FORMAT.decoders:
        schema = read(ORDER).resolved
        assert decoder.decode(decoder.encode(schema, found[3]), schema, schema).value == found[3]


def packed(codec: str, library: Any, data: bytes) -> bytes:
    if codec == "snappy":
        return bytes(library.snappy.compress_raw(data)) + zlib.crc32(data).to_bytes(4, "big")
    return bytes(library.ZstdCompressor().compress(data))


@pytest.mark.parametrize(("codec", "library"), [("snappy", "cramjam"), ("zstandard", "zstandard")])
def test_other_codecs_are_read_with_their_library_and_named_without_it(codec: str, library: str) -> None:
    record_of_one = b"\x02a\x00"
    if importlib.util.find_spec(library):
        block = packed(codec, importlib.import_module(library), record_of_one)
        assert [it["id"] for it in records_of(container(ORDER, 1, block, codec))] == ["a"]
        with pytest.raises(Undecodable):
            records_of(container(ORDER, 1, b"\xff\xff\x01damaged", codec))
        with pytest.raises(Undecodable, match="larger than the limit"):
            records_of(
                container(ORDER, 1, packed(codec, importlib.import_module(library), bytes(BLOCK_BYTES_MAX + 1)), codec)
            )
        return
    with pytest.raises(Undecodable, match=f"install the package {library}"):
        records_of(container(ORDER, 1, b"\x00\x00", codec))


def test_many_records_are_read_to_a_limit() -> None:
    assert len(records_of(written(ORDER, [{"id": "a", "at": 0}] * 1000))) == RECORDS_MAX


def test_a_block_that_expands_beyond_the_limit_is_refused() -> None:
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(BLOCK_BYTES_MAX + 10)) + packer.flush()

    with pytest.raises(Undecodable, match="larger than the limit of 4096 KiB"):
        records_of(container(ORDER, 10, block, "deflate"))


def test_a_value_inside_its_own_type_ten_thousand_times_is_refused_and_crashes_nothing() -> None:
    assert records_of(container(NODE, 1, b"\x02\x02\x00")) == [{"next": {"next": {"next": None}}}]
    with pytest.raises(Undecodable):
        records_of(container(NODE, 1, b"\x02" * 10_000 + b"\x00"))


def test_an_array_of_items_without_bytes_is_refused() -> None:
    schema = record(field("n", {"type": "array", "items": "null"}))

    with pytest.raises(Undecodable, match="nothing limits how many"):
        records_of(container(schema, 1, number(2**40) + b"\x00"))


@pytest.mark.parametrize("kept", [3, 10, 60, -1, -20])
def test_a_file_that_is_cut_is_refused_where_it_ends(kept: int) -> None:
    data = written(ORDER, [{"id": "a", "at": 0}] * 3)

    with pytest.raises(Undecodable):
        records_of(data[:kept])


def test_the_records_before_a_damaged_one_are_given() -> None:
    data = container(record(field("id", "string")), 2, b"\x02a" + b"\x10b")
    found = FORMAT.container_records(data, read(record(field("id", "string"))).resolved)

    assert next(found) == {"id": "a"}
    with pytest.raises(Undecodable):
        next(found)


@pytest.mark.parametrize("codec", ["lzo", "\N{SNOWMAN}"])
def test_a_codec_that_nobody_knows_is_said(codec: str) -> None:
    with pytest.raises(Undecodable, match="in a way that is not known here"):
        records_of(container(ORDER, 1, b"", codec))
