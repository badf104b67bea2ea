"""Does a job decode a topic with a schema that is not the one its records are written with?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.domain import fieldtype
from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.findings.case import Audited, Rule
from copilot.findings.differences import differences, is_beginning, lacking

BEHIND = Rule(
    "decoder-schema-differs",
    "Avro's bytes carry no names: decoded with another schema than they were written with, values land in the wrong fields.",
)
UNREADABLE = Rule("decoder-cannot-read", "The reader refuses the records as soon as one arrives.")
FILLED_IN = Rule(
    "default-hides-absence",
    "The value that the reader fills in looks like a real one: nobody can tell a record that has it from one that lacks it.",
)
_SENTINELS = frozenset({"", "unknown", "none", "null", "n/a", "na", "missing", "undefined", "unspecified"})


@dataclass(frozen=True, slots=True)
class Meeting:
    """A consumer that keeps a schema of its own meets what a producer writes to its topic."""

    consumer: Link
    producer: Link
    reader: SchemaVersion
    writer: SchemaVersion
    written: SchemaSubject


def meetings(case: Audited) -> Iterator[Meeting]:
    """Yields, for each topic whose one schema is known on both sides, the consumers that read with another one."""
    pipeline = case.pipeline
    produced: dict[str, list[Link]] = {}
    for link in pipeline.links:
        if link.direction == "produces" and link.endpoint.name and link.subject and link.certainty != "possible":
            produced.setdefault(link.endpoint.name, []).append(link)
    told: set[tuple[str, str, str]] = set()
    for link in pipeline.links:
        writers = produced.get(link.endpoint.name, [])
        has_own = link.decoder is not None and link.decoder.reader_schema in ("own", "single")
        if link.direction != "consumes" or not has_own or link.certainty == "possible" or link.subject is None:
            continue
        if len({writer.subject for writer in writers}) != 1:
            continue
        written = pipeline.subject(writers[0].subject or "")
        writer = pipeline.schema_of(writers[0])
        reader = _reader(case, link, written)
        if len({it.version for it in writers}) != 1 or writer is None or reader is None:
            continue
        if _short(reader.name) != _short(writer.name):
            continue
        key = (link.job, written.name, reader.source.path)
        if reader.fingerprint != writer.fingerprint and key not in told:
            told.add(key)
            yield Meeting(link, writers[0], reader, writer, written)


def differing_decoders(case: Audited) -> Iterator[AuditFinding]:
    """Yields the consumers that read with a schema which differs from what is written, and defaults that hide it."""
    for met in meetings(case):
        decoder = met.consumer.decoder
        if decoder is not None and decoder.reader_schema == "single":
            yield _single(met)
        else:
            yield from _resolved(case, met)


def _single(met: Meeting) -> AuditFinding:
    topic, job = met.consumer.endpoint.name, met.consumer.job
    is_luck = is_beginning(met.reader, met.writer)
    how = " It works only because what it lacks comes last." if is_luck else ""
    title = (
        f"{job} decodes {topic} with one local schema, which is not the one that {met.producer.job} writes with: "
        f"{differences(met.reader, met.writer)}{_age(met)}.{how}"
    )
    next = f"Decode with the schema that the data was written with, and give {job}'s own as the reader schema."
    return BEHIND.finding(
        "warning" if is_luck else "error", title, _proof(met), next, subject=met.written.name, job=job, topic=topic
    )


def _resolved(case: Audited, met: Meeting) -> Iterator[AuditFinding]:
    topic, job = met.consumer.endpoint.name, met.consumer.job
    form = case.formats.get(met.written.format)
    refused = form.incompatibilities(met.reader, met.writer) if form else ()
    errors = [finding for finding in refused if finding.severity == "error"]
    if errors:
        title = f"{job} can't read what {met.producer.job} writes to {topic}: {errors[0].message.rstrip('.')}."
        next = errors[0].fix or f"Bring the schema of {job} up to that of {met.producer.job}."
        yield UNREADABLE.finding("error", title, _proof(met), next, subject=met.written.name, job=job, topic=topic)
        return
    hidden = [field for field in lacking(met.writer, met.reader) if _is_real(field.default)]
    for field in hidden:
        title = (
            f'What {met.producer.job} writes to {topic} lacks "{field.path}", so {job} reads its default {field.default} '
            "from every record."
        )
        proof = [Proof(field.span, f"default {field.default}"), *_proof(met)]
        next = f"Let {met.producer.job} write {field.name}, or make it optional with the default null."
        yield FILLED_IN.finding(
            "warning", title, proof, next, subject=met.written.name, path=field.path, job=job, topic=topic
        )


def _is_real(default: str | None) -> bool:
    """Tells whether a default could be a value that somebody measured: no null, no emptiness, no word for nothing."""
    value = fieldtype.parsed(default) if default is not None else None
    if isinstance(value, str):
        return value.strip().lower() not in _SENTINELS
    return isinstance(value, bool) or (isinstance(value, int | float) and value >= 0)


def _reader(case: Audited, link: Link, written: SchemaSubject) -> SchemaVersion | None:
    """Returns the schema in the consumer's own code: another subject, a version by its file, or its copy of what is written."""
    subject = case.pipeline.subject(link.subject or "")
    if subject.name != written.name or link.version:
        return case.pipeline.schema_of(link)
    own = [copy for copy in subject.copy_versions if case.is_of(link.job, copy.source.path)]
    return own[0] if len(own) == 1 else None


def _age(met: Meeting) -> str:
    """Returns which earlier version the reader's schema is, in words, "" where it is none."""
    for version in met.written.versions[:-1]:
        if met.writer is met.written.latest and version.fingerprint == met.reader.fingerprint:
            return f" (it is version {version.number} of {len(met.written.versions)})"
    return ""


def _proof(met: Meeting) -> list[Proof]:
    missing = lacking(met.reader, met.writer)
    proof = [Proof(met.reader.source.span, f"what {met.consumer.job} reads with")]
    proof += [Proof(field.span, f"{met.producer.job} writes {field.path}") for field in missing[:2]]
    proof += [] if missing else [Proof(met.writer.source.span, f"what {met.producer.job} writes with")]
    return [
        *proof,
        *(Proof(span, f"{met.consumer.job} consumes {met.consumer.endpoint.name}") for span in met.consumer.proof[:1]),
    ]


def _short(name: str) -> str:
    return name.rpartition(".")[2]
