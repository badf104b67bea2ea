"""Do a producer's bytes still reach a consumer that reads them with a schema of its own?

A wire is one endpoint between a producer and a consumer whose schema is another text than the producer's: its own copy, resolved
against the writer's ("own"), or one local schema for both sides ("single"), which misreads bytes as soon as the two differ.
After each phase the two new texts meet, which must work unless it failed in the base already. While a phase rolls out, a single
schema also meets bytes of the other side's old text: which of the two depends on who is deployed first. Where the plan's own order
leads to bytes that can't be read, that is an error; where it cuts over instead, both windows are told as warnings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.declared import Declared, declared_about, named_operations
from copilot.checks.elsewhere import may_follow
from copilot.checks.lineage import Lineage, lineages, phase_label
from copilot.checks.quirks import WHOLE_RECORD, quirks_of
from copilot.checks.reading import BASE, reader_schema
from copilot.checks.roundtrip import SAMPLE_COUNT, written_samples
from copilot.checks.unwritten import as_written, unwritten_symbols
from copilot.checks.values import compare, meeting
from copilot.domain.evidence import Finding, Severity
from copilot.domain.pipeline import Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Bench, Case, DecoderUnderTest, Undecodable

LIBRARY_OF = {"confluent-kafka": "fastavro"}
NO_AVRO = frozenset({"json"})
"""Libraries of consumers that decode no bytes of the format."""
ELSEWHERE = "replay.elsewhere"
"""The rule of findings that hold as long as another repository does not move; they leave the verdict open."""
_TOLD = {
    "refused": "can't read",
    "misread": "misreads",
    "leftover": "leaves bytes unread of",
}


Texts = tuple[SchemaVersion | None, SchemaVersion | None]
"""The writer's and the reader's."""
Order = tuple[str, str]
"""The job that is deployed first, and the one that follows."""
CUT_OVER: Order = ("", "")


@dataclass(frozen=True, slots=True)
class Wire:
    """A producer's subject and a consumer of it over one endpoint."""

    producer: Link
    consumer: Link
    written: Lineage

    @property
    def is_single(self) -> bool:
        return self.consumer.decoder is not None and self.consumer.decoder.reader_schema == "single"


def wire_findings(case: Case, bench: Bench) -> list[Finding]:
    """Returns what goes wrong on wires whose writer's or reader's text changes."""
    return [finding for wire in _wires(case) for finding in _Run(wire, case, bench).findings()]


def _wires(case: Case) -> Iterator[Wire]:
    changed = {lineage.name: lineage for lineage in lineages(case)}
    known = {**{it.name: Lineage(it, it, (it.latest,) * len(case.states)) for it in case.base.subjects}, **changed}
    told: set[tuple[str, str, str, str]] = set()
    for producer in case.base.links:
        for consumer in case.base.links:
            if (producer.direction, consumer.direction) != ("produces", "consumes"):
                continue
            if not producer.endpoint.name or producer.endpoint != consumer.endpoint or not producer.subject:
                continue
            if not consumer.subject or "possible" in (producer.certainty, consumer.certainty):
                continue
            if _is_shadowed(consumer, case.base):
                continue
            has_own = consumer.decoder is not None and consumer.decoder.reader_schema in ("own", "single")
            place = (producer.job, producer.subject, consumer.job, consumer.subject)
            is_changed = producer.subject in changed or consumer.subject in changed
            if has_own and is_changed and place not in told and producer.subject in known:
                told.add(place)
                yield Wire(producer, consumer, known[producer.subject])


def _is_shadowed(consumer: Link, base: PipelineMap) -> bool:
    """Tells whether the job reads that endpoint with a schema in its own folder, to which another link leads."""
    if _is_at_home(consumer, base):
        return False
    same = (link for link in base.links if (link.job, link.endpoint) == (consumer.job, consumer.endpoint))
    return any(link.direction == "consumes" and _is_at_home(link, base) for link in same)


def _is_at_home(link: Link, base: PipelineMap) -> bool:
    root = next((job.root.rstrip("/") for job in base.jobs if job.name == link.job), "")
    source = next((it.latest.source for it in base.subjects if it.name == link.subject), None)
    return source is not None and root not in ("", ".") and source.path.startswith(root + "/")


def _broken(problems: Mapping[str, str]) -> dict[str, str]:
    """Bytes that are left over after what is read harm nobody."""
    return {kind: detail for kind, detail in problems.items() if not kind.startswith("leftover")}


