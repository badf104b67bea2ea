"""Can consumers outside of every repository read what is written after each phase, with the reader schemas that they are known by?

Their level is their own: a reader schema that can't read new data fails, whatever the subject's level asks for, unless the
consumer is asked in time to move. By the format's rules; where its decoder is not run here, also by what is known of that decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from copilot.checks.elsewhere import may_follow
from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.clones import Consumer
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Case, SchemaFormat

OPEN_RULES = ("compatibility.consumer-has-to-move", "compatibility.consumer-may-misread")
Judge = Callable[[SchemaVersion, SchemaVersion], tuple[Finding, ...]]


def outside_findings(lineage: Lineage, case: Case, schema_format: SchemaFormat, judge: Judge) -> Iterator[Finding]:
    """Yields what stands between a changed subject and the consumers of it that `copilot.toml` alone tells of."""
    jobs = {link.job for link in case.base.links_of(lineage.name, "consumes")}
    for consumer in case.base.consumers:
        reader = _reader(consumer, case.base) if consumer.job in jobs else None
        if reader is None:
            continue
        base = lineage.base.latest if lineage.base else None
        before = {(it.rule, it.path) for it in judge(reader, base)} if base else set()
        for phase, after in enumerate(lineage.after):
            if after is None or not lineage.changes_in(phase):
                continue
            for reason in judge(reader, after):
                yield _refused(consumer, reason, lineage, phase, case, was_so=(reason.rule, reason.path) in before)
            yield from _predicted(consumer, reader, (base, after), lineage, phase, case, schema_format)


def _reader(consumer: Consumer, base: PipelineMap) -> SchemaVersion | None:
    """Returns the schema that the consumer reads with; a copy that was not read apart means what its subject means."""
    for subject in base.subjects:
        for version in (subject.latest, *subject.copy_versions):
            if version.source.path == consumer.schema:
                return version
        if any(copy.path == consumer.schema for copy in subject.copies):
            return subject.latest
    return None


def _refused(consumer: Consumer, reason: Finding, lineage: Lineage, phase: int, case: Case, *, was_so: bool) -> Finding:
    label = phase_label(phase, case.alternative.phases[phase])
    text = f"{consumer.job} can't read data of {label} with its own schema: {reason.message}"
    place = (consumer.span, lineage.name, reason.path, phase)
    if was_so:
        return Finding(reason.rule, "warning", f"{text} It was so before this change.", *place)
    if may_follow(case, consumer.job, phase):
        fix = f"Let {consumer.job} move in time, then bring {consumer.schema} up to date and prove again."
        return Finding(OPEN_RULES[0], "warning", f"{text} It is so unless it has moved by then.", *place, fix)
    owner = f" (owner {consumer.owner})" if consumer.owner else ""
    return Finding(reason.rule, "error", text, *place, f"Let {consumer.job}{owner} move first.")


def _predicted(
    consumer: Consumer,
    reader: SchemaVersion,
    written: tuple[SchemaVersion | None, SchemaVersion],
    lineage: Lineage,
    phase: int,
    case: Case,
    schema_format: SchemaFormat,
) -> Iterator[Finding]:
    """Yields where a decoder that is not run here is known to give another value than was written, and did not before."""
    if any(decoder.name == consumer.decoder for decoder in schema_format.decoders):
        return
    told = [_misread(consumer, reader, version, schema_format) if version else "" for version in written]
    if told[1] and told[1] != told[0]:
        label = phase_label(phase, case.alternative.phases[phase])
        text = f"{consumer.job} may get another value than was written after {label}: {told[1]}"
        yield Finding(OPEN_RULES[1], "warning", text, consumer.span, lineage.name, phase=phase)


def _misread(consumer: Consumer, reader: SchemaVersion, writer: SchemaVersion, schema_format: SchemaFormat) -> str:
    verdict = schema_format.judge(reader.resolved, writer.resolved)
    for it in verdict.decoders:
        if it.decoder == consumer.decoder and it.reads == "wrong-value":
            return f"{it.decoder} is not run here, and is known for it{f' ({it.note})' if it.note else ''}."
    return ""
