"""What does a consumer's decoder make of a producer's bytes? Sample records of one schema, read with another.

Where the consumer's decoder is not known, or is not run here, every one that is run here is asked; each problem says whether all of
them agree. A decoder that goes wrong with any second schema, whatever the change, is not blamed (`quirks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from copilot.checks.declared import Declared
from copilot.checks.lineage import Direction
from copilot.checks.quirks import WHOLE_RECORD, quirks_of
from copilot.checks.roundtrip import SAMPLE_COUNT, Written, own_samples
from copilot.checks.unwritten import Unwritten, as_written
from copilot.checks.values import Kind, Meeting, compare, meeting
from copilot.domain.pipeline import LIBRARY_OF, Decoder
from copilot.domain.schema import SchemaVersion
from copilot.ports import DecoderUnderTest, SchemaFormat, Undecodable

NO_AVRO = frozenset({"json"})
"""Libraries of consumers that decode no bytes of the format."""
_REASON_CHARACTERS = 120

Records = Callable[[DecoderUnderTest, SchemaVersion], tuple[Written, ...]]
"""Gives the records of a version as a decoder writes them."""
ProblemKind = Literal["refused", "leftover"] | Kind


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong first in one way: `path` is the field as the writer calls it, "" for a whole record."""

    kind: ProblemKind
    path: str
    detail: str
    read: str = ""
    is_certain: bool = True

    @property
    def place(self) -> tuple[str, str]:
        """What tells one way of going wrong from another, whatever the example."""
        return self.kind if self.kind in ("leftover", "refused") else "misread", self.path


@dataclass(frozen=True, slots=True)
class Reader:
    """How a consumer reads: the schema, the decoders that stand for its own, and whether it takes it for the writer's too."""

    schema: SchemaVersion
    decoders: tuple[DecoderUnderTest, ...]
    is_single: bool = False


@dataclass(slots=True)
class Meetings:
    """Asks decoders, each question once. `declared`, `base` and `unwritten` are of the subject that is written.

    The records are samples, or what `tried` gives, of which nothing is shown: somebody else made it up.
    """

    schema_format: SchemaFormat
    declared: Declared
    base: frozenset[str]
    unwritten: Unwritten
    seed: str
    tried: Records | None = None
    _written: dict[tuple[str, str], tuple[Written, ...] | str] = field(default_factory=dict)
    _told: dict[tuple[object, ...], tuple[Problem, ...]] = field(default_factory=dict)

    def problems(self, writer: SchemaVersion, reader: Reader, direction: Direction) -> tuple[Problem, ...]:
        """Returns what goes wrong where the reader meets data of the writer; () where both schemas mean the same."""
        if writer.meaning == reader.schema.meaning:
            return ()
        names = tuple(decoder.name for decoder in reader.decoders)
        key = (writer.meaning, reader.schema.meaning, names, reader.is_single, direction)
        if key not in self._told:
            self._told[key] = self._agreed(writer, reader, direction)
        return self._told[key]

    def _agreed(self, writer: SchemaVersion, reader: Reader, direction: Direction) -> tuple[Problem, ...]:
        told = []
        for decoder in reader.decoders:
            own: dict[tuple[str, str], Problem] = {}
            for problem in self._decoded(decoder, writer, reader, direction):
                own.setdefault(problem.place, problem)
            told.append(own)
        found: dict[tuple[str, str], Problem] = {}
        for problems in told:
            for place, it in problems.items():
                is_certain = all(place in other for other in told)
                found.setdefault(place, replace(it, is_certain=is_certain))
        return tuple(found.values())

    def _decoded(
        self, decoder: DecoderUnderTest, writer: SchemaVersion, reader: Reader, direction: Direction
    ) -> Iterator[Problem]:
        met = meeting(direction, writer, reader.schema, self.declared, self.base)
        written_as = reader.schema if reader.is_single else writer
        for record in self._records(decoder, writer):
            try:
                decoded = decoder.decode(record.data, written_as.resolved, reader.schema.resolved)
            except Undecodable as error:
                if reader.is_single or WHOLE_RECORD not in quirks_of(decoder, writer, record.data, record.value):
                    told = f"{decoder.name} refuses it." if self.tried else f"{decoder.name} says {_reason(error)}."
                    yield Problem("refused", "", told)
                continue
            if decoded.leftover_bytes:
                yield Problem("leftover", "", f"{decoder.name} leaves {decoded.leftover_bytes} bytes.")
            yield from self._different(decoder, writer, record, decoded.value, met, reader.is_single)

    def _different(
        self,
        decoder: DecoderUnderTest,
        writer: SchemaVersion,
        record: Written,
        read: object,
        met: Meeting,
        is_single: bool,
    ) -> Iterator[Problem]:
        differences = compare(record.value, read, met).differences
        quirks = quirks_of(decoder, writer, record.data, record.value) if differences else frozenset()
        for it in differences:
            if is_single or it.path not in quirks:
                detail = f"{decoder.name} gives {it.read} for {it.path}, {it.written} was written."
                if self.tried:
                    detail = f"{decoder.name} gives another value for {it.path} than was written."
                yield Problem(it.kind, it.path, detail, it.read)

    def _records(self, decoder: DecoderUnderTest, writer: SchemaVersion) -> tuple[Written, ...]:
        if self.tried is not None:
            return self.tried(decoder, writer)
        key = (decoder.name, writer.meaning)
        if key not in self._written:
            schema = as_written(writer.resolved, self.unwritten)
            self._written[key] = own_samples(
                decoder, self.schema_format, schema, writer.resolved, self.seed, SAMPLE_COUNT
            )
        found = self._written[key]
        return () if isinstance(found, str) else found


def _reason(error: Undecodable) -> str:
    """Returns what a decoder says, without the schemas that some of them print with it."""
    return " ".join(str(error).partition("Writer's Schema")[0].split())[:_REASON_CHARACTERS].rstrip(" .:,")


def decoders_of(decoder: Decoder | None, schema_format: SchemaFormat) -> tuple[DecoderUnderTest, ...]:
    """Returns the consumer's decoder; where that is not run here, all that are: what they agree on stands for it."""
    library = decoder.library if decoder else ""
    own = tuple(it for it in schema_format.decoders if it.name == LIBRARY_OF.get(library, library))
    return own or (() if library in NO_AVRO else schema_format.decoders)
