"""States in order, as phases with steps: which files go out together, with whom, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.domain.alternative import Alternative, CodeEdit, Edit, Gate, Phase, SchemaEdit, SignalEdit, Step
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.strategies.elsewhere import asks_elsewhere, with_elsewhere
from copilot.strategies.ground import Ground
from copilot.strategies.roles import CONSUMERS_FIRST, PRODUCERS_FIRST, Role, owner_of, path_in, role_of_job
from copilot.strategies.work import ByHand, Work

__all__ = ["CONSUMERS_FIRST", "PRODUCERS_FIRST", "State", "alternative", "path_of"]

_TITLES = {
    "schema": "Publish the schema",
    "producers": "Deploy the producers",
    "consumers": "Deploy the consumers",
    "sinks": "Deploy the sinks",
}


@dataclass(frozen=True, slots=True)
class State:
    """One state to reach: its name, all the work from the base, who moves first, and what must be seen before the next."""

    name: str
    work: Work
    order: tuple[Role, ...]
    gate: str = ""


def alternative(
    ground: Ground, slug: str, title: str, strategy: str, states: Sequence[State], argument: str
) -> Alternative:
    """Returns an alternative whose id is the slug and a digest of title and phases."""
    phases: list[Phase] = []
    before = Work()
    told = [
        replace(state, work=with_elsewhere(ground, state.work, state.order if _moves(states, number) else ()))
        for number, state in enumerate(states)
    ]
    for state in _distinct(ground, told):
        phases.append(_phase(ground, state, before))
        before = state.work
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, tuple(phases), argument)


def _moves(states: Sequence[State], number: int) -> bool:
    """Tells whether the state has other edits than the one before it."""
    return number == 0 or states[number].work.edits != states[number - 1].work.edits


def path_of(edit: Edit) -> str:
    """Returns the file that an edit changes or makes."""
    return edit.source.path if isinstance(edit, SchemaEdit) else edit.path


def _distinct(ground: Ground, states: Sequence[State]) -> list[State]:
    """Leaves out a state that changes no byte of the one before; its gate and what it leaves to people join a neighbour.

    A state in which other repositories move stays: nobody can wait for them otherwise.
    """
    kept: list[State] = []
    waiting: tuple[ByHand, ...] = ()
    for state in states:
        is_quiet = bool(kept) and not asks_elsewhere(ground, state.work, kept[-1].work)
        if is_quiet and state.work.edits == kept[-1].work.edits:
            before = kept[-1]
            kept[-1] = replace(before, gate=" ".join(text for text in (before.gate, state.gate) if text))
            waiting += tuple(item for item in state.work.by_hand if item not in before.work.by_hand)
        else:
            kept.append(replace(state, work=Work(state.work.edits, waiting + state.work.by_hand)))
            waiting = ()
    if waiting:
        last = kept[-1]
        kept[-1] = replace(last, work=Work(last.work.edits, last.work.by_hand + waiting))
    return kept


def _phase(ground: Ground, state: State, before: Work) -> Phase:
    edits = _by_path(state.work.edits)
    earlier = _by_path(before.edits)
    moved = {path for path, own in edits.items() if earlier.get(path) != own} | (earlier.keys() - edits.keys())
    roles = {path: _role(ground, path, (*edits.get(path, ()), *earlier.get(path, ())), state.order) for path in moved}
    steps = [_step(ground, role, roles, state, before) for role in state.order]
    return Phase(
        state.name,
        state.work.edits,
        tuple(step for step in steps if step is not None),
        Gate(state.gate) if state.gate else None,
    )


def _step(ground: Ground, role: Role, roles: dict[str, Role], state: State, before: Work) -> Step | None:
    paths = tuple(sorted(path for path, own in roles.items() if own == role))
    manual: list[str] = []
    jobs: set[str] = set()
    for item in state.work.by_hand:
        if item not in before.by_hand and _manual_role(ground, item, state.order) == role:
            manual.append(item.text)
            jobs |= {job for job in [owner_of(ground, path_in(item))] if ground.pipeline.clone_of(job)}
    if role != "schema":
        jobs |= {job for path in paths for job in [owner_of(ground, path)] if job}
        jobs |= _redeployed(ground, role, roles, state.order)
    if not (paths or manual or jobs):
        return None
    kind: Literal["schema", "producers", "consumers", "sinks", "manual"] = role
    return Step(_TITLES[role], kind, tuple(sorted(jobs)), paths, tuple(dict.fromkeys(manual)))


def _role(ground: Ground, path: str, edits: tuple[Edit, ...], order: tuple[Role, ...]) -> Role:
    """With whom a file goes out: with the job that owns it, else with the side whose uses it holds, else with the schema."""
    job = owner_of(ground, path)
    if job:
        return role_of_job(ground, job, order)
    if all(isinstance(edit, CodeEdit | SignalEdit) for edit in edits):
        offsets = {edit.offset for edit in edits if isinstance(edit, CodeEdit)}
        shared = {use.offset for use in ground.uses_by("producers") if use.span.path == path}
        return "producers" if offsets & shared else "consumers"
    return "schema"


def _manual_role(ground: Ground, item: ByHand, order: tuple[Role, ...]) -> Role:
    job = owner_of(ground, path_in(item))
    if job:
        return role_of_job(ground, job, order)
    return "producers" if item.side == "producers" else "consumers"


def _redeployed(ground: Ground, role: Role, roles: dict[str, Role], order: tuple[Role, ...]) -> set[str]:
    """Jobs that need a deploy without a file of their own: they load a schema that the schema step changed.

    Those of other repositories load texts of their own, and stand with the places that are left to people.
    """
    if "schema" not in roles.values():
        return set()
    links = (*ground.impact.producers, *ground.impact.consumers)
    loads = {
        link.job
        for link in links
        if link.direction == "produces" or (link.decoder and link.decoder.reader_schema in ("own", "single"))
    }
    own = {job for job in loads if not ground.pipeline.clone_of(job)}
    return {job for job in own if role_of_job(ground, job, order) == role}


def _by_path(edits: tuple[Edit, ...]) -> dict[str, tuple[Edit, ...]]:
    grouped: dict[str, tuple[Edit, ...]] = {}
    for edit in edits:
        grouped[path_of(edit)] = (*grouped.get(path_of(edit), ()), edit)
    return grouped
