"""Do a producer's bytes still reach a consumer that reads them with a schema of its own, once both have moved?

A wire is what lies between a producer and a consumer of the same endpoint, or of the same subject where an endpoint is not known.
Where the consumer's schema is another text than the producer's, its own copy, resolved against the writer's ("own"), or one local
schema for both sides ("single"), which misreads bytes as soon as the two differ, the two new texts meet after each phase. That must
work unless it failed in the base already. What coexists while a phase goes out is asked in `rollout`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.declared import declared_about, named_operations
from copilot.checks.elsewhere import may_follow
from copilot.checks.lineage import Lineage, lineages, phase_label
from copilot.checks.meetings import Meetings, Reader, decoders_of
from copilot.checks.reading import BASE, reader_schema
from copilot.checks.unwritten import unwritten_symbols
from copilot.domain.evidence import Finding, Severity
from copilot.domain.pipeline import Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Bench, Case

ELSEWHERE = "replay.elsewhere"
"""The rule of findings that hold as long as another repository does not move; they leave the verdict open."""
_TOLD = {
    "refused": "can't read",
    "misread": "misreads",
    "leftover": "leaves bytes unread of",
}


@dataclass(frozen=True, slots=True)
class Wire:
    """A producer's subject and a consumer of it over one endpoint."""

    producer: Link
    consumer: Link
    written: Lineage

    @property
    def is_possible(self) -> bool:
        return "possible" in (self.producer.certainty, self.consumer.certainty)

    @property
    def is_single(self) -> bool:
        return self.consumer.decoder is not None and self.consumer.decoder.reader_schema == "single"

    def writer_text(self, phase: int) -> SchemaVersion | None:
        """Returns what the producer writes with after a phase, `BASE` for the base; None where it is gone."""
        if self.producer.version and self.written.base:
            return self.written.base.versions[self.producer.version - 1]
        if phase != BASE:
            return self.written.after[phase]
        return self.written.base.latest if self.written.base else None

    def reader_text(self, phase: int, case: Case, bench: Bench) -> SchemaVersion | None:
        """Returns what the consumer reads with after a phase, None where that can't be read or is gone."""
        if self.consumer.subject == self.producer.subject:
            return reader_schema(self.consumer, self.written, phase, case, bench)
        state = case.base if phase == BASE else case.states[phase]
        return next((it.latest for it in state.subjects if it.name == self.consumer.subject), None)


def wires_of(case: Case, *, with_possible: bool = False) -> Iterator[Wire]:
    """Yields each wire on which the writer's or the reader's schema changes, once; those that are only possible where asked for.

    What may be any of several schemas is only paired with itself, as the others would be guesses upon guesses.
    """
    changed = {lineage.name: lineage for lineage in lineages(case)}
    known = {**{it.name: Lineage(it, it, (it.latest,) * len(case.states)) for it in case.base.subjects}, **changed}
    told: set[tuple[object, ...]] = set()
    producers = [link for link in case.base.links if link.direction == "produces" and link.subject in known]
    consumers = [link for link in case.base.links if link.direction == "consumes" and link.subject]
    for producer in producers:
        for consumer in consumers:
            is_possible = "possible" in (producer.certainty, consumer.certainty)
            if is_possible and not (with_possible and producer.subject == consumer.subject):
                continue
            if not _may_meet(producer, consumer):
                continue
            if not {producer.subject, consumer.subject} & changed.keys() or _is_shadowed(consumer, case.base):
                continue
            # How a job decodes hangs on the topic: the same schema may come as it was written on one, and blindly on another.
            place = (producer.job, producer.subject, consumer.job, consumer.subject, consumer.decoder)
            if place not in told:
                told.add(place)
                yield Wire(producer, consumer, known[str(producer.subject)])


def meetings_of(wire: Wire, case: Case, bench: Bench) -> Meetings | None:
    """Returns who asks decoders about what the wire carries, None where the format is not known."""
    lineage = wire.written
    schema_format = bench.formats.get(lineage.subject.format)
    if schema_format is None:
        return None
    latest = lineage.base.latest if lineage.base else None
    operations = named_operations(case)
    declared = declared_about(lineage.name, latest, operations)
    seed = f"{case.request.commit}:{lineage.name}"
    return Meetings(schema_format, declared, lineage.known, unwritten_symbols(lineage, operations), seed)


def wire_findings(case: Case, bench: Bench) -> list[Finding]:
    """Returns what goes wrong on wires whose writer's or reader's text changes, after each phase."""
    asked = (
        wire
        for wire in wires_of(case)
        if wire.consumer.decoder
        and wire.consumer.decoder.reader_schema in ("own", "single")
        and wire.producer.endpoint == wire.consumer.endpoint
    )
    return [finding for wire in asked for finding in _Run(wire, case, bench).findings()]


