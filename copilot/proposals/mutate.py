"""Breaks the chosen patch in every way of the catalogue, and asks the same battery and the same rules whether they notice.

A mutant is killed where the rules would not put it beside the chosen patch: a check refuses it, a check that was settled no longer
is, or it is worse by a rule of worth (`reasons.merits.WORTH`) or by the rule about deploys for which the chosen one won. A warning
alone kills nothing. The chosen patch itself is proved first, as a battery that refuses everything would kill every mutant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from copilot.checks.mutant import Mutant, Mutation
from copilot.checks.mutations import MUTATIONS
from copilot.domain.alternative import Alternative, Plan
from copilot.domain.decision import Decision, Ruling
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.operation import TopicOperation
from copilot.domain.patch import Patch, Refused
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Compiled, Proposal
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.flow import case_of, run_check
from copilot.patches.diff import make_patch
from copilot.plugins import Kit
from copilot.proposals.mutation import MutantSeen
from copilot.reasons.merits import AHEAD, BEHIND, OF_DEPLOYS, WORTH, names

COMMANDS = "commands"
COMPILE = "compile"
EARLY = ("scope", "syntax")
NO_TIME = "the time was over before"
TIES = ("rollout.gate", "rollout.story", "rollout.stopped")
"""The rules of findings that tell of a phase in which not every order of deploys is known to be safe."""


def mutate(proposal: Proposal, kit: Kit, is_over: Callable[[], bool] = bool) -> Iterator[MutantSeen]:
    """Yields what became of each mutant of the chosen alternative, in the order of the catalogue; "not tried" once it `is_over`.

    Raises WrongUsage where nothing is chosen, RefusedByEvidence where the chosen patch itself does not pass here.
    """
    chosen = proposal.decision.chosen if proposal.decision else ""
    if not chosen:
        raise WrongUsage(
            f"{proposal.id} has no chosen alternative, so there is no patch to break.",
            next="Look at the refusals: pipeline-copilot show " + proposal.id,
        )
    original = _proved(proposal.alternative(chosen), proposal.patches_of(chosen), proposal, kit)
    if _ruling(original, None, proposal, kit).outcome != "chosen":
        raise RefusedByEvidence(
            f"The battery refuses {chosen} itself here, so it would kill every mutant.",
            where=proposal.id,
            next=f"Look at what changed: pipeline-copilot verify {proposal.id}",
        )
    case = case_of(proposal, kit, chosen, states=original.states)
    for mutation in MUTATIONS:
        mutants = mutation.of(case, kit.tree) if case.patches else ()
        if not mutants:
            yield MutantSeen(mutation.name, "", "not applicable", "", "", mutation.needs, mutation.harm)
        for number, mutant in enumerate(mutants):
            if is_over():
                yield MutantSeen(mutation.name, mutant.place, "not tried", "", "", NO_TIME, mutation.harm)
                continue
            renamed = replace(mutant.alternative, id=f"{chosen}.{mutation.name.replace(' ', '-')}-{number + 1}")
            yield _fate(mutation, replace(mutant, alternative=renamed), original, proposal, kit)


@dataclass(frozen=True, slots=True)
class _Proved:
    """An alternative with its patches, or why there are none, the maps after its phases as far as they were drawn, its evidence."""

    alternative: Alternative
    compiled: Compiled
    evidence: tuple[Evidence, ...]
    states: tuple[PipelineMap, ...] = ()


def _fate(mutation: Mutation, mutant: Mutant, original: _Proved, proposal: Proposal, kit: Kit) -> MutantSeen:
    compiled = _patches(mutant, original.compiled.patches, kit)
    row = MutantSeen(mutation.name, mutant.place, "survived", "", "", "", mutation.harm)
    if isinstance(compiled, Refused):
        return replace(row, fate="killed", by=COMPILE, rule="can't be compiled to a patch", message=compiled.what)
    if _is_same(mutant.alternative, compiled, original):
        return replace(row, fate="equivalent", message="the same bytes and the same steps as the chosen patch")
    if len(compiled) == len(original.states):
        # What these checks refuse they see in the patch and the plan alone, so no map has to be drawn of what comes of it.
        early = _proved(mutant.alternative, compiled, proposal, kit, names=EARLY, states=original.states)
        if any(it.verdict == "fail" for it in early.evidence):
            return _lost(row, _ruling(early, None, proposal, kit), early)
    broken = _proved(mutant.alternative, compiled, proposal, kit, names=_but_commands(kit))
    found = _killed(row, broken, original, proposal, kit)
    if found.fate == "survived" and proposal.request.commands:
        broken = _proved(mutant.alternative, compiled, proposal, kit)
        found = _killed(row, broken, original, proposal, kit)
    if found.fate == "survived" and mutation.is_order and (why := _is_free(mutant.alternative, original, proposal)):
        return replace(row, fate="equivalent", message=why)
    if found.fate == "survived" and mutation.is_of_old_records and _has_none_left(broken, original):
        return replace(
            row, fate="equivalent", message="a gate waits until no record is left that would need it, as replay found"
        )
    return found


def _has_none_left(broken: _Proved, original: _Proved) -> bool:
    """Tells whether only the last schema is another one, and no version that it can't read can still be met."""
    replay = next((it for it in broken.evidence if it.check == "replay"), None)
    is_last = broken.alternative.phases[-1].edits != original.alternative.phases[-1].edits
    return is_last and replay is not None and replay.verdict == "pass" and replay.measure("history_refused") == 0


