"""Writes a test of the repository's own: recorded bytes of the old and the new version, and the values that its schema file gives.

It reads the schema file of the repository with the decoder that a consumer uses, so it fails on the base and passes once the change
is there. Where the first phase only makes ready for a later one, as a symbol's default does, the bytes are those that the later one
will write. Both are proved here with the same decoder before anything is handed out; the person puts the file where tests live.
"""

from __future__ import annotations

import ast
import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from copilot.checks.lineage import Lineage, lineages
from copilot.domain.pipeline import LIBRARY_OF
from copilot.domain.proposal import Proposal
from copilot.domain.schema import SchemaVersion
from copilot.domain.visible import visible
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.flow import case_of
from copilot.plugins import Kit
from copilot.ports import Case, Decoded, DecoderUnderTest, SchemaFormat, Undecodable

FIRST_PHASE = 0
SAMPLES_TRIED = 24
_IMPORTS = {"Decimal": "from decimal import Decimal", "UUID": "from uuid import UUID", "datetime": "import datetime"}
"""The names by which values that decoders give are written down."""
_READS = {
    "fastavro": (
        "import fastavro",
        "    reader = fastavro.parse_schema(json.loads(SCHEMA.read_text('utf-8')))\n"
        "    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(json.loads(writer)), reader)",
    ),
    "avro": (
        "import avro.io\nimport avro.schema",
        "    reader = avro.io.DatumReader(avro.schema.parse(writer), avro.schema.parse(SCHEMA.read_text('utf-8')))\n"
        "    return reader.read(avro.io.BinaryDecoder(io.BytesIO(data)))",
    ),
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """Bytes that one version wrote, in hex, and what the schema file of the change makes of them."""

    writer: str
    data: bytes
    value: Any


def contract_test(proposal: Proposal, kit: Kit) -> str:
    """Returns the text of the test for the first phase of the chosen alternative.

    Raises WrongUsage where there is nothing to test so, RefusedByEvidence where no bytes tell the base from the change.
    """
    chosen = proposal.decision.chosen if proposal.decision else ""
    if not chosen:
        raise WrongUsage(f"{proposal.id} has no chosen alternative, so there is nothing to test.")
    case = case_of(proposal, kit, chosen)
    lineage = next(_testable(case, kit), None)
    if lineage is None:
        raise WrongUsage(
            f"{chosen} changes no schema file that stands alone, so recorded bytes can't be read with one.",
            next="A schema in code, or one that refers to other files, has to be tested where its code loads it.",
        )
    schema_format = kit.formats[lineage.subject.format]
    decoder = _decoder_of(lineage, case, schema_format)
    base, after = lineage.base, lineage.after[FIRST_PHASE]
    assert base is not None, "a testable lineage has a base"
    assert after is not None, "a testable lineage has a state after the phase"
    samples = partial(_samples, reader=after, decoder=decoder, schema_format=schema_format, seed=proposal.id)
    old, new = (_fullest(samples(writer), writer, decoder) for writer in (base.latest, after))
    if not (_is_telling(old, base.latest, decoder) or _is_telling(new, base.latest, decoder)):
        written = (it for writer in lineage.after if writer is not None for it in samples(writer))
        telling = next((it for it in written if _is_telling(it, base.latest, decoder)), None)
        if telling is None:
            raise RefusedByEvidence(
                f"No bytes tell {lineage.name} before the change from after it, so such a test would pass on the base too.",
                where=proposal.id,
                next="What only people read, as a doc, is tested by nothing that decodes.",
            )
        new = telling
    return _text(proposal, after.source.path, decoder, old, new)


def _testable(case: Case, kit: Kit) -> Iterator[Lineage]:
    for lineage in lineages(case):
        after = lineage.after[FIRST_PHASE] if lineage.after else None
        schema_format = kit.formats.get(lineage.subject.format)
        if lineage.base is None or after is None or schema_format is None or not lineage.changes_in(FIRST_PHASE):
            continue
        is_file = after.source.host == "file" and after.source.start == 0
        if is_file and not case.base.is_foreign(after.source.path) and schema_format.stands_alone(after.text):
            yield lineage


def _decoder_of(lineage: Lineage, case: Case, schema_format: SchemaFormat) -> DecoderUnderTest:
    """Returns the decoder of a known consumer where a test can use it, the first that can be used otherwise."""
    known = {it.name: it for it in schema_format.decoders if it.name in _READS}
    for link in case.base.links_of(lineage.name, "consumes"):
        name = LIBRARY_OF.get(link.decoder.library, link.decoder.library) if link.decoder else ""
        if name in known:
            return known[name]
    return next(iter(known.values()))


def _samples(
    writer: SchemaVersion, reader: SchemaVersion, decoder: DecoderUnderTest, schema_format: SchemaFormat, seed: str
) -> Iterator[Recorded]:
    """Yields the samples of the writer that the reader reads and that can be written down exactly."""
    for sample in schema_format.samples(writer.resolved, seed, SAMPLES_TRIED):
        try:
            data = decoder.encode(writer.resolved, sample)
            read = decoder.decode(data, writer.resolved, reader.resolved)
        except Undecodable:
            continue
        value = written_down(read.value)
        if not read.leftover_bytes and names_in(value) <= _IMPORTS.keys():
            yield Recorded(writer.resolved, data, value)


def _fullest(samples: Iterable[Recorded], writer: SchemaVersion, decoder: DecoderUnderTest) -> Recorded:
    """Returns the sample that says most, the shortest of those."""
    found = max(samples, key=lambda it: (repr(it.value).count("None") == 0, -len(it.data)), default=None)
    if found is None:
        raise RefusedByEvidence(f"{decoder.name} reads no sample of version {writer.number} with the new schema.")
    return found


def names_in(value: Any) -> frozenset[str]:
    """Returns the names that a value as Python code needs: none for texts and numbers, "nan" for what no code can compare."""
    return frozenset(node.id for node in ast.walk(ast.parse(repr(value), mode="eval")) if isinstance(node, ast.Name))


def written_down(value: Any) -> Any:
    """Returns an equal value that Python code can say: the Apache package gives times a zone of its own, which has no name."""
    if isinstance(value, dict):
        return {name: written_down(member) for name, member in value.items()}
    if isinstance(value, list):
        return [written_down(item) for item in value]
    return value.astimezone(datetime.UTC) if isinstance(value, datetime.datetime) and value.tzinfo else value


def _is_telling(recorded: Recorded, base: SchemaVersion, decoder: DecoderUnderTest) -> bool:
    """Tells whether the base makes something else of the bytes, or nothing."""
    try:
        found: Decoded = decoder.decode(recorded.data, recorded.writer, base.resolved)
    except Undecodable:
        return True
    return bool(found.value != recorded.value)


def _text(proposal: Proposal, path: str, decoder: DecoderUnderTest, old: Recorded, new: Recorded) -> str:
    imports, reads = _READS[decoder.name]
    about = f"{path} from before and after: {' '.join(proposal.request.text.split()) or proposal.id}"
    # Names of a repository and words of a person stand in a docstring here, and must not end it.
    about = visible(about, keep="").replace("\\", "/").replace('"', "'")
    names = sorted(names_in(old.value) | names_in(new.value))
    needed = ["import io", "import json", "from pathlib import Path", *(_IMPORTS[name] for name in names)]
    standard = "\n".join(sorted(needed, key=lambda line: (line.startswith("from"), line)))
    return f'''"""Recorded bytes of {about}

Proved with {decoder.name} {decoder.version}: it fails on {proposal.request.commit[:12]} and passes with {proposal.id}.
"""

{standard}

{imports}

PATH = {path!r}
SCHEMA = next(folder / PATH for folder in Path(__file__).resolve().parents if (folder / PATH).is_file())
OLD_WRITER = {json.dumps(json.loads(old.writer))!r}
OLD_BYTES = bytes.fromhex({old.data.hex()!r})
NEW_WRITER = {json.dumps(json.loads(new.writer))!r}
NEW_BYTES = bytes.fromhex({new.data.hex()!r})


def read(data, writer):
{reads}


def test_records_from_before_are_read():
    assert read(OLD_BYTES, OLD_WRITER) == {old.value!r}


def test_records_from_now_on_are_read():
    assert read(NEW_BYTES, NEW_WRITER) == {new.value!r}
'''
