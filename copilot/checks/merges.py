"""Topics are brought together on one: does each reader tell the records apart, what loses its order, and does each record survive?

What a reader does with a record of another kind is judged by its decoder and by the fields that its code reads. A merge under one
schema is replayed: records of each topic are wrapped as the job does it, written, read again and counted. How a registry names the
subject of the new topic stands in no repository for certain, so it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from copilot.checks.recorded import recorded_files
from copilot.checks.splits import ORDER_LOST
from copilot.checks.topics import BY_HAND, LEFT
from copilot.domain import fieldtype
from copilot.domain.alternative import NewFile
from copilot.domain.evidence import Finding, Severity
from copilot.domain.keyed import keys_written
from copilot.domain.operation import MergeTopics
from copilot.domain.pipeline import Endpoint, Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.domain.source import Span
from copilot.ports import Bench, Case, Undecodable

NAMING, REPLAYED, CHANGED, KEYS_MEET = (
    "usage.merge-naming",
    "usage.merge-replayed",
    "usage.merge-changed",
    "usage.merge-keys-meet",
)
_SAMPLES = 8


def is_merged(operation: MergeTopics, state: PipelineMap) -> bool:
    """Tells whether the records lie on the one topic, and on the old ones no more."""
    names = {link.endpoint.name for link in state.links if link.endpoint.kind == "topic"}
    return operation.to in names and names.isdisjoint(operation.merged)


def merge_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what a merge takes from readers; nothing for other operations."""
    for operation in case.request.operations:
        if isinstance(operation, MergeTopics) and case.patches:
            types = {topic: _type_on(topic, case.base) for topic in operation.merged}
            yield from _mixed_up(operation, types, case, bench)
            yield from _unmet(operation, case)
            yield from _fed_back(operation, types, case)
            yield from _disordered(operation, case)
            if any(link.endpoint.name == operation.to for state in case.states for link in state.links):
                yield from _keys_meet(operation, case)
                yield from _naming(operation, types, case, bench)
            yield from _replayed(operation, types, case, bench)


def _type_on(topic: str, base: PipelineMap) -> SchemaVersion | None:
    links = [link for link in base.links if link.endpoint == Endpoint("topic", topic) and link.subject]
    links.sort(key=lambda link: (link.direction != "produces", link.certainty != "certain", str(link.subject)))
    return base.subject(str(links[0].subject)).latest if links else None


def _readers(operation: MergeTopics, base: PipelineMap) -> dict[tuple[str, str], Link]:
    """The first link of each job with each of the topics that it reads."""
    found: dict[tuple[str, str], Link] = {}
    for link in base.links:
        if link.direction == "consumes" and link.endpoint.kind == "topic" and link.endpoint.name in operation.merged:
            found.setdefault((link.job, link.endpoint.name), link)
    return found


def _mixed_up(
    operation: MergeTopics, types: dict[str, SchemaVersion | None], case: Case, bench: Bench
) -> Iterator[Finding]:
    """What each reader does with the records that it never met before; an error where nobody is asked to tell them apart."""
    asked = " ".join(text for phase in case.alternative.phases for step in phase.steps for text in step.manual)
    readers = _readers(operation, case.base)
    for (job, topic), link in readers.items():
        own = types[topic]
        for other, version in types.items():
            if own is None or version is None or version.meaning == own.meaning:
                continue
            if (job, other) in readers or not _meets(operation, job, case):
                continue
            is_asked = f"  {job}: " in asked
            does, span = _does(link, own, version, case, bench)
            text = f"{job} never met {version.name} on {topic}, and will: it {does}."
            fix = f"Let it go on only where a record is {own.name}."
            severity: Severity = "warning" if is_asked else "error"
            yield Finding(BY_HAND if is_asked else LEFT, severity, text, span, operation.subject, fix=fix)


def _meets(operation: MergeTopics, job: str, case: Case) -> bool:
    """Tells whether the job comes to read the one topic, or all of them."""
    names = {
        it.endpoint.name for state in case.states for it in state.links if it.job == job and it.direction == "consumes"
    }
    before = {it.endpoint.name for it in case.base.links if it.job == job and it.direction == "consumes"}
    return operation.to in names or bool(names - before)


