"""Do values survive? Encodes sample records with each version's schema, decodes them with the other, and compares.

Every installed decoder of the format does it by itself. What was written is what the same decoder reads with the true writer
schema; it must come back under the same path or as the request declares (`declared`, `values`).

Which difference is an error is said in `judge`; what decoders that can't be run here would do, in `foreseen`. Two things that
no pair of schemas shows are told as warnings and counted for the ranking: values that stand in for missing ones (`standins`), and
records of the history that read otherwise than before (`history`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from copilot.checks.declared import declared_about, named_operations, paths_of
from copilot.checks.evidence import make_evidence
from copilot.checks.foreseen import foreseen
from copilot.checks.history import reread
from copilot.checks.judge import Judge, relevance_of
from copilot.checks.lineage import Lineage, lineages, pairs
from copilot.checks.mapped import mapped
from copilot.checks.recorded import Recorded, recorded_of
from copilot.checks.roundtrip import HISTORY_LIMIT, SAMPLE_COUNT, Unreplayed, round_trips
from copilot.checks.standins import RULE as STAND_IN
from copilot.checks.standins import known_defaults, stand_in_findings
from copilot.checks.turned import left_to_readers
from copilot.checks.unwritten import Unwritten, unwritten_symbols
from copilot.checks.wires import ELSEWHERE, wire_findings
from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.domain.operation import ChangeDefault
from copilot.ports import Bench, Case

RETENTION_UNKNOWN = "replay.retention-unknown"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one lineage gave."""

    findings: tuple[Finding, ...]
    counts: Counter[str]
    is_unknown: bool
    history_changed: int = 0
    history_refused: int = 0


class ReplayCheck:
    """Real bytes, each decoder, value by value."""

    name = "replay"
    version = 11

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = lineages(case)
        replayed = [_replay(lineage, case, bench) for lineage in changed]
        findings = [*(finding for it in replayed for finding in it.findings), *wire_findings(case, bench)]
        counts: Counter[str] = sum((it.counts for it in replayed), Counter())
        formats = sorted({lineage.subject.format for lineage in changed} & bench.formats.keys())
        tools = [(tool.name, tool.version) for name in formats for tool in bench.formats[name].decoders]
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(bool(counts["pairs"]) or bool(findings), findings, any(it.is_unknown for it in replayed)),
            measures=(
                *_measures(counts, len(set(tools))),
                Measure("stand_ins", len({finding.path for finding in findings if finding.rule == STAND_IN}), "values"),
                Measure("history_changed", sum(it.history_changed for it in replayed), "versions"),
                Measure("history_refused", sum(it.history_refused for it in replayed), "versions"),
            ),
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
        Measure("lost", counts["lost"] + counts["defaulted"] + counts["dropped"], "values"),
        Measure("changed", counts["changed"] + counts["collapsed"] + counts["leftover"], "values"),
        Measure("refused", counts["refused"], "records"),
        *([Measure("recorded", counts["recorded"], "records")] if counts["recorded"] else []),
        *([Measure("mapped", counts["mapped"], "values")] if counts["mapped"] else []),
    )


def _verdict(is_applicable: bool, findings: Iterable[Finding], is_unknown: bool) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    if any(finding.severity == "error" for finding in findings):
        return "fail"
    return "unknown" if is_unknown or any(finding.rule == ELSEWHERE for finding in findings) else "pass"