def _may_meet(producer: Link, consumer: Link) -> bool:
    if producer.endpoint.name and producer.endpoint == consumer.endpoint:
        return True
    is_told_apart = (
        producer.endpoint.name and consumer.endpoint.name and producer.endpoint.kind == consumer.endpoint.kind
    )
    return producer.subject == consumer.subject and not is_told_apart


def _is_shadowed(consumer: Link, base: PipelineMap) -> bool:
    """Tells whether the job reads that endpoint with a schema of its own, to which another link leads."""
    if _is_at_home(consumer, base):
        return False
    same = (link for link in base.links if (link.job, link.endpoint) == (consumer.job, consumer.endpoint))
    return any(link.direction == "consumes" and _is_at_home(link, base) for link in same)


def _is_at_home(link: Link, base: PipelineMap) -> bool:
    root = next((job.root.rstrip("/") for job in base.jobs if job.name == link.job), "")
    source = next((it.latest.source for it in base.subjects if it.name == link.subject), None)
    return source is not None and root not in ("", ".") and f"{source.path}/".startswith(f"{root}/")


def _broken(problems: Mapping[str, str]) -> dict[str, str]:
    """Bytes that are left over after what is read harm nobody."""
    return {kind: detail for kind, detail in problems.items() if not kind.startswith("leftover")}


@dataclass(frozen=True, slots=True)
class _Run:
    wire: Wire
    case: Case
    bench: Bench

    def findings(self) -> Iterator[Finding]:
        meetings = meetings_of(self.wire, self.case, self.bench)
        if meetings is None:
            return
        before = self._meet(BASE, meetings)
        last = self._texts(BASE)
        for phase in range(len(self.case.states)):
            now = self._texts(phase)
            if None not in now and now != last:
                yield from self._of_state(phase, self._meet(phase, meetings), before)
                last = now

    def _of_state(self, phase: int, problems: Mapping[str, str], before: Mapping[str, str]) -> Iterator[Finding]:
        label = phase_label(phase, self.case.alternative.phases[phase])
        # Bytes read with a wrong schema give whatever they give: which path is hit says nothing about what was so before.
        was_garbled = self.wire.is_single and bool(_broken(before))
        for kind, detail in problems.items():
            was_so = kind in before or was_garbled
            is_harmless = kind.startswith("leftover")
            severity: Severity = "warning" if was_so or is_harmless else "error"
            text = f"{self._told(kind)} after {label}: {detail}"
            if severity == "error" and may_follow(self.case, self.wire.consumer.job, phase):
                yield self._elsewhere(kind, text, phase)
            elif was_so:
                yield self._finding(
                    f"{kind.split(' ')[0]}-before", severity, f"{text} It was so before this change.", phase
                )
            else:
                yield self._finding(kind, severity, text, phase)

    def _told(self, kind: str) -> str:
        how = "with one local schema for both sides" if self.wire.is_single else "with a schema of its own"
        verb = _TOLD[kind.split(" ")[0]]
        return f"{self.wire.consumer.job} {verb} what {self.wire.producer.job} writes to {self.wire.producer.endpoint}, {how},"

    def _elsewhere(self, kind: str, text: str, phase: int) -> Finding:
        """What holds unless people of another repository do what a step asks of them."""
        job = self.wire.consumer.job
        fix = f"Let {job} move in time, then bring what is known of it here up to date and prove again."
        span = self.wire.consumer.proof[0] if self.wire.consumer.proof else None
        path = kind.rpartition(" ")[2] if " " in kind else ""
        text = f"{text} It is so unless {job} has moved by then."
        return Finding(ELSEWHERE, "warning", text, span, self.wire.written.name, path, phase, fix)

    def _finding(self, kind: str, severity: Severity, text: str, phase: int) -> Finding:
        rule = f"replay.wire-{kind.split(' ')[0]}"
        span = self.wire.consumer.proof[0] if self.wire.consumer.proof else None
        fix = "Let it decode with the schema that the data carries, or drain the topic and move both sides at once."
        subject = self.wire.written.name
        path = kind.rpartition(" ")[2] if " " in kind else ""
        return Finding(rule, severity, text, span, subject, path, phase, fix)

    def _texts(self, phase: int) -> tuple[SchemaVersion | None, SchemaVersion | None]:
        return self.wire.writer_text(phase), self.wire.reader_text(phase, self.case, self.bench)

    def _meet(self, phase: int, meetings: Meetings) -> dict[str, str]:
        """Returns what went wrong by kind ("refused", "misread PATH", "leftover") where all decoders agree, with an example."""
        writer, reader = self._texts(phase)
        if writer is None or reader is None:
            return {}
        decoders = decoders_of(self.wire.consumer.decoder, meetings.schema_format)
        told = meetings.problems(writer, Reader(reader, decoders, self.wire.is_single), "forward")
        return {" ".join(it.place).strip(): it.detail for it in told if it.is_certain}