def _does(link: Link, own: SchemaVersion, other: SchemaVersion, case: Case, bench: Bench) -> tuple[str, Span | None]:
    """Returns what the reader makes of another kind of record, in words, with the place."""
    span = link.proof[0] if link.proof else None
    how = link.decoder.reader_schema if link.decoder else "unknown"
    if how == "single":
        return f"reads its bytes as {own.name}, whatever they are", span
    schema_format = bench.formats.get(case.base.subject(own.subject).format)
    if how == "own" and schema_format is not None:
        found = schema_format.incompatibilities(own, other)
        if found:
            return f"refuses it: {found[0].message.rstrip('.')}", span
    names = {field.name for field in other.fields if "." not in field.path}
    for use in case.base.uses:
        is_read = use.subject == own.subject and use.job == link.job and use.mode not in ("writes", "passes")
        is_sure = use.certainty == "certain" and not use.is_test and use.form in ("subscript", "attribute")
        if is_read and is_sure and "." not in use.path and use.path not in names:
            return f"reads {use.path}, which {other.name} has not, and stops there", use.span
    return f"takes it for {own.name}, as far as its code tells", span


def _unmet(operation: MergeTopics, case: Case) -> Iterator[Finding]:
    """Readers that are given a list and come to read a name that nobody writes."""
    listed = ",".join(operation.merged)
    told: set[str] = set()
    for number, state in enumerate(case.states):
        for link in state.links:
            if link.direction == "consumes" and link.endpoint.name == listed and link.job not in told:
                told.add(link.job)
                text = f'{link.job} subscribes to one topic called "{listed}", which nobody writes.'
                span = link.proof[0] if link.proof else None
                yield Finding(LEFT, "error", text, span, phase=number, fix="Let its code take a list.")


def _fed_back(operation: MergeTopics, types: dict[str, SchemaVersion | None], case: Case) -> Iterator[Finding]:
    """Jobs that read one of the topics and write another: on the one topic they read what they have just written."""
    last = case.states[-1]
    for job in sorted({link.job for link in case.base.links}):
        ends = {(link.direction, link.endpoint.name): link for link in case.base.links if link.job == job}
        read = sorted(topic for topic in operation.merged if ("consumes", topic) in ends)
        written = sorted(topic for topic in operation.merged if ("produces", topic) in ends and topic not in read)
        now = {link.direction for link in last.links if link.job == job and link.endpoint.name == operation.to}
        if not read or not written or now != {"consumes", "produces"}:
            continue
        own, other = types[read[0]], types[written[0]]
        is_told_apart = own is not None and other is not None and own.meaning != other.meaning
        text = f"{job} reads {read[0]} and writes {written[0]}: on {operation.to} it reads its own records, again and again."
        span = ends["produces", written[0]].proof[0] if ends["produces", written[0]].proof else None
        severity: Severity = "warning" if is_told_apart else "error"
        yield Finding(LEFT, severity, text, span, operation.subject, fix=f"Keep {written[0]} a topic of its own.")


def _disordered(operation: MergeTopics, case: Case) -> Iterator[Finding]:
    keys = {topic: sorted({use.path for use in keys_written(topic, case.base)}) for topic in operation.merged}
    told = "; ".join(f"{topic} is keyed by {', '.join(own) or 'what was not seen'}" for topic, own in keys.items())
    names = ", ".join(operation.merged)
    text = f"Between records of {names} no order of a key is kept, also where they lie on one topic ({told})."
    fix = "Where one has to come before another, compare times or a number that the records carry, not the order of reading."
    yield Finding(ORDER_LOST, "warning", text, None, operation.subject, fix=fix)


def _keys_meet(operation: MergeTopics, case: Case) -> Iterator[Finding]:
    compacted = [(topic, case.base.retention_of(topic)) for topic in operation.merged]
    for topic, kept in compacted:
        if kept is not None and kept.is_compacted:
            text = f"{topic} is compacted: equal keys of two topics replace each other on {operation.to}."
            fix = f"Put the type before the key, or don't compact {operation.to}."
            yield Finding(KEYS_MEET, "error", text, kept.span, operation.subject, fix=fix)


