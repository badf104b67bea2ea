"""What stands on the Sign screen: exactly what an approval is for, whose are there, and what came of it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from textual.content import Content

from copilot.domain.approving import Standing
from copilot.domain.patch import Patch
from copilot.domain.proposal import Proposal
from copilot.patches.hunks import hunks_of
from copilot.proposals.apply import commits_of
from copilot.proposals.people import seen_words
from copilot.reasons.rollout import going_live
from copilot.reasons.words import counted, in_letters, letters_of, outcome_of, postponed_words
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

Step = Literal["approve", "apply", "send", "done"]
COMMAND = "pipeline-copilot"
WARNING = "$text-warning"


def step_of(proposal: Proposal, standing: Standing, person: str) -> Step:
    """Returns what this person can do next: approve, apply, send it to others whose approval is missing, or nothing more."""
    if proposal.applied:
        return "done"
    if not standing.missing and proposal.postponed is None:
        return "apply"
    is_mine = any(it.approval.by == person for it in standing.there)
    return "send" if is_mine and proposal.postponed is None else "approve"


def sign_text(proposal: Proposal, standing: Standing, head: str) -> Content:
    """Returns all that a person approves, in the order in which it should be read; `head` is the commit that one is on."""
    return _joined(
        [
            *_plan(proposal, standing, head),
            *_section("Changes", _changes(proposal, standing.alternative)),
            *_section(*_stakes(proposal)),
            *_section("Not covered", _bullets(proposal.decision.not_covered if proposal.decision else ())),
            *_section("Comments", _comments(proposal, standing.alternative)),
            *_section(_count(standing), _approvals(proposal, standing)),
        ]
    )


def applied_text(proposal: Proposal) -> Content:
    """Returns what was put where, what has to be seen before the next phase, and how to come back to it."""
    applied = proposal.applied[-1]
    alternative = proposal.alternative(applied.alternative)
    planned = commits_of(alternative, proposal.patches_of(alternative.id)[applied.phase])
    commits = [
        plain(f"  {commit[:12]}  {made.subject}") for commit, made in zip(applied.commits, planned, strict=False)
    ]
    of = f", phase {applied.phase + 1} of {len(alternative.phases)}" if len(alternative.phases) > 1 else ""
    return _joined(
        [
            Content.assemble(plain(f"Applied{of} on branch ", "bold"), plain(applied.branch, "bold $text-success")),
            *commits,
            plain("  Your working tree, your index and your current branch are as they were.", "dim"),
            *_section("Look at it", [plain(f"  git log --patch HEAD..{applied.branch}")]),
            *_section("Next", _next(proposal)),
            *_section("Take it back", _undo(proposal)),
        ]
    )


def send_lines(proposal: str) -> tuple[str, ...]:
    """Returns how a proposal comes to the other people whose approval is missing, and back."""
    return (
        f"Send it:    {COMMAND} show {proposal} --export FILE",
        f"They type:  {COMMAND} review --from FILE",
        "and send a file back the same way; what you have and what they have becomes one.",
    )


def is_elsewhere(proposal: Proposal, head: str) -> bool:
    """Tells whether somebody is on another commit than the one that the plan was proved on."""
    return bool(head) and head != proposal.request.commit


def _plan(proposal: Proposal, standing: Standing, head: str) -> list[Content]:
    assert proposal.decision is not None, "only what is decided can be signed"
    letters = letters_of(proposal)
    letter = letters[standing.alternative]
    ruling = proposal.decision.ruling(standing.alternative)
    elsewhere = plain(f"here    {head}: HEAD is not at the base, and nothing was proved on it.", WARNING)
    lines = [
        plain(f"{letter}  {proposal.alternative(standing.alternative).title}", "bold"),
        plain(f"plan    {standing.plan}"),
        plain(f"base    {proposal.request.commit}"),
        *([elsewhere] if is_elsewhere(proposal, head) else []),
        plain(f"ruling  {outcome_of(ruling)}: {ruling.rule}"),
    ]
    if proposal.decision.chosen and standing.alternative != proposal.decision.chosen:
        lines.append(plain(f"The rules chose {letters[proposal.decision.chosen]}, and not this one.", WARNING))
    if ruling.outcome == "unproved":
        lines.append(plain("It is not fully proved.", WARNING))
    if proposal.postponed:
        lines.append(plain(f"It is {postponed_words(proposal.postponed)}. Approving ends that.", WARNING))
    return lines


def _changes(proposal: Proposal, alternative: str) -> Iterator[Content]:
    phases = proposal.alternative(alternative).phases
    for patch in proposal.patches_of(alternative):
        phase = phases[patch.phase]
        if len(phases) > 1:
            gate = phases[patch.phase - 1].gate if patch.phase else None
            later = (
                f"later{f', when: {gate.text}' if gate else ''}" if patch.phase else "what applying puts on a branch"
            )
            yield Content.assemble(plain(f"  {patch.phase + 1}  {phase.name}", "bold"), plain(f"  {later}", "dim"))
        yield from _files(patch)


def _files(patch: Patch) -> Iterator[Content]:
    counts: dict[str, list[int]] = {change.path: [0, 0] for change in patch.changes}
    for hunk in hunks_of(patch):
        counts[hunk.path][0] += sum(line.startswith("+") for line in hunk.lines)
        counts[hunk.path][1] += sum(line.startswith("-") for line in hunk.lines)
    for change in patch.changes:
        added, removed = counts[change.path]
        kind = "new " if change.before is None else "gone" if change.after is None else "    "
        yield Content.assemble(
            "     ",
            plain(f"+{added}", "$text-success"),
            " ",
            plain(f"-{removed}", "$text-error"),
            plain(f"  {kind} {change.path}"),
        )


def _stakes(proposal: Proposal) -> tuple[str, list[Content]]:
    assert proposal.decision is not None, "only what is decided can be signed"
    letters = letters_of(proposal)
    reasons = [in_letters(claim.text, letters) for claim in proposal.decision.stakes_reasons]
    return f"Stakes are {proposal.decision.stakes}", _bullets(reasons) or [
        plain("  No reason to hold it back was found.")
    ]


def _comments(proposal: Proposal, alternative: str) -> list[Content]:
    said = (it for it in proposal.comments if it.alternative == alternative)
    return _bullets(f"{it.where}  {it.by}: {' '.join(it.text.split())}" for it in said)


def _count(standing: Standing) -> str:
    return f"Approvals: {len(standing.there)} of {counted(standing.needed, 'person', 'people')}"


def _approvals(proposal: Proposal, standing: Standing) -> list[Content]:
    lines = []
    for it in standing.seen:
        sign, style = ("–", "dim") if it.why_not else ("✓", "$text-success")
        note = f": {it.approval.note}" if it.approval.note else ""
        lines.append(plain(f"  {sign} {seen_words(it.approval, it.signer, it.why_not)}{note}", style))
    lines += [
        plain(f"  ✗ rejected by {it.by} at {it.at}" + (f": {it.note}" if it.note else ""), "$text-error")
        for it in proposal.rejections
    ]
    return lines or [plain("  Nobody has approved it yet.")]


def _next(proposal: Proposal) -> list[Content]:
    if proposal.undone:
        return []
    applied = proposal.applied[-1]
    phases = proposal.alternative(applied.alternative).phases
    left = phases[applied.phase + 1 :]
    live = going_live(proposal, applied.alternative, applied.phase)
    lines = [
        plain(
            "  Merge the branch as you always do; what brings it into service:"
            if live
            else "  Merge and deploy the branch."
        ),
        *(plain(f"  {line}") for line in live),
    ]
    if not left:
        return [*lines, plain("  No phase comes after this one.")]
    gate = phases[applied.phase].gate
    return [
        *lines,
        plain(f'  Then phase {applied.phase + 2}, "{left[0].name}",'),
        plain(f"  once this is so: {gate.text}" if gate else "  which waits for nothing."),
        plain(f"  Come back to it with g here, or: {COMMAND} next {proposal.id}", "bold"),
    ]


def _undo(proposal: Proposal) -> list[Content]:
    if proposal.undone:
        it = proposal.undone[-1]
        return [
            Content.assemble(plain("  Taken back on branch ", "bold"), plain(it.branch, "bold $text-success")),
            plain(f"  {it.commit[:12]}  restores the files; merge it as you always do."),
        ]
    return [plain("  u here, or later"), plain(f"  {COMMAND} undo {proposal.id} --from {proposal.applied[-1].branch}")]


def _section(title: str, lines: Iterable[Content]) -> list[Content]:
    found = list(lines)
    return [Content(""), plain(title, "bold underline"), *found] if found else []


def _bullets(texts: Iterable[str]) -> list[Content]:
    return [plain(f"  - {text}") for text in texts]


def _joined(lines: Sequence[Content]) -> Content:
    return hanging(lines)
