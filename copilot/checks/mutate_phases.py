"""Mutations of the rollout: phases and steps in a wrong order, merged, moved, left out, and gates that nobody waits for.

Most are functions that arrange the phases, or the steps of one phase, otherwise: `arranged` and `restepped` make mutations of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, Mutants, is_test_place, is_words, job_of, path_of, place_of, with_phases
from copilot.domain.alternative import CodeAction, CodeEdit, Edit, Phase, Step
from copilot.ports import Case, Tree

STRANGER = "unasked"
_TOLERANT: tuple[CodeAction, ...] = ("read_default", "read_either", "read_null")
Phases = tuple[Phase, ...]
Steps = tuple[Step, ...]
Arrange = Callable[[Phases, Case], Iterable[tuple[str, Iterable[Phase]]]]
Restep = Callable[[Steps, Case], Iterable[tuple[str, Iterable[Step]]]]


def arranged(arrange: Arrange) -> Mutants:
    """Returns the mutation that puts each answer of `arrange`, (place, phases), in the place of the phases."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        for place, phases in arrange(case.alternative.phases, case):
            yield Mutant(place, with_phases(case.alternative, phases))

    return mutants


def restepped(restep: Restep) -> Mutants:
    """Returns the mutation that puts each answer of `restep`, (place, steps), in the place of the steps of one phase."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        phases = case.alternative.phases
        for number, phase in enumerate(phases):
            for what, steps in restep(phase.steps, case):
                changed = replace(phase, steps=tuple(steps))
                place = f"phase {number + 1}: {what}"
                yield Mutant(place, with_phases(case.alternative, _put(phases, number, changed)))

    return mutants


def phases_reversed(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """The last state first."""
    if len(phases) > 1:
        yield "all phases the other way round", phases[::-1]


def phases_merged(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """The last state at once, by all steps of all phases."""
    if len(phases) > 1:
        yield "one phase", [replace(phases[-1], steps=tuple(step for phase in phases for step in phase.steps))]


def contract_before_move(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """The old form taken away before its readers have moved."""
    if len(phases) > 2:
        yield f"without {', '.join(it.name for it in phases[1:-1])}", [phases[0], phases[-1]]


def phase_left_out(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """One phase never landed, so that the next one does both; the only one between two is `contract_before_move`'s to leave out."""
    for number, phase in enumerate(phases if len(phases) > 1 else ()):
        if (number, len(phases)) != (1, 3):
            yield f"without {phase.name}", (*phases[:number], *phases[number + 1 :])


