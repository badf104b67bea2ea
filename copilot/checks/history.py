"""Do readers still see the records that are there already as they saw them before?

Each version of the history is written once, and read with the schema of the base and with that of the last state. Values that a
version never had come from defaults on both sides, so a default that changes shows here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copilot.checks.declared import Declared
from copilot.checks.lineage import Lineage
from copilot.checks.quirks import WHOLE_RECORD, quirks_of
from copilot.checks.roundtrip import HISTORY_LIMIT, SAMPLE_COUNT, Written, own_samples
from copilot.checks.values import Meeting, compare, meeting
from copilot.domain.evidence import Finding
from copilot.domain.schema import SchemaVersion
from copilot.ports import DecoderUnderTest, SchemaFormat, Undecodable

HARMLESS = ("imprecise",)


@dataclass(frozen=True, slots=True)
class Reread:
    """The versions whose records read otherwise than before, those that are refused now, and the defaults that did it."""

    versions: frozenset[int]
    refused: frozenset[tuple[int, str]]
    """Each with the decoder that can't read it any more."""
    findings: tuple[Finding, ...]


def reread(
    lineage: Lineage,
    schema_format: SchemaFormat,
    decoders: Iterable[DecoderUnderTest],
    declared: Declared,
    asked: frozenset[str],
    seed: str,
) -> Reread:
    """Returns what changes for records of the newest versions; nothing where the subject is new or gone.

    A default that the request itself moves (`asked`, by path) is told, and not counted against the way that does it.
    """
    base = lineage.base.latest if lineage.base else None
    last = lineage.after[-1]
    if base is None or last is None or base.meaning == last.meaning:
        return Reread(frozenset(), frozenset(), ())
    met = meeting("backward", base, last, declared, lineage.known)
    changed: set[int] = set()
    refused: set[tuple[int, str]] = set()
    findings: dict[tuple[str, str], Finding] = {}
    for version in lineage.history[-HISTORY_LIMIT:]:
        own = frozenset(field.path for field in version.fields)
        for decoder in decoders:
            records = own_samples(decoder, schema_format, version.resolved, version.resolved, seed, SAMPLE_COUNT)
            for record in records if not isinstance(records, str) else ():
                seen = _seen(decoder, record, version, base, last, met)
                if any(path not in asked or path in own for path, _, _ in seen):
                    changed.add(version.number)
                if any(not path for path, _, _ in seen):
                    refused.add((version.number, decoder.name))
                for path, before, after in seen:
                    if path and path not in own:
                        told = _told(decoder.name, version, path, before, after, lineage.name)
                        findings.setdefault((path, decoder.name), told)
    return Reread(frozenset(changed), frozenset(refused), tuple(findings[key] for key in sorted(findings)))


def _seen(
    decoder: DecoderUnderTest,
    record: Written,
    version: SchemaVersion,
    base: SchemaVersion,
    last: SchemaVersion,
    met: Meeting,
) -> tuple[tuple[str, str, str], ...]:
    """The paths that read otherwise, with both values; one entry without a path where the record can't be read any more."""
    try:
        is_own = version.resolved == base.resolved
        before = record.value if is_own else decoder.decode(record.data, version.resolved, base.resolved).value
    except Undecodable:
        return ()
    try:
        after = decoder.decode(record.data, version.resolved, last.resolved).value
    except Undecodable:
        is_quirk = WHOLE_RECORD in quirks_of(decoder, version, record.data, record.value)
        return () if is_quirk else (("", "", ""),)
    differences = [it for it in compare(before, after, met).differences if it.kind not in HARMLESS]
    quirks = quirks_of(decoder, version, record.data, record.value) if differences else frozenset()
    return tuple((it.path, it.written, it.read) for it in differences if it.path not in quirks)


def _told(decoder: str, version: SchemaVersion, path: str, before: str, after: str, subject: str) -> Finding:
    text = f"{decoder}: {path} of a record of version {version.number}, which lacks it, was read as {before} and is now {after}."
    return Finding("replay.default-moved", "warning", text, None, subject, path)
