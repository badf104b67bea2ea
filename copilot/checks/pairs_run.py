"""What do the decoders that can be run here make of a pair of schemas? Samples of the writer's schema, read with the reader's.

A run sees its samples only, and a prediction speaks about all data. So the worse of the two stands: "ran" says that real bytes
showed it, "predicted" that no sample hit what is foreseen, or that the decoder is not run here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from copilot.checks.declared import Declared
from copilot.checks.lineage import Pair
from copilot.checks.roundtrip import Seen, read_back, written_samples
from copilot.domain.codec import digest_of_text
from copilot.domain.pair import DecoderVerdict, PairVerdict, Reads
from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.domain.source import Span
from copilot.ports import SchemaFormat

SAMPLE_COUNT = 40
PREDICTED_AS = {"avro": "python"}
"""What a prediction calls a decoder that is run under another name."""
_WORST_LAST: tuple[Reads, ...] = ("unknown", "yes", "wrong-value", "no")
_HARMLESS = ("", "quirk")


def run_pair(verdict: PairVerdict, reader: Any, writer: Any, schema_format: SchemaFormat) -> PairVerdict:
    """Returns the verdict on two schemas (JSON values or texts) with what was really seen of each decoder that can be run."""
    reading, writing = (version_of(schema, schema_format) for schema in (reader, writer))
    if verdict.compatible is None or reading is None or writing is None:
        return verdict
    seen = {it.decoder: it for it in _seen(reading, writing, schema_format)}
    return verdict._replace(decoders=tuple(_worse(it, seen.get(it.decoder)) for it in verdict.decoders))


def version_of(schema: Any, schema_format: SchemaFormat) -> SchemaVersion | None:
    """Returns a schema, a JSON value or text, as a version of its own, None where it can't be read."""
    text = schema if isinstance(schema, str) and schema.lstrip()[:1] in ("{", "[", '"') else json.dumps(schema)
    span = Span("schema.avsc", 1, text.count("\n") + 1)
    source = SchemaSource("schema.avsc", digest_of_text(text), "", "file", 0, len(text.encode()), span)
    version = schema_format.parse(text, source, {})
    return version if isinstance(version, SchemaVersion) else None


def _worse(predicted: DecoderVerdict, seen: DecoderVerdict | None) -> DecoderVerdict:
    if seen is None or seen.reads == "unknown":
        return predicted
    if _WORST_LAST.index(seen.reads) >= _WORST_LAST.index(predicted.reads):
        return seen
    return predicted._replace(note=f"{predicted.note or 'foreseen'}; {seen.note}")


def _seen(reader: SchemaVersion, writer: SchemaVersion, schema_format: SchemaFormat) -> Iterator[DecoderVerdict]:
    samples = schema_format.samples(writer.resolved, writer.fingerprint, SAMPLE_COUNT)
    for decoder in schema_format.decoders:
        name = PREDICTED_AS.get(decoder.name, decoder.name)
        written = written_samples(decoder, writer.resolved, samples)
        if isinstance(written, str) or not written:
            continue
        pair = Pair(0, "backward", "previous", writer, reader, "the writer", "the reader")
        found = read_back(decoder, pair, written, aliased(reader, writer), frozenset(), Counter())
        yield _verdict(name, found, len(written))


def aliased(reader: SchemaVersion, writer: SchemaVersion) -> Declared:
    """Returns what the reader's schema declares: values under a new name by its aliases, and in another type where that differs."""
    own = {field.path: field.type for field in writer.fields}
    renames = []
    for field in reader.fields:
        prefix = field.path[: len(field.path) - len(field.name)]
        renames += [(prefix + alias, field.path) for alias in field.aliases if prefix + alias in own]
    sources = {path: path for path in own} | {new: old for old, new in renames}
    met = [(sources[field.path], field.type) for field in reader.fields if field.path in sources]
    return Declared(renamed=tuple(renames), retyped=frozenset(path for path, type in met if own[path] != type))


def _verdict(name: str, found: Iterable[Seen], count: int) -> DecoderVerdict:
    bad = [it for it in found if it.kind not in _HARMLESS]
    refused = next((it for it in bad if it.kind == "refused"), None)
    if refused is not None:
        return DecoderVerdict(name, "no", "ran", "", f"{refused.records} of {count} records: {refused.read}")
    worst = next((it for it in bad if it.kind != "dropped"), None)
    if worst is None:
        return DecoderVerdict(name, "yes", "ran", "", f"{count} records came back whole")
    told = f"{worst.records} of {count} records: {worst.written or 'bytes'} gives {worst.read}"
    return DecoderVerdict(name, "wrong-value", "ran", worst.path, told)
