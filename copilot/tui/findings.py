"""How findings of the audit and gaps of the reading look: the lines of their lists, and the detail with the source behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from copilot.domain.audit import SEVERITIES, AuditFinding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import WORKING_TREE, Gap, SourceFile
from copilot.reasons.words import counted
from copilot.tui.evidence import FINDING_STYLES
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain
from copilot.tui.source import source_lines

COMMIT_SHOWN = 9

PROOFS_WITH_SOURCE_MAX = 8
Source = Callable[[str], SourceFile | Gap]
Items = list[tuple[str, Content]]


def finding_items(findings: Sequence[AuditFinding]) -> Items:
    """Returns the lines of the list of findings, below a heading for each severity, the worst first."""
    items: Items = []
    for severity in SEVERITIES:
        of_it = [it for it in findings if it.severity == severity]
        items += [("", plain(counted(len(of_it), severity).upper(), FINDING_STYLES[severity]))] if of_it else []
        items += [(it.id, plain(f"• {it.title}")) for it in of_it]
    return items


def finding_text(finding: AuditFinding, source: Source) -> Content:
    """Returns all that is known of a finding: what is so, what comes of it, what to do, and the places that show it."""
    lines = [
        Content.assemble(
            plain(f"{finding.severity}  ", FINDING_STYLES[finding.severity]), plain(finding.title, "bold")
        ),
        plain("  ".join(str(it.span) for it in finding.proof[:1]), "$text-accent"),
        plain(finding.why),
        plain(f"next: {finding.next}"),
    ]
    for number, proof in enumerate(finding.proof):
        lines += [Content(""), Content.assemble(plain(str(proof.span), "$text-accent"), plain(f"  {proof.text}"))]
        if number < PROOFS_WITH_SOURCE_MAX:
            lines += source_lines(proof.span, source(proof.span.path))
    return hanging([*lines, Content(""), plain(f"{finding.rule}  {finding.id}", "dim")])


def gap_items(gaps: Sequence[Gap]) -> Items:
    """Returns a line for each gap; its number is its id."""
    return [(str(number), plain(f"{gap.span}  {gap.reason}")) for number, gap in enumerate(gaps)]


def gap_text(gap: Gap, source: Source) -> Content:
    """Returns the place that could not be read, why, and what stands there."""
    lines = [plain(str(gap.span), "bold"), plain(gap.reason), Content("")]
    return hanging([*lines, *source_lines(gap.span, source(gap.span.path))])


def heading(name: str, branch: str, pipeline: PipelineMap, findings: tuple[AuditFinding, ...]) -> Content:
    """Returns what is read, where it stands, how much is in it, and what was not read."""
    is_live = pipeline.commit == WORKING_TREE
    where = "its working tree" if is_live else " ".join(it for it in (branch, pipeline.commit[:COMMIT_SHOWN]) if it)
    counts = (
        counted(len(pipeline.jobs), "job"),
        counted(len(pipeline.endpoints), "endpoint"),
        counted(len(pipeline.subjects), "schema"),
        counted(len(findings), "finding"),
    )
    unread = [counted(len(pipeline.gaps), "gap")] if pipeline.gaps else []
    if pipeline.uncommitted_count:
        unread.append(f"{counted(pipeline.uncommitted_count, 'uncommitted change')} not read")
    return Content.assemble(
        plain(name, "bold"),
        plain(f"  {where or 'no commit yet'}  "),
        plain(", ".join(counts), "dim"),
        plain(f"  {', '.join(unread)}" if unread else "", "$text-warning"),
    )
