"""Sees every evidence of a proposal again by its recipe, and says what is the same, what changed, what can't be seen again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from copilot.domain.decision import Decision
from copilot.domain.evidence import NOT_READ, Evidence
from copilot.domain.patch import Refused
from copilot.domain.proposal import Compiled, Proposal
from copilot.errors import CopilotError, SurroundingsFailed, WrongUsage
from copilot.flow import OCCASIONAL, Begun, case_of, reading_of, run_check
from copilot.plugins import Kit
from copilot.ports import Check
from copilot.proposals.revise import revised_patches
from copilot.proposals.verification import Outcome, Seen, Verification


def verify(proposal: Proposal, kit: Kit, begins: Callable[[Begun], object] = lambda begun: None) -> Verification:
    """Compiles and proves a decided proposal anew on its base, and decides again over what was seen."""
    if proposal.decision is None:
        raise WrongUsage(
            f"{proposal.id} is not decided yet, so there is nothing to verify.",
            next="Propose the same again: the run goes on from its last record.",
        )
    try:
        _same_clones(proposal, kit)
        reading = reading_of(proposal, kit)
    except SurroundingsFailed as error:
        return lost_base(proposal, error)
    fresh = replace(proposal, reading=reading, evidence=(), decision=None)
    compiled = _compiled_again(fresh, kit)
    fresh = replace(fresh, compiled=tuple(compiled.values()))
    pairs = list(_seen_again(proposal, fresh, kit, begins))
    seen = tuple(_compared(old, new) for old, new in pairs)
    # What can't be seen again still counts as it was seen; the rows say so.
    kept = tuple(old if new is None or _is_blind(old, new) else new for old, new in pairs)
    decided = kit.decide(replace(fresh, evidence=kept))
    outcome, reason = _decision_compared(proposal.decision, decided)
    opened = _opened(
        [(old, new) for (old, _), new in zip(pairs, kept, strict=True) if old.alternative == decided.chosen]
    )
    if outcome == "same" and opened:
        outcome, reason = "changed", f'"{decided.chosen}" was proved, and now {", ".join(opened)} can\'t be settled.'
    if outcome == "same" and seen and all(row.outcome == "can't be re-run" for row in seen):
        outcome, reason = "can't be re-run", "No evidence could be seen again."
    return Verification(proposal.id, seen, outcome, reason)


def see_again(proposal: Proposal, kit: Kit, evidence: str) -> Seen:
    """Returns what became of one evidence, by its id or how that begins: its check alone runs again, on its alternative."""
    found = [one for one in proposal.evidence if one.id.startswith(evidence)]
    if len(found) != 1:
        which = "Several evidences begin so" if found else "No evidence has this id"
        raise WrongUsage(
            f"{which}: {evidence}",
            where=proposal.id,
            next=f"pipeline-copilot show {proposal.id} lists them with their ids.",
        )
    old = found[0]
    try:
        _same_clones(proposal, kit)
        reading = reading_of(proposal, kit)
    except SurroundingsFailed as error:
        return Seen(old.alternative, old.check, old.id, "", "can't be re-run", error.what)
    fresh = replace(proposal, reading=reading, evidence=(), decision=None)
    fresh = replace(fresh, compiled=tuple(_compiled_again(fresh, kit).values()))
    check = _checks(kit).get(old.check)
    return _compared(old, run_check(check, case_of(fresh, kit, old.alternative), kit) if check else None)


def lost_base(proposal: Proposal, error: CopilotError) -> Verification:
    """Returns the verification of a proposal whose base commit can't be read any more."""
    rows = tuple(
        Seen(one.alternative, one.check, one.id, "", "can't be re-run", error.what) for one in proposal.evidence
    )
    return Verification(proposal.id, rows, "can't be re-run", error.what)


def _same_clones(proposal: Proposal, kit: Kit) -> None:
    """Raises SurroundingsFailed where another repository can't be read as it was: nothing can be said of what was seen then."""
    now = {clone.name: clone.commit for clone in kit.base_map().clones}
    read = {name: commit for it in proposal.evidence for name, commit in it.recipe.clones.items()}
    for name, commit in sorted(read.items()):
        if commit != NOT_READ and now.get(name) != commit:
            state = f"stands at {now[name][:9]}" if now.get(name) else "can't be read"
            raise SurroundingsFailed(
                f"The clone {name} was read at {commit[:9]}, and {state} now.",
                next="Bring it back to where copilot.toml names it, or pin it and propose again.",
            )


