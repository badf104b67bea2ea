"""How the rollout of one alternative looks: its phases with steps, gates and what was proved of their orders, and the undo."""

from __future__ import annotations

from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.reasons.markup import plain as escaped
from copilot.reasons.render import rollout
from copilot.reasons.words import VERDICT_WORDS, counted, letters_of

UNDO = "undo"
ABSENT = "This alternative changes nothing, so nothing is rolled out."


def rollout_markdown(proposal: Proposal, alternative: str) -> str:
    """Returns the text, with citations as in the rationale."""
    if not proposal.alternative(alternative).phases:
        return ABSENT
    title = f"## How {letters_of(proposal)[alternative]} is rolled out"
    return "\n".join(
        [title, "", *rollout(proposal, alternative), "", "## Taking it back", "", *_undo(proposal, alternative)]
    )


def _undo(proposal: Proposal, alternative: str) -> list[str]:
    evidence = next((it for it in reversed(proposal.evidence_of(alternative)) if it.check == UNDO), None)
    lines = [_proof(evidence)] if evidence else ["- Not proved: the check of the undo has not run."]
    lines += [f"  - {escaped(it.message)}" for it in (evidence.findings if evidence else ())]
    lines += [f"- Taken back on {escaped(it.branch)} at {it.at}, commit {it.commit[:12]}" for it in proposal.undone]
    if proposal.applied and not proposal.undone:
        lines += [f"- `pipeline-copilot undo {proposal.id} --from BRANCH` puts the files back in a new commit."]
    return lines


def _proof(evidence: Evidence) -> str:
    if evidence.verdict != "pass":
        return f"- The undo is {VERDICT_WORDS[evidence.verdict]} [{evidence.id}]"
    measures = {it.name: int(it.value) for it in evidence.measures}
    patches, files = (measures.get(name) for name in ("patches", "files_restored"))
    figures = f" ({counted(patches, 'patch', 'patches')}, {counted(files, 'file')})" if patches and files else ""
    return f"- Proved: applied with git and reversed, every file is back byte for byte{figures} [{evidence.id}]"
