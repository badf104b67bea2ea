"""Do values survive? Encodes sample records with each version's schema, decodes them with the other, and compares.

Every installed decoder of the format does it by itself. What was written is what the same decoder reads with the true writer
schema; it must come back under the same path or as the request declares (`declared`, `values`).

Which difference is an error. A pair is *demanded* where the subject's level asks for it, or where a phase's own order of
steps brings the two together (producers before consumers: old readers meet new data; consumers first: new readers meet old).

| difference                                | demanded | between a phase and the one before      | any other pair |
| ----------------------------------------- | -------- | --------------------------------------- | -------------- |
| refused (can't be decoded)                | error    | warning                                 | warning        |
| lost, changed, collapsed, left-over bytes | error    | error where a use reads the value (1)   | warning        |
| dropped (field gone, nobody asked for it) | error    | error where a use reads the value       | warning        |
| imprecise (declared conversion rounds)    | warning  | warning                                 | warning        |
| a decoder's own quirk (`quirks`)          | warning  | warning                                 | warning        |

(1) not where the phase moves every consumer before the first producer and the old schema would be the reader; nor where the
request removes the symbol and the phase before has a gate that waits until it is no longer written.

An error needs a decoder in use: one that a known consumer of the subject uses. Where consumers or their decoders are not
known, an error stands if all decoders agree, and the verdict is unknown if they don't. A decoder that no known consumer uses
gives warnings. A decoder that can't encode the samples says nothing: the verdict is unknown where it is in use. Consumers that
read with a schema of their own are asked about in `wires`, which has its own rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.checks.declared import Declared, at_or_below, declared_about, named_operations
from copilot.checks.evidence import make_evidence
from copilot.checks.lineage import (
    Lineage,
    demanded,
    demanded_by_order,
    lineages,
    moves_consumers_first,
    pairs,
)
from copilot.checks.roundtrip import HISTORY_LIMIT, SAMPLE_COUNT, Seen, Unreplayed, round_trips
from copilot.checks.wires import LIBRARY_OF, wire_findings
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.pipeline import Mode
from copilot.ports import Bench, Case, DecoderUnderTest

_READING: frozenset[Mode] = frozenset({"reads", "keys", "compares", "computes", "passes"})
_VALUE_KINDS = ("lost", "changed", "collapsed", "leftover", "dropped")
_WORDS = {
    "lost": "is lost",
    "changed": "comes back changed",
    "collapsed": "collapses to another symbol",
    "dropped": "is dropped, which nobody asked for",
    "imprecise": "is rounded",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one lineage gave."""

    findings: tuple[Finding, ...]
    counts: Counter[str]
    is_unknown: bool
    one_way_phases: frozenset[int]


class ReplayCheck:
    """Real bytes, each decoder, value by value."""

    name = "replay"
    version = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        replayed = [_replay(lineage, case, bench) for lineage in changed]
        findings = [*(finding for it in replayed for finding in it.findings), *wire_findings(case, bench)]
        counts: Counter[str] = sum((it.counts for it in replayed), Counter())
        one_way = {phase for it in replayed for phase in it.one_way_phases}
        formats = sorted({lineage.subject.format for lineage in changed} & bench.formats.keys())
        tools = [(tool.name, tool.version) for name in formats for tool in bench.formats[name].decoders]
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(bool(counts["pairs"]) or bool(findings), findings, any(it.is_unknown for it in replayed)),
            measures=(*_measures(counts, len(set(tools))), Measure("one_way_phases", len(one_way), "phases")),
            findings=findings,
            tools=tools,
            inputs=[("samples", str(SAMPLE_COUNT)), ("versions_limit", str(HISTORY_LIMIT))],
        )


def _measures(counts: Counter[str], decoders: int) -> tuple[Measure, ...]:
    return (
        Measure("records", counts["records"], "records"),
        Measure("versions", counts["versions"], "versions"),
        Measure("decoders", decoders if counts["pairs"] else 0, "decoders"),
        Measure("values_compared", counts["values"], "values"),
        Measure("defaults_used", counts["defaults"], "values"),
        Measure("lost", counts["lost"] + counts["dropped"], "values"),
        Measure("changed", counts["changed"] + counts["collapsed"] + counts["leftover"], "values"),
        Measure("refused", counts["refused"], "records"),
    )


def _verdict(is_applicable: bool, findings: Iterable[Finding], is_unknown: bool) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if is_unknown else "pass"


