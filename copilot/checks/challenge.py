"""Does an alternative fail on cases that somebody made up to refute it? Each is executed; what is said about it counts for nothing.

A record, or its bytes, goes through every decoder at hand and is judged as `replay` judges its samples (`judge`), then put on the
wires as `rollout` puts its samples there. An order of deploys is played (`played`). A case fails the alternative only where what
it shows would really happen: not by the way that the plan keeps apart, not where it was so before, and not with a decoder that
no known consumer uses. Nothing that a case says in words comes into a finding, and no text of its record either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.checks.declared import declared_about, named_operations
from copilot.checks.evidence import make_evidence
from copilot.checks.hazards import Crossings
from copilot.checks.judge import WORDS, Judge, relevance_of
from copilot.checks.lineage import lineages
from copilot.checks.meetings import Records
from copilot.checks.played import played
from copilot.checks.rollout import BREAKS, OPEN_RULES, View
from copilot.checks.roundtrip import Seen, read_back
from copilot.checks.tried import NotRun, Tried, tried_of
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.failing_case import BytesCase, FailingCase, OrderCase, RecordCase
from copilot.ports import Bench, Case, DecoderUnderTest

CASES_MAX = 8
"""Cases that are executed for one alternative; those beyond are told as not run."""
Fate = Literal["fails", "open", "kept-apart", "refuted", "not-run"]
_SEVERITIES: dict[Fate, Severity] = {"fails": "error", "open": "warning"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case, in a sentence of ours."""

    fate: Fate
    text: str
    subject: str = ""
    path: str = ""
    phase: int = 0

    def finding(self, number: int) -> Finding:
        severity = _SEVERITIES.get(self.fate, "note")
        text = f"Case {number}: {self.text}"
        return Finding(f"challenge.{self.fate}", severity, text, None, self.subject, self.path, self.phase)