def _naming(
    operation: MergeTopics, types: dict[str, SchemaVersion | None], case: Case, bench: Bench
) -> Iterator[Finding]:
    """By topic, which is the default, one subject holds what lies on it; whether that is so can't be seen here."""
    known = list({it.meaning: it for it in types.values() if it is not None}.values())
    if len(known) < 2:
        return
    if _schema_text(case) is not None:
        text = (
            f"Whether {operation.to}-value is the subject of {operation.to} hangs on serializers; it is not seen here."
        )
        fix = "Register the new schema under the name that they take, and switch off that producers register by themselves."
        yield Finding(NAMING, "warning", text, None, operation.subject, fix=fix)
        return
    schema_format = bench.formats.get(case.base.subject(known[0].subject).format)
    refused = schema_format.incompatibilities(known[1], known[0]) if schema_format is not None else ()
    if refused:
        text = (
            f"Where a registry names subjects after topics, {operation.to}-value refuses {known[1].name} after {known[0].name}:"
            f" {refused[0].message.rstrip('.')}. How yours names them is not seen here."
        )
        fix = "Name subjects by record in every serializer, or bring them under one schema."
        yield Finding(NAMING, "warning", text, None, operation.subject, fix=fix)


def _schema_text(case: Case) -> str | None:
    """The schema that the alternative brings for the one topic."""
    edits = [edit for phase in case.alternative.phases for edit in phase.edits if isinstance(edit, NewFile)]
    return next((edit.text for edit in edits if edit.path.endswith(".avsc")), None)


def _replayed(
    operation: MergeTopics, types: dict[str, SchemaVersion | None], case: Case, bench: Bench
) -> Iterator[Finding]:
    """Writes records of each topic under the one schema, and reads them again: as many, and the same ones, have to come back."""
    text = _schema_text(case)
    schema = fieldtype.parsed(text) if text is not None else None
    for topic, version in types.items():
        if text is None or version is None:
            continue
        subject = case.base.subject(version.subject)
        schema_format = bench.formats[subject.format]
        recorded = [record for _, records in recorded_files(subject, case.base, bench) for record in records]
        made = schema_format.samples(version.resolved, topic, _SAMPLES)
        decoder = schema_format.decoders[0]
        sent: Counter[str] = Counter()
        back: Counter[str] = Counter()
        for record in (*recorded, *made):
            try:
                data = decoder.encode(version.resolved, record)
                value = decoder.decode(data, version.resolved, version.resolved).value
            except Undecodable:
                continue
            sent[repr(value)] += 1
            try:
                one = decoder.decode(
                    decoder.encode(text, _wrapped(schema, version.name, topic, value)), text, text
                ).value
            except Undecodable:
                continue
            back[repr(_unwrapped(schema, one))] += 1
        lost = sum((sent - back).values())
        told = f"{len(recorded)} recorded and {sum(sent.values()) - len(recorded)} generated records of {topic}, written under the"
        told += f" one schema and read again by {decoder.name}"
        if lost:
            yield Finding(CHANGED, "error", f"{told}: {lost} did not come back as they were.", None, subject.name)
        else:
            yield Finding(REPLAYED, "note", f"{told}: all came back, each as often and as it was.", None, subject.name)


def _wrapped(schema: Any, name: str, topic: str, record: Any) -> Any:
    """Returns a record as the job puts it under the one schema: a branch of a union, or the content of an envelope."""
    if isinstance(schema, list):
        return (name, record)
    kind, _, content = schema["fields"]
    names = [branch["name"] if isinstance(branch, dict) else branch for branch in content["type"]]
    return {"type": kind["type"]["symbols"][names.index(name)], "sequence": f"{topic}:0:0", "record": (name, record)}


def _unwrapped(schema: Any, value: Any) -> Any:
    return value if isinstance(schema, list) else value["record"]
