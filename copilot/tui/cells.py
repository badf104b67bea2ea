"""What a cell of the matrix opens that is no evidence: an alternative in words, the ruling about it; and how to see it again."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.alternative import Alternative, Phase
from copilot.domain.decision import Ruling
from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.reasons.words import counted, in_letters, letters_of, listed, outcome_of
from copilot.tui.evidence import evidence_title
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain


def alternative_text(proposal: Proposal, id: str) -> Content:
    """Returns what an alternative is: its strategy, when it wins, its phases with steps and gates, the files that it changes."""
    it = proposal.alternative(id)
    lines = [plain(f"{letters_of(proposal)[id]}  {it.title}", "bold"), plain(f"{it.id}  {origin_words(it)}", "dim")]
    lines += [Content(""), plain(it.argument)] if it.argument else []
    for number, phase in enumerate(it.phases, 1):
        lines += [Content(""), plain(f"Phase {number}: {phase.name}", "bold"), *map(plain, phase_lines(phase))]
    if not it.phases:
        lines += [Content(""), plain("It changes nothing.")]
    for compiled in proposal.compiled:
        if compiled.alternative == id and compiled.refused:
            lines += [Content(""), plain(f"No patch: {compiled.refused.what} {compiled.refused.next}", "$text-error")]
    paths = paths_changed(proposal, id)
    lines += [Content(""), plain(f"Changes {counted(len(paths), 'file')}", "bold"), *map(plain, paths)] if paths else []
    return hanging(lines)


def origin_words(alternative: Alternative) -> str:
    """Returns by which strategy it was made, and by whom."""
    by = {"rules": "by the rules", "claude": "by a model", "person": "by a person, who left hunks out"}
    return f"strategy {alternative.strategy}, {by[alternative.origin]}"


def phase_lines(phase: Phase) -> list[str]:
    """Returns the steps of a phase with who moves and what is left to people, and its gate."""
    lines = []
    for step in phase.steps:
        lines.append(f"- {step.title}" + (f": {listed(step.jobs)}" if step.jobs else ""))
        lines += [f"    by hand: {manual}" for manual in step.manual]
    return [*lines, f"  gate: {phase.gate.text}"] if phase.gate else lines


def paths_changed(proposal: Proposal, id: str) -> tuple[str, ...]:
    """Returns the files that an alternative changes in any phase, sorted."""
    return tuple(sorted({change.path for patch in proposal.patches_of(id) for change in patch.changes}))


def ruling_text(proposal: Proposal, id: str, ruling: Ruling | None) -> Content:
    """Returns the ruling about an alternative: its rule, its claims, and the evidence that each cites."""
    letters = letters_of(proposal)
    if ruling is None:
        return plain(f"{letters[id]} is not ruled on yet.")
    known = {it.id: it for it in proposal.evidence}
    lines = [
        plain(f"{letters[id]}  {outcome_of(ruling)}", "bold"),
        plain(in_letters(ruling.rule, letters)),
        Content(""),
    ]
    for claim in ruling.claims:
        lines.append(plain(f"- {in_letters(claim.text, letters)}", "dim" if claim.is_background else ""))
        for cited in (known[it] for it in claim.cites if it in known):
            look = evidence_title(cited)
            lines.append(
                Content.assemble(plain(f"    {letters[cited.alternative]}  "), look, plain(f"  {cited.id}", "dim"))
            )
    return hanging(lines)


def evidence_command(proposal: Proposal, evidence: Evidence) -> str:
    """Returns the command that sees that evidence again in this repository."""
    return f"pipeline-copilot verify {proposal.id} --evidence {evidence.id}"
