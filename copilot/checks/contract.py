"""After each phase: does every producer set what the schema demands, and does every consumer read only what its schema has?

Only what the alternative makes worse fails; what was so in the base is a warning that says so. A producer whose record
construction can't be seen is unknown where the schema demands something new of it, and so is what jobs of which nothing says
whether they write or read the subject do with what it demands or no longer has. What consumers get is asked in `consumers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.constructed import OPEN_RULES as OPEN_OBJECT_RULES
from copilot.checks.constructed import Constructions
from copilot.checks.consumers import OPEN_RULES, ConsumerView
from copilot.checks.declared import parent
from copilot.checks.elsewhere import is_asked_of, is_by_hand, was_asked_before
from copilot.checks.evidence import make_evidence
from copilot.checks.lineage import Lineage, lineages, phase_label, required_in
from copilot.checks.literals import OPEN_RULES as OPEN_LITERAL_RULES
from copilot.checks.literals import literal_findings
from copilot.checks.misnamed import misnamed
from copilot.checks.newsymbols import OPEN_RULES as OPEN_SYMBOL_RULES
from copilot.checks.newsymbols import symbol_findings, too_late
from copilot.checks.parsed_code import Codes
from copilot.checks.reading import BASE
from copilot.checks.standing import Standing, is_brought, is_retired, standing_uses
from copilot.checks.successors import MAY_NOT_BE, Succession, not_handed_on, successions
from copilot.checks.unlinked import READER_UNLINKED, WRITER_UNLINKED, contract_unlinked
from copilot.checks.written import OPEN_RULES as OPEN_TYPE_RULES
from copilot.checks.written import Written, type_findings
from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.domain.fieldtype import is_another_kind
from copilot.domain.pipeline import FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Bench, Case

PATHS_SHOWN = 5
_OPEN_RULES = (
    "contract.value-of-old-kind",
    "contract.construction-unseen",
    "contract.may-not-be-set",
    MAY_NOT_BE,
    READER_UNLINKED,
    WRITER_UNLINKED,
    *OPEN_RULES,
    *OPEN_TYPE_RULES,
    *OPEN_SYMBOL_RULES,
    *OPEN_LITERAL_RULES,
    *OPEN_OBJECT_RULES,
)


class ContractCheck:
    """Producers against demands, consumers against what is there, before and after."""

    name = "contract"
    version = 14

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        codes = {phase: Codes(case, bench, phase) for phase in range(BASE, len(case.states))}
        standings = {phase: standing_uses(case, phase) for phase in range(BASE, len(case.states) if changed else 0)}
        views = [
            _View(lineage, phase, case, bench, standings, codes)
            for phase in range(len(case.states))
            for lineage in changed
        ]
        findings = [*(finding for view in views for finding in view.findings()), *misnamed(case, changed)]
        findings += contract_unlinked(case, bench, changed)
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(any(view.has_jobs for view in views) or bool(findings), findings),
            measures=_measures(views),
            findings=findings,
        )


def _verdict(is_applicable: bool, findings: Iterable[Finding]) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if any(finding.rule in _OPEN_RULES for finding in findings) else "pass"


def _measures(views: list[_View]) -> tuple[Measure, ...]:
    producers = {link.job for view in views for link in view.links("produces")}
    consumers = {link.job for view in views for link in view.links("consumes")}
    demanded = {(view.lineage.name, path) for view in views for path in view.required}
    written = {(view.lineage.name, use.path) for view in views for use in view.standing.after if view.writes(use)}
    return (
        Measure("producers", len(producers), "jobs"),
        Measure("consumers", len(consumers), "jobs"),
        Measure("fields_required", len(demanded), "fields"),
        Measure("required_seen_written", len(demanded & written), "fields"),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """One changed subject after one phase."""

    lineage: Lineage
    phase: int
    case: Case
    bench: Bench
    standings: Mapping[int, Standing]
    codes: Mapping[int, Codes]

    @property
    def standing(self) -> Standing:
        return self.standings[self.phase]

    @property
    def after(self) -> SchemaVersion | None:
        return self.lineage.after[self.phase]

    @property
    def required(self) -> frozenset[str]:
        return required_in(self.after)

    @property
    def has_jobs(self) -> bool:
        """Tells whether any job is known that writes or reads the subject; where none is, there is no contract to hold."""
        return bool(self.links("produces") or self.links("consumes"))

    def links(self, direction: str) -> tuple[Link, ...]:
        """Returns the producers or consumers, one link a job, that are more than possible."""
        state: PipelineMap = self.case.states[self.phase]
        known = [*self.case.base.links, *state.links]
        found = {
            link.job: link
            for link in known
            if link.subject == self.lineage.name and link.direction == direction
            if link.certainty != "possible" and not link.forwards
            if not is_retired(self.case, link.job, self.phase) and not is_brought(self.case, link.job)
        }
        return tuple(found[job] for job in sorted(found))

    def writes(self, use: FieldUse) -> bool:
        """Tells whether a use sets a field of this subject in production code."""
        return use.is_write and use.subject == self.lineage.name and not use.is_test

    def findings(self) -> Iterator[Finding]:
        made = Constructions(self.lineage, self.phase, self.case, self.bench, self.standings, self.codes)
        for link in self.links("produces"):
            yield from self._of_producer(link)
            yield from made.of_producer(link)
            yield from literal_findings(self.lineage, self.phase, link, self.case)
        yield from self._never_filled()
        yield from too_late(self.lineage, self.phase, self.case)
        for link in self.links("consumes"):
            view = ConsumerView(
                self.lineage, self.phase, self.case, self.bench, self.standings, link, self.codes[self.phase]
            )
            yield from view.findings()
            yield from made.of_consumer(link)
            yield from symbol_findings(view)

    def _of_producer(self, link: Link) -> Iterator[Finding]:
        before = [use for use in self.case.base.uses if use.job == link.job and self.writes(use)]
        after = [use for use in self.standing.after if use.job == link.job and self.writes(use)]
        if self.after is None:
            return
        now = {use.path for use in after}
        # A name that is only possibly this record's shows nothing of how the record is built.
        visible = {parent(use.path) for use in (*before, *after) if use.certainty != "possible"}
        required_before = required_in(self.lineage.base.latest if self.lineage.base else None)
        old: list[str] = []
        for path in sorted(self.required - now):
            is_new = path not in required_before or any(use.path == path for use in before)
            if not is_new:
                old += [path] if parent(path) in visible else []
            elif parent(path) in visible:
                yield self._unset(link, path)
            elif self._is_built_here(path, visible):
                yield self._unseen(link, path)
        if old and self.phase == 0:
            yield self._unset_before(link, old)
        for taken in successions(self.lineage, self.phase, self.case):
            if not set(taken.new) & (self.required | now):
                yield from self._of_succession(taken, link, before, visible)
        yield from self._of_types(link, before, after)

    def _of_succession(
        self, taken: Succession, link: Link, before: list[FieldUse], visible: set[str]
    ) -> Iterator[Finding]:
        demanded = required_in(self.lineage.base.latest if self.lineage.base else None)
        if parent(taken.old) in visible:
            is_open = self._has_blind_spots(link.job)
            yield from not_handed_on(taken, link, before, self.lineage, self.phase, self.case, is_open=is_open)
        elif taken.old in demanded and self._is_built_here(taken.old, visible):
            yield self._unseen(link, taken.new[0])

    def _of_types(self, link: Link, before: list[FieldUse], after: list[FieldUse]) -> Iterator[Finding]:
        base, schema = self.case.base, self.lineage.base.latest if self.lineage.base else None
        was = Written(_told_apart(before), schema, link, base, base.uses, self.codes[BASE])
        state = self.case.states[self.phase]
        now = Written(_told_apart(after), self.after, link, state, self.standing.after, self.codes[self.phase])
        yield from type_findings(was, now, self.lineage.name, self.phase, self.case)
        # Where the kind of a value can be told, it fits or was told above.
        open_sets = [use for use in after if (found := now.kind_at(use)).is_open or not found.kinds]
        told = {use.path for use in after} - {use.path for use in open_sets}
        yield from self._of_old_kind(link, open_sets, told)

    def _of_old_kind(self, link: Link, sets: list[FieldUse], told: set[str]) -> Iterator[Finding]:
        """Yields the fields that need a value of another kind since this phase, where the producer may set them as it did."""
        previous = self.lineage.previous(self.phase)
        if previous is None or self.after is None:
            return
        old = {field.path: field.type for field in previous.fields}
        kept = {(use.span, use.path) for use in self.standing.kept}
        for field in self.after.fields:
            if field.path not in old or field.path in told or not is_another_kind(old[field.path], field.type):
                continue
            ours = [use for use in sets if use.path == field.path]
            if not ours or any((use.span, use.path) in kept for use in ours):
                label = phase_label(self.phase, self.case.alternative.phases[self.phase])
                what = "is not seen to set" if not ours else "sets as before"
                text = f"{link.job} {what} {field.path}, which needs a value of another kind after {label}."
                span = ours[0].span if ours else link.proof[0] if link.proof else None
                fix = f"Look at what {link.job} puts there, and convert it."
                yield Finding(
                    "contract.value-of-old-kind", "warning", text, span, self.lineage.name, field.path, self.phase, fix
                )

    def _never_filled(self) -> Iterator[Finding]:
        """Yields the optional fields that code reads only since the change, and that no producer sets: it always gets the default.

        Nothing is said where the record's construction can't be seen, or where an earlier name of the field is still set.
        """
        if self.after is None:
            return
        sets = [use for use in self.standing.after if self.writes(use)]
        visible = {parent(use.path) for use in sets if use.certainty != "possible"}
        filled = {use.path for use in sets}
        reads = {use.path: use for use in self.standing.after if self._reads(use)}
        known = {use.path for use in self.case.base.uses if self._reads(use)}
        for field in self.after.fields:
            names = {field.path, *(f"{field.path.rpartition('.')[0]}.{alias}".lstrip(".") for alias in field.aliases)}
            is_new = field.path in reads and field.path not in known and not field.is_required
            if is_new and parent(field.path) in visible and not names & filled:
                yield from self._unfilled(reads[field.path])

    def _reads(self, use: FieldUse) -> bool:
        """Tells whether a use takes a field of this subject out of a record, in production code."""
        is_reading = use.mode in ("reads", "keys", "compares", "computes") and not use.is_declaration
        is_reading = is_reading or (use.mode == "passes" and not self.writes(use))
        return is_reading and use.subject == self.lineage.name and not use.is_test and use.certainty != "possible"

    def _unfilled(self, read: FieldUse) -> Iterator[Finding]:
        producers = [link.job for link in self.links("produces")]
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        text = f"{read.job} reads {read.path} after {label}, and no producer sets it: every record has its default."
        place = (read.span, self.lineage.name, read.path, self.phase)
        written = [use for use in self.case.base.uses if self.writes(use)]
        is_asked = any(is_by_hand(self.case, use, self.phase) for use in written)
        is_asked = is_asked or any(is_asked_of(self.case, job, self.phase) for job in producers)
        if not producers or is_asked or any(self._has_blind_spots(job) for job in producers):
            yield Finding("contract.may-not-be-set", "warning", f"{text[:-1]}, as far as can be seen here.", *place)
        else:
            fix = f"Set {read.path} where {producers[0]} builds the record, before anybody reads it."
            yield Finding("contract.never-set", "error", text, *place, fix)

    def _is_built_here(self, path: str, visible: set[str]) -> bool:
        """A record inside an optional one need not be built at all; the outermost one must."""
        return parent(path) == "" or parent(parent(path)) in visible or not visible

    def _unset(self, link: Link, path: str) -> Finding:
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        text = f"{link.job} does not set {path}, which the schema demands after {label}."
        span = link.proof[0] if link.proof else None
        place = (span, self.lineage.name, path, self.phase)
        if is_asked_of(self.case, link.job, self.phase):
            text = f"{text[:-1]}, unless it is changed in its own repository."
            return Finding("contract.may-not-be-set", "warning", text, *place)
        if was_asked_before(self.case, link.job, self.phase):
            text = f"{text[:-1]}, unless a person has done so since an earlier phase, whose gate waits for it."
            return Finding("contract.may-not-be-set", "warning", text, *place)
        if self._has_blind_spots(link.job):
            text = f"{text[:-1]} as far as can be seen; it also sets fields by names that reading can't see."
            return Finding("contract.may-not-be-set", "warning", text, *place)
        fix = f"Set {path} where {link.job} builds the record, or give the field a default."
        return Finding("contract.not-set", "error", text, *place, fix)

    def _unset_before(self, link: Link, paths: list[str]) -> Finding:
        left = len(paths) - PATHS_SHOWN
        shown = ", ".join(paths[:PATHS_SHOWN]) + (f" and {left} more" if left > 0 else "")
        text = f"{link.job} is not seen to set {shown}, which the schema demands. It was so before this change."
        span = link.proof[0] if link.proof else None
        return Finding("contract.not-set-before", "warning", text, span, self.lineage.name, phase=self.phase)

    def _unseen(self, link: Link, path: str) -> Finding:
        text = f"Where {link.job} builds its records could not be seen, so whether it sets {path} is not known."
        span = link.proof[0] if link.proof else None
        return Finding("contract.construction-unseen", "warning", text, span, self.lineage.name, path, self.phase)

    def _has_blind_spots(self, job: str) -> bool:
        spots = (spot for spot in self.case.states[self.phase].blind_spots if spot.job == job and not spot.is_whole)
        return any(not spot.subjects or self.lineage.name in spot.subjects for spot in spots)


def _told_apart(uses: list[FieldUse]) -> tuple[FieldUse, ...]:
    """Returns the uses without those whose name may as well be something else's."""
    return tuple(use for use in uses if use.certainty != "possible")