def _compiled_again(proposal: Proposal, kit: Kit) -> dict[str, Compiled]:
    compiled: dict[str, Compiled] = {}
    assert proposal.plan is not None, "a decided proposal has a plan"
    for alternative in proposal.plan.alternatives:
        result = kit.compiler.compile(alternative, kit.tree)
        if isinstance(result, Refused):
            compiled[alternative.id] = Compiled(alternative.id, (), result)
        else:
            compiled[alternative.id] = Compiled(alternative.id, result)
    for revision in proposal.revisions:
        id = revision.alternative.id
        parent = compiled[revision.of].patches
        try:
            compiled[id] = Compiled(id, revised_patches(parent, frozenset(revision.left_out), id, revision.edited))
        except WrongUsage as error:
            compiled[id] = Compiled(id, (), Refused(id, error.what, None, error.next))
    return compiled


def _seen_again(
    proposal: Proposal, fresh: Proposal, kit: Kit, begins: Callable[[Begun], object]
) -> Iterator[tuple[Evidence, Evidence | None]]:
    checks = _checks(kit)
    for alternative in proposal.alternatives:
        known = proposal.evidence_of(alternative.id)
        begins(Begun("prove", alternative.id, of=len(known)))
        case = case_of(fresh, kit, alternative.id)
        for at, old in enumerate(known, 1):
            begins(Begun("prove", alternative.id, old.check, at, len(known)))
            yield old, run_check(checks[old.check], case, kit) if old.check in checks else None


def _checks(kit: Kit) -> dict[str, Check]:
    return {check.name: check for check in (*kit.checks, kit.challenge, *OCCASIONAL)}


def _opened(pairs: Iterable[tuple[Evidence, Evidence]]) -> list[str]:
    """Returns the checks that had an answer and have none now."""
    return [new.check for old, new in pairs if new.verdict == "unknown" and old.verdict != "unknown"]


def _is_blind(old: Evidence, new: Evidence) -> bool:
    """Tells whether the check can't see here what it saw; one of a later version has seen it, and judges otherwise."""
    is_same_check = new.recipe.version == old.recipe.version
    return is_same_check and new.verdict == "unknown" and old.verdict != "unknown"


def _compared(old: Evidence, new: Evidence | None) -> Seen:
    row = Seen(old.alternative, old.check, old.id, new.id if new else "", "same", "")
    if new is None:
        return replace(row, outcome="can't be re-run", reason=f'The check "{old.check}" is not installed here.')
    if new.id == old.id:
        return row
    if _is_blind(old, new):
        why = new.findings[0].message if new.findings else "The check could not see it here."
        return replace(row, outcome="can't be re-run", reason=why)
    return replace(row, outcome="changed", reason=_difference(old, new))


def _difference(old: Evidence, new: Evidence) -> str:
    if old.verdict != new.verdict:
        return f"The verdict was {old.verdict} and is {new.verdict} now."
    if old.recipe.tools != new.recipe.tools:
        changed = sorted(set(new.recipe.tools) ^ set(old.recipe.tools))
        return "The tools differ: " + ", ".join(f"{name} {version}" for name, version in changed) + "."
    if old.recipe != new.recipe:
        return "The inputs differ: the alternative compiles to other bytes, or the check was changed."
    return "The findings or measures differ."


def _decision_compared(old: Decision, new: Decision) -> tuple[Outcome, str]:
    if old.chosen != new.chosen:
        return "changed", f'"{old.chosen or "none"}" was chosen, and now it is "{new.chosen or "none"}".'
    now = {ruling.alternative: ruling.outcome for ruling in new.rulings}
    for ruling in old.rulings:
        outcome = now.get(ruling.alternative)
        if outcome != ruling.outcome:
            return "changed", f'"{ruling.alternative}" was {ruling.outcome}, and now it is {outcome or "gone"}.'
    return "same", ""
