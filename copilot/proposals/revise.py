"""Makes an alternative of its own from what a person left in of another one."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Alternative, Phase
from copilot.domain.codec import canonical, digest_of_text
from copilot.domain.patch import Patch
from copilot.domain.proposal import Compiled, Proposal, Revised
from copilot.errors import WrongUsage
from copilot.patches.diff import make_patch
from copilot.patches.hunks import hunks_of, without_hunks

ID_DIGITS = 6


def revision_of(proposal: Proposal, alternative: str, left_out: frozenset[str]) -> Revised:
    """Returns the revision; `left_out` are ids of hunks of the alternative's first patch. Raises WrongUsage."""
    parent = _revisable(proposal, alternative)
    if not left_out:
        raise WrongUsage("No hunk is left out, so nothing is to be proved again.")
    patches = proposal.patches_of(alternative)
    digest = digest_of_text(canonical({"of": alternative, "left_out": sorted(left_out)}))[:ID_DIGITS]
    id = f"{alternative.rsplit('-', 1)[0]}-{digest}"
    kept = revised_patches(patches, left_out, id)
    paths = {change.path for patch in kept for change in patch.changes}
    revised = replace(
        parent,
        id=id,
        title=f"{parent.title}, without {_count(len(left_out))}",
        origin="person",
        phases=tuple(_with_paths(phase, paths) for phase in parent.phases),
        argument=f"A person left out {', '.join(sorted(left_out))} of {alternative}.",
    )
    return Revised(alternative, tuple(sorted(left_out)), revised, Compiled(id, kept))


def revised_patches(patches: tuple[Patch, ...], left_out: frozenset[str], id: str) -> tuple[Patch, ...]:
    """Returns the patches without those hunks of the first one; a later phase loses the hunks with the same lines."""
    if not patches:
        raise WrongUsage("This alternative changes nothing, so there is nothing to leave out.")
    first = patches[0]
    gone = {(hunk.path, hunk.lines) for hunk in hunks_of(first) if hunk.id in left_out}
    kept = [without_hunks(first, left_out)]
    for patch in patches[1:]:
        same = frozenset(hunk.id for hunk in hunks_of(patch) if (hunk.path, hunk.lines) in gone)
        kept.append(without_hunks(patch, same))
    if not kept[0].changes:
        raise WrongUsage("All hunks are left out, so nothing would change.", next="Reject the proposal instead.")
    return tuple(make_patch(id, patch.phase, patch.base, patch.changes) for patch in kept)


def _revisable(proposal: Proposal, alternative: str) -> Alternative:
    if proposal.decision is None:
        raise WrongUsage(f"{proposal.id} is not decided yet.", next="Let it run to its end first.")
    if proposal.applied:
        raise WrongUsage(f"{proposal.id} is applied already.", next="Propose the change that is still missing.")
    try:
        return proposal.alternative(alternative)
    except KeyError:
        known = ", ".join(one.id for one in proposal.alternatives)
        raise WrongUsage(f'There is no alternative "{alternative}".', next=f"Use one of {known}.") from None


def _with_paths(phase: Phase, paths: set[str]) -> Phase:
    steps = tuple(replace(step, paths=tuple(path for path in step.paths if path in paths)) for step in phase.steps)
    return replace(phase, steps=steps)


def _count(hunks: int) -> str:
    return "1 hunk" if hunks == 1 else f"{hunks} hunks"
