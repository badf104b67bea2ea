"""All of a proposal's reasons, laid out to be read as they stand on a terminal; `reasons.render` has them as Markdown."""

from __future__ import annotations

from copilot.cli.layout import columns, joined, section, wrapped
from copilot.cli.proposal_text import (
    alternative_rows,
    check_rows,
    claim_lines,
    continued_facts,
    look_at_lines,
    next_lines,
    probe_lines,
    words_lines,
)
from copilot.cli.verbs import COMMAND
from copilot.domain.alternative import Phase
from copilot.domain.decision import Decision, Ruling
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.proposal import Proposal
from copilot.reasons.asked import operation_words
from copilot.reasons.rationale import check_claims, claims_of
from copilot.reasons.rollout import proved
from copilot.reasons.said import claimed_note, origin_of
from copilot.reasons.words import (
    asked_words,
    counted,
    letters_of,
    outcome_and_rule,
    postponed_words,
    signed,
    with_owners,
)

FINDINGS_SHOWN = 12


def rationale_text(proposal: Proposal) -> str:
    """Returns the text of a decided proposal; raises RefusedByEvidence where a claim doesn't stand on its evidence."""
    decision = proposal.decision
    assert decision is not None, "there are no reasons before there is a decision"
    check_claims(decision, proposal.evidence)
    lines = [
        *_head(proposal, decision),
        *section("ALTERNATIVES", alternative_rows(proposal, decision)),
        *section("CHECKS", check_rows(proposal)),
        *section("IN THE WORDS OF A MODEL", words_lines(proposal)),
        *section("WHY", _rulings(proposal, decision)),
        *section("ROLLOUT", _rollout(proposal, decision)),
        *section("LOOK AT BY HAND", look_at_lines(proposal, decision.chosen)),
        *section("NOT OFFERED", _not_offered(proposal)),
        *section("NOT COVERED", [line for text in decision.not_covered for line in wrapped(text, "  - ")]),
        *section("FAITHFULNESS PROBE", probe_lines(proposal)),
        *section("EVIDENCE (measures that are 0 are left out)", _evidence(proposal)),
        *section("WHAT PEOPLE DID", _acts(proposal)),
        *section("NEXT", _next(proposal)),
    ]
    return joined(lines)


def _head(proposal: Proposal, decision: Decision) -> list[str]:
    request, letters = proposal.request, letters_of(proposal)
    words = asked_words(request)
    by = f"by {request.asked_by}, " if request.asked_by else ""
    facts = [("asked", f"{by}on commit {request.commit}")]
    facts += [("understood", operation_words(operation)) for operation in request.operations]
    if proposal.continued:
        facts += continued_facts(proposal.continued)
    elif request.follows:
        facts += [("follows", request.follows)]
    facts += [("decision", _chosen(proposal, decision, letters))]
    facts += [("stakes", decision.stakes)] if decision.chosen else []
    reasons = claim_lines(proposal, decision.stakes_reasons, " " * 12, len(decision.stakes_reasons))
    return [*wrapped(words, f"{proposal.id}  "), "", *columns(facts), *(reasons if decision.chosen else [])]


def _chosen(proposal: Proposal, decision: Decision, letters: dict[str, str]) -> str:
    if not decision.chosen:
        return "nothing is put forward; every alternative is refused"
    return f"{letters[decision.chosen]}, {proposal.alternative(decision.chosen).title}"


def _rulings(proposal: Proposal, decision: Decision) -> list[str]:
    """Returns the rulings with an empty line between each two."""
    return [line for ruling in decision.rulings for line in ("", *_ruling(proposal, ruling))][1:]


def _ruling(proposal: Proposal, ruling: Ruling) -> list[str]:
    alternative = proposal.alternative(ruling.alternative)
    lines = wrapped(alternative.title, f"  {letters_of(proposal)[alternative.id]}  ")
    lines += wrapped(": ".join(outcome_and_rule(ruling)), "     ")
    lines += wrapped(f"{alternative.id}, {alternative.strategy}, from {origin_of(alternative)}", "     ")
    bar = "     "
    if alternative.origin == "claude":
        bar = "     | "
        lines += wrapped(claimed_note(proposal), bar, bar)
    lines += wrapped(alternative.argument, f"{bar}Its case: ", bar) if alternative.argument else []
    for text in alternative.preconditions:
        lines += wrapped(text, f"{bar}It presupposes, not checked: ", bar)
    return [*lines, *claim_lines(proposal, ruling.claims, "     ", len(ruling.claims))]