def stands_still(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """A last phase that leaves everything as the one before it."""
    if len(phases) > 1:
        yield f"{phases[-1].name} changes nothing", (*phases[:-1], replace(phases[-1], edits=phases[-2].edits))


def edit_early(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """One edit made in the phase before its own, whose first step carries its file then; a read that bears both may come early."""
    for number, edit in _coming(phases, case):
        is_tolerant = isinstance(edit, CodeEdit) and edit.action in _TOLERANT
        if number and not is_tolerant:
            early = _carrying(phases[number - 1], path_of(edit))
            place = f"{place_of(edit)}, in {early.name}"
            yield place, _put(phases, number - 1, replace(early, edits=(*early.edits, edit)))


def edit_late(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """One edit made in the phase after its own, whose first step carries its file then."""
    for number, edit in _coming(phases, case):
        if number + 1 < len(phases) and edit in phases[number + 1].edits and len(phases[number].edits) > 1:
            late = replace(phases[number], edits=tuple(it for it in phases[number].edits if it != edit))
            after = _carrying(phases[number + 1], path_of(edit))
            yield f"{place_of(edit)}, in {after.name}", _put(_put(phases, number, late), number + 1, after)


def step_late(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """One step taken in the phase after its own."""
    for number, phase in enumerate(phases[:-1]):
        for step in phase.steps:
            early = replace(phase, steps=tuple(it for it in phase.steps if it is not step))
            late = replace(phases[number + 1], steps=(step, *phases[number + 1].steps))
            yield f"{step.title}, in {late.name}", _put(_put(phases, number, early), number + 1, late)


def job_left_out(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A job that no step of any phase deploys."""
    phases = case.alternative.phases
    for job in dict.fromkeys(job for phase in phases for step in phase.steps for job in step.jobs):
        left = [replace(phase, steps=tuple(_without(job, step, case) for step in phase.steps)) for phase in phases]
        yield Mutant(job, with_phases(case.alternative, left))


def gate_dropped(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """The next phase begun without waiting for anything."""
    for number, phase in enumerate(phases[:-1]):
        if phase.gate:
            yield f"phase {number + 1}: no gate", _put(phases, number, replace(phase, gate=None))


def gate_early(phases: Phases, case: Case) -> Iterator[tuple[str, Iterable[Phase]]]:
    """A gate that holds as soon as all have moved, though older records are still there."""
    for number, phase in enumerate(phases[:-1]):
        if phase.gate and phase.gate.outlasts_retention:
            gate = replace(phase.gate, outlasts_retention=False)
            yield f"phase {number + 1}: the gate outlasts nothing", _put(phases, number, replace(phase, gate=gate))


def step_left_out(steps: Steps, case: Case) -> Iterator[tuple[str, Iterable[Step]]]:
    """One step that nobody is told of, though files of it change or people have to do something."""
    for step in steps:
        yield f"without {step.title}", (it for it in steps if it is not step)


def steps_reversed(steps: Steps, case: Case) -> Iterator[tuple[str, Iterable[Step]]]:
    """Who has to move last moves first."""
    moving = [step for step in steps if step.jobs]
    if len(moving) > 1:
        yield "steps the other way round", (*(it for it in steps if not it.jobs), *reversed(moving))


def cutover_split(steps: Steps, case: Case) -> Iterator[tuple[str, Iterable[Step]]]:
    """Jobs that must move in one moment, moved one after the other."""
    if any(step.kind == "cutover" and len(step.jobs) > 1 for step in steps):
        yield "one job after the other", (part for step in steps for part in _parts(step, case))


def file_left_behind(steps: Steps, case: Case) -> Iterator[tuple[str, Iterable[Step]]]:
    """One file that changes and that no step carries."""
    for path in dict.fromkeys(path for step in steps for path in step.paths):
        yield f"nobody carries {path}", (replace(it, paths=_but(path, it.paths)) for it in steps)


def stranger_deployed(steps: Steps, case: Case) -> Iterator[tuple[str, Iterable[Step]]]:
    """A step that deploys a job that there isn't, in the place of its own or beside nobody."""
    for number, step in enumerate(steps):
        jobs = (*step.jobs[:-1], f"{step.jobs[-1]}_{STRANGER}") if step.jobs else (STRANGER,)
        yield f"{step.title}: {jobs[-1]}", (*steps[:number], replace(step, jobs=jobs), *steps[number + 1 :])


def _coming(phases: Phases, case: Case) -> Iterator[tuple[int, Edit]]:
    """Yields each edit that running programs see once, with the number of the phase in which it comes."""
    seen: set[Edit] = set()
    for number, phase in enumerate(phases):
        yield from (
            (number, edit)
            for edit in phase.edits
            if edit not in seen and not is_words(edit) and not is_test_place(edit, case)
        )
        seen.update(phase.edits)


def _put(phases: Phases, number: int, phase: Phase) -> Phases:
    return (*phases[:number], phase, *phases[number + 1 :])


def _carrying(phase: Phase, path: str) -> Phase:
    if not phase.steps or any(path in step.paths for step in phase.steps):
        return phase
    first = replace(phase.steps[0], paths=(*phase.steps[0].paths, path))
    return replace(phase, steps=(first, *phase.steps[1:]))


def _but(path: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(it for it in paths if it != path)


def _parts(step: Step, case: Case) -> Iterator[Step]:
    if step.kind != "cutover":
        yield step
        return
    for job in step.jobs:
        manual = tuple(text for text in step.manual if _is_about(text, job, case))
        yield replace(step, kind="consumers", jobs=(job,), manual=manual)


def _without(job: str, step: Step, case: Case) -> Step:
    """Returns the step without the job; who forgets it forgets what people do there, too."""
    manual = tuple(text for text in step.manual if not _is_about(text, job, case))
    return replace(step, jobs=tuple(it for it in step.jobs if it != job), manual=manual)


def _is_about(text: str, job: str, case: Case) -> bool:
    """Tells whether "path:line  what" names a place of the job."""
    return job_of(text.split("  ", 1)[0].rpartition(":")[0], case) == job
