"""After each phase, does a consumer's code get what it was written for: the name, a value, and the same kind of value?

A consumer that compares or computes with a field that becomes nullable, or hands it on where null is not allowed, is a breach,
unless the place was edited. So is code that reads a name which only new records have, where records are decoded as written.
Where the plan leaves just that place to a person, it is an open question: nobody can say here that the hand did its work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.declared import beside, parent, paths_of
from copilot.checks.elsewhere import is_by_hand, is_left_to_people, where_it_lies
from copilot.checks.guards import only_asks_for_null, own_reads, stands_in
from copilot.checks.lineage import Lineage, phase_label
from copilot.checks.nulls import FORESEEN, Outcome, outcome_of_null, survives_absence
from copilot.checks.parsed_code import Codes
from copilot.checks.reading import reader_schema
from copilot.checks.standing import Standing
from copilot.checks.upcasted import is_led_from
from copilot.domain.alternative import CodeEdit
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import base_kind, branches, is_nullable, parsed, value_kind, without_null
from copilot.domain.operation import ChangeType, MakeOptional, RemoveField
from copilot.domain.pipeline import FieldUse, Link, Mode
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.source import Span
from copilot.ports import Bench, Case

OPEN_RULES = (
    "contract.may-read-absent",
    "contract.always-without",
    "contract.always-default",
    "contract.may-read-too-early",
    "contract.meets-null-elsewhere",
    "contract.null-left-to-people",
    "contract.null-not-followed",
    "contract.kind-left-to-people",
)
READING = ("reads", "keys", "compares", "computes", "passes")
NULL_BREAKS = {"compares": "compares {}", "computes": "computes with {}", "keys": "keys by {}"}
_ASKS_FOR_NULL = re.compile(r"""\s*[\])]*\s*(?:is\s+(?:not\s+)?|[!=]=\s*)None\b""")


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """One consumer of a changed subject after one phase."""

    lineage: Lineage
    phase: int
    case: Case
    bench: Bench
    standings: Mapping[int, Standing]
    link: Link
    codes: Codes

    def findings(self) -> Iterator[Finding]:
        """Yields what the consumer's code gets that it was not written for."""
        base = self.lineage.base
        reader = reader_schema(self.link, self.lineage, self.phase, self.case, self.bench)
        if base is None or reader is None:
            return
        yield from self._too_early()
        has = {field.path: field for field in reader.fields}
        yield from self._defaulted(has)
        had = {field.path: field for field in base.latest.fields}
        new_names = {field.path for field in after.fields} if (after := self.lineage.after[self.phase]) else set()
        kept = self._kept()
        for use in self.reads_now():
            is_kept = (use.span, use.path, use.mode) in kept
            if use.path in has:
                yield from self._retyped(use, has, base.latest)
            if use.path not in has and ((use.path in had and is_kept) or use.path in new_names):
                yield self._absent(use)
            elif use.path in has and use.path in had and is_kept:
                if became_nullable(has[use.path], had[use.path]) and not asks_for_null(use):
                    yield from self._nullable(use)
            elif use.path in has and use.path in had and became_nullable(has[use.path], had[use.path]):
                # Somebody's edit, or a line beside one: it counts where the code as it is now shows that it breaks.
                outcome = self._outcome(use)
                if outcome is not None and outcome.fate == "breaks":
                    yield from self._nullable(use)
            elif any(became_nullable(has[use.path], it) for it in self._replaced(use.path, has, base.latest)):
                yield from self._nullable(use)

    def reads(self) -> list[FieldUse]:
        """Returns the reads of this consumer that came through the phase as they were, outside of tests."""
        kept = self._kept()
        return [use for use in self.reads_now() if (use.span, use.path, use.mode) in kept]

    def reads_now(self) -> list[FieldUse]:
        """Returns the reads of this consumer after the phase, those that the phase edits among them, outside of tests."""
        return self._own(self.standings[self.phase].after)

    def _too_early(self) -> Iterator[Finding]:
        """Reads of names that records from before the phase don't have, where no schema of the reader's own fills them in."""
        schema_of = self.link.decoder.reader_schema if self.link.decoder else "unknown"
        before, after = self.lineage.previous(self.phase), self.lineage.after[self.phase]
        if schema_of not in ("writer", "unknown") or before is None or after is None:
            return
        old = {field.path for field in before.fields}
        new = {field.path for field in after.fields} - old
        earlier = {(use.path, use.mode) for use in self._own(self.standings[self.phase - 1].after)}
        own = self.reads_now()
        falls_back = {use.span for use in own if use.path in old}
        for use in own:
            is_new = use.path in new and (use.path, use.mode) not in earlier
            if is_new and use.form != "get" and use.span not in falls_back and not is_led_from(use, old, self.codes):
                yield self._early(use, schema_of)

    def _defaulted(self, has: Mapping[str, SchemaField]) -> Iterator[Finding]:
        """Reads that the alternative itself gives a stand-in, of a field that is gone: every record has that value from then on."""
        edits = self.case.alternative.phases[self.phase].edits
        given = {
            (it.path, it.offset): it.expression
            for it in edits
            if isinstance(it, CodeEdit) and it.action == "read_default"
        }
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        for use in self.case.base.uses:
            value = given.get((use.span.path, use.offset))
            if value is not None and self._is_own(use) and use.path not in has:
                text = f"{use.job} takes {value} for {use.path} after {label}, also where a record held another value."
                fix = f"See that what {use.span} does with {value} is right for every record."
                yield Finding(
                    "contract.always-default", "warning", text, use.span, self.lineage.name, use.path, self.phase, fix
                )

    def _is_own(self, use: FieldUse) -> bool:
        is_of_it = use.job == self.link.job and use.subject == self.lineage.name
        return is_of_it and use.mode in READING and not use.is_test

    def _kept(self) -> set[tuple[Span, str, Mode]]:
        """Returns what came through the phase in the consumer's code as it was, of whichever subject it was taken for before."""
        kept = self.standings[self.phase].kept
        return {(use.span, use.path, use.mode) for use in kept if use.job == self.link.job}

    def _own(self, uses: Iterable[FieldUse]) -> list[FieldUse]:
        """Returns the reads of this consumer outside of tests."""
        return [use for use in uses if self._is_own(use)]

    def _early(self, use: FieldUse, schema_of: str) -> Finding:
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        text = (
            f"{self.link.job} reads {use.path} after {label} and decodes records as they were written: those from before it don't"
            " have the name."
        )
        place = (use.span, self.lineage.name, use.path, self.phase, "Write both names for a while, and read either.")
        if schema_of == "unknown":
            text = (
                f"{self.link.job} reads {use.path} after {label}; if it decodes records as written, older ones lack it."
            )
        if schema_of == "unknown" or use.certainty != "certain":
            return Finding("contract.may-read-too-early", "warning", text, *place)
        return Finding("contract.reads-too-early", "error", text, *place)

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
            if old == new or self._only_asks(use):
                continue
            text = f"{use.job} uses {use.path}, where it gets another kind of value from now on ({new}, before {old})."
            place = (use.span, self.lineage.name, use.path, self.phase, f"See that {use.span} works with it.")
            is_open = (
                is_by_hand(self.case, use, self.phase) or use.certainty != "certain" or use.mode not in NULL_BREAKS
            )
            rule = "contract.kind-left-to-people" if is_open else "contract.other-kind"
            yield Finding(rule, "warning" if is_open else "error", text, *place)

    def _only_asks(self, use: FieldUse) -> bool:
        code = self.codes.of(use)
        return use.mode == "compares" and code is not None and only_asks_for_null(code, code.read(use))

    def _absent(self, use: FieldUse) -> Finding:
        label = phase_label(self.phase, self.case.alternative.phases[self.phase])
        text = f"{self.link.job} reads {use.path}, which its reader schema does not have after {label}."
        place = (use.span, self.lineage.name, use.path, self.phase)
        if self._does_without(use):
            text = f"{text[:-1]}; its code goes on without it, and from then on does so always."
            return Finding(
                "contract.always-without",
                "warning",
                text,
                *place,
                f"See that what {use.span} does without it is right for every record.",
            )
        if is_left_to_people(self.case, use, self.phase):
            text = f"{text[:-1]}, unless {use.span} is changed in {where_it_lies(self.case, use.span)}."
        elif is_by_hand(self.case, use, self.phase):
            text = f"{text[:-1]}, unless {use.span} is changed by hand, as the plan asks."
        elif use.certainty != "certain":
            text = f"{text[:-1]}; that it is this field is only {use.certainty}."
        else:
            return Finding("contract.reads-absent", "error", text, *place)
        return Finding("contract.may-read-absent", "warning", text, *place)

    def _does_without(self, use: FieldUse) -> bool:
        """Tells whether code survives that a field is gone which the request removes; a renamed one would lose its values."""
        asked = [it for it in self.case.request.operations if isinstance(it, RemoveField)]
        base = self.lineage.base.latest if self.lineage.base else None
        code = self.codes.of(use)
        if code is None or not any(use.path in paths_of(it, self.lineage.name, base) for it in asked):
            return False
        return survives_absence(code, code.read(use), use.name)

    def _nullable(self, use: FieldUse) -> Iterator[Finding]:
        outcome = self._outcome(use)
        does = self._hands_on(use) or self._breaks_on(use, outcome)
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
        elif outcome is not None and outcome.fate == "unknown" and not self._hands_on(use):
            text = f"{text[:-1]}; what becomes of null there can't be told."
            yield Finding("contract.null-not-followed", "warning", text, *place)
        else:
            yield Finding("contract.meets-null", "error", text, *place)

    def _breaks_on(self, use: FieldUse, outcome: Outcome | None) -> str:
        """Returns what the code does with a null that it can't be done with; "" where it foresees null, or does nothing with it."""
        if outcome is not None and outcome.what:
            at = f" at {use.span.path}:{outcome.line}" if outcome.line != use.span.first_line else ""
            return f"{outcome.what}{at} where it reads {{}}"
        if outcome is not None and outcome.fate == "foreseen" and use.mode != "keys":
            return ""
        return NULL_BREAKS.get(use.mode) or self._goes_into(use)

    def _outcome(self, use: FieldUse) -> Outcome | None:
        """Returns what becomes of a null in the code that reads it, None where that code can't be looked at."""
        code = self.codes.of(use)
        base, after = self.lineage.base, self.lineage.after[self.phase]
        known = {it.path for it in base.latest.fields} if base else set()
        fresh = beside(use.path, {it.path for it in after.fields} - known if after else set())
        reads = own_reads(code.read(use), fresh) if code else []
        if code is None or not reads:
            return None
        is_stand_in = all(stands_in(code, it, fresh) for it in reads)
        return FORESEEN if is_stand_in else outcome_of_null(code, reads)

    def _goes_into(self, use: FieldUse) -> str:
        """Returns that code takes the value apart, where it is a list, a map or a record; "" where it may as well only look."""
        after = self.lineage.after[self.phase]
        field = next((it for it in after.fields if it.path == use.path), None) if after else None
        kinds = {base_kind(branch) for branch in branches(without_null(parsed(field.type)))} if field else set()
        is_value = use.form in ("subscript", "get", "attribute")
        return "goes into {}" if is_value and use.mode == "reads" and kinds & {"array", "map", "record"} else ""

    def _hands_on(self, use: FieldUse) -> str:
        """Returns how the value goes into a field of another subject that can't be null; "" where it doesn't."""
        if use.mode != "passes":
            return ""
        known = {subject.name: subject for subject in self.case.states[self.phase].subjects}
        for other in self.standings[self.phase].after:
            same_place = (other.job, other.span) == (use.job, use.span) and other.subject != use.subject
            subject = known.get(other.subject)
            if not same_place or other.mode not in ("passes", "writes") or subject is None:
                continue
            field = next((it for it in subject.latest.fields if it.path == other.path), None)
            if field and not is_nullable(parsed(field.type)):
                return f"hands {{}} on as {other.path} of {other.subject}, where null is not allowed"
        return ""


def became_nullable(after: SchemaField, before: SchemaField) -> bool:
    return is_nullable(parsed(after.type)) and not is_nullable(parsed(before.type))


def asks_for_null(use: FieldUse) -> bool:
    """Tells whether a comparison is the very question whether there is a value: `rec["a"] is not None`."""
    after = use.excerpt.rpartition(use.name)[2].lstrip("'\"")
    return use.mode == "compares" and _ASKS_FOR_NULL.match(after) is not None
