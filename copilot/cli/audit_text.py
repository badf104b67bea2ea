"""An audit as text: what is wrong, where that is to be seen, what comes of it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.cli.layout import columns, joined, wrapped
from copilot.domain.audit import SEVERITIES, AuditFinding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import WORKING_TREE
from copilot.reasons.words import counted

_INDENT = "    "


def audit_text(pipeline: PipelineMap, findings: Sequence[AuditFinding], hidden: int) -> str:
    """Returns the findings as text; `hidden` is how many less severe ones are not shown."""
    at = "the working tree" if pipeline.commit == WORKING_TREE else f"commit {pipeline.commit[:9]}"
    lines = [f"Audit of {at}: {_summary(findings)}"]
    if hidden:
        lines.append(f"Not shown: {counted(hidden, 'less severe finding')} (--severity note shows all).")
    if pipeline.uncommitted_count:
        changes = counted(pipeline.uncommitted_count, "uncommitted change")
        lines.append(f"Not read: {changes} in the working tree (--working-tree reads the files as they stand).")
    for finding in findings:
        lines += _finding(finding)
    if pipeline.gaps:
        lines += [
            "",
            *wrapped(f"Not audited: {counted(len(pipeline.gaps), 'place')} that could not be read; map lists them."),
        ]
    return joined(lines)


def _summary(findings: Sequence[AuditFinding]) -> str:
    counts = [(severity, sum(it.severity == severity for it in findings)) for severity in SEVERITIES]
    return ", ".join(counted(count, severity) for severity, count in counts if count) or "nothing found."


def _finding(finding: AuditFinding) -> list[str]:
    lines = ["", *wrapped(finding.title, f"{finding.severity.upper()}  ", _INDENT)]
    rows = [(str(proof.span), proof.text) for proof in finding.proof]
    lines += columns([("where" if at == 0 else "", *row) for at, row in enumerate(rows)], _INDENT)
    lines += wrapped(finding.why, f"{_INDENT}why    ")
    lines += wrapped(finding.next, f"{_INDENT}next   ")
    return [*lines, f"{_INDENT}rule   {finding.rule} (finding {finding.id})"]
