"""In which turns does a step deploy its jobs, where one of them writes what another one reads?

A job that hands records on (a dead-letter queue, an enrichment) stands on both sides of a subject. "Consumers first" then also
holds between consumers: whoever reads what such a job writes has to move before it.
"""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Step
from copilot.strategies.ground import Ground
from copilot.strategies.roles import Role, owner_of, path_in_text


def in_turns(ground: Ground, step: Step, order: tuple[Role, ...]) -> tuple[Step, ...]:
    """Returns the step as one step a turn; as it is where nobody in it feeds another, or where no order is right (a cycle)."""
    if step.kind not in ("consumers", "producers"):
        return (step,)
    turns = _turns(_feeds(ground, step.jobs))
    if order.index("consumers") < order.index("producers"):
        turns.reverse()
    if len(turns) < 2:
        return (step,)
    placed = {job: number for number, turn in enumerate(turns) for job in turn}

    def turn_of(path: str) -> int:
        return placed.get(owner_of(ground, path), 0)

    return tuple(
        replace(
            step,
            title=f"{step.title}, turn {number + 1} of {len(turns)}",
            jobs=tuple(sorted(turn)),
            paths=tuple(path for path in step.paths if turn_of(path) == number),
            manual=tuple(text for text in step.manual if turn_of(path_in_text(text)) == number),
        )
        for number, turn in enumerate(turns)
    )


def _feeds(ground: Ground, jobs: tuple[str, ...]) -> dict[str, set[str]]:
    """Returns for each job the others that write what it reads of the subject."""
    impact = ground.impact
    return {
        job: {
            writer.job
            for reader in impact.consumers
            if reader.job == job
            for writer in impact.producers
            if writer.endpoint == reader.endpoint and writer.job in jobs and writer.job != job
        }
        for job in jobs
    }


def _turns(feeds: dict[str, set[str]]) -> list[set[str]]:
    """Returns the jobs with those first whom nobody feeds; jobs that feed each other in a circle share the last turn."""
    turns: list[set[str]] = []
    left = set(feeds)
    while left:
        turn = {job for job in left if not feeds[job] & left} or left
        turns.append(turn)
        left = left - turn
    return turns