def _is_free(mutant: Alternative, original: _Proved, proposal: Proposal) -> str:
    """Tells why no job has to move with, before or after another one where the mutant differs, "" where that is not proved."""
    rollout = next((it for it in original.evidence if it.check == "rollout"), None)
    if rollout is None or any(isinstance(it, TopicOperation) for it in proposal.request.operations):
        return ""
    if rollout.verdict == "not-applicable":
        return "no two versions of jobs meet, as the rollout check found"
    pairs = zip(original.alternative.phases, mutant.phases, strict=True)
    changed = {number for number, (own, other) in enumerate(pairs) if own.steps != other.steps}
    tied = {it.phase for it in rollout.findings if it.rule in TIES}
    is_free = rollout.verdict == "pass" and not changed & tied
    return "every order of these jobs is safe, as the rollout check explored" if is_free else ""


def _patches(mutant: Mutant, original: tuple[Patch, ...], kit: Kit) -> tuple[Patch, ...] | Refused:
    if not mutant.texts:
        return kit.compiler.compile(mutant.alternative, kit.tree)
    id = mutant.alternative.id
    return tuple(
        make_patch(id, patch.phase, patch.base, texts) for patch, texts in zip(original, mutant.texts, strict=True)
    )


def _is_same(alternative: Alternative, patches: tuple[Patch, ...], original: _Proved) -> bool:
    steps = [(phase.steps, phase.gate) for phase in alternative.phases]
    digests = [patch.digest for patch in patches]
    return digests == [patch.digest for patch in original.compiled.patches] and steps == [
        (phase.steps, phase.gate) for phase in original.alternative.phases
    ]


def _proved(
    alternative: Alternative,
    patches: tuple[Patch, ...],
    proposal: Proposal,
    kit: Kit,
    *,
    names: Collection[str] = (),
    states: tuple[PipelineMap, ...] | None = None,
) -> _Proved:
    """Returns the alternative with the evidence of the checks of those names, or of all."""
    compiled = Compiled(alternative.id, patches)
    case = case_of(_only(proposal, _Proved(alternative, compiled, ())), kit, alternative.id, states=states)
    checks = [check for check in kit.checks if not names or check.name in names]
    return _Proved(alternative, compiled, tuple(run_check(check, case, kit) for check in checks), case.states)


def _but_commands(kit: Kit) -> tuple[str, ...]:
    return tuple(check.name for check in kit.checks if check.name != COMMANDS)


def _only(proposal: Proposal, *kept: _Proved) -> Proposal:
    """Returns the proposal as if nothing but those alternatives had been found."""
    return replace(
        proposal,
        plan=Plan(tuple(it.alternative for it in kept), ()),
        revisions=(),
        compiled=tuple(it.compiled for it in kept),
        evidence=tuple(evidence for it in kept for evidence in it.evidence),
        decision=None,
    )


def _ruling(of: _Proved, beside: _Proved | None, proposal: Proposal, kit: Kit) -> Ruling:
    kept = (beside, of) if beside else (of,)
    decision: Decision = kit.decide(_only(proposal, *kept))
    return decision.ruling(of.alternative.id)


def _killed(row: MutantSeen, broken: _Proved, original: _Proved, proposal: Proposal, kit: Kit) -> MutantSeen:
    """Returns the row with what told the mutant from the chosen patch, or with the warning that alone does."""
    ruling = _ruling(broken, original, proposal, kit)
    if ruling.outcome == "refused":
        return _lost(row, ruling, broken)
    settled = {it.check for it in original.evidence if it.verdict != "unknown"}
    for evidence in broken.evidence:
        if evidence.verdict == "unknown" and evidence.check in settled:
            message = _doubt(evidence)
            return replace(row, fate="killed", by=evidence.check, rule="can't be settled any more", message=message)
    if any(names(ruling.rule, BEHIND, rule) for rule in (*WORTH, *_chosen_for(original, proposal))):
        return _lost(row, ruling, broken)
    warning = _new_warning(broken, original)
    return replace(row, by=warning[0], message=warning[1].message) if warning else row


def _chosen_for(original: _Proved, proposal: Proposal) -> Iterator[str]:
    """Yields the rule by which the chosen patch won, where it is one about deploys: without that nobody would have chosen it."""
    rule = proposal.decision.ruling(original.alternative.id).rule if proposal.decision else ""
    yield from (it for it in OF_DEPLOYS if names(rule, AHEAD, it))


def _lost(row: MutantSeen, ruling: Ruling, broken: _Proved) -> MutantSeen:
    claim = ruling.claims[0]
    by = next((it.check for id in claim.cites for it in broken.evidence if it.id == id), "")
    return replace(
        row, fate="killed", by=by, rule=ruling.rule, message=claim.text.replace(broken.alternative.id, "the broken one")
    )


def _doubt(evidence: Evidence) -> str:
    found = [it for it in evidence.findings if it.severity != "note"]
    return found[0].message if found else f"{evidence.check.capitalize()} could not be settled."


def _new_warning(broken: _Proved, original: _Proved) -> tuple[str, Finding] | None:
    known = {(finding.rule, finding.message) for it in original.evidence for finding in it.findings}
    for evidence in broken.evidence:
        for finding in evidence.findings:
            if finding.severity != "note" and (finding.rule, finding.message) not in known:
                return evidence.check, finding
    return None
