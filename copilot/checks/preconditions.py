"""Is the pipeline as an alternative presupposes? Only asked of alternatives that come with such claims.

Each claim is held against the map of the base: it holds, does not hold, or what was read can't tell. Who it came from counts for
nothing. "No job" means none that was read: what lies outside is told by the decision under "not covered".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.checks.declared import at_or_below, parent
from copilot.checks.evidence import make_evidence
from copilot.checks.parsed_code import Codes
from copilot.checks.reading import BASE
from copilot.checks.written import Written
from copilot.domain.codec import canonical, encode
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.fieldtype import is_nullable, parsed
from copilot.domain.pipeline import FieldUse, Link, PipelineMap
from copilot.domain.precondition import (
    AlwaysFilled,
    Kept,
    NoReader,
    OnlyWriter,
    Precondition,
    ReadsAlone,
    Unused,
    presupposed,
)
from copilot.domain.source import Span
from copilot.ports import Bench, Case

CHECK = "preconditions"
PLACES_MAX = 3
"""Places that one claim is shown to be wrong at, or in doubt at."""
Fate = Literal["holds", "does-not-hold", "unknown"]
_SEVERITIES: dict[Fate, Severity] = {"holds": "note", "does-not-hold": "error", "unknown": "warning"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the map says to one claim: why, and the places that show it."""

    fate: Fate
    why: str
    places: tuple[Span, ...] = ()


class PreconditionsCheck:
    """What an alternative presupposes, held against the map."""

    name = CHECK
    version = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        claims = case.alternative.testable
        answers = [(claim, _answer(claim, case, bench)) for claim in claims]
        fates = {answer.fate for _, answer in answers}
        verdict: Verdict = "fail" if "does-not-hold" in fates else "unknown" if "unknown" in fates else "pass"
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=verdict if answers else "not-applicable",
            measures=(
                Measure("claims", len(answers), "claims"),
                Measure("claims_holding", sum(it.fate == "holds" for _, it in answers), "claims"),
            ),
            findings=[_finding(claim, answer) for claim, answer in answers],
            inputs=[("claims", canonical([encode(claim, Precondition) for claim in claims]))],
        )


def _finding(claim: Precondition, answer: _Answer) -> Finding:
    left = len(answer.places) - PLACES_MAX
    shown = ", ".join(map(str, answer.places[:PLACES_MAX])) + (f" and {left} more" if left > 0 else "")
    said = {"holds": "That holds", "does-not-hold": "That does not hold", "unknown": "Whether that holds is not known"}
    text = (
        f"It presupposes that {presupposed(claim)}. {said[answer.fate]}: {answer.why}{f' ({shown})' if shown else ''}."
    )
    span = answer.places[0] if answer.places else None
    subject = "" if isinstance(claim, Kept) else claim.subject
    path = "" if isinstance(claim, Kept | OnlyWriter | ReadsAlone) else claim.field
    return Finding(f"{CHECK}.{answer.fate}", _SEVERITIES[answer.fate], text, span, subject, path)


def _answer(claim: Precondition, case: Case, bench: Bench) -> _Answer:
    match claim:
        case NoReader(subject, field):
            return _no_use(case.base, subject, field)
        case Unused(subject, field, since):
            found = _no_use(case.base, subject, field, or_write=True)
            told = f"{found.why}, and what used it before this commit was not read"
            return _Answer("unknown", told) if since and found.fate == "holds" else found
        case OnlyWriter(subject, job):
            return _only_writer(case.base, subject, job)
        case AlwaysFilled(subject, field):
            return _always_filled(case, bench, subject, field)
        case ReadsAlone(subject, job):
            return _reads_alone(case.base, subject, job)
        case Kept():
            return _kept(case.base, claim)


def _reads_alone(base: PipelineMap, subject: str, job: str) -> _Answer:
    links = [it for it in base.links_of(subject, "consumes") if it.job == job]
    other = [it for it in links if it.decoder is None or it.decoder.reader_schema != "single"]
    places = tuple(span for it in other or links for span in it.proof[:1])
    if other:
        return _Answer("does-not-hold", f"{job} decodes in another way as well", places)
    if not links:
        return _Answer("does-not-hold", f"{job} was not found among those who read it")
    return _Answer("holds", f"{job} takes its own text for the writer's", places)


def _no_use(base: PipelineMap, subject: str, field: str, *, or_write: bool = False) -> _Answer:
    uses = [
        use
        for use in base.uses
        if use.subject == subject and not use.is_test and (not field or at_or_below(use.path, field))
        if or_write or not use.is_write
    ]
    certain = [use for use in uses if use.certainty == "certain"]
    if certain:
        return _Answer("does-not-hold", f"seen in {_jobs(certain)}", _at(certain))
    if uses:
        return _Answer("unknown", f"{_jobs(uses)} may", _at(uses))
    consumers = base.links_of(subject, "consumes")
    links = [*consumers, *(base.links_of(subject, "produces") if or_write else ())]
    if not consumers:
        return _Answer("unknown", "no consumer of it was found, so nothing is known of its readers")
    known = [it for it in consumers if it.certainty == "certain"]
    if not field and known:
        return _Answer("does-not-hold", f"consumed by {_jobs(known)}", known[0].proof[:1])
    outside = next((it.job for it in links if base.is_foreign(it.job)), "")
    if outside:
        return _Answer("unknown", f"{outside} lies elsewhere, and its code was not read")
    return _unless_unseen(base, subject, links, "no place that was read does")


