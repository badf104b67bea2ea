"""Makes the phases that are left of a landed proposal fit the present base, whatever others did to the files meanwhile.

Each phase states its whole target, so what leads from the landed state to a later one is a change of texts. Where a file is still
what the landed phase made of it, that change is taken as it was; where others changed it, it is merged as git merges; where both
changed the same lines, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from copilot.adapters.merge import merged
from copilot.domain.alternative import Alternative, Edit, FileText, Phase, SchemaEdit, Waited
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.decision import Applied
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.domain.source import SourceFile
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.ports import Tree

ID_DIGITS = 6
PATHS_SHOWN = 5

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Carried:
    """The alternative of the phases that are left, on the present base, and the files that others changed since."""

    alternative: Alternative
    moved: tuple[str, ...]


def landed(proposal: Proposal) -> Applied:
    """Returns what was applied of a proposal whose phases are not through; raises WrongUsage where nothing can follow."""
    if proposal.undone:
        raise WrongUsage(f"{proposal.id} was applied and taken back, so nothing follows it.", next="Propose again.")
    if not proposal.applied:
        raise WrongUsage(
            f"{proposal.id} is not applied, so its next phase has nothing to stand on.",
            next=f"pipeline-copilot apply {proposal.id}",
        )
    applied = proposal.applied[-1]
    phases = proposal.alternative(applied.alternative).phases
    if applied.phase + 1 >= len(phases):
        raise WrongUsage(f'{proposal.id} has landed its last phase ("{phases[-1].name}"): nothing is left to do.')
    return applied


def last_landed(proposal: Proposal, load: Callable[[str], Proposal], everyone: Sequence[Proposal]) -> Proposal:
    """Returns the last proposal that was applied of those that carry this one on, or that it carries on; else itself."""
    while proposal.continued is not None and not proposal.applied:
        proposal = load(proposal.continued.of)
    applied = {it.continued.of: it for it in everyone if it.continued and it.state == "applied"}
    while proposal.id in applied:
        proposal = applied[proposal.id]
    return proposal


def beginning_of(proposal: Proposal, load: Callable[[str], Proposal]) -> Proposal:
    """Returns the proposal whose first phase began it all."""
    while proposal.continued is not None:
        proposal = load(proposal.continued.of)
    return proposal


def carried(proposal: Proposal, applied: Applied, tree: Tree, gone: tuple[str, ...]) -> Carried:
    """Returns what is left, made to fit; `gone` are meanings of versions whose records the gate has waited out.

    Raises RefusedByEvidence where the landed phase is not in the tree, or where others changed the same lines.
    """
    alternative = proposal.alternative(applied.alternative)
    states = _states(proposal.patches_of(alternative.id))
    paths = sorted(states[0])
    present = _present(tree, paths)
    now = states[applied.phase + 1]
    _refuse_absent(applied, states[0], now, present, alternative)
    left = range(applied.phase + 1, len(alternative.phases))
    phases = tuple(_phase(alternative.phases[number], now, states[number + 1], present) for number in left)
    gate = alternative.phases[applied.phase].gate
    brought = _brought(alternative, applied.phase)
    waited = Waited(gate, gone if gate.outlasts_retention else (), brought) if gate else None
    first = alternative.phases[applied.phase]
    digest = digest_of_text(canonical([proposal.id, [encode(phase) for phase in phases]]))[:ID_DIGITS]
    moved = tuple(path for path in paths if present[path] != now[path])
    made = replace(
        alternative,
        id=f"{alternative.id.rsplit('-', 1)[0]}-{digest}",
        title=_title(alternative, phases),
        phases=phases,
        argument=f'"{first.name}" of {proposal.id} has landed. This is what is left of it, on the present base, proved anew.',
        waited=waited or alternative.waited,
    )
    return Carried(made, moved)


def _brought(alternative: Alternative, phase: int) -> tuple[str, ...]:
    added = {
        it.field for it in alternative.phases[phase].edits if isinstance(it, SchemaEdit) and it.action == "add_field"
    }
    return tuple(sorted(added | alternative.brought))


def outlived(root: PipelineMap, proposal: Proposal) -> tuple[str, ...]:
    """Returns the meanings of all versions that the proposal's subjects had before its first phase."""
    subjects = {operation.subject for operation in proposal.request.operations}
    return tuple(sorted({it.meaning for own in root.subjects if own.name in subjects for it in own.versions}))


def _title(alternative: Alternative, phases: Sequence[Phase]) -> str:
    names = " and ".join(filter(None, (", ".join(it.name for it in phases[:-1]), phases[-1].name)))
    return f"{alternative.title.partition(', now: ')[0]}, now: {names}"


def _states(patches: Sequence[Patch]) -> list[Texts]:
    """Returns the texts in the base, then after each phase, of every file that some phase changes."""
    base = {change.path: change.before for patch in patches for change in patch.changes}
    after = ({change.path: change.after for change in patch.changes} for patch in patches)
    return [base, *({**base, **texts} for texts in after)]


def _present(tree: Tree, paths: Sequence[str]) -> Texts:
    found: dict[str, str | None] = {}
    there = {entry.path for entry in tree.snapshot.entries}
    for path, file in tree.read([path for path in paths if path in there]).items():
        if not isinstance(file, SourceFile):
            raise RefusedByEvidence(f"{path} can't be carried on: it {file.reason}.", where=tree.commit[:12])
        found[path] = file.text
    return {path: found.get(path) for path in paths}


def _refuse_absent(applied: Applied, base: Texts, now: Texts, present: Texts, alternative: Alternative) -> None:
    changed = [path for path in now if now[path] != base[path]]
    absent = [path for path in changed if present[path] == base[path]]
    if not absent:
        return
    name = alternative.phases[applied.phase].name
    some = "" if len(absent) == len(changed) else "all of "
    raise RefusedByEvidence(
        f'Phase "{name}" is not in {some}this base: {_listed(absent)} {_as_before(absent)} before.',
        next=f"Merge {applied.branch} first, or name a commit that holds it: --at REV.",
    )


def _phase(phase: Phase, now: Texts, later: Texts, present: Texts) -> Phase:
    edits: list[Edit] = []
    for path in sorted(now):
        text = _carried_text(path, now[path], later[path], present[path])
        if text != present[path]:
            edits.append(FileText(path, text))
    return replace(phase, edits=tuple(edits))


def _carried_text(path: str, now: str | None, later: str | None, present: str | None) -> str | None:
    if now == later or present == later:
        return present
    if present == now:
        return later
    found = merged(now, later, present) if now is not None and later is not None and present is not None else None
    if found is None:
        raise RefusedByEvidence(
            f"Others changed the same lines of {path} since the phase landed, so what is left does not fit it.",
            where=path,
            next="Propose what is left of the change anew, on the present base.",
        )
    return found


def _listed(paths: Sequence[str]) -> str:
    left = len(paths) - PATHS_SHOWN
    return ", ".join(paths[:PATHS_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _as_before(paths: Sequence[str]) -> str:
    return "is what it was" if len(paths) == 1 else "are what they were"
