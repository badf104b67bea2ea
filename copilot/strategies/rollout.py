"""States in order, as phases with steps: which files go out together, with whom, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copilot.domain.alternative import Alternative, CodeEdit, Edit, Gate, Phase, SchemaEdit, SignalEdit, Step
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.naming import is_test_path
from copilot.domain.rules import PROPERTY as CONSTRAINTS
from copilot.domain.tags import TAG_PROPERTIES
from copilot.strategies.cutover import Cutover, cutover_of
from copilot.strategies.drift import single_copies
from copilot.strategies.elsewhere import asks_elsewhere, with_elsewhere
from copilot.strategies.ground import Ground, Side
from copilot.strategies.retention import about_retention
from copilot.strategies.roles import CONSUMERS_FIRST, PRODUCERS_FIRST, Role, owner_of, path_in, role_of_job
from copilot.strategies.turns import in_turns
from copilot.strategies.words import joined
from copilot.strategies.work import ByHand, Work

__all__ = ["CONSUMERS_FIRST", "PRODUCERS_FIRST", "State", "alternative", "path_of"]

_TITLES = {
    "schema": "Publish the schema",
    "producers": "Deploy the producers",
    "consumers": "Deploy the consumers",
    "sinks": "Deploy the sinks",
    "cutover": "Stop the producers, drain, and deploy both sides at once",
}


@dataclass(frozen=True, slots=True)
class State:
    """One state to reach: its name, all the work from the base, who moves first, and what must be seen before the next."""

    name: str
    work: Work
    order: tuple[Role, ...]
    gate: Gate | None = None


def alternative(
    ground: Ground, slug: str, title: str, strategy: str, states: Sequence[State], argument: str
) -> Alternative:
    """Returns an alternative whose id is the slug and a digest of title and phases."""
    phases: list[Phase] = []
    before = Work()
    orders = [state.order if _moves(states, number) else () for number, state in enumerate(states)]
    own = [state.work + _pinned(ground, states, number) for number, state in enumerate(states)]
    works = with_elsewhere(ground, list(zip(own, orders, strict=True)))
    told = [replace(state, work=work) for state, work in zip(states, works, strict=True)]
    for state in _distinct(ground, told):
        phases.append(_phase(ground, state, before))
        before = state.work
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    text = joined(argument, about_order(phases))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, tuple(phases), text)


def _pinned(ground: Ground, states: Sequence[State], number: int) -> Work:
    """Names where consumers ask a registry for one version, in each state that publishes another: no deploy moves them."""
    own, before = ([it for it in states[at].work.edits if isinstance(it, SchemaEdit)] for at in (number, number - 1))
    if not any(not _is_told_only(it) for it in own) or (number and own == before):
        return Work()
    places = {link.pinned: link.job for link in ground.impact.consumers if link.pinned is not None}
    what = f'asks a registry for one version: see that it is one that can read the data of "{states[number].name}"'
    return Work((), tuple(ByHand("consumers", f"{it}  {job} {what}") for it, job in places.items()))


def about_order(phases: Sequence[Phase]) -> str:
    """Returns in which order the sides go out, as the steps have it; "" where no phase moves more than one side.

    Strategies leave that to the steps: who has to move at once, or first, hangs on how each consumer decodes.
    """
    told: dict[str, list[str]] = {}
    for number, phase in enumerate(phases, 1):
        kinds = [step.kind for step in phase.steps if step.jobs]
        sides = [kind for kind in dict.fromkeys(kinds) if kind in ("producers", "consumers")]
        if "cutover" in kinds:
            told.setdefault("the producers stop, and both sides go out at once", []).append(str(number))
        elif len(sides) > 1:
            told.setdefault(f"{sides[0]} go out before {sides[1]}", []).append(str(number))
    if len(phases) == 1:
        return "".join(f"{order[0].upper()}{order[1:]}." for order in told)
    return " ".join(f"In phase{'s' if len(at) > 1 else ''} {' and '.join(at)}, {order}." for order, at in told.items())


def _moves(states: Sequence[State], number: int) -> bool:
    """Tells whether the state has edits that programs notice, other than those of the one before it."""
    own, before = ([it for it in states[at].work.edits if not _is_told_only(it)] for at in (number, number - 1))
    return number == 0 or own != before


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
            kept[-1] = replace(before, gate=_both(before.gate, state.gate))
            waiting += tuple(item for item in state.work.by_hand if item not in before.work.by_hand)
        else:
            kept.append(replace(state, work=Work(state.work.edits, waiting + state.work.by_hand)))
            waiting = ()
    if waiting:
        last = kept[-1]
        kept[-1] = replace(last, work=Work(last.work.edits, last.work.by_hand + waiting))
    return kept


def _both(first: Gate | None, second: Gate | None) -> Gate | None:
    if first is None or second is None:
        return first or second
    outlasts = first.outlasts_retention or second.outlasts_retention
    return Gate(f"{first.text} {second.text}", outlasts, (*first.rewritten, *second.rewritten))


def _phase(ground: Ground, state: State, before: Work) -> Phase:
    edits = _by_path(state.work.edits)
    earlier = _by_path(before.edits)
    moved = {path for path, own in edits.items() if earlier.get(path) != own} | (earlier.keys() - edits.keys())
    changed = tuple(set(state.work.edits) ^ set(before.edits))
    cutover = cutover_of(ground, state.work.edits, before.edits, state.order)
    order = cutover.order if cutover else state.order
    placing = _Placing(ground, order, cutover, changed)
    roles = {path: placing.of_path(path, (*edits.get(path, ()), *earlier.get(path, ()))) for path in moved}
    by_hand = [item for item in state.work.by_hand if item not in before.by_hand]
    steps = [step for role in order if (step := placing.step(role, roles, by_hand)) is not None]
    turns = tuple(turn for step in steps for turn in in_turns(ground, step, order))
    return Phase(state.name, state.work.edits, turns, _gate(ground, state))


def _gate(ground: Ground, state: State) -> Gate | None:
    if state.gate is None or not state.gate.outlasts_retention:
        return state.gate
    return replace(state.gate, text=f"{state.gate.text} {about_retention(ground, state.gate.rewritten)}")


@dataclass(frozen=True, slots=True)
class _Placing:
    """Where the parts of one state go out: with whom, and in which step. `changed` are the edits that it adds or takes back."""

    ground: Ground
    order: tuple[Role, ...]
    cutover: Cutover | None
    changed: tuple[Edit, ...]

    def step(self, role: Role, roles: dict[str, Role], by_hand: list[ByHand]) -> Step | None:
        """Returns the step of that role, None where it would hold nothing."""
        paths = tuple(sorted(path for path, own in roles.items() if own == role))
        own = [item for item in by_hand if self._of_hand(item) == role]
        manual = [item.text for item in own]
        owners = {owner_of(self.ground, path_in(item)) for item in own}
        jobs = {job for job in owners if job and self.ground.pipeline.is_foreign(job)}
        if role != "schema":
            jobs |= {job for it in own if not is_test_path(path_in(it)) if (job := owner_of(self.ground, path_in(it)))}
            jobs |= {job for path in paths for job in [owner_of(self.ground, path)] if job}
            jobs |= self._redeployed(role, roles)
        if self.cutover is not None and role == ("cutover" if self.cutover.jobs else "consumers"):
            jobs |= self.cutover.jobs
            manual = [*self.cutover.manual, *manual]
        if not (paths or manual or jobs):
            return None
        return Step(_TITLES[role], role, tuple(sorted(jobs)), paths, tuple(dict.fromkeys(manual)))

    def of_path(self, path: str, edits: tuple[Edit, ...]) -> Role:
        """With whom a file goes out: with the job that owns it, else with the side whose uses it holds, else with the schema.

        The schema's own text goes out by itself, too, where it lies in one job's folder and others load it from there.
        """
        job = owner_of(self.ground, path)
        if job and path == self.ground.subject.latest.source.path and self._loads() - {job}:
            return "schema"
        if job:
            return self._of_job(job)
        if all(isinstance(edit, CodeEdit | SignalEdit) for edit in edits):
            offsets = {edit.offset for edit in edits if isinstance(edit, CodeEdit)}
            shared = {use.offset for use in self.ground.uses_by("producers") if use.span.path == path}
            return self._of_side("producers" if offsets & shared else "consumers")
        if is_test_path(path) and not any(isinstance(edit, SchemaEdit) for edit in edits):
            return self._of_side("consumers")
        return "schema"

    def _of_hand(self, item: ByHand) -> Role:
        job = owner_of(self.ground, path_in(item))
        return self._of_job(job) if job else self._of_side(item.side)

    def _of_side(self, side: Side) -> Role:
        impact = self.ground.impact
        jobs = {link.job for link in (impact.producers if side == "producers" else impact.consumers)}
        return "cutover" if self.cutover is not None and jobs and jobs <= self.cutover.jobs else side

    def _of_job(self, job: str) -> Role:
        if self.cutover is not None and job in self.cutover.jobs:
            return "cutover"
        return role_of_job(self.ground, job, self.order)

    def _redeployed(self, role: Role, roles: dict[str, Role]) -> set[str]:
        """Jobs that need a deploy without a file of their own: they load a schema that says something new to programs.

        Those of other repositories load texts of their own, and stand with the places that are left to people.
        """
        if "schema" not in roles.values() or all(_is_told_only(edit) for edit in self.changed):
            return set()
        owners = {owner_of(self.ground, path) for path, own in roles.items() if own == "schema"} - {""}
        loads = self._loads() | owners
        return {job for job in loads if not self.ground.pipeline.is_foreign(job) and self._of_job(job) == role}

    def _loads(self) -> set[str]:
        """Jobs that load the schema's own text when they start: who writes or decodes with a schema of this repository.

        From a neighbour's folder nobody loads it who has a copy.
        """
        is_a_neighbours = bool(owner_of(self.ground, self.ground.subject.latest.source.path))
        return {
            link.job
            for link in (*self.ground.impact.producers, *self.ground.impact.consumers)
            if link.direction == "produces" or (link.decoder and link.decoder.reader_schema in ("own", "single"))
            if not (is_a_neighbours and single_copies(self.ground, link.job))
        }


def _is_told_only(edit: Edit) -> bool:
    """Tells whether an edit only says something to people and catalogues, so that no program has to load it."""
    return (
        isinstance(edit, SchemaEdit)
        and edit.action in ("set_property", "remove_property")
        and edit.name in (*TAG_PROPERTIES, CONSTRAINTS, "doc", "deprecated", "required")
    )


def _by_path(edits: tuple[Edit, ...]) -> dict[str, tuple[Edit, ...]]:
    grouped: dict[str, tuple[Edit, ...]] = {}
    for edit in edits:
        grouped[path_of(edit)] = (*grouped.get(path_of(edit), ()), edit)
    return grouped
