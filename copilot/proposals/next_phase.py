"""What opens the phases that are left of a landed proposal: the gate shown to hold, the patches fitted to the present base."""

from __future__ import annotations

from collections.abc import Callable

from copilot.domain.continuation import Continued
from copilot.domain.decision import Applied
from copilot.domain.operation import ChangeRequest
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.plugins import Kit
from copilot.ports import Ran
from copilot.proposals.follow import carried, outlived
from copilot.proposals.gates import Standing, Ways, checked, is_among, not_before, overrun, proofs_of


def continued(
    proposal: Proposal,
    applied: Applied,
    request: ChangeRequest,
    kit: Kit,
    old_map: Callable[[], PipelineMap],
    ways: Ways,
    *,
    by: str,
    at: str,
) -> Continued:
    """Returns the record that the new proposal begins with; `kit` is that of the present base, `old_map` that of the first one.

    Raises RefusedByEvidence where the landed phase is not in the base, others changed the same lines, or the gate is not shown to
    hold; WrongUsage where `ways` make no sense.
    """
    ways = checked(ways)
    alternative = proposal.alternative(applied.alternative)
    phase = alternative.phases[applied.phase]
    gate = phase.gate
    gone = outlived(old_map(), proposal) if gate and gate.outlasts_retention else ()
    left = carried(proposal, applied, kit.tree, gone)
    _refuse_lost_subjects(request, kit.base_map())
    impacts = proposal.reading.impacts if proposal.reading else ()
    earlier = proposal.continued.phase if proposal.continued else 0
    standing = Standing(
        proposal.id,
        earlier + applied.phase,
        phase,
        applied.at,
        kit.settings.gate_of(phase.name),
        not_before(gate, applied.at, impacts, kit.base_map()),
    )

    def run(command: str) -> Ran | None:
        sandbox = kit.bench.sandbox
        return sandbox.run(command, (), request) if sandbox.isolation else None

    proofs = proofs_of(standing, ways, by=by, at=at, run=run)
    all_phases = proposal.continued.phases if proposal.continued else len(alternative.phases)
    number = earlier + applied.phase + 1
    text = gate.text if gate else ""
    late = overrun(standing, at)
    return Continued(proposal.id, number, all_phases, text, proofs, left.moved, left.alternative, late)


def taken_up(follower: Proposal, request: ChangeRequest, ways: Ways) -> str:
    """Returns the id of a follower that is open; raises WrongUsage where it was opened without what is brought or allowed now."""
    proofs = follower.continued.proofs if follower.continued else ()
    is_allowed = request.commands in ((), follower.request.commands)
    if is_allowed and is_among(checked(ways), proofs):
        return follower.id
    raise WrongUsage(
        f"{follower.id} carries it on already, and "
        + ("what you bring" if is_allowed else "a command")
        + " can't be added.",
        where=follower.id,
        next=f"Go on with it: pipeline-copilot review {follower.id}; or reject it there, and ask again.",
    )


def _refuse_lost_subjects(request: ChangeRequest, pipeline: PipelineMap) -> None:
    known = {subject.name for subject in pipeline.subjects}
    for operation in request.operations:
        if operation.subject not in known:
            raise RefusedByEvidence(
                f'The schema "{operation.subject}" is not in this base under that name.',
                next="Propose what is left of the change anew: pipeline-copilot map lists the schemas.",
            )
