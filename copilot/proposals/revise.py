"""Makes an alternative of its own from what a person left out of another one, or wrote anew in it."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Alternative, Phase
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.patch import HunkEdit, Patch
from copilot.domain.proposal import Compiled, Proposal, Revised
from copilot.errors import WrongUsage
from copilot.patches.carry import carried
from copilot.patches.diff import make_patch
from copilot.patches.hunk_parts import parts_words
from copilot.patches.hunks import hunks_of, revised_patch, without_hunks

ID_DIGITS = 6


def revision_of(
    proposal: Proposal, alternative: str, left_out: frozenset[str], edited: tuple[HunkEdit, ...] = ()
) -> Revised:
    """Returns the revision of the alternative's first patch; see `Revised` for the ids. Raises WrongUsage."""
    parent = _revisable(proposal, alternative)
    if not left_out and not edited:
        raise WrongUsage("No hunk is left out or edited, so nothing is to be proved again.")
    edited = tuple(sorted(edited, key=lambda edit: edit.hunk))
    signed: dict[str, object] = {"of": alternative, "left_out": sorted(left_out)}
    if edited:
        signed["edited"] = [encode(edit) for edit in edited]
    id = f"{alternative.rsplit('-', 1)[0]}-{digest_of_text(canonical(signed))[:ID_DIGITS]}"
    kept = revised_patches(proposal.patches_of(alternative), left_out, id, edited)
    paths = {change.path for patch in kept for change in patch.changes}
    revised = replace(
        parent,
        id=id,
        title=f"{parent.title}, {parts_words(left_out, edited)}",
        origin="person",
        phases=tuple(_with_paths(phase, paths) for phase in parent.phases),
        argument=_argument(alternative, left_out, edited),
    )
    return Revised(alternative, tuple(sorted(left_out)), revised, Compiled(id, kept), edited)


def revised_patches(
    patches: tuple[Patch, ...], left_out: frozenset[str], id: str, edited: tuple[HunkEdit, ...] = ()
) -> tuple[Patch, ...]:
    """Returns the patches with the first one revised. A later phase loses the hunks with the same lines as one that is left out,
    and follows in lines and edits except where it has lines of its own."""
    if not patches:
        raise WrongUsage("This alternative changes nothing, so there is nothing to leave out.")
    first = patches[0]
    hunks = hunks_of(first)
    whole = frozenset(hunk.id for hunk in hunks if hunk.id in left_out)
    gone = {(hunk.path, hunk.lines) for hunk in hunks if hunk.id in whole}
    kept = [revised_patch(first, left_out, edited)]
    is_in_part = bool(edited) or whole != left_out
    for patch in patches[1:]:
        same = frozenset(hunk.id for hunk in hunks_of(patch) if (hunk.path, hunk.lines) in gone)
        rest = without_hunks(patch, same)
        kept.append(carried(without_hunks(first, whole), kept[0], rest) if is_in_part else rest)
    if not kept[0].changes:
        raise WrongUsage("All hunks are left out, so nothing would change.", next="Reject the proposal instead.")
    return tuple(make_patch(id, patch.phase, patch.base, patch.changes) for patch in kept)


def _argument(alternative: str, left_out: frozenset[str], edited: tuple[HunkEdit, ...]) -> str:
    parts = [f"left out {', '.join(sorted(left_out))}"] if left_out else []
    parts += [f"edited {', '.join(edit.hunk for edit in edited)}"] if edited else []
    return f"A person {' and '.join(parts)} of {alternative}."


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
