"""Does each phase's patch apply with the real git, and does its reverse give the base back, byte for byte?"""

from __future__ import annotations

from copilot.checks.evidence import make_evidence
from copilot.domain.evidence import Evidence, Finding, Measure
from copilot.domain.patch import Patch
from copilot.ports import Bench, Case, RoundTrip


class UndoCheck:
    """Applies and reverses every patch in a scratch repository."""

    name = "undo"
    version = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; an alternative that changes nothing has nothing to undo."""
        if not case.patches:
            return make_evidence(self.name, self.version, case, verdict="not-applicable")
        findings = [finding for patch in case.patches for finding in _findings(patch, bench.scratch.round_trip(patch))]
        files = {change.path for patch in case.patches for change in patch.changes}
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict="fail" if findings else "pass",
            measures=(Measure("patches", len(case.patches), "patches"), Measure("files_restored", len(files), "files")),
            findings=findings,
        )


def _findings(patch: Patch, trip: RoundTrip) -> list[Finding]:
    if not trip.applied:
        return [_finding(patch, "undo.does-not-apply", f"The patch does not apply to the base: {trip.message}")]
    findings: list[Finding] = []
    if not trip.after_equal:
        findings.append(
            _finding(patch, "undo.applies-differently", "git applies the patch to other bytes than it states.")
        )
    if not trip.reversed_equal:
        said = f": {trip.message}" if trip.message else "."
        findings.append(_finding(patch, "undo.does-not-restore", f"The reverse patch does not restore the base{said}"))
    return findings


def _finding(patch: Patch, rule: str, message: str) -> Finding:
    return Finding(rule, "error", message, phase=patch.phase, fix="Propose the change again on the present commit.")
