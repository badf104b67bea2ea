"""Decoders of other languages, which run as programs of the user's: Avro for Java, and avsc for JavaScript.

A program counts once it has passed a test whose answers are known; one that fails it is not run, and the reason is kept. What is
tried is decoding: records are written by fastavro, as all of them write the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from copilot.errors import SurroundingsFailed
from copilot.formats.avro.decoders import REASON_CHARACTERS_MAX, FastavroDecoder
from copilot.formats.avro.tagged import interpreted, untagged
from copilot.formats.avro.types import graph_of
from copilot.ports import Decoded, DecoderUnderTest, Undecodable

Ask = Callable[[Mapping[str, str]], Mapping[str, Any]]
"""Asks the program; raises SurroundingsFailed where it gives no answer."""
Start = Callable[[str, Sequence[str]], Ask]
"""Makes a program, by its name and command line, something to ask."""
_PROGRAMS = Path(__file__).parent / "programs"
_JAVA_OPTIONS = ("-Xmx512m", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_NODE_OPTIONS = ("--max-old-space-size=512",)


class OutsideDecoder:
    """A decoder that is asked through a program."""

    def __init__(self, name: str, ask: Ask, *, has_raw_values: bool = False) -> None:
        self.name = name
        self._ask = ask
        self._has_raw_values = has_raw_values

    @cached_property
    def version(self) -> str:
        return str(self._ask({"hello": ""}).get("version", "unknown"))

    def encode(self, schema: str, value: Any) -> bytes:
        """Returns the bytes of one record, written by fastavro; raises Undecodable."""
        return FastavroDecoder().encode(schema, value)

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        """Decodes one record; raises Undecodable, and SurroundingsFailed where the program gives no answer."""
        answer = self._ask({"writer": writer, "reader": reader, "data": data.hex()})
        if "refused" in answer:
            raise Undecodable(str(answer["refused"])[:REASON_CHARACTERS_MAX])
        value = untagged(answer["value"])
        return Decoded(interpreted(value, graph_of(reader)) if self._has_raw_values else value, answer["leftover"])


def java_decoder(start: Start, program: str, classpath: Sequence[str]) -> OutsideDecoder:
    """Returns Avro for Java, from the jars of a class path; the Java must be able to run a source file (a JDK, 11 or newer)."""
    source = str(_PROGRAMS / "Replay.java")
    return OutsideDecoder("java", start("java", [program, *_JAVA_OPTIONS, "-cp", ":".join(classpath), source]))


def avsc_decoder(start: Start, program: str, folder: str) -> OutsideDecoder:
    """Returns avsc, as Node.js finds it from a folder. It knows no logical types; the reader's are applied to what it gives."""
    source = str(_PROGRAMS / "replay.js")
    return OutsideDecoder("avsc", start("avsc", [program, *_NODE_OPTIONS, source, folder]), has_raw_values=True)


def trusted(decoders: Iterable[DecoderUnderTest]) -> tuple[tuple[DecoderUnderTest, ...], tuple[tuple[str, str], ...]]:
    """Returns the decoders that pass the test, and of the others their names and what went wrong."""
    usable: list[DecoderUnderTest] = []
    failed: list[tuple[str, str]] = []
    for decoder in decoders:
        try:
            problem = _problem_of(decoder)
        except SurroundingsFailed as error:
            problem = error.what
        if problem:
            failed.append((decoder.name, problem))
        else:
            usable.append(decoder)
    return tuple(usable), tuple(failed)


def _record(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Test", "namespace": "copilot", "fields": list(fields)})


_WRITER = _record(
    {"name": "id", "type": "int"},
    {"name": "text", "type": "string"},
    {"name": "part", "type": ["null", "double"]},
    {"name": "raw", "type": "bytes"},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
    {"name": "items", "type": {"type": "array", "items": "int"}},
    {"name": "gone", "type": "boolean"},
)
_READER = _record(
    {"name": "items", "type": {"type": "array", "items": "int"}},
    {"name": "key", "type": "long", "aliases": ["id"]},
    {"name": "text", "type": "string"},
    {"name": "part", "type": ["null", "double"]},
    {"name": "raw", "type": "bytes"},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
    {"name": "added", "type": ["null", "string"], "default": None},
)
_DEMANDING = _record({"name": "missing", "type": "string"})
_DATA = bytes.fromhex("8104" + "06c5bc61" + "02" + "000000000000f83f" + "0400ff" + "02" + "04010300" + "01")
_VALUE = {
    "items": [-1, -2], "key": -257, "text": "ża", "part": 1.5, "raw": b"\x00\xff", "kind": "B", "added": None
}  # fmt: skip


def _problem_of(decoder: DecoderUnderTest) -> str:
    """Returns what the decoder gets wrong of a record whose bytes and value are known, "" for nothing."""
    try:
        decoded = decoder.decode(_DATA + b"\x07", _WRITER, _READER)
    except Undecodable as error:
        return f"it refuses a record that every reader takes: {error}"
    if decoded != Decoded(_VALUE, 1):
        return (
            f"it reads a record whose value is known as {decoded.value!r}, with {decoded.leftover_bytes} of 1 byte left"
        )
    for data, reader in ((_DATA[:-3], _READER), (_DATA, _DEMANDING)):
        try:
            decoder.decode(data, _WRITER, reader)
        except Undecodable:
            continue
        return "it reads a record that every reader refuses"
    return ""
