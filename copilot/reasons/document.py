"""The public JSON object of a proposal, version 1; its schema is `proposal-1.schema.json` beside this module.

Programs may rely on its keys: they are never renamed within a version. Texts are as read, not escaped.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from copilot.domain.alternative import Alternative, Phase, TimeBox
from copilot.domain.continuation import Continued
from copilot.domain.decision import Claim, Comment, Decision, Postponed
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.impacted import ImpactList
from copilot.domain.operation import operation_object
from copilot.domain.patch import Patch
from copilot.domain.proposal import Proposal
from copilot.domain.source import Span
from copilot.reasons.challenges import challenges_object
from copilot.reasons.said import said_object

VERSION = 1
SCHEMA_NAME = "proposal-1.schema.json"


def document(proposal: Proposal) -> dict[str, Any]:
    """Returns the proposal as JSON values; parts not reached yet are empty, the decision None."""
    request, plan = proposal.request, proposal.plan
    return {
        "version": VERSION,
        "proposal": proposal.id,
        "state": proposal.state,
        "request": request.text,
        "asked_by": request.asked_by,
        "follows": request.follows,
        "continues": _continued(proposal.continued) if proposal.continued else None,
        "base": request.commit,
        "operations": [operation_object(operation) for operation in request.operations],
        "impact": impact_object(proposal.reading.impacted) if proposal.reading and proposal.reading.impacted else None,
        "owners": dict(proposal.reading.owners) if proposal.reading else {},
        "alternatives": [_alternative(it, proposal) for it in proposal.alternatives],
        "not_offered": [{"strategy": it.strategy, "reason": it.reason} for it in (plan.not_offered if plan else ())],
        "evidence": [_evidence(it) for it in proposal.evidence],
        "decision": _decision(proposal.decision) if proposal.decision else None,
        **challenges_object(proposal),
        **said_object(proposal),
        "comments": [_comment(it) for it in proposal.comments],
        "approvals": [
            {
                "alternative": it.alternative,
                "plan": it.plan,
                "by": it.by,
                "at": it.at,
                "note": it.note,
                "people": it.people,
                "key": it.key,
                "signature": it.signature,
            }
            for it in proposal.approvals
        ],
        "postponed": _postponed(proposal.postponed) if proposal.postponed else None,
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "alternative": comment.alternative,
        "phase": comment.phase + 1,
        "hunk": comment.hunk,
        "file": comment.where.path,
        "line": comment.where.first_line,
        "text": comment.text,
        "by": comment.by,
        "at": comment.at,
    }


def _postponed(postponed: Postponed) -> dict[str, Any]:
    return {
        "by": postponed.by,
        "at": postponed.at,
        "note": postponed.note,
        "until": postponed.until,
        "when": postponed.when,
    }


def _continued(continued: Continued) -> dict[str, Any]:
    return {
        "proposal": continued.of,
        "phase": continued.phase + 1,
        "phases": continued.phases,
        "gate": continued.gate,
        "proofs": [
            {"kind": it.kind, "text": it.text, "by": it.by, "at": it.at, "digest": it.digest} for it in continued.proofs
        ],
        "moved": list(continued.moved),
        "late": continued.late,
    }


def record_document(proposal: Proposal, alternative: str) -> dict[str, Any]:
    """Returns the object that is committed with an alternative: without whole texts, and with no diffs but its own.

    The commit itself holds the texts; copies of them in the record would only bury the reasons.
    """
    found = document(proposal)
    for one in found["alternatives"]:
        for phase in one["phases"]:
            phase["files"] = []
            if one["id"] != alternative:
                phase["diff"] = ""
    return found


def impact_object(found: ImpactList) -> dict[str, Any]:
    """Returns the ranked files, most probable first, as `impact --format json` has them too."""
    return {
        "files": [
            {
                "path": it.path,
                "list": it.list,
                "probability": it.probability,
                "spans": _lines(it.spans),
                "reasons": list(it.reasons),
            }
            for it in found.files
        ],
        "elsewhere": [
            {"path": it.path, "spans": _lines(it.spans), "reasons": list(it.reasons), "owner": it.owner or None}
            for it in found.elsewhere
        ],
        "warnings": list(found.warnings),
        "files_read": found.files_read,
    }


def _lines(spans: tuple[Span, ...]) -> list[dict[str, int]]:
    return [{"first_line": it.first_line, "last_line": it.last_line} for it in spans]


def schema() -> dict[str, Any]:
    """Returns the JSON Schema of `document`."""
    text = files("copilot.reasons").joinpath(SCHEMA_NAME).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _alternative(alternative: Alternative, proposal: Proposal) -> dict[str, Any]:
    patches = {patch.phase: patch for patch in proposal.patches_of(alternative.id)}
    refused = next((it.refused for it in proposal.compiled if it.alternative == alternative.id and it.refused), None)
    return {
        "id": alternative.id,
        "title": alternative.title,
        "origin": alternative.origin,
        "strategy": alternative.strategy,
        "argument": alternative.argument,
        "refused": {"what": refused.what, "where": str(refused.where or ""), "next": refused.next} if refused else None,
        "phases": [_phase(phase, patches.get(number)) for number, phase in enumerate(alternative.phases)],
    }


def _phase(phase: Phase, patch: Patch | None) -> dict[str, Any]:
    changes = patch.changes if patch else ()
    return {
        "name": phase.name,
        "digest": patch.digest if patch else "",
        "diff": patch.diff if patch else "",
        "files": [{"path": it.path, "before": it.before, "after": it.after} for it in changes],
        "steps": [
            {
                "title": step.title,
                "kind": step.kind,
                "jobs": list(step.jobs),
                "paths": list(step.paths),
                "manual": list(step.manual),
            }
            for step in phase.steps
        ],
        "gate": phase.gate.text if phase.gate else "",
        "time_box": _time_box(phase.time_box) if phase.time_box else None,
    }


def _time_box(box: TimeBox) -> dict[str, Any]:
    return {"days": None if box.until else box.days, "until": box.until or None, "source": box.source}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    recipe = evidence.recipe
    return {
        "id": evidence.id,
        "alternative": evidence.alternative,
        "check": evidence.check,
        "verdict": evidence.verdict,
        "recipe": {"version": recipe.version, "tools": dict(recipe.tools), "inputs": dict(recipe.inputs)},
        "measures": [
            {"name": it.name, "value": it.value, "unit": it.unit, "is_volatile": it.is_volatile}
            for it in evidence.measures
        ],
        "findings": [_finding(it) for it in evidence.findings],
        "likely": [_finding(it) for it in evidence.likely],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    span = finding.span
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": span.path if span else "",
        "line": span.first_line if span else None,
        "subject": finding.subject,
        "path": finding.path,
        "phase": finding.phase,
        "fix": finding.fix,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "chosen": decision.chosen,
        "rulings": [
            {
                "alternative": it.alternative,
                "outcome": it.outcome,
                "rank": it.rank,
                "rule": it.rule,
                "claims": [_claim(claim) for claim in it.claims],
            }
            for it in decision.rulings
        ],
        "stakes": decision.stakes,
        "stakes_reasons": [_claim(claim) for claim in decision.stakes_reasons],
        "not_covered": list(decision.not_covered),
        "digest": decision.digest,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "cites": list(claim.cites),
        "background": claim.is_background,
        "beside": list(claim.beside),
    }