@dataclass(frozen=True, slots=True)
class _Run:
    wire: Wire
    case: Case
    bench: Bench

    def findings(self) -> Iterator[Finding]:
        before = self._writer(BASE), self._reader(BASE)
        problems_before = self._meet(*before) if all(before) else {}
        last = before
        for phase in range(len(self.case.states)):
            now = self._writer(phase), self._reader(phase)
            if None in now or now == last:
                continue
            yield from self._of_state(phase, self._meet(*now), problems_before)
            if self.wire.is_single and None not in last and now[0] != last[0] and now[1] != last[1]:
                yield from self._in_flight(phase, last, now, was_broken=bool(_broken(problems_before)))
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

    def _in_flight(self, phase: int, last: Texts, now: Texts, *, was_broken: bool) -> Iterator[Finding]:
        """The two windows of a roll-out: new bytes at the old reader, old bytes at the new one."""
        planned = self._planned(phase)
        producer, consumer = self.wire.producer.job, self.wire.consumer.job
        windows = {
            (producer, consumer): _broken(self._meet(now[0], last[1])),
            (consumer, producer): _broken(self._meet(last[0], now[1])),
        }
        for order, broken in windows.items():
            if not broken:
                continue
            kind, detail = next(iter(broken.items()))
            other_holds = not windows[order[1], order[0]]
            is_error = order == planned and not was_broken
            text = f"{self._told(kind)} {self._window(phase, order, planned)}: {detail}"
            if order == planned and other_holds:
                text += f" With {order[1]} before {order[0]} it reads on."
            if is_error and may_follow(self.case, consumer, phase):
                yield self._elsewhere(kind, text, phase)
            else:
                yield self._finding(f"in-flight {kind}", "error" if is_error else "warning", text, phase)

    def _window(self, phase: int, order: Order, planned: Order | None) -> str:
        label = phase_label(phase, self.case.alternative.phases[phase])
        if order == planned:
            return f"from the deploy of {order[0]} to that of {order[1]}, the order of {label}"
        if planned == CUT_OVER:
            return f"where {order[0]} is deployed before {order[1]} in {label}, which cuts over instead"
        against = ", against the plan" if planned else ""
        return f"where {order[0]} is deployed before {order[1]} in {label}{against}"

    def _planned(self, phase: int) -> Order | None:
        """Who is deployed first by the phase's steps; None where they don't say."""
        steps = self.case.alternative.phases[phase].steps
        places = {job: number for number, step in enumerate(steps) for job in step.jobs}
        producer, consumer = self.wire.producer.job, self.wire.consumer.job
        if any(step.kind == "cutover" and consumer in step.jobs for step in steps):
            return CUT_OVER
        if producer not in places or consumer not in places or places[producer] == places[consumer]:
            return None
        return (producer, consumer) if places[producer] < places[consumer] else (consumer, producer)

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

    def _writer(self, phase: int) -> SchemaVersion | None:
        lineage = self.wire.written
        if self.wire.producer.version and lineage.base:
            return lineage.base.versions[self.wire.producer.version - 1]
        return lineage.after[phase] if phase != BASE else lineage.base.latest if lineage.base else None

    def _reader(self, phase: int) -> SchemaVersion | None:
        consumer = self.wire.consumer
        if consumer.subject == self.wire.producer.subject:
            return reader_schema(consumer, self.wire.written, phase, self.case, self.bench)
        state = self.case.base if phase == BASE else self.case.states[phase]
        return next((it.latest for it in state.subjects if it.name == consumer.subject), None)

    def _declared(self) -> Declared:
        lineage = self.wire.written
        return declared_about(lineage.name, lineage.base.latest if lineage.base else None, named_operations(self.case))

    def _decoders(self) -> tuple[DecoderUnderTest, ...]:
        """Returns the consumer's decoder; where that is not run here, all that are: what they agree on stands for it."""
        schema_format = self.bench.formats.get(self.wire.written.subject.format)
        every = schema_format.decoders if schema_format else ()
        library = self.wire.consumer.decoder.library if self.wire.consumer.decoder else ""
        own = tuple(it for it in every if it.name == LIBRARY_OF.get(library, library))
        return own or (() if library in NO_AVRO else every)

    def _meet(self, writer: SchemaVersion | None, reader: SchemaVersion | None) -> dict[str, str]:
        """Returns what went wrong by kind ("refused", "misread PATH", "leftover"), with the first example."""
        if writer is None or reader is None or writer.meaning == reader.meaning:
            return {}
        told = [self._decoded_by(decoder, writer, reader) for decoder in self._decoders()]
        return {kind: detail for kind, detail in told[0].items() if all(kind in it for it in told)} if told else {}

    def _decoded_by(self, decoder: DecoderUnderTest, writer: SchemaVersion, reader: SchemaVersion) -> dict[str, str]:
        schema_format = self.bench.formats[self.wire.written.subject.format]
        unwritten = unwritten_symbols(self.wire.written, named_operations(self.case))
        samples = schema_format.samples(
            as_written(writer.resolved, unwritten), f"{self.case.request.commit}:{self.wire.written.name}", SAMPLE_COUNT
        )
        records = written_samples(decoder, writer, samples)
        met = meeting("forward", writer, reader, self._declared(), frozenset())
        problems: dict[str, str] = {}
        for record in records if not isinstance(records, str) else ():
            written_as = reader if self.wire.is_single else writer
            try:
                decoded = decoder.decode(record.data, written_as.resolved, reader.resolved)
            except Undecodable as error:
                if self.wire.is_single or WHOLE_RECORD not in quirks_of(decoder, writer, record.data, record.value):
                    problems.setdefault("refused", f"{decoder.name} says {str(error)[:120]}.")
                continue
            if decoded.leftover_bytes:
                problems.setdefault("leftover", f"{decoder.name} leaves {decoded.leftover_bytes} bytes.")
            differences = compare(record.value, decoded.value, met).differences
            quirks = quirks_of(decoder, writer, record.data, record.value) if differences else frozenset()
            for it in differences:
                if self.wire.is_single or it.path not in quirks:
                    detail = f"{decoder.name} gives {it.read} for {it.path}, {it.written} was written."
                    problems.setdefault(f"misread {it.path}", detail)
        return problems
