"""Who uses what changes, and is any use left behind?

Fails where a certain use outside tests still stands in a state whose schema no longer has the field. Unknown where only likely
or possible uses are left, where the use lies in another repository whose people are asked in time to change it, or where, while the
field goes away or changes its type, a concerned job uses fields by names that reading can't see, jobs may be concerned whose
schemas were not found, or a file that can't be parsed names the field. It also counts how far
the alternative reaches, for the ranking. Files that `impact` ranks high and the alternative leaves alone are told beside all that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from copilot.checks.declared import at_or_below, paths_of, sibling
from copilot.checks.elsewhere import is_by_hand, is_left_to_people, where_it_lies
from copilot.checks.evidence import make_evidence
from copilot.checks.extent import (
    lines_changed,
    manual_places,
    operations_done,
    operations_reworded,
    touched_jobs,
)
from copilot.checks.keys import KEPT_APART, key_findings
from copilot.checks.left_behind import copies_behind, copies_left, is_left_alone, names_left
from copilot.checks.likely import likely_left
from copilot.checks.lineage import Lineage, lineages, phase_label
from copilot.checks.merges import NAMING, merge_findings
from copilot.checks.newsymbols import first_refused
from copilot.checks.outside_writers import outside_writers
from copilot.checks.positions import position_findings, row_findings
from copilot.checks.protected import KEYED, MAY_NEED, REPEATED, protection_findings
from copilot.checks.rules import UNMEASURED, rule_findings
from copilot.checks.splits import split_findings
from copilot.checks.standing import Standing, standing_uses
from copilot.checks.tagging import UNTAGGED, tag_findings
from copilot.checks.topic_lists import list_findings
from copilot.checks.topics import stopped_at_once, topic_findings
from copilot.checks.unlinked import may_be_linked, named_in_unread_code
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.operation import AddField, AddSymbol, Deprecate, RemoveField, RenameSymbol, TagField, old_names
from copilot.domain.pipeline import BlindSpot, FieldUse, Link
from copilot.domain.source import Gap
from copilot.ports import Bench, Case

_MODE_WORDS = {
    "reads": "reads",
    "writes": "writes",
    "passes": "passes on",
    "keys": "uses as a key",
    "compares": "compares",
    "computes": "computes with",
}
_OPEN_RULES = (
    "usage.likely-use-left",
    "usage.not-shown",
    "usage.use-left-elsewhere",
    "usage.use-left-to-people",
    "usage.blind-spot",
    "usage.may-write",
    "usage.may-read",
    "usage.may-use",
    "usage.writer-elsewhere",
    "usage.by-position",
    "usage.topic-by-hand",
    "usage.topic-unknown",
    UNTAGGED,
    KEPT_APART,
    UNMEASURED,
    NAMING,
    MAY_NEED,
    KEYED,
    REPEATED,
)

_LEFT_RULES = ("usage.use-left", "usage.likely-use-left", "usage.test-use-left")


@dataclass(frozen=True, slots=True)
class Left:
    """A use that stands in a state whose schema no longer has its field."""

    use: FieldUse
    phase: int


class UsageCheck:
    """Every use of what changes, before and after."""

    name = "usage"
    version = 16

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        states = [standing_uses(case, number) for number in range(len(case.states))]
        left = list(_uses_left(case, changed, states))
        concerned = list(_concerned_uses(case))
        findings = [_left_finding(it, case) for it in left]
        if case.patches:
            findings += _surroundings(case, bench, changed)
            findings += named_in_unread_code(case, is_open=bool(_vanishing(changed)))
        findings += _delicate_uses(case, concerned)
        findings += topic_findings(case)
        findings += list_findings(case)
        findings += copies_left(case)
        findings += key_findings(case, bench)
        findings += rule_findings(case, bench)
        findings += protection_findings(case, bench)
        findings += split_findings(case, bench)
        findings += merge_findings(case, bench)
        findings += outside_writers(case, bench, changed)
        findings += tag_findings(case)
        findings += position_findings(case, bench)
        findings += row_findings(case, bench)
        findings += _not_shown(case, changed)
        if case.refused:
            findings.append(
                Finding("usage.no-patch", "note", case.refused.what, case.refused.where, fix=case.refused.next)
            )
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(case, findings),
            measures=(
                *_measures(case, changed, states, left, concerned),
                Measure("unsettled", len([it for it in findings if _is_open(it)]), "places"),
            ),
            findings=findings,
            likely=likely_left(case, {it.span.path for it in findings if it.span and it.rule.startswith(_LEFT_RULES)}),
        )


def _not_shown(case: Case, changed: tuple[Lineage, ...]) -> Iterator[Finding]:
    """A way of the catalogue does what its strategy says; what a model's edits do is only known where it shows."""
    final = {lineage.name: lineage.after[-1] for lineage in changed}
    if case.patches and case.alternative.origin == "claude" and not operations_done(case, final):
        text = "A model suggested this, and nothing that it changes shows that anything of what was asked is done."
        yield Finding("usage.not-shown", "warning", text, fix="Look whether its edits do what was asked.")


