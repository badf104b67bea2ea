"""States in order, as phases with steps: which files go out together, with whom, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.domain.alternative import Alternative, CodeEdit, Edit, Gate, Phase, SchemaEdit, SignalEdit, Step
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.strategies.ground import Ground
from copilot.strategies.work import ByHand, Work

Role = Literal["schema", "producers", "consumers", "sinks"]
CONSUMERS_FIRST: tuple[Role, ...] = ("schema", "sinks", "consumers", "producers")
PRODUCERS_FIRST: tuple[Role, ...] = ("schema", "producers", "consumers", "sinks")
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
    for state in _distinct(states):
        phases.append(_phase(ground, state, before))
        before = state.work
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, tuple(phases), argument)


def path_of(edit: Edit) -> str:
    """Returns the file that an edit changes or makes."""
    return edit.source.path if isinstance(edit, SchemaEdit) else edit.path


def _distinct(states: Sequence[State]) -> list[State]:
    """Leaves out a state that changes no byte of the one before; its gate and what it leaves to people join a neighbour."""
    kept: list[State] = []
    waiting: tuple[ByHand, ...] = ()
    for state in states:
        if kept and state.work.edits == kept[-1].work.edits:
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
        if item not in before.by_hand and _manual_role(ground, item.side, item.text, state.order) == role:
            manual.append(item.text)
    if role != "schema":
        jobs = {job for path in paths for job in [_owner(ground, path)] if job}
        jobs |= _redeployed(ground, role, roles, state.order)
    if not (paths or manual or jobs):
        return None
    kind: Literal["schema", "producers", "consumers", "sinks", "manual"] = role
    return Step(_TITLES[role], kind, tuple(sorted(jobs)), paths, tuple(dict.fromkeys(manual)))


def _role(ground: Ground, path: str, edits: tuple[Edit, ...], order: tuple[Role, ...]) -> Role:
    """With whom a file goes out: with the job that owns it, else with the side whose uses it holds, else with the schema."""
    job = _owner(ground, path)
    if job:
        return _role_of_job(ground, job, order)
    if all(isinstance(edit, CodeEdit | SignalEdit) for edit in edits):
        offsets = {edit.offset for edit in edits if isinstance(edit, CodeEdit)}
        shared = {use.offset for use in ground.uses_by("producers") if use.span.path == path}
        return "producers" if offsets & shared else "consumers"
    return "schema"


def _manual_role(ground: Ground, side: str, text: str, order: tuple[Role, ...]) -> Role:
    job = _owner(ground, text.split("  ", 1)[0].rsplit(":", 1)[0])
    if job:
        return _role_of_job(ground, job, order)
    return "producers" if side == "producers" else "consumers"


def _owner(ground: Ground, path: str) -> str:
    """The job of this subject whose folder holds the path, the deepest one; "" where none does."""
    concerned = {link.job for link in (*ground.impact.producers, *ground.impact.consumers)}
    owners = [job for job in ground.pipeline.jobs if job.name in concerned and _holds(job.root.rstrip("/"), path)]
    return max(owners, key=lambda job: (len(job.root), job.name)).name if owners else ""


def _holds(root: str, path: str) -> bool:
    return root not in ("", ".") and (path == root or path.startswith(root + "/"))


def _role_of_job(ground: Ground, job: str, order: tuple[Role, ...]) -> Role:
    """A job that stands on both sides goes with those who move first.

    Where consumers move first, it must read what others are about to write; where producers do, old readers can read what it
    writes, so nobody has to wait for it.
    """
    roles: list[Role] = []
    if any(link.job == job for link in ground.impact.producers):
        roles.append("producers")
    if any(link.job == job for link in ground.impact.consumers):
        roles.append("sinks" if _is_sink(ground, job) else "consumers")
    return min(roles, key=order.index) if roles else "consumers"


def _is_sink(ground: Ground, job: str) -> bool:
    written = [link.endpoint.kind for link in ground.pipeline.links if link.job == job and link.direction == "produces"]
    return bool(written) and all(kind in ("table", "file") for kind in written)


def _redeployed(ground: Ground, role: Role, roles: dict[str, Role], order: tuple[Role, ...]) -> set[str]:
    """Jobs that need a deploy without a file of their own: they load a schema that the schema step changed."""
    if "schema" not in roles.values():
        return set()
    links = (*ground.impact.producers, *ground.impact.consumers)
    loads = {
        link.job
        for link in links
        if link.direction == "produces" or (link.decoder and link.decoder.reader_schema in ("own", "single"))
    }
    return {job for job in loads if _role_of_job(ground, job, order) == role}


def _by_path(edits: tuple[Edit, ...]) -> dict[str, tuple[Edit, ...]]:
    grouped: dict[str, tuple[Edit, ...]] = {}
    for edit in edits:
        grouped[path_of(edit)] = (*grouped.get(path_of(edit), ()), edit)
    return grouped
