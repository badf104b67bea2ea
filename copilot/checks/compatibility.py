"""Do the schemas after each phase keep the compatibility level that their subjects must keep?

The level's words are the registry's: BACKWARD, the new schema reads data of the one before; FORWARD, the one before reads
data of the new; FULL, both; with _TRANSITIVE, against every version in history. The level decides the verdict; a failure that
it does not ask about is a warning that names the version. What stood between two versions before the change already is a
warning too. Consumers outside are asked by their own reader schemas (`outside`). Rules only: whether real decoders read real
bytes to the same values is for `replay`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from copilot.checks.evidence import make_evidence
from copilot.checks.levels import VIOLATED, level_findings
from copilot.checks.lineage import Lineage, Pair, demanded, lineages, pairs, phase_label
from copilot.checks.magnitude import UNKNOWN as MAGNITUDE_UNKNOWN
from copilot.checks.magnitude import magnitude_findings
from copilot.checks.meanings import wider_meanings
from copilot.checks.outside import OPEN_RULES, Judge, outside_findings
from copilot.checks.protected import turned_in_place
from copilot.checks.steady import steady_findings
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.fieldtype import branches, fits, parsed
from copilot.domain.operation import ChangeLevel
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import Bench, Case, SchemaFormat


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one lineage."""

    findings: tuple[Finding, ...] = ()
    versions: int = 0
    pairs: int = 0
    failed: int = 0
    failed_beyond_level: int = 0
    meaning_changes: int = 0
    meanings_turned: int = 0
    refusing: frozenset[str] = frozenset()


class CompatibilityCheck:
    """Each changed subject against its history, by its level."""

    name = "compatibility"
    version = 7

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        judged = [_judge(lineage, case, bench) for lineage in changed]
        levels = tuple(level_findings(case, bench))
        sizes = tuple(magnitude_findings(case, bench))
        open_sizes = len({(it.subject, it.path) for it in sizes if it.rule == MAGNITUDE_UNKNOWN})
        findings = [*(finding for it in judged for finding in it.findings), *levels, *sizes]
        findings += steady_findings(changed, case)
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(bool(changed or _is_about_levels(case)), findings),
            measures=(
                Measure("subjects_changed", len(changed), "subjects"),
                Measure("versions_checked", sum(it.versions for it in judged), "versions"),
                Measure("pairs_checked", sum(it.pairs for it in judged), "pairs"),
                Measure("pairs_failed", sum(it.failed for it in judged), "pairs"),
                Measure("pairs_failed_beyond_level", sum(it.failed_beyond_level for it in judged), "pairs"),
                Measure("meaning_changes", sum(it.meaning_changes for it in judged), "changes"),
                Measure(
                    "meanings_turned",
                    sum(it.meanings_turned for it in judged) + turned_in_place(case) + open_sizes,
                    "changes",
                ),
                Measure("levels_violated", sum(it.rule == VIOLATED for it in levels), "pairs"),
                Measure("readers_refusing", len({name for it in judged for name in it.refusing}), "implementations"),
            ),
            findings=findings,
            inputs=[(f"level.{lineage.name}", lineage.subject.compatibility) for lineage in changed],
        )


def _is_about_levels(case: Case) -> bool:
    return bool(case.patches) and any(isinstance(it, ChangeLevel) for it in case.request.operations)


def _verdict(is_applicable: bool, findings: Iterable[Finding]) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    rules = {finding.rule for finding in findings}
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if rules & {"compatibility.format-unknown", MAGNITUDE_UNKNOWN, *OPEN_RULES} else "pass"