def _verdict(case: Case, findings: Iterable[Finding]) -> Verdict:
    if not case.patches:
        return "not-applicable"
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if any(_is_open(it) for it in findings) else "pass"


def _is_open(finding: Finding) -> bool:
    return finding.rule in _OPEN_RULES and finding.severity == "warning"


def _measures(
    case: Case, changed: tuple[Lineage, ...], states: list[Standing], left: list[Left], concerned: list[FieldUse]
) -> tuple[Measure, ...]:
    final = {lineage.name: lineage.after[-1] for lineage in changed}
    places = {_place(use) for use in concerned}
    edited = {_place(use) for state in states for use in state.edited} & places
    blind = {spot for impact in case.impacts for spot in impact.blind_spots if not spot.is_whole}
    gaps = {gap for impact in case.impacts for gap in impact.gaps}
    production_left = {(it.use.job, it.use.path, it.use.span) for it in left if not it.use.is_test}
    return (
        Measure("operations", len(case.request.operations), "operations"),
        Measure("operations_done", operations_done(case, final), "operations"),
        Measure("operations_reworded", operations_reworded(case, final) + len(copies_behind(case)), "operations"),
        Measure("manual_places", manual_places(case.alternative), "places"),
        Measure("consumers", len({link.job for link in _links(case, "consumes")}), "jobs"),
        Measure("producers", len({link.job for link in _links(case, "produces")}), "jobs"),
        Measure("consumers_touched", len(touched_jobs(case, "consumes")), "jobs"),
        Measure("producers_touched", len(touched_jobs(case, "produces")), "jobs"),
        Measure("uses", len(places), "uses"),
        Measure("uses_edited", len(edited), "uses"),
        Measure("uses_left", len(production_left), "uses"),
        Measure("key_uses", len({_place(it) for it in concerned if it.mode == "keys" and not it.is_test}), "uses"),
        Measure("blind_spots", len(blind), "places"),
        Measure("gaps", len(gaps), "places"),
        Measure("open_at_once", _open_at_once(case, changed, left), "questions"),
        Measure("stopped_at_once", stopped_at_once(case), "jobs"),
        Measure("phases", len(case.alternative.phases), "phases"),
        Measure("lines_changed", lines_changed(case), "lines"),
    )


def _open_at_once(case: Case, changed: tuple[Lineage, ...], left: list[Left]) -> int:
    """Counts what is not known where a field goes away, or changes its type, in a phase that no gate stands before.

    What could not be read, readers of other repositories, those that are only possible, and a removal or a new symbol for which no
    reader is known: whether they do with it only people can tell, and they are asked at a gate.
    """
    strange = _symbols_at_once(case, changed)
    first = _first_vanishing(changed)
    if first is None or case.alternative.gates_before(first):
        return strange
    spots = {spot for impact in case.impacts for spot in impact.blind_spots if not spot.is_whole}
    doubtful = {_place(it.use) for it in left if it.use.certainty != "certain" and not it.use.is_test}
    readers = {it.job for it in _links(case, "consumes") if case.base.is_foreign(it.job) or it.certainty == "possible"}
    pairs = zip(case.request.operations, case.impacts, strict=False)
    unread = sum(isinstance(operation, RemoveField) and not impact.consumers for operation, impact in pairs)
    return len(spots) + len(doubtful) + len(readers) + unread + strange


def _symbols_at_once(case: Case, changed: tuple[Lineage, ...]) -> int:
    new = [
        (operation.subject, operation.symbol if isinstance(operation, AddSymbol) else operation.to)
        for operation, impact in zip(case.request.operations, case.impacts, strict=False)
        if isinstance(operation, AddSymbol | RenameSymbol) and not impact.consumers
    ]
    brought = (first_refused(lineage, symbol) for lineage in changed for name, symbol in new if lineage.name == name)
    return sum(phase is not None and not case.alternative.gates_before(phase) for phase in brought)


def _place(use: FieldUse) -> tuple[str, int, str, str]:
    return use.span.path, use.offset, use.path, use.mode


def _links(case: Case, direction: str) -> Iterator[Link]:
    for impact in case.impacts:
        yield from impact.producers if direction == "produces" else impact.consumers


def _uses_left(case: Case, changed: tuple[Lineage, ...], states: list[Standing]) -> Iterator[Left]:
    for phase, state in enumerate(states):
        gone = frozenset(
            (lineage.name, path)
            for lineage in changed
            if (after := lineage.after[phase])
            for path in _paths(lineage) - {field.path for field in after.fields}
        )
        left = [use for use in state.kept if (use.subject, use.path) in gone]
        left += names_left(case, phase, state, gone)
        yield from (Left(use, phase) for use in left if not is_left_alone(use.span.path, case))


def _paths(lineage: Lineage) -> frozenset[str]:
    return frozenset(field.path for field in lineage.base.latest.fields) if lineage.base else frozenset()


def _vanishing(changed: tuple[Lineage, ...]) -> frozenset[str]:
    """Returns the paths whose readers get something else after some phase: gone, or of another type."""
    return frozenset(
        path for lineage in changed for phase in range(len(lineage.after)) for path in lineage.vanished(phase)
    )