def _rollout(proposal: Proposal, decision: Decision) -> list[str]:
    if not decision.chosen:
        return []
    phases = proposal.alternative(decision.chosen).phases
    told = [proved(proposal, decision.chosen, number) for number in range(len(phases))]
    return [line for number, phase in enumerate(phases) for line in _phase(proposal, number, phase, told[number])]


def _phase(proposal: Proposal, number: int, phase: Phase, told: tuple[tuple[str, str], ...]) -> list[str]:
    lines = wrapped(phase.name, f"  {number + 1}  ")
    for step in phase.steps:
        jobs = f": {', '.join(with_owners(step.jobs, proposal))}" if step.jobs else ""
        lines += wrapped(f"{step.title}{jobs}", "     - ")
        lines += [line for path in step.paths for line in wrapped(path, "         ")]
        lines += [line for place in step.manual for line in wrapped(f"by hand: {place}", "         ")]
    lines += [line for heading, text in told for line in wrapped(text, f"     {heading}: ", "       ")]
    lines += wrapped(f"before going on: {phase.gate.text}", "     ") if phase.gate else []
    return lines + (wrapped(f"time-box: {phase.time_box}", "     ") if phase.time_box else [])


def _not_offered(proposal: Proposal) -> list[str]:
    absent = proposal.plan.not_offered if proposal.plan else ()
    return [line for it in absent for line in wrapped(it.reason, f"  {it.strategy}: ", "      ")]


def _evidence(proposal: Proposal) -> list[str]:
    """Returns what the checks saw; one that had nothing to look at stands in the table above only, unless a claim cites it."""
    assert proposal.decision is not None
    cited = {id for claim in claims_of(proposal.decision) for id in claim.cites}
    shown = [it for it in proposal.evidence if it.verdict != "not-applicable" or it.id in cited]
    return [line for it in shown for line in _one(it, letters_of(proposal)[it.alternative])]


def _one(evidence: Evidence, letter: str) -> list[str]:
    lines = wrapped(f"{evidence.check}: {signed(evidence.verdict)}  ({evidence.id})", f"  {letter}  ")
    stable = [it for it in evidence.measures if not it.is_volatile and it.value]
    measures = [f"{it.name} {it.value:g}" for it in stable]
    lines += wrapped(", ".join(measures), "     ") if measures else []
    found = (*evidence.findings, *evidence.likely)
    for finding in found[:FINDINGS_SHOWN]:
        lines += _finding(finding)
    left = len(found) - FINDINGS_SHOWN
    return lines + ([f"     … {counted(left, 'more finding')}: --format json shows all"] if left > 0 else [])


def _finding(finding: Finding) -> list[str]:
    where = f" ({finding.span})" if finding.span else ""
    lines = wrapped(f"{finding.message}{where}", f"     - {finding.severity}: ", "       ")
    return lines + (wrapped(finding.fix, "       fix: ", "       ") if finding.fix else [])


def _acts(proposal: Proposal) -> list[str]:
    letters = letters_of(proposal)
    rows = [
        (act.at, f"{word} {letters[act.alternative]}", f"by {act.by}" + (f": {act.note}" if act.note else ""))
        for word, acts in (("approved", proposal.approvals), ("rejected", proposal.rejections))
        for act in acts
    ]
    rows += [
        (
            act.at,
            f"commented on {letters[act.alternative]}",
            f"by {act.by} at {act.where}: {' '.join(act.text.split())}",
        )
        for act in proposal.comments
    ]
    if proposal.postponed:
        rows += [(proposal.postponed.at, "postponed", postponed_words(proposal.postponed).partition(" ")[2])]
    rows += [(act.at, f"applied {letters[act.alternative]}", f"on branch {act.branch}") for act in proposal.applied]
    rows += [(act.at, "undone", f"on branch {act.branch}") for act in proposal.undone]
    return columns(sorted(rows, key=lambda row: row[0]), "  ")


def _next(proposal: Proposal) -> list[str]:
    lines = [line for line in next_lines(proposal) if f"{COMMAND} show " not in line]
    return [*lines, f"  {COMMAND} verify {proposal.id}  see every evidence again"]
