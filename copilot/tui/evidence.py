"""How evidence looks: one line for each check, and the detail with recipe, measures and findings."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.reasons.check_words import measure_words, why_not_applicable
from copilot.reasons.words import signed
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain
from copilot.tui.sources import Sources

STYLES: dict[Verdict, str] = {
    "pass": "$text-success",
    "fail": "bold $text-error",
    "unknown": "bold $text-warning",
    "not-applicable": "dim",
}
FINDING_STYLES = {"error": "bold $text-error", "warning": "$text-warning", "note": "dim"}


def verdict(of: Verdict) -> Content:
    """Returns the verdict as a sign and a word."""
    return plain(signed(of), STYLES[of])


def evidence_title(evidence: Evidence) -> Content:
    """Returns the list line of one check."""
    return Content.assemble(plain(f"{evidence.check:14}"), verdict(evidence.verdict))


def evidence_text(evidence: Evidence, sources: Sources | None = None, again: str = "", measure: str = "") -> Content:
    """Returns all that the check saw, and how to see it again: `again` is the command.

    With `sources` each finding has the lines that it is about; `measure` is the name of one to begin with.
    """
    lines = [
        Content.assemble(plain(f"{evidence.check}  ", "bold"), verdict(evidence.verdict)),
        plain(evidence.id, "dim"),
        *(_measure(evidence, it, "bold") for it in evidence.measures if it.name == measure),
    ]
    why = why_not_applicable(evidence)
    lines += [Content(""), plain(why)] if why else []
    found = (*evidence.findings, *evidence.likely)
    for number, finding in enumerate(found):
        lines += [Content(""), *_finding(finding)] if sources or not number else _finding(finding)
        lines += sources.lines_of(finding, evidence.recipe.clones) if sources else []
    # Where there was nothing to look at, a column of zeros would only hide that.
    counted = [it for it in evidence.measures if it.value or not why]
    if counted:
        lines += [Content(""), plain("Measures", "bold"), *(_measure(evidence, it) for it in counted)]
    recipe = evidence.recipe
    lines += [Content(""), plain("Recipe", "bold"), plain(f"check {recipe.check}, version {recipe.version}")]
    lines += [plain(f"tool {name} {version}") for name, version in recipe.tools]
    lines += [plain(f"{name} {value[:16]}", "dim") for name, value in recipe.inputs]
    lines += [Content(""), plain("See it again", "bold"), plain(again)] if again else []
    return hanging(lines)


def _finding(finding: Finding) -> list[Content]:
    lines = [Content.assemble(plain(f"{finding.severity}  ", FINDING_STYLES[finding.severity]), plain(finding.message))]
    about = ".".join(part for part in (finding.subject, finding.path) if part)
    where = [str(finding.span)] if finding.span else []
    where += [about] if about else []
    where += [f"phase {finding.phase + 1}"] if finding.phase else []
    lines += [plain(f"  {'  '.join(where)}", "$text-accent")] if where else []
    lines += [plain(f"  fix: {finding.fix}")] if finding.fix else []
    return [*lines, plain(f"  {finding.rule}", "dim")]


def _measure(evidence: Evidence, measure: Measure, style: str = "") -> Content:
    volatile = "  (differs from run to run)" if measure.is_volatile else ""
    return plain(f"{measure_words(evidence.check, measure)}{volatile}", style)
