"""Which record does a case try, written with which version and read with which? The other ways to a record are samples.

What can't be tried raises NotRun: a version that is not there, a record that is none of its version, bytes that nobody reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.checks.declared import named_operations
from copilot.checks.lineage import Age, Direction, Lineage, Pair, phase_label
from copilot.checks.roundtrip import Written, written_samples
from copilot.checks.unwritten import as_written, unwritten_symbols
from copilot.domain.failing_case import BytesCase, RecordCase
from copilot.domain.fieldtype import PRIMITIVES, named_types, parsed
from copilot.domain.schema import SchemaVersion
from copilot.ports import Bench, Case, DecoderUnderTest, SchemaFormat, Undecodable

RECORD_CHARACTERS_MAX = 20_000
RECORD_DEPTH_MAX = 40
BYTES_MAX = 1_000
"""Bytes of one case. A decoder in C goes as deep as the bytes say, and 5,000 of them end the process (measured with fastavro)."""
_LABEL = re.compile(r"base|phase (\d{1,3})|v(\d{1,6})")


class NotRun(Exception):
    """A case that can't be executed; the text says why, in words of ours alone."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One record on its way from a version to another."""

    pair: Pair
    lineage: Lineage
    schema_format: SchemaFormat
    value: Any = None
    data: bytes = b""

    def written(self, decoder: DecoderUnderTest, version: SchemaVersion) -> tuple[Written, ...]:
        """Returns the record as the decoder writes or reads it by itself; () where it can't, or it is none of that version."""
        writer = self.pair.writer
        if version.meaning != writer.meaning:
            return ()
        if not self.data:
            found = written_samples(decoder, writer.resolved, [self.value])
            return () if isinstance(found, str) else found
        try:
            decoded = decoder.decode(self.data, writer.resolved, writer.resolved)
        except Undecodable:
            return ()
        return () if decoded.leftover_bytes else (Written(self.data, decoded.value),)


def tried_of(case: RecordCase | BytesCase, lineages: tuple[Lineage, ...], whole: Case, bench: Bench) -> Tried:
    """Returns what a case tries; raises NotRun."""
    lineage = next((it for it in lineages if it.name == case.subject), None)
    if lineage is None:
        is_known = any(it.name == case.subject for it in whole.base.subjects)
        raise NotRun("it is about a subject that the alternative does not change" if is_known else "no such subject")
    schema_format = bench.formats.get(lineage.subject.format)
    if schema_format is None or not schema_format.decoders:
        raise NotRun("there is no decoder for the format of its subject")
    pair = _pair(case, lineage, whole)
    if isinstance(case, BytesCase):
        return _of_bytes(Tried(pair, lineage, schema_format, data=_bytes(case.hex, pair.writer)))
    return Tried(pair, lineage, schema_format, value=_value(case.record, pair, lineage, whole, schema_format))


def _pair(case: RecordCase | BytesCase, lineage: Lineage, whole: Case) -> Pair:
    writer, written_at, writer_label = _version(case.writer, lineage, whole)
    reader, read_at, reader_label = _version(case.reader, lineage, whole)
    phase = max(written_at, read_at)
    if phase < 0:
        raise NotRun("both versions are from before the change")
    while phase and not lineage.changes_in(phase):
        phase -= 1
    older = reader if written_at > read_at else writer
    previous = lineage.previous(phase)
    age: Age = "previous" if previous and older.meaning == previous.meaning else "older"
    direction: Direction = "forward" if written_at > read_at else "backward"
    return Pair(phase, direction, age, writer, reader, writer_label, reader_label)


def _version(label: str, lineage: Lineage, whole: Case) -> tuple[SchemaVersion, int, str]:
    """Returns a version by its label, the phase that brings it (below 0 for what was there before), and what people call it."""
    found = _LABEL.fullmatch(label.strip().lower())
    if found is None:
        raise NotRun('a version is named otherwise than "base", "phase N" or "vN"')
    if found[1]:
        phase = int(found[1]) - 1
        after = lineage.after[phase] if 0 <= phase < len(lineage.after) else None
        if after is None:
            raise NotRun("there is no such phase, or no schema after it")
        return after, phase, phase_label(phase, whole.alternative.phases[phase])
    number = int(found[2]) if found[2] else len(lineage.history)
    if not 1 <= number <= len(lineage.history):
        raise NotRun("the history has no such version")
    return lineage.history[number - 1], number - 1 - len(lineage.history), f"version {number}"


def _value(text: str, pair: Pair, lineage: Lineage, whole: Case, schema_format: SchemaFormat) -> Any:
    if len(text) > RECORD_CHARACTERS_MAX:
        raise NotRun(f"its record has more than {RECORD_CHARACTERS_MAX} characters")
    if _depth(text) > RECORD_DEPTH_MAX:
        raise NotRun(f"its record is deeper than {RECORD_DEPTH_MAX} levels")
    found = schema_format.recorded(pair.writer.resolved, text)
    if len(found) != 1:
        raise NotRun(f"its record is none of {pair.writer_label}")
    really = as_written(pair.writer.resolved, unwritten_symbols(lineage, named_operations(whole)))
    if not schema_format.recorded(really, text):
        raise NotRun("its record holds a symbol that no producer writes")
    return found[0]


def _depth(text: str) -> int:
    """Returns how deep brackets nest; those in texts count too, which errs on the careful side."""
    deepest = depth = 0
    for mark in text:
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    return deepest


def _bytes(text: str, writer: SchemaVersion) -> bytes:
    try:
        data = bytes.fromhex(text[: 4 * BYTES_MAX])
    except ValueError:
        raise NotRun("its bytes are not written in hexadecimal") from None
    if not data or len(data) > BYTES_MAX:
        raise NotRun(f"it has no bytes, or more than {BYTES_MAX}")
    schema = parsed(writer.resolved)
    named = {name.rpartition(".")[2]: kind for name, kind in named_types(schema)}
    if any(_takes_no_bytes(it, named, 0) for it in _items(schema)):
        raise NotRun(
            "a few bytes could stand for endlessly many items that take none, so such bytes are not decoded here"
        )
    return data


def _items(schema: Any) -> Iterator[Any]:
    """Yields the items of every list in a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "array":
            yield schema.get("items")
        for inner in schema.values():
            yield from _items(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _items(inner)


def _takes_no_bytes(kind: Any, named: Mapping[str, Any], depth: int) -> bool:
    """Tells whether a value of the type may take no bytes; a union always names its branch."""
    if depth > RECORD_DEPTH_MAX:
        return True
    if isinstance(kind, str) and kind not in PRIMITIVES:
        kind = named.get(kind.rpartition(".")[2], kind)
    if not isinstance(kind, dict):
        return bool(kind == "null")
    inner = kind.get("type")
    if inner in ("record", "error"):
        return all(_takes_no_bytes(field.get("type"), named, depth + 1) for field in kind.get("fields", ()))
    if inner == "fixed":
        return not kind.get("size")
    return inner not in ("array", "map", "enum") and _takes_no_bytes(inner, named, depth + 1)


def _of_bytes(tried: Tried) -> Tried:
    if not any(tried.written(decoder, tried.pair.writer) for decoder in tried.schema_format.decoders):
        raise NotRun(f"no decoder reads its bytes as data of {tried.pair.writer_label}")
    return tried