def _judge(lineage: Lineage, case: Case, bench: Bench) -> Judged:
    schema_format = bench.formats.get(lineage.subject.format)
    if schema_format is None:
        text = f'No rules are known for the format "{lineage.subject.format}" of {lineage.name}.'
        return Judged((Finding("compatibility.format-unknown", "warning", text, subject=lineage.name),))
    findings = [*_assumed(lineage), *_appearances(lineage, case), *_misplaced_defaults(lineage, case)]
    judge, changes = _cached(schema_format.incompatibilities), _cached(schema_format.meaning_changes)
    met = pairs(lineage, case.alternative.phases)
    failed = failed_beyond = 0
    for pair in met:
        reasons = judge(pair.reader, pair.writer)
        is_demanded = (pair.direction, pair.age) in demanded(lineage.subject.compatibility)
        before = _reasons_before(lineage, pair, judge)
        told = [_told(it, pair, lineage, is_demanded, (it.rule, it.path) in before) for it in reasons]
        findings += told
        is_failed = any(finding.severity == "error" for finding in told)
        failed += is_failed
        failed_beyond += bool(told) and not is_failed
    meanings = [finding for number in range(len(lineage.after)) for finding in _meanings(lineage, number, changes)]
    meanings += wider_meanings(lineage, case)
    versions = {version.meaning for pair in met for version in (pair.reader, pair.writer)}
    told_meanings = sum(1 for finding in meanings if finding.severity != "note")
    findings += outside_findings(lineage, case, schema_format, judge)
    turned = _turned(lineage, changes)
    refusing = frozenset(name for pair in met for name in _refusing(pair, schema_format))
    return Judged(
        (*findings, *meanings), len(versions), len(met), failed, failed_beyond, told_meanings, turned, refusing
    )


def _refusing(pair: Pair, schema_format: SchemaFormat) -> tuple[str, ...]:
    """Returns the implementations that don't read what the rules let through, where a new reader meets the data just before it."""
    if pair.direction != "backward" or pair.age != "previous":
        return ()
    verdict = schema_format.judge(pair.reader.resolved, pair.writer.resolved)
    return tuple(it.decoder for it in verdict.decoders if verdict.compatible and it.reads in ("no", "wrong-value"))


def _turned(lineage: Lineage, changes: Judge) -> int:
    """Counts the fields that keep their name, and whose values the last state takes for something else: a unit, a scale."""
    last = lineage.after[-1]
    if lineage.base is None or last is None:
        return 0
    found = changes(lineage.base.latest, last)
    # What becomes of a removed symbol is seen in real bytes, by `replay`.
    return len({it.path for it in found if it.severity == "error" and it.rule != "avro.enum-collapse"})


def _told(reason: Finding, pair: Pair, lineage: Lineage, is_demanded: bool, was_before: bool) -> Finding:
    level = lineage.subject.compatibility
    told = f"{pair.reader_label} can't read data of {pair.writer_label}: {reason.message}"
    if was_before:
        told += " It was so before this change."
    elif not is_demanded:
        told += f" {level} does not ask for it."
    severity: Severity = "error" if is_demanded and not was_before else "warning"
    message = told[0].upper() + told[1:]
    return replace(reason, severity=severity, message=message, subject=lineage.name, phase=pair.phase)


def _reasons_before(lineage: Lineage, pair: Pair, judge: Judge) -> frozenset[tuple[str, str]]:
    """What kept the base's own schema and that version apart already; empty for the pair of the base itself."""
    if lineage.base is None or pair.age == "previous":
        return frozenset()
    latest = lineage.base.latest
    earlier = pair.writer if pair.direction == "backward" else pair.reader
    if earlier not in lineage.history:
        return frozenset()
    if pair.direction == "backward":
        reasons = judge(latest, pair.writer) if pair.writer.meaning != latest.meaning else ()
    else:
        reasons = judge(pair.reader, latest) if pair.reader.meaning != latest.meaning else ()
    return frozenset((reason.rule, reason.path) for reason in reasons)


def _meanings(lineage: Lineage, phase: int, changes: Judge) -> list[Finding]:
    before, after = lineage.previous(phase), lineage.after[phase]
    if before is None or after is None or before.meaning == after.meaning:
        return []
    found = changes(before, after)
    return [
        replace(it, severity="warning" if it.severity == "error" else it.severity, subject=lineage.name, phase=phase)
        for it in found
    ]


