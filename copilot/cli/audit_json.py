"""An audit as one JSON object for programs. Its schema is `audit-1.schema.json` beside this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copilot.cli.map_json import span_json
from copilot.domain.audit import SEVERITIES, AuditFinding
from copilot.domain.pipeline import PipelineMap

VERSION = 1
"""Raised when a key changes its meaning or goes; new keys and new rules don't raise it."""


def audit_json(pipeline: PipelineMap, findings: Sequence[AuditFinding]) -> dict[str, Any]:
    """Returns the public JSON object of an audit; what a finding is not about is null."""
    return {
        "version": VERSION,
        "commit": pipeline.commit,
        "counts": {severity: sum(it.severity == severity for it in findings) for severity in SEVERITIES},
        "gaps": len(pipeline.gaps),
        "findings": [_finding(it) for it in findings],
    }


def _finding(finding: AuditFinding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "title": finding.title,
        "why": finding.why,
        "next": finding.next,
        "subject": finding.subject or None,
        "field": finding.path or None,
        "job": finding.job or None,
        "topic": finding.topic or None,
        "proof": [{"at": span_json(it.span), "text": it.text} for it in finding.proof],
    }