def _only_writer(base: PipelineMap, subject: str, job: str) -> _Answer:
    links = base.links_of(subject, "produces")
    others = [it for it in links if it.job != job and it.certainty == "certain"]
    if others:
        return _Answer("does-not-hold", f"so does {_jobs(others)}", tuple(it.proof[0] for it in others if it.proof))
    maybe = [it for it in links if it.job != job]
    if maybe:
        return _Answer("unknown", f"{maybe[0].job} may write it", maybe[0].proof[:1])
    own = [it for it in links if it.job == job]
    if not own:
        return _Answer("unknown", f"{job} was not seen to write it, nor was any other job")
    return _Answer("holds", "no other job that was read does", own[0].proof[:1])


def _always_filled(case: Case, bench: Bench, subject: str, field: str) -> _Answer:
    base = case.base
    latest = base.subject(subject).latest
    declared = next((it for it in latest.fields if it.path == field), None)
    if declared and declared.is_required and not is_nullable(parsed(declared.type)):
        return _Answer("holds", "the schema refuses records without it", (latest.source.span,))
    links = [it for it in base.links_of(subject, "produces") if not it.forwards]
    if not links:
        return _Answer("unknown", "no writer of it was found")
    codes = Codes(case, bench, BASE)
    answers = [_filled_by(link, base, field, codes) for link in links]
    worst = min(answers, key=lambda it: ("does-not-hold", "unknown", "holds").index(it.fate))
    return (
        worst if worst.fate != "holds" else _Answer("holds", worst.why, tuple(at for it in answers for at in it.places))
    )


def _filled_by(link: Link, base: PipelineMap, field: str, codes: Codes) -> _Answer:
    assert link.subject is not None, "links of a subject have one"
    ours = [
        it for it in base.uses if (it.job, it.subject) == (link.job, link.subject) and not it.is_test and it.is_write
    ]
    sets = [it for it in ours if it.path == field and it.certainty == "certain"]
    if not sets:
        is_built_here = any(parent(it.path) == parent(field) and it.certainty == "certain" for it in ours)
        unseen = _unless_unseen(base, link.subject, [link], "")
        if is_built_here and unseen.fate == "holds":
            return _Answer("does-not-hold", f"{link.job} builds records and does not set it", link.proof[:1])
        return _Answer("unknown", f"{link.job} was not seen to set it", link.proof[:1])
    written = Written(tuple(sets), base.subject(link.subject).latest, link, base, base.uses, codes)
    values = {use: written.kind_at(use) for use in sets}
    # What is put into a record that is there already may be passed by, or set again.
    wrong = [use for use, value in values.items() if value.null == "yes" and use.form != "subscript"]
    told = {
        use
        for use, value in values.items()
        if value.kinds and not value.is_open and value.null == "no" and not value.is_declared
    }
    open_ones = [use for use in sets if use not in told or use.form == "subscript"]
    if wrong:
        return _Answer("does-not-hold", f"{link.job} writes null", _at(wrong))
    if open_ones:
        return _Answer("unknown", f"{link.job} may leave it out or write null", _at(open_ones))
    return _Answer("holds", "each writer that was read sets it to a value", _at(sets))


def _kept(base: PipelineMap, claim: Kept) -> _Answer:
    said = base.retention_of(claim.topic)
    if said is None:
        return _Answer("unknown", f"copilot.toml does not say how long {claim.topic} keeps them")
    days = f"it is {said.days:g}" if said.days is not None else "some are kept for ever"
    enough = claim.bound == "at least"
    is_so = enough if said.days is None else said.days >= claim.days if enough else said.days <= claim.days
    return _Answer("holds" if is_so else "does-not-hold", days, (said.span,))


def _unless_unseen(base: PipelineMap, subject: str, links: Sequence[Link], otherwise: str) -> _Answer:
    """Returns that it holds, unless a job concerned has places that could not be read, or uses names that can't be seen."""
    jobs = {it.job for it in links}
    listed = [it for it in base.blind_spots if it.job in jobs and not it.is_whole]
    spots = [it for it in listed if not it.subjects or subject in it.subjects]
    if spots:
        return _Answer("unknown", f"{spots[0].job} uses fields by names that reading can't see", (spots[0].span,))
    roots = [it.root.rstrip("/") for it in base.jobs if it.name in jobs]
    # A job at the root of the repository may hold any file of it.
    gaps = [
        it for it in base.gaps if any(root in ("", ".") or f"{it.span.path}/".startswith(f"{root}/") for root in roots)
    ]
    if gaps:
        return _Answer("unknown", "a place of a job concerned could not be read", (gaps[0].span,))
    return _Answer("holds", otherwise)


def _jobs(found: Sequence[FieldUse | Link]) -> str:
    return ", ".join(sorted({it.job for it in found}))


def _at(uses: Sequence[FieldUse]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(use.span for use in uses))