class ChallengeCheck:
    """Cases against one alternative, executed one by one."""

    name = "challenge"
    version = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; not applicable where no case could be executed."""
        outcomes = [_outcome(one, case, bench) for one in case.cases[:CASES_MAX]]
        outcomes += [Outcome("not-run", f"only {CASES_MAX} are executed.") for _ in case.cases[CASES_MAX:]]
        fates = Counter(it.fate for it in outcomes)
        changed = lineages(case) if case.cases else ()
        formats = sorted({lineage.subject.format for lineage in changed} & bench.formats.keys())
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(fates),
            measures=(
                Measure("cases", len(outcomes), "cases"),
                Measure("cases_executed", len(outcomes) - fates["not-run"], "cases"),
                Measure("cases_failing", fates["fails"], "cases"),
            ),
            findings=[it.finding(number) for number, it in enumerate(outcomes, 1)],
            tools=[(tool.name, tool.version) for name in formats for tool in bench.formats[name].decoders],
            inputs=[("cases", digest_of_text(canonical([encode(one) for one in case.cases])))],
        )


def _verdict(fates: Counter[Fate]) -> Verdict:
    if fates["fails"]:
        return "fail"
    if fates["open"]:
        return "unknown"
    return "pass" if fates["refuted"] or fates["kept-apart"] else "not-applicable"


def _outcome(one: FailingCase, case: Case, bench: Bench) -> Outcome:
    if not case.patches:
        return Outcome("not-run", "the alternative changes nothing, or has no patch.")
    try:
        if isinstance(one, OrderCase):
            return _of_order(one, case, bench)
        return _of_record(one, case, bench)
    except NotRun as reason:
        return Outcome("not-run", f"it was not executed: {reason}.")


def _of_record(one: RecordCase | BytesCase, case: Case, bench: Bench) -> Outcome:
    tried = tried_of(one, lineages(case), case, bench)
    pair, phase, subject = tried.pair, tried.pair.phase, tried.lineage.name
    blank = Outcome("refuted", "", subject, phase=phase)
    judge = _judge_of(tried, case)
    seen = _seen(tried, judge)
    told = [(it, judge.finding(it, seen)) for it in seen if it.kind and not _was_so(it, tried, judge)]
    fatal = next((it for it, finding in told if finding.severity == "error"), None)
    if fatal is not None:
        return replace(blank, fate="fails", text=_text(fatal), path=fatal.path)
    broken = _on_the_way(tried, case, bench) if pair.age == "previous" else ()
    if any(it.rule == BREAKS for it in broken):
        return replace(blank, fate="fails", text=next(it.message for it in broken if it.rule == BREAKS))
    unsettled = next((it for it, _ in told if judge.is_open(it, seen)), None)
    if unsettled is not None:
        text = f"{_text(unsettled)} Whether a consumer decodes so is not known."
        return replace(blank, fate="open", text=text, path=unsettled.path)
    if broken:
        return replace(blank, fate="open", text=broken[0].message)
    harmful = [it for it, _ in told if it.kind not in ("quirk", "imprecise")]
    shown = next((it for it in harmful if judge.relevance[it.decoder] != "unused"), None)
    if shown is not None:
        level = tried.lineage.subject.compatibility
        why = f"{level} does not ask for it, and the plan does not let the two meet, or nobody reads the value"
        return replace(blank, fate="kept-apart", text=f"{_text(shown)} It does not count: {why}.", path=shown.path)
    return replace(blank, text=_refuted([it.decoder for it in seen], harmful, tried))


def _refuted(decoders: Sequence[str], harmful: Sequence[Seen], tried: Tried) -> str:
    unused = {it.decoder: it for it in harmful}
    names = " and ".join(it for it in dict.fromkeys(decoders) if it not in unused)
    told = f"refuted: with {names} the value comes back as asked, {_meeting(tried)}." if names else "refuted."
    return " ".join([told, *(f"No known consumer uses {name}: {_text(it)}" for name, it in unused.items())])


def _judge_of(tried: Tried, case: Case) -> Judge:
    lineage = tried.lineage
    declared = declared_about(lineage.name, lineage.base.latest if lineage.base else None, named_operations(case))
    decoders = [it for it in tried.schema_format.decoders if tried.written(it, tried.pair.writer)]
    if not decoders:
        raise NotRun("no decoder at hand can write its record")
    relevance = relevance_of(lineage, case, tried.schema_format.decoders)
    return Judge(lineage, case, declared, relevance, frozenset(it.name for it in decoders))


def _seen(tried: Tried, judge: Judge) -> list[Seen]:
    asked = [it for it in tried.schema_format.decoders if it.name in judge.asked]
    return [found for decoder in asked for found in _read(decoder, tried, judge)]


def _read(decoder: DecoderUnderTest, tried: Tried, judge: Judge) -> list[Seen]:
    written = tried.written(decoder, tried.pair.writer)
    return read_back(decoder, tried.pair, written, judge.declared, tried.lineage.known, Counter())


def _was_so(seen: Seen, tried: Tried, judge: Judge) -> bool:
    """Tells whether readers of before the change made the same of it, so that the change has no part in it."""
    base = tried.lineage.base
    if seen.pair.direction == "forward" or base is None or seen.pair.age == "previous":
        return False
    decoder = next(it for it in tried.schema_format.decoders if it.name == seen.decoder)
    before = replace(tried, pair=replace(tried.pair, reader=base.latest))
    return any((it.kind, it.path) == (seen.kind, seen.path) for it in _read(decoder, before, judge))


def _on_the_way(tried: Tried, case: Case, bench: Bench) -> Sequence[Finding]:
    """Returns what breaks, or may break, on the plan's own way only because this record is there."""
    phase = tried.pair.phase
    asked: tuple[Records, ...] = (lambda decoder, version: (), tried.written)
    without, with_it = (set(_findings(case, bench, phase, records)) for records in asked)
    return sorted(with_it - without, key=lambda it: (it.rule != BREAKS, it.message))


def _findings(case: Case, bench: Bench, phase: int, records: Records) -> Iterator[Finding]:
    crossings = Crossings(case, bench, records)
    for it in View.of(case, phase, tuple(crossings.of(phase))).judged().findings:
        if it.rule in (BREAKS, *OPEN_RULES):
            yield it


def _text(seen: Seen) -> str:
    """Returns what a decoder did, without any text of the record: somebody else made that up."""
    pair = seen.pair
    meeting = f"data of {pair.writer_label} read as {pair.reader_label}"
    if seen.kind in ("refused", "leftover"):
        told = "refuses" if seen.kind == "refused" else f"leaves {seen.read} bytes unread of"
        return f"{seen.decoder} {told} {meeting}."
    shown = f": {_shown(seen.written)} gives {_shown(seen.read)}"
    return f"{seen.path} {WORDS.get(seen.kind, 'is misread')} by {seen.decoder}{shown}, {meeting}."


def _shown(example: str) -> str:
    """Returns a number, true, false, None or nothing as it is."""
    return example if example[:1].isdigit() or example[:1] in "-NTFn" else "a text"


def _meeting(tried: Tried) -> str:
    return f"data of {tried.pair.writer_label} read as {tried.pair.reader_label}"


def _of_order(one: OrderCase, case: Case, bench: Bench) -> Outcome:
    result = played(one.moves, case, bench)
    fate: Fate = "refuted"
    if result.breaks:
        fate = "kept-apart" if result.leaves_plan or result.is_back else "open" if result.is_open else "fails"
    return Outcome(fate, result.text, phase=result.phase)