def _first_vanishing(changed: tuple[Lineage, ...]) -> int | None:
    """Returns the first phase after which some reader gets something else."""
    phases = (phase for lineage in changed for phase in range(len(lineage.after)) if lineage.vanished(phase))
    return min(phases, default=None)


def _left_finding(left: Left, case: Case) -> Finding:
    use, phase = left.use, case.alternative.phases[left.phase]
    label = phase_label(left.phase, phase)
    text = f"{use.job} {_MODE_WORDS[use.mode]} {use.path}, which the schema no longer has after {label}."
    severity: Severity = "warning"
    rule = "usage.likely-use-left"
    if use.is_test:
        severity, rule = "note", "usage.test-use-left"
    elif is_left_to_people(case, use, left.phase):
        rule = "usage.use-left-elsewhere"
        text = f"{text[:-1]}; it lies in {where_it_lies(case, use.span)}, which no patch here changes."
        fix = f"Change {use.span} there in this phase or before it, then move the pin of the clone and prove again."
        return Finding(rule, severity, text, use.span, use.subject, use.path, left.phase, fix)
    elif is_by_hand(case, use, left.phase):
        rule = "usage.use-left-to-people"
        text = f"{text[:-1]}; the plan leaves the place to a person."
    elif use.certainty == "certain":
        severity, rule = "error", "usage.use-left"
        if where := where_it_lies(case, use.span):
            text = f"{text[:-1]}; it lies in {where}, and can't move in one moment with what is here."
    else:
        text = f"{text[:-1]}; that it is this field is only {use.certainty}."
    fix = f"Edit {use.span} in this phase or before it."
    return Finding(rule, severity, text, use.span, use.subject, use.path, left.phase, fix)


def _concerned_uses(case: Case) -> Iterator[FieldUse]:
    """Yields the base's uses of the fields that the operations are about."""
    wanted = {
        (operation.subject, sibling(path, operation.field, name) if name else path)
        for operation in case.request.operations
        for subject in case.base.subjects
        if subject.name == operation.subject
        for path in paths_of(operation, subject.name, subject.latest)
        for name in old_names(operation)
    }
    for use in case.base.uses:
        if any(use.subject == subject and at_or_below(use.path, path) for subject, path in wanted):
            yield use


def _delicate_uses(case: Case, concerned: list[FieldUse]) -> Iterator[Finding]:
    """Uses where a changed value does more than show: keys, comparisons, arithmetic."""
    harmless = {
        (it.subject, path)
        for it in case.request.operations
        if isinstance(it, AddField | Deprecate | TagField)
        for path in [it.field]
    }
    for use in concerned:
        if use.is_test or not case.patches or (use.subject, use.name) in harmless:
            continue
        if use.mode == "keys":
            text = f"{use.job} uses {use.path} as a key: order, partitions and joins hang on its bytes."
            yield Finding("usage.key", "warning", text, use.span, use.subject, use.path)
        elif use.mode in ("computes", "compares"):
            text = f"{use.job} {_MODE_WORDS[use.mode]} {use.path}."
            yield Finding(f"usage.{use.mode}", "note", text, use.span, use.subject, use.path)


def _surroundings(case: Case, bench: Bench, changed: tuple[Lineage, ...]) -> Iterator[Finding]:
    """What reading could not see around the change."""
    is_open = bool(_vanishing(changed))
    is_demanding = any(lineage.demanded(phase) for lineage in changed for phase in range(len(lineage.after)))
    for impact in case.impacts:
        for spot in impact.blind_spots:
            if is_open or not spot.is_whole:
                yield _blind(spot, impact.subject, is_open)
        for gap in impact.gaps:
            yield _gap(gap, impact.subject)
        for link in (*impact.consumers, *impact.producers):
            if link.decoder is None or link.decoder.library == "unknown":
                verb = "reads" if link.direction == "consumes" else "writes"
                text = f"It is not known which decoder {link.job} {verb} {impact.about} with."
                span = link.proof[0] if link.proof else None
                yield Finding("usage.decoder-unknown", "warning", text, span, impact.subject)
        yield from may_be_linked(case, bench, impact, is_open=is_open, is_demanding=is_demanding)
        if not impact.consumers:
            where = "this repository or its clones" if any(it.commit for it in case.base.clones) else "this repository"
            text = f"No consumer of {impact.about} was found in {where}."
            yield Finding("usage.no-consumer", "warning" if is_open else "note", text, subject=impact.subject)


def _blind(spot: BlindSpot, subject: str, is_open: bool) -> Finding:
    if spot.is_whole:
        text = f"{spot.job} {spot.reason}: what takes them gets other fields, or lacks one."
        return Finding("usage.handed-on", "warning", text, spot.span, subject)
    text = f"{spot.job} uses fields here that reading can't name: {spot.reason}."
    return Finding("usage.blind-spot", "warning" if is_open else "note", text, spot.span, subject)


def _gap(gap: Gap, subject: str) -> Finding:
    return Finding("usage.gap", "warning", f"Not read: {gap.reason}.", gap.span, subject)