def _replay(lineage: Lineage, case: Case, bench: Bench) -> Replayed:
    schema_format = bench.formats.get(lineage.subject.format)
    if schema_format is None or not schema_format.decoders:
        text = f'No decoder is known for the format "{lineage.subject.format}" of {lineage.name}.'
        finding = Finding("replay.no-decoder", "warning", text, subject=lineage.name)
        return Replayed((finding,), Counter(), True)
    declared = declared_about(lineage.name, lineage.base.latest if lineage.base else None, named_operations(case))
    seed = f"{case.request.commit}:{lineage.name}"
    operations = named_operations(case)
    unwritten = unwritten_symbols(lineage, operations)
    recorded = recorded_of(lineage.base, case.base, bench.tree, schema_format) if lineage.base else Recorded({}, ())
    met = pairs(lineage, case.alternative.phases, recorded.strays)
    seen, unreplayed, counts = round_trips(
        schema_format, met, declared, lineage.known, seed, unwritten, recorded.values
    )
    relevance = relevance_of(lineage, case, schema_format.decoders)
    judge = Judge(lineage, case, declared, relevance, frozenset(it.decoder for it in seen))
    findings = [judge.finding(it, seen) for it in seen if it.kind]
    findings += stand_in_findings(lineage, operations, known_defaults(case.base), schema_format) + _left_out(
        unwritten, lineage.name
    )
    in_use = [it for it in schema_format.decoders if relevance[it.name] != "unused"]
    moved = [it for it in operations if isinstance(it, ChangeDefault)]
    latest = lineage.base.latest if lineage.base else None
    asked = frozenset(path for it in moved for path in paths_of(it, lineage.name, latest))
    again = reread(lineage, schema_format, in_use, declared, asked, seed)
    # One local schema for both sides resolves nothing, so what its decoder would refuse is refused by nobody.
    unread = {version for version, decoder in again.refused if relevance[decoder] != "single"}
    otherwise = again.versions - ({version for version, _ in again.refused} - unread)
    findings += (*again.findings, *recorded.findings, *_retentions(lineage, case))
    findings += foreseen(met, lineage, case, schema_format)
    records = [record for values in recorded.values.values() for record in values]
    there_and_back = mapped(lineage, operations, schema_format, in_use, records, case, seed)
    findings += there_and_back.findings
    counts["mapped"] += there_and_back.count
    by_sign = left_to_readers(lineage, declared.units)
    findings += by_sign
    findings += [_not_run(name, reason, lineage.name) for name, reason in schema_format.decoders_not_run]
    is_unknown = not lineage.is_told_only and any(judge.is_open(it, seen) for it in seen if it.kind)
    is_unknown = is_unknown or bool(by_sign)
    for it in unreplayed:
        if not it.left_out:
            is_unknown = is_unknown or not (lineage.is_told_only or relevance[it.decoder] == "unused")
            findings.append(_unreplayed(it, lineage.name))
    findings += _samples_left_out(unreplayed, lineage.name)
    is_gone = judge.waits_for_the_end(len(lineage.after) - 1)
    changed, refused = (0, 0) if is_gone else (len(otherwise), len(unread))
    return Replayed(tuple(findings), counts, is_unknown, changed, refused)


def _retentions(lineage: Lineage, case: Case) -> Iterator[Finding]:
    """How long old records can be met on each topic, which decides how much of the history counts."""
    links = [link for link in case.base.links if link.subject == lineage.name and link.endpoint.kind == "topic"]
    for topic in sorted({link.endpoint.name for link in links if link.endpoint.name}):
        known = case.base.retention_of(topic)
        if known is None:
            text = f"How long {topic} keeps records is not known."
            fix = f'Say it in copilot.toml: [topics."{topic}"] retention_days = 7.'
            yield Finding(RETENTION_UNKNOWN, "note", text, subject=lineage.name, fix=fix)
        else:
            kept = "for ever" if known.days is None else f"for {known.days:g} days"
            yield Finding("replay.retention", "note", f"{topic} keeps records {kept}.", known.span, lineage.name)


def _left_out(unwritten: Unwritten, subject: str) -> list[Finding]:
    """What no sample holds has to be said, as nothing was proved about it."""
    symbols = sorted({symbol for symbols in unwritten.values() for symbol in symbols})
    text = "{} is only what readers fall back on: no producer writes it, so no sample holds it."
    return [Finding("replay.symbol-unwritten", "note", text.format(symbol), subject=subject) for symbol in symbols]


def _not_run(decoder: str, reason: str, subject: str) -> Finding:
    text = f"{decoder} is configured and was not run, because it failed its test: {reason}"
    fix = f"Mend what your own settings say about {decoder}, or take it away."
    return Finding("replay.decoder-not-run", "warning", text, subject=subject, fix=fix)


def _samples_left_out(unreplayed: Iterable[Unreplayed], subject: str) -> Iterator[Finding]:
    """What a decoder can't read with any schema says nothing about a change; it was asked about other samples instead."""
    told: dict[str, list[str]] = {}
    for it in unreplayed:
        if it.left_out:
            told.setdefault(it.decoder, []).append(f"{it.reason} of {it.writer}")
    for decoder, shares in told.items():
        text = f"{decoder} can't read some samples even with their own schema ({', '.join(shares)}); others take their place."
        yield Finding("replay.sample-left-out", "note", text, subject=subject)


def _unreplayed(it: Unreplayed, subject: str) -> Finding:
    text = f"{it.decoder} can't write the samples of {it.writer}, so it was not asked about them: {it.reason}"
    return Finding("replay.not-replayed", "warning", text, subject=subject)