def _replay(lineage: Lineage, case: Case, bench: Bench) -> Replayed:
    schema_format = bench.formats.get(lineage.subject.format)
    if schema_format is None or not schema_format.decoders:
        text = f'No decoder is known for the format "{lineage.subject.format}" of {lineage.name}.'
        finding = Finding("replay.no-decoder", "warning", text, subject=lineage.name)
        return Replayed((finding,), Counter(), True, frozenset())
    declared = declared_about(lineage.name, lineage.base.latest if lineage.base else None, named_operations(case))
    met = pairs(lineage, case.alternative.phases)
    seed = f"{case.request.commit}:{lineage.name}"
    seen, unreplayed, counts = round_trips(schema_format, met, declared, _base_paths(lineage), seed)
    relevance = _relevance(lineage, case, schema_format.decoders)
    judge = _Judge(lineage, case, declared, relevance, frozenset(it.decoder for it in seen))
    findings = [judge.finding(it, seen) for it in seen if it.kind]
    is_unknown = any(judge.is_open(it, seen) for it in seen if it.kind)
    for it in unreplayed:
        is_unknown = is_unknown or relevance[it.decoder] != "unused"
        findings.append(_unreplayed(it, lineage.name))
    one_way = frozenset(
        it.pair.phase
        for it in seen
        if it.kind in ("refused", *_VALUE_KINDS)
        and (it.pair.direction, it.pair.age) == ("forward", "previous")
        and relevance[it.decoder] != "unused"
    )
    return Replayed(tuple(findings), counts, is_unknown, one_way)


def _unreplayed(it: Unreplayed, subject: str) -> Finding:
    text = f"{it.decoder} can't write the samples of {it.writer}, so it was not asked about them: {it.reason}"
    return Finding("replay.not-replayed", "warning", text, subject=subject)


def _base_paths(lineage: Lineage) -> frozenset[str]:
    return frozenset(field.path for field in lineage.base.latest.fields) if lineage.base else frozenset()


def _relevance(lineage: Lineage, case: Case, decoders: Iterable[DecoderUnderTest]) -> dict[str, str]:
    """Tells of each decoder whether a known consumer uses it: "used", "possible" or "unused"."""
    links = case.base.links_of(lineage.name, "consumes")
    libraries = {link.decoder.library if link.decoder else "unknown" for link in links}
    libraries = {LIBRARY_OF.get(library, library) for library in libraries}
    is_open = not links or "unknown" in libraries
    return {it.name: "used" if it.name in libraries else "possible" if is_open else "unused" for it in decoders}


@dataclass(frozen=True, slots=True)
class _Judge:
    """Applies the table of the module to what was seen."""

    lineage: Lineage
    case: Case
    declared: Declared
    relevance: dict[str, str]
    asked: frozenset[str]

    def finding(self, seen: Seen, others: Iterable[Seen]) -> Finding:
        """Returns what was seen as a finding of the right severity."""
        relevance = self.relevance[seen.decoder]
        is_error = self._is_fatal(seen) and (
            relevance == "used" or (relevance == "possible" and self._all_agree(seen, others))
        )
        severity: Severity = "error" if is_error else "warning"
        message = f"{seen.decoder}: {seen.text(_WORDS)}"
        if relevance == "unused" and self._is_fatal(seen):
            message += f" No known consumer uses {seen.decoder}."
        return Finding(
            f"replay.{seen.rule}",
            severity,
            message,
            None,
            self.lineage.name,
            seen.path,
            seen.pair.phase,
            self._fix(seen),
        )

    def is_open(self, seen: Seen, others: Iterable[Seen]) -> bool:
        """Tells whether the verdict hangs on which decoder the consumers use."""
        return (
            self._is_fatal(seen)
            and self.relevance[seen.decoder] == "possible"
            and not self._all_agree(seen, others)
            and "used" not in self.relevance.values()
        )

    def _is_fatal(self, seen: Seen) -> bool:
        if seen.kind in ("imprecise", "quirk") or self._is_waited_for(seen):
            return False
        pair, phase = seen.pair, self.case.alternative.phases[seen.pair.phase]
        if (pair.direction, pair.age) in demanded(self.lineage.subject.compatibility):
            return True
        if pair.age == "previous" and pair.direction in demanded_by_order(phase):
            return True
        if seen.kind == "refused" or pair.age == "older":
            return False
        is_ordered_away = pair.direction == "forward" and moves_consumers_first(phase)
        return self._is_read(seen.path) and not is_ordered_away

    def _is_waited_for(self, seen: Seen) -> bool:
        phase = seen.pair.phase
        is_symbol = any(at_or_below(seen.path, path) for path in self.declared.removed_symbols)
        return is_symbol and phase > 0 and self.case.alternative.phases[phase - 1].gate is not None

    def _is_read(self, path: str) -> bool:
        maps = (self.case.base, *self.case.states)
        return any(
            use.subject == self.lineage.name
            and use.mode in _READING
            and not use.is_test
            and at_or_below(path, use.path)
            for read in maps
            for use in read.uses
        )

    def _all_agree(self, seen: Seen, others: Iterable[Seen]) -> bool:
        agreeing = {
            it.decoder
            for it in others
            if it.kind and it.pair == seen.pair and (not it.path or not seen.path or it.path == seen.path)
        }
        return self.asked <= agreeing

    def _fix(self, seen: Seen) -> str:
        if seen.kind in ("lost", "refused") and self.declared.renamed and seen.pair.direction == "backward":
            return "Give the new field an alias for every earlier name, or write both fields for a while."
        return ""
