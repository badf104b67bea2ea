"""How a finding of the audit looks: one line of the list, and the detail with its proof."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.audit import AuditFinding
from copilot.tui.evidence import FINDING_STYLES
from copilot.tui.panes import plain


def finding_title(finding: AuditFinding) -> Content:
    """Returns the list line of a finding."""
    return Content.assemble(plain(f"{finding.severity:8}", FINDING_STYLES[finding.severity]), plain(finding.title))


def finding_text(finding: AuditFinding) -> Content:
    """Returns all that is known of a finding: what is so, the places that show it, what comes of it, what to do."""
    return Content("\n").join(
        [
            Content.assemble(
                plain(f"{finding.severity}  ", FINDING_STYLES[finding.severity]), plain(finding.title, "bold")
            ),
            Content(""),
            *(plain(f"{proof.span}  {proof.text}") for proof in finding.proof),
            Content(""),
            plain(finding.why),
            plain(f"next: {finding.next}"),
            plain(f"{finding.rule}  {finding.id}", "dim"),
        ]
    )
