"""Apache Avro: reads, compares, samples and edits its schemas, and runs the two Python implementations of its encoding.

Nothing here imports a third-party package before a decoder is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copilot.domain.alternative import SchemaEdit
from copilot.domain.evidence import Finding
from copilot.domain.pair import PairVerdict
from copilot.domain.schema import SchemaPart, SchemaSource, SchemaVersion
from copilot.domain.source import Gap
from copilot.formats.avro.decoders import ApacheDecoder, FastavroDecoder
from copilot.formats.avro.edit import edit_text
from copilot.formats.avro.judge import judge
from copilot.formats.avro.languages import parts_of
from copilot.formats.avro.lint import lint
from copilot.formats.avro.meaning import meaning_changes
from copilot.formats.avro.parse import parse_schema
from copilot.formats.avro.rules import incompatibilities
from copilot.formats.avro.samples import samples_of
from copilot.ports import DecoderUnderTest


class AvroFormat:
    """Avro as a `SchemaFormat`."""

    name = "avro"
    suffixes = (".avsc", ".avdl", ".avpr")
    decoders: tuple[DecoderUnderTest, ...] = (FastavroDecoder(), ApacheDecoder())

    def parts(self, text: str, path: str) -> tuple[SchemaPart, ...]:
        """Returns the schemas of a file that holds several, in text order; () where the whole file is one."""
        return parts_of(text, path)

    def parse(self, text: str, source: SchemaSource, siblings: Mapping[str, str]) -> SchemaVersion | Gap:
        """Reads a schema; `text` is the text of the source's file, or of the schema alone."""
        return parse_schema(text, source, siblings)

    def incompatibilities(self, reader: SchemaVersion, writer: SchemaVersion) -> tuple[Finding, ...]:
        """Returns why data of `writer` can't be read as `reader`; empty means that it can."""
        return incompatibilities(reader, writer)

    def judge(self, reader: Any, writer: Any, *, with_meaning: bool = False) -> PairVerdict:
        """Returns a registry's answer on two schemas, and what each decoder makes of the data."""
        return judge(reader, writer, with_meaning=with_meaning)

    def lint(self, schema: Any) -> tuple[Finding, ...]:
        """Returns what is wrong with one schema, whatever it is compared with."""
        return lint(schema)

    def meaning_changes(self, old: SchemaVersion, new: SchemaVersion) -> tuple[Finding, ...]:
        """Returns what compatibility rules don't see."""
        return meaning_changes(old, new)

    def samples(self, schema: str, seed: str, count: int) -> tuple[Any, ...]:
        """Returns `count` records, the same for the same arguments; boundary values first."""
        return samples_of(schema, seed, count)

    def edit(self, text: str, edits: Sequence[SchemaEdit]) -> str:
        """Splices edits into a file's text; raises SchemaUnreadable where one does not fit."""
        return edit_text(text, edits)
