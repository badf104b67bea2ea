"""What does a producer's code write into each field, and does the schema take it: before the change, and after each phase?

A value of a kind that the base's schema refused already is told as one from before; only what a phase brings about counts against
it. What a value is, is read in `inferred`, what the libraries do with it, in `fits`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from copilot.checks.declared_fields import declared_of_keyword
from copilot.checks.elsewhere import is_by_hand, is_left_to_people
from copilot.checks.fits import Misfit, misfit
from copilot.checks.inferred import Inference
from copilot.checks.kinds import UNKNOWN, Inferred, described, read_as
from copilot.checks.lineage import phase_label
from copilot.checks.parsed_code import Codes
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import named_types, parsed
from copilot.domain.pipeline import FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Case

OPEN_RULES = ("contract.may-be-wrong-type", "contract.type-left-to-people")
DECODING = ("fastavro", "avro", "confluent-kafka")


@dataclass(frozen=True, slots=True)
class Breach:
    """A value that a field's type doesn't take, where it is written."""

    use: FieldUse
    type: str
    misfit: Misfit

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same breach in another state."""
        return self.use.path, self.misfit.what, self.misfit.becomes


@dataclass(frozen=True, slots=True)
class Written:
    """The writes of one producer in one state, as the code of that state has them; `around` are all uses of the state."""

    writes: tuple[FieldUse, ...]
    schema: SchemaVersion | None
    link: Link
    state: PipelineMap
    around: tuple[FieldUse, ...]
    codes: Codes
    known_reads: dict[tuple[str, str], Mapping[tuple[int, str], Inferred]] = field(default_factory=dict, compare=False)

    def kind_at(self, use: FieldUse) -> Inferred:
        """Returns what a use writes; of several places on its line, what any of them may."""
        code = self.codes.of(use)
        values = code.written(use) if code else []
        if code is None or not values:
            return UNKNOWN
        inference = Inference(code, self._reads(use))
        found = inference.of(values[0])
        for value in values[1:]:
            found = found | inference.of(value) | UNKNOWN
        if use.form == "keyword" and found == UNKNOWN:
            found = declared_of_keyword(code, values[0])
        # What is put into a record that is there already is often filled in a few lines later.
        is_first = use.form == "subscript" and found.null == "yes"
        return replace(found, null="maybe") if is_first else found

    def breaches(self) -> Iterator[Breach]:
        """Yields the values that their field's type doesn't take."""
        if self.schema is None:
            return
        types = {it.path: it.type for it in self.schema.fields}
        named = dict(named_types(json.loads(self.schema.resolved)))
        library = self.link.decoder.library if self.link.decoder else "unknown"
        for use in self.writes:
            kind = parsed(types[use.path]) if use.path in types else None
            found = misfit(self.kind_at(use), kind, library, named) if kind is not None else None
            if found:
                yield Breach(use, described(kind), found)

    def _reads(self, use: FieldUse) -> Mapping[tuple[int, str], Inferred]:
        """Returns what the places of the same file read out of records that the job decodes, by line and name."""
        key = use.job, use.span.path
        if key not in self.known_reads:
            self.known_reads[key] = self._reads_in(*key)
        return self.known_reads[key]

    def _reads_in(self, job: str, path: str) -> Mapping[tuple[int, str], Inferred]:
        decoded = {
            link.subject
            for link in self.state.links
            if link.job == job and link.direction == "consumes" and link.decoder and link.decoder.library in DECODING
        }
        types = {
            (subject.name, it.path): it.type
            for subject in self.state.subjects
            if subject.name in decoded
            for it in subject.latest.fields
        }
        found: dict[tuple[int, str], Inferred] = {}
        for use in self.around if types else ():
            is_here = (use.job, use.span.path, use.certainty) == (job, path, "certain")
            kind = types.get((use.subject, use.path)) if is_here and use.form in ("subscript", "get") else None
            if kind is not None:
                place = (use.span.first_line, use.name)
                read = read_as(parsed(kind))
                found[place] = found[place] | read if place in found else read
        return found


def type_findings(before: Written, after: Written, subject: str, phase: int, case: Case) -> Iterator[Finding]:
    """Yields the breaches after a phase; those that were there before the change are warnings, told with the first phase."""
    known = {breach.key for breach in before.breaches()}
    # A field that takes the place of another one takes its values over, right or wrong.
    asked = {operation.field for operation in case.request.operations}
    handed_on = {(what, becomes) for path, what, becomes in known if path.rpartition(".")[2] in asked}
    fields = {it.path for it in before.schema.fields} if before.schema else set()
    for breach in after.breaches():
        is_handed_on = breach.use.path not in fields and breach.key[1:] in handed_on
        if breach.key not in known and not is_handed_on:
            yield _new(breach, subject, phase, case)
        elif phase == 0 and (breach.misfit.is_sure or not breach.misfit.is_null):
            text = f"{_told(breach)}. It was so before this change."
            place = (breach.use.span, subject, breach.use.path, phase)
            yield Finding("contract.wrong-type-before", "warning", text, *place)


def _told(breach: Breach, label: str = "") -> str:
    use, found = breach.use, breach.misfit
    since = f" after {label}" if label else ""
    return f"{use.job} writes {found.what} to {use.path}, which is {breach.type}{since}: {found.becomes}"


def _new(breach: Breach, subject: str, phase: int, case: Case) -> Finding:
    use = breach.use
    text = f"{_told(breach, phase_label(phase, case.alternative.phases[phase]))}."
    place = (use.span, subject, use.path, phase, f"Write what {breach.type} takes at {use.span}.")
    if is_by_hand(case, use, phase) or is_left_to_people(case, use, phase):
        text = f"{text[:-1]}, unless {use.span} is changed as the plan asks."
        return Finding("contract.type-left-to-people", "warning", text, *place)
    if breach.misfit.is_sure and use.certainty == "certain":
        return Finding("contract.wrong-type", "error", text, *place)
    return Finding("contract.may-be-wrong-type", "warning", text, *place)
