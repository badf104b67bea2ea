"""How every check hands in what it saw: findings sorted, inputs named, the id a digest of all that must not change by itself.

Equal cases and equal tools give equal ids, in whatever order a check found things. Verdicts are the checks' own.
"""

from __future__ import annotations

from collections.abc import Iterable

from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.evidence import CLONE_INPUT, NOT_READ, Evidence, Finding, Measure, Recipe, Verdict
from copilot.ports import Case

ID_DIGITS = 12
_SEVERITIES = ("error", "warning", "note")


def make_evidence(
    check: str,
    version: int,
    case: Case,
    *,
    verdict: Verdict,
    measures: Iterable[Measure] = (),
    findings: Iterable[Finding] = (),
    tools: Iterable[tuple[str, str]] = (),
    inputs: Iterable[tuple[str, str]] = (),
    likely: Iterable[Finding] = (),
) -> Evidence:
    """Returns the evidence of one check on one case.

    The base commit, the commits of clones, and the digest of each phase's patch are inputs always; `inputs` adds what else the
    check read.
    Findings stand worst first; equal ones are kept once.
    """
    recipe = Recipe(check, version, tuple(sorted(set(tools))), tuple(sorted({*_inputs_of(case), *inputs})))
    seen = tuple(sorted(set(findings), key=_place))
    kept = tuple(measures)
    return Evidence(
        evidence_id(case.alternative.id, recipe, verdict, kept, seen),
        case.alternative.id,
        check,
        recipe,
        verdict,
        kept,
        seen,
        tuple(likely),
    )


def evidence_id(
    alternative: str, recipe: Recipe, verdict: Verdict, measures: tuple[Measure, ...], findings: tuple[Finding, ...]
) -> str:
    """Returns "ev-" and 12 hex digits over everything but the volatile measures, and what is only likely."""
    stable = sorted((measure for measure in measures if not measure.is_volatile), key=lambda measure: measure.name)
    content = {
        "alternative": alternative,
        "recipe": encode(recipe),
        "verdict": verdict,
        "measures": [encode(measure) for measure in stable],
        "findings": [encode(finding) for finding in findings],
    }
    return "ev-" + digest_of_text(canonical(content))[:ID_DIGITS]


def _inputs_of(case: Case) -> tuple[tuple[str, str], ...]:
    patches = tuple((f"patch.{patch.phase}", patch.digest) for patch in case.patches)
    clones = tuple((CLONE_INPUT + clone.name, clone.commit or NOT_READ) for clone in case.base.clones)
    return (("base", case.request.commit), *clones, *patches)


def _place(finding: Finding) -> tuple[int | str, ...]:
    span = finding.span
    place = (span.path, span.first_line, span.last_line) if span else ("", 0, 0)
    worst_first = _SEVERITIES.index(finding.severity)
    return (
        worst_first,
        finding.phase,
        finding.rule,
        finding.subject,
        finding.path,
        *place,
        finding.message,
        finding.fix,
    )
