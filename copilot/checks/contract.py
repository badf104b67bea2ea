"""After each phase: does every producer set what the schema demands, and does every consumer read only what its schema has?

Only what the alternative makes worse fails; what was so in the base is a warning that says so. A producer whose record
construction can't be seen is unknown where the schema demands something new of it. A consumer that compares or computes with a
field that becomes nullable, or hands it on where null is not allowed, is a breach too, unless the place was edited. Where the
plan leaves just that place to a person, it is an open question: nobody can say here that the hand did its work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.declared import parent, paths_of
from copilot.checks.elsewhere import is_asked_of, is_by_hand, is_left_to_people, where_it_lies
from copilot.checks.evidence import make_evidence
from copilot.checks.lineage import Lineage, lineages, phase_label
from copilot.checks.reading import reader_schema
from copilot.checks.standing import Standing, standing_uses
from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.domain.fieldtype import is_nullable, parsed, value_kind
from copilot.domain.operation import ChangeType, MakeOptional
from copilot.domain.pipeline import FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import Bench, Case

PATHS_SHOWN = 5
_READING = ("reads", "keys", "compares", "computes", "passes")
_OPEN_RULES = (
    "contract.construction-unseen",
    "contract.may-not-be-set",
    "contract.may-read-absent",
    "contract.meets-null-elsewhere",
    "contract.null-left-to-people",
    "contract.kind-left-to-people",
)
_ASKS_FOR_NULL = re.compile(r"""\s*[\])]*\s*(?:is\s+(?:not\s+)?|[!=]=\s*)None\b""")


_NULL_BREAKS = {"compares": "compares {}", "computes": "computes with {}", "keys": "keys by {}"}


class ContractCheck:
    """Producers against demands, consumers against what is there, before and after."""

    name = "contract"
    version = 2

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        views = [
            _View(lineage, phase, case, bench, standing_uses(case, phase))
            for phase in range(len(case.states))
            for lineage in changed
        ]
        findings = [finding for view in views for finding in view.findings()]
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(bool(views), findings),
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
    standing: Standing

    @property
    def after(self) -> SchemaVersion | None:
        return self.lineage.after[self.phase]

    @property
    def required(self) -> frozenset[str]:
        return _required(self.after)

    def links(self, direction: str) -> tuple[Link, ...]:
        """Returns the producers or consumers, one link a job, that are more than possible."""
        state: PipelineMap = self.case.states[self.phase]
        known = [*self.case.base.links, *state.links]
        found = {
            link.job: link
            for link in known
            if link.subject == self.lineage.name and link.direction == direction
            if link.certainty != "possible" and not link.forwards
        }
        return tuple(found[job] for job in sorted(found))

    def writes(self, use: FieldUse) -> bool:
        """Tells whether a use sets a field of this subject in production code."""
        sets = use.mode == "writes" or (use.mode == "passes" and use.form in ("literal", "keyword"))
        return sets and use.subject == self.lineage.name and not use.is_test

    def findings(self) -> Iterator[Finding]:
        for link in self.links("produces"):
            yield from self._of_producer(link)
        for link in self.links("consumes"):
            yield from self._of_consumer(link)

    def _of_producer(self, link: Link) -> Iterator[Finding]:
        before = [use for use in self.case.base.uses if use.job == link.job and self.writes(use)]
        after = [use for use in self.standing.after if use.job == link.job and self.writes(use)]
        if self.after is None:
            return
        now = {use.path for use in after}
        # A name that is only possibly this record's shows nothing of how the record is built.
        visible = {parent(use.path) for use in (*before, *after) if use.certainty != "possible"}
        required_before = _required(self.lineage.base.latest if self.lineage.base else None)
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
        spots = (spot for spot in self.case.states[self.phase].blind_spots if spot.job == job)
        return any(not spot.subjects or self.lineage.name in spot.subjects for spot in spots)

    def _of_consumer(self, link: Link) -> Iterator[Finding]:
        base = self.lineage.base
        reader = reader_schema(link, self.lineage, self.phase, self.case, self.bench)
        if base is None or reader is None:
            return
        has = {field.path: field for field in reader.fields}
        had = {field.path: field for field in base.latest.fields}
        new_names = {field.path for field in self.after.fields} if self.after else set()
        kept = {(use.span, use.path, use.mode) for use in self.standing.kept}
        for use in self.standing.after:
            if use.job != link.job or use.subject != self.lineage.name or use.is_test or use.mode not in _READING:
                continue
            is_kept = (use.span, use.path, use.mode) in kept
            if use.path in has:
                yield from self._retyped(use, has, base.latest)
            if use.path not in has and ((use.path in had and is_kept) or use.path in new_names):
                yield self._absent(link, use)
            elif use.path in has and use.path in had and is_kept:
                if _became_nullable(has[use.path], had[use.path]) and not _asks_for_null(use):
                    yield from self._nullable(use)
            elif any(_became_nullable(has[use.path], it) for it in self._replaced(use.path, has, base.latest)):
                yield from self._nullable(use)

    def _replaced(self, path: str, has: Mapping[str, SchemaField], base: SchemaVersion) -> list[SchemaField]:
        """Returns the fields that the request makes optional, and in whose place a new one at `path` may stand."""
        if path not in has or any(field.path == path for field in base.fields):
            return []
        asked = [it for it in self.case.request.operations if isinstance(it, MakeOptional)]
        paths = {found for it in asked for found in paths_of(it, self.lineage.name, base)}
        return [field for field in base.fields if field.path in paths and parent(field.path) == parent(path)]

    def _retyped(self, use: FieldUse, has: Mapping[str, SchemaField], base: SchemaVersion) -> Iterator[Finding]:
        """A read that gets another kind of value than its code was written for: a text where it computes with a number."""
        asked = [it for it in self.case.request.operations if isinstance(it, ChangeType)]
        paths = {found for it in asked for found in paths_of(it, self.lineage.name, base)}
        before = [it for it in base.fields if it.path in paths and parent(it.path) == parent(use.path)]
        own = [it for it in before if it.path == use.path] or (
            [] if any(it.path == use.path for it in base.fields) else before
        )
        for field in own:
            old, new = value_kind(parsed(field.type)), value_kind(parsed(has[use.path].type))
            if old == new:
                continue
            text = f"{use.job} uses {use.path}, where it gets another kind of value from now on ({new}, before {old})."
            place = (use.span, self.lineage.name, use.path, self.phase, f"See that {use.span} works with it.")
            is_open = (
                is_by_hand(self.case, use, self.phase) or use.certainty != "certain" or use.mode not in _NULL_BREAKS
            )
            rule = "contract.kind-left-to-people" if is_open else "contract.other-kind"
            yield Finding(rule, "warning" if is_open else "error", text, *place)

    def _absent(self, link: Link, use: FieldUse) -> Finding:
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        text = f"{link.job} reads {use.path}, which its reader schema does not have after {label}."
        if is_left_to_people(self.case, use, self.phase):
            text = f"{text[:-1]}, unless {use.span} is changed in {where_it_lies(self.case, use.span)}."
            return Finding(
                "contract.may-read-absent", "warning", text, use.span, self.lineage.name, use.path, self.phase
            )
        if is_by_hand(self.case, use, self.phase):
            text = f"{text[:-1]}, unless {use.span} is changed by hand, as the plan asks."
            return Finding(
                "contract.may-read-absent", "warning", text, use.span, self.lineage.name, use.path, self.phase
            )
        if use.certainty != "certain":
            text = f"{text[:-1]}; that it is this field is only {use.certainty}."
            return Finding(
                "contract.may-read-absent", "warning", text, use.span, self.lineage.name, use.path, self.phase
            )
        return Finding("contract.reads-absent", "error", text, use.span, self.lineage.name, use.path, self.phase)

    def _nullable(self, use: FieldUse) -> Iterator[Finding]:
        does = _NULL_BREAKS.get(use.mode) or self._hands_on(use)
        if not does:
            return
        text = f"{use.job} {does.format(use.path)}, which may be null from now on."
        fix = f"Handle null at {use.span}."
        place = (use.span, self.lineage.name, use.path, self.phase, fix)
        if is_left_to_people(self.case, use, self.phase):
            yield Finding("contract.meets-null-elsewhere", "warning", text, *place)
        elif is_by_hand(self.case, use, self.phase):
            text = f"{text[:-1]}; the plan leaves {use.span} to a person."
            yield Finding("contract.null-left-to-people", "warning", text, *place)
        elif use.certainty != "certain":
            yield Finding("contract.may-meet-null", "warning", text, *place)
        else:
            yield Finding("contract.meets-null", "error", text, *place)

    def _hands_on(self, use: FieldUse) -> str:
        """Returns how the value goes into a field of another subject that can't be null; "" where it doesn't."""
        if use.mode != "passes":
            return ""
        known = {subject.name: subject for subject in self.case.states[self.phase].subjects}
        for other in self.standing.after:
            same_place = (other.job, other.span) == (use.job, use.span) and other.subject != use.subject
            subject = known.get(other.subject)
            if not same_place or other.mode not in ("passes", "writes") or subject is None:
                continue
            field = next((it for it in subject.latest.fields if it.path == other.path), None)
            if field and not is_nullable(parsed(field.type)):
                return f"hands {{}} on as {other.path} of {other.subject}, where null is not allowed"
        return ""


def _became_nullable(after: SchemaField, before: SchemaField) -> bool:
    return is_nullable(parsed(after.type)) and not is_nullable(parsed(before.type))


def _asks_for_null(use: FieldUse) -> bool:
    """Tells whether a comparison is the very question whether there is a value: `rec["a"] is not None`."""
    after = use.excerpt.rpartition(use.name)[2].lstrip("'\"")
    return use.mode == "compares" and _ASKS_FOR_NULL.match(after) is not None


def _required(version: SchemaVersion | None) -> frozenset[str]:
    return frozenset(field.path for field in version.fields if field.is_required) if version else frozenset()
