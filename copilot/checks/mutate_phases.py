"""Mutations of the rollout: phases and steps in a wrong order, merged, left out, and gates that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, job_of, with_phases
from copilot.domain.alternative import Phase, Step
from copilot.ports import Case, Tree


def phases_reversed(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The last state first."""
    phases = case.alternative.phases
    if len(phases) > 1:
        yield Mutant("all phases the other way round", with_phases(case.alternative, phases[::-1]))


def phases_merged(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The last state at once, by all steps of all phases."""
    phases = case.alternative.phases
    if len(phases) > 1:
        steps = tuple(step for phase in phases for step in phase.steps)
        yield Mutant("one phase", with_phases(case.alternative, [replace(phases[-1], steps=steps)]))


def contract_before_move(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The old form taken away before its readers have moved."""
    phases = case.alternative.phases
    if len(phases) > 2:
        left_out = ", ".join(it.name for it in phases[1:-1])
        yield Mutant(f"without {left_out}", with_phases(case.alternative, [phases[0], phases[-1]]))


def phase_left_out(case: Case, tree: Tree) -> Iterator[Mutant]:
    """One phase never landed, so that the next one does both; the only one between two is `contract_before_move`'s to leave out."""
    phases = case.alternative.phases
    for number, phase in enumerate(phases if len(phases) > 1 else ()):
        if (number, len(phases)) != (1, 3):
            rest = (*phases[:number], *phases[number + 1 :])
            yield Mutant(f"without {phase.name}", with_phases(case.alternative, rest))


def step_left_out(case: Case, tree: Tree) -> Iterator[Mutant]:
    """One step that nobody is told of, though files of it change or people have to do something."""
    for number, phase in enumerate(case.alternative.phases):
        for step in phase.steps if len(phase.steps) > 1 else ():
            steps = tuple(it for it in phase.steps if it is not step)
            yield _at(case, number, replace(phase, steps=steps), f"without {step.title}")


def steps_reversed(case: Case, tree: Tree) -> Iterator[Mutant]:
    """Who has to move last moves first."""
    for number, phase in enumerate(case.alternative.phases):
        moving = [step for step in phase.steps if step.jobs]
        if len(moving) > 1:
            rest = [step for step in phase.steps if not step.jobs]
            yield _at(case, number, replace(phase, steps=(*rest, *reversed(moving))), "steps the other way round")


def cutover_split(case: Case, tree: Tree) -> Iterator[Mutant]:
    """Jobs that must move in one moment, moved one after the other."""
    for number, phase in enumerate(case.alternative.phases):
        if any(step.kind == "cutover" and len(step.jobs) > 1 for step in phase.steps):
            steps = tuple(part for step in phase.steps for part in _parts(step, case))
            yield _at(case, number, replace(phase, steps=steps), "one job after the other")


def job_left_out(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A job that no step deploys."""
    phases = case.alternative.phases
    for job in dict.fromkeys(job for phase in phases for step in phase.steps for job in step.jobs):
        left = [replace(phase, steps=tuple(_without(job, step, case) for step in phase.steps)) for phase in phases]
        yield Mutant(job, with_phases(case.alternative, left))


def gate_dropped(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The next phase begun without waiting for the old records to leave."""
    for number, phase in enumerate(case.alternative.phases[:-1]):
        if phase.gate and phase.gate.outlasts_retention:
            yield _at(case, number, replace(phase, gate=None), "no gate")


def _at(case: Case, number: int, phase: Phase, what: str) -> Mutant:
    phases = case.alternative.phases
    return Mutant(
        f"phase {number + 1}: {what}", with_phases(case.alternative, (*phases[:number], phase, *phases[number + 1 :]))
    )


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
