"""The suite as a task of Inspect AI: a case is a sample, a run is its solver, the gates are its scorer.

For people who compare models with Inspect's runner and log viewer; `pipeline-copilot eval` needs none of it. Which model is asked
is the planner's own business ("model NAME"), so the task itself takes none: `inspect eval copilot/suite --model none`.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from copilot.domain.codec import decode, encode
from copilot.errors import WrongUsage
from copilot.evaluation.case import Case
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.places import suite_folder
from copilot.evaluation.planners import is_planner
from copilot.evaluation.report import end_of, why_not
from copilot.evaluation.run import run_case
from copilot.evaluation.suite import read_suite

OUTCOME = "outcome"


@task(name="suite")
def suite(words: str = "", planner: str = "rules", folder: str = "", deep: bool = False) -> Task:
    """Returns the cases whose ids hold one of the words (all without any), answered by a planner; `folder` holds the suite."""
    if not is_planner(planner):
        raise WrongUsage(
            f'There is no planner "{planner}".', next="Use rules, wrong on purpose, model NAME, or recorded DIR."
        )
    root = suite_folder(folder)
    cases, _ = read_suite(root, words.split())
    samples = [sample_of(case) for case in cases]
    return Task(
        dataset=MemoryDataset(samples, name="pipeline-copilot"),
        solver=answers(cases, root, planner, deep),
        scorer=gates(),
        metadata={"planner": planner},
    )


def sample_of(case: Case) -> Sample:
    """Returns a case as Inspect has it; its target are the kinds of alternatives that are right, or the kind of answer."""
    return Sample(
        id=case.id,
        input=case.request or case.operation or case.title,
        target=list(case.truth.acceptable) or case.truth.answer,
        metadata={"kinds": list(case.kinds), "family": case.family, "why": case.why, "source": case.source},
    )


@solver
def answers(cases: tuple[Case, ...], folder: Path, planner: str, deep: bool) -> Solver:
    """Runs the case of a sample as the suite itself does."""
    known = {case.id: case for case in cases}

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        case = known[str(state.sample_id)]
        keep = Path(tempfile.gettempdir()) / "pipeline-copilot-inspect"
        found = await asyncio.to_thread(run_case, case, folder, planner, keep, is_deep=deep, epoch=state.epoch - 1)
        state.metadata[OUTCOME] = encode(found)
        state.output = ModelOutput.from_content(planner, f"{found.chosen or found.answer}: {end_of(found)}")
        return state

    return solve


@scorer(metrics=[accuracy(), stderr()])
def gates() -> Scorer:
    """Scores a sample by its gates in order; the first that was not passed is the explanation."""

    async def score(state: TaskState, target: Target) -> Score:
        found = decode(CaseOutcome, state.metadata[OUTCOME])
        return Score(
            value=CORRECT if found.is_solved else INCORRECT,
            answer=found.chosen,
            explanation=why_not(found) or "Every gate was passed.",
            metadata={**{it.gate: it.passed for it in found.gates}, **dict(found.figures)},
        )

    return score
