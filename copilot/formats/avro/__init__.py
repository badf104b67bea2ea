"""Apache Avro: reads, compares, samples and edits its schemas, and runs implementations of its encoding.

Each part is imported when it is first asked for: a map of known schemas needs none of them, and all take as long as reading it.
Nothing here imports a third-party package before a decoder is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copilot.domain.alternative import SchemaEdit
    from copilot.domain.evidence import Finding
    from copilot.domain.pair import Age, PairVerdict
    from copilot.domain.samples import Fitted
    from copilot.domain.schema import SchemaPart, SchemaSource, SchemaVersion
    from copilot.domain.source import Gap
    from copilot.ports import DecoderUnderTest


class AvroFormat:
    """Avro as a `SchemaFormat`; `outside` gives the decoders of other languages that the user has, when they are first needed."""

    name = "avro"
    suffixes = (".avsc", ".avdl", ".avpr")
    container_suffixes = (".avro",)

    def __init__(self, outside: Callable[[], Iterable[DecoderUnderTest]] = tuple) -> None:
        self._outside = outside

    @property
    def decoders(self) -> tuple[DecoderUnderTest, ...]:
        """The two Python implementations of the encoding, and those outside that passed their test."""
        return self._decoders[0]

    @property
    def decoders_not_run(self) -> tuple[tuple[str, str], ...]:
        """The names of decoders that are configured and failed their test, and why."""
        return self._decoders[1]

    @cached_property
    def _decoders(self) -> tuple[tuple[DecoderUnderTest, ...], tuple[tuple[str, str], ...]]:
        from copilot.formats.avro.decoders import ApacheDecoder, FastavroDecoder

        outside = tuple(self._outside())
        usable: tuple[DecoderUnderTest, ...] = ()
        failed: tuple[tuple[str, str], ...] = ()
        if outside:
            from copilot.formats.avro.outside import trusted

            usable, failed = trusted(outside)
        return (FastavroDecoder(), ApacheDecoder(), *usable), failed

    def parts(self, text: str, path: str) -> tuple[SchemaPart, ...]:
        """Returns the schemas of a file that holds several, in text order; () where the whole file is one."""
        from copilot.formats.avro.languages import parts_of

        return parts_of(text, path)

    def parse(self, text: str, source: SchemaSource, siblings: Mapping[str, str]) -> SchemaVersion | Gap:
        """Reads a schema; `text` is the text of the source's file, or of the schema alone."""
        from copilot.formats.avro.parse import parse_schema

        return parse_schema(text, source, siblings)

    def incompatibilities(self, reader: SchemaVersion, writer: SchemaVersion) -> tuple[Finding, ...]:
        """Returns why data of `writer` can't be read as `reader`; empty means that it can."""
        from copilot.formats.avro.rules import incompatibilities

        return incompatibilities(reader, writer)

    def judge(self, reader: Any, writer: Any, *, reader_is: Age | None = None) -> PairVerdict:
        """Returns a registry's answer on two schemas, and what each decoder makes of the data."""
        from copilot.formats.avro.judge import judge

        return judge(reader, writer, reader_is=reader_is)

    def stands_alone(self, schema: Any) -> bool:
        """Tells whether one schema is valid without any other."""
        from copilot.formats.avro.strict import InvalidSchema, read_schema

        try:
            read_schema(schema)
        except InvalidSchema:
            return False
        return True

    def lint(self, schema: Any) -> tuple[Finding, ...]:
        """Returns what is wrong with one schema, whatever it is compared with."""
        from copilot.formats.avro.lint import lint

        return lint(schema)

    def meaning_changes(self, old: SchemaVersion, new: SchemaVersion) -> tuple[Finding, ...]:
        """Returns what compatibility rules don't see."""
        from copilot.formats.avro.meaning import meaning_changes

        return meaning_changes(old, new)

    def samples(self, schema: str, seed: str, count: int) -> tuple[Any, ...]:
        """Returns `count` records, the same for the same arguments; boundary values first."""
        from copilot.formats.avro.samples import samples_of

        return samples_of(schema, seed, count)

    def recorded(self, schema: str, text: str) -> tuple[Any, ...]:
        """Returns the records that a text of JSON holds and that fit the schema."""
        from copilot.formats.avro.recorded import recorded_values

        return recorded_values(schema, text)

    def fitted(self, schemas: Sequence[str], text: str) -> Fitted:
        """Returns how many records a text of JSON holds, and why some fit none of the schemas."""
        from copilot.formats.avro.recorded import fitted

        return fitted(schemas, text)

    def container_schema(self, data: bytes) -> str:
        """Returns the schema that a container file was written with; raises Undecodable."""
        from copilot.formats.avro.container import schema_of

        return schema_of(data)

    def container_records(self, data: bytes, schema: str) -> Iterator[Any]:
        """Yields a bounded number of a container's first records; raises Undecodable where one is damaged."""
        from copilot.formats.avro.container import records_of

        return records_of(data, schema)

    def edit(self, text: str, edits: Sequence[SchemaEdit]) -> str:
        """Splices edits into a file's text; raises SchemaUnreadable where one does not fit."""
        from copilot.formats.avro.edit import edit_text

        return edit_text(text, edits)
