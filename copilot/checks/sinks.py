"""What becomes of the tables that records are loaded into? Each change of a column, by the rules of what loads it.

A sink is one that `copilot.toml` names, or a table that a job writes which consumes the subject, where its file tells the loader by
a name. An error is a change that no such column can make; what somebody has to alter first leaves the verdict open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.columns import Changed, column_changes
from copilot.checks.declared import declared_about, named_operations
from copilot.checks.evidence import make_evidence
from copilot.checks.lineage import Lineage, lineages
from copilot.checks.sink_rules import SINK_RULES, Answer
from copilot.domain.evidence import Evidence, Finding, Measure, Severity, Verdict
from copilot.domain.pipeline import PipelineMap
from copilot.domain.sinks import Loader, Sink
from copilot.domain.source import Gap
from copilot.ports import Bench, Case, Tree

_SEVERITIES: Mapping[Answer, Severity] = {"never": "error", "by hand": "warning", "option": "note"}
_NAMES: Mapping[Loader, str] = {
    "iceberg": "Iceberg",
    "bigquery": "BigQuery",
    "snowflake": "Snowflake",
    "delta": "Delta",
}
# By what a file says that writes a table, which loader it is.
_SIGNS: Mapping[Loader, re.Pattern[str]] = {
    "bigquery": re.compile(r"bigquery", re.IGNORECASE),
    "snowflake": re.compile(r"snowflake", re.IGNORECASE),
    "iceberg": re.compile(r"iceberg", re.IGNORECASE),
    "delta": re.compile(r"""["']delta["']|\bdelta\.tables\b|\bdeltalake\b"""),
}


@dataclass(frozen=True, slots=True)
class _Told:
    answer: Answer
    finding: Finding


class SinksCheck:
    """Each table that a changed subject is loaded into."""

    name = "sinks"
    version = 3

    def run(self, case: Case, bench: Bench) -> Evidence:
        changed = [(lineage, sinks_of(lineage.name, case.base, bench.tree)) for lineage in lineages(case)]
        told = [it for lineage, sinks in changed for sink in sinks for it in _told(lineage, sink, case)]
        answers = [it.answer for it in told]
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(any(sinks for _, sinks in changed), answers),
            measures=(
                Measure("sinks", sum(len(sinks) for _, sinks in changed), "tables"),
                Measure("altered_by_hand", answers.count("by hand"), "changes"),
                Measure("impossible", answers.count("never"), "changes"),
            ),
            findings=[it.finding for it in told],
        )


def sinks_of(subject: str, pipeline: PipelineMap, tree: Tree) -> tuple[Sink, ...]:
    """Returns the tables that records of the subject are loaded into, sorted by name."""
    topics = {
        link.endpoint.name for link in pipeline.links if link.subject == subject and link.endpoint.kind == "topic"
    }
    found = [sink for sink in pipeline.sinks if sink.subject == subject or (sink.topic and sink.topic in topics)]
    known = {sink.name for sink in found}
    return tuple(sorted((*found, *(it for it in _written(subject, pipeline, tree) if it.name not in known))))


def _written(subject: str, pipeline: PipelineMap, tree: Tree) -> Iterator[Sink]:
    """Yields the tables that the subject's consumers write, where the file of the call names one loader and no other."""
    jobs = {link.job for link in pipeline.links_of(subject, "consumes")}
    for link in pipeline.links:
        if link.job not in jobs or link.direction != "produces" or link.endpoint.kind != "table" or not link.proof:
            continue
        if pipeline.is_foreign(link.proof[0].path):
            continue
        file = tree.read([link.proof[0].path])[link.proof[0].path]
        loaders = [] if isinstance(file, Gap) else [name for name, sign in _SIGNS.items() if sign.search(file.text)]
        if len(loaders) == 1:
            yield Sink(str(link.endpoint), loaders[0], subject, "", "", link.proof[0])


def _verdict(is_applicable: bool, answers: list[Answer]) -> Verdict:
    if not is_applicable:
        return "not-applicable"
    if "never" in answers:
        return "fail"
    return "unknown" if "by hand" in answers else "pass"


def _told(lineage: Lineage, sink: Sink, case: Case) -> Iterator[_Told]:
    base = lineage.base.latest if lineage.base else None
    renames = declared_about(lineage.name, base, named_operations(case)).renamed
    for phase, after in enumerate(lineage.after):
        before = lineage.previous(phase)
        if before is None or after is None or not lineage.changes_in(phase):
            continue
        for changed in column_changes(before, after, renames):
            rule = SINK_RULES[sink.loader][changed.change]
            if rule.answer in _SEVERITIES:
                yield _Told(rule.answer, _finding(changed, sink, lineage.name, phase))


def _finding(changed: Changed, sink: Sink, subject: str, phase: int) -> Finding:
    rule = SINK_RULES[sink.loader][changed.change]
    what = f'"{changed.path}" ({changed.change})' if changed.path else "the order of the columns"
    owner = f" (owner {sink.owner})" if sink.owner else ""
    fix = {
        "never": f'Add a new field instead, and let "{sink.name}" have both for a while.',
        "by hand": f"Let whoever owns {sink.name}{owner} do it before the producers are deployed.",
        "option": "Look whether the option is on.",
    }[rule.answer]
    return Finding(
        f"sinks.{changed.change.replace(' ', '-')}",
        _SEVERITIES[rule.answer],
        f"{sink.name}, {_NAMES[sink.loader]}: {what}: {rule.told}. Source: {rule.source}",
        sink.span,
        subject,
        changed.path,
        phase,
        fix,
    )