def _misplaced_defaults(lineage: Lineage, case: Case) -> Iterator[Finding]:
    """Yields the defaults that the change brings and that are not of their union's first branch.

    Source: Avro specification 1.11.1, "Complex Types", "Records": the default of a union is of its first branch. Avro for Java and
    the registry refuse the schema, or can't fill the default in, depending on their version.
    """
    known = {(field.record, field.name) for field in _misplaced(lineage.base.latest if lineage.base else None)}
    for phase, after in enumerate(lineage.after):
        for field in _misplaced(after):
            if (field.record, field.name) not in known and lineage.changes_in(phase):
                label = phase_label(phase, case.alternative.phases[phase])
                text = f'The default of "{field.path}" after {label} is not of the first branch of its union.'
                fix = "Put the branch of the default first."
                rule = "compatibility.default-not-first"
                yield Finding(rule, "error", text, field.span, lineage.name, field.path, phase, fix)


def _misplaced(version: SchemaVersion | None) -> list[SchemaField]:
    fields = [it for it in (version.fields if version else ()) if it.default is not None and it.type.startswith("[")]
    # Nearly all of them are of null, which needs no parsing to be seen.
    fields = [it for it in fields if not (it.default == "null" and it.type.startswith('["null",'))]
    return [it for it in fields if not _is_of(parsed(it.default or "null"), branches(parsed(it.type))[0])]


def _is_of(default: Any, branch: Any) -> bool:
    """Tells whether a default is of a branch; a reference to a type can't be seen through, and is not null all the same."""
    return branch == "null" if default is None else fits(default, branch)


def _assumed(lineage: Lineage) -> list[Finding]:
    if lineage.subject.level_source != "assumed":
        return []
    text = f'No compatibility level is set for "{lineage.name}": {lineage.subject.compatibility} is assumed.'
    fix = f'Set it in copilot.toml: [compatibility] "{lineage.name}" = "{lineage.subject.compatibility}".'
    return [Finding("compatibility.level-assumed", "note", text, subject=lineage.name, fix=fix)]


def _appearances(lineage: Lineage, case: Case) -> list[Finding]:
    """Subjects that are new or gone."""
    if lineage.base is None:
        text = f'"{lineage.name}" is a new schema; no earlier data has it.'
        return [Finding("compatibility.new-subject", "note", text, lineage.subject.latest.source.span, lineage.name)]
    for number, after in enumerate(lineage.after):
        if after is None:
            return [_gone(lineage, number, case)]
    return []


def _gone(lineage: Lineage, phase: int, case: Case) -> Finding:
    source = lineage.subject.latest.source
    label = phase_label(phase, case.alternative.phases[phase])
    gap = next((gap for gap in case.states[phase].gaps if gap.span.path == source.path), None)
    if gap:
        text = f'"{lineage.name}" can\'t be read after {label}: {gap.reason}.'
        return Finding("compatibility.unreadable-after", "error", text, gap.span, lineage.name, phase=phase)
    is_used = any(link.subject == lineage.name for link in case.base.links)
    users = "jobs of this repository use it" if is_used else "no job of this repository is known to use it"
    text = f'"{lineage.name}" is gone after {label}; {users}.'
    severity: Severity = "error" if is_used else "warning"
    return Finding("compatibility.subject-gone", severity, text, source.span, lineage.name, phase=phase)


def _cached(asked: Judge) -> Judge:
    """Asks once about each two versions, by what they mean."""
    known: dict[tuple[str, str], tuple[Finding, ...]] = {}

    def judge(one: SchemaVersion, other: SchemaVersion) -> tuple[Finding, ...]:
        key = (one.meaning, other.meaning)
        if key not in known:
            known[key] = asked(one, other)
        return known[key]

    return judge
