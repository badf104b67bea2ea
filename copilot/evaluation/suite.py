"""Runs many cases on all processors, in an order and with results that are the same every time; what was run already is kept.

A result stands for the case, the planner, and the text of the program: with another one it is run again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import copilot
from copilot.domain.codec import canonical, decode, digest_of_text, encode
from copilot.errors import WrongUsage
from copilot.evaluation.case import BrokenCase, Case, read_case
from copilot.evaluation.families import generated
from copilot.evaluation.gates import in_order
from copilot.evaluation.judge import PROGRAM
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.places import case_files
from copilot.evaluation.run import CHOICES, is_planner, run_case


@dataclass(frozen=True, slots=True)
class Task:
    """One case with one planner; `key` names all that its result stands on."""

    case: Case
    planner: str
    key: str
    is_deep: bool = False


def read_suite(suite: Path, wanted: Sequence[str]) -> tuple[tuple[Case, ...], tuple[CaseOutcome, ...]]:
    """Returns the cases whose ids hold one of the words (all where none is given), and the outcomes of those that can't be read."""
    written: list[Case] = []
    broken: list[CaseOutcome] = []
    root = suite / "cases"
    for path in case_files(suite):
        try:
            written.append(read_case(path, root))
        except BrokenCase as error:
            id = path.relative_to(root).with_suffix("").as_posix()
            broken.append(CaseOutcome(id, id, (), (), (), "hand-made", "", "", in_order(()), broken=str(error)))
    cases = [it for it in (*written, *generated(suite, written)) if _is_wanted(it.id, wanted)]
    found = tuple(it for it in broken if _is_wanted(it.case, wanted))
    if not cases and not found:
        raise WrongUsage(f"No case is called like {', '.join(wanted)}.", where=root, next="eval --list names them all.")
    return tuple(cases), found


def _is_wanted(id: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(word in id for word in wanted)


def run_suite(
    cases: Sequence[Case], planners: Sequence[str], suite: Path, out: Path, workers: int = 0, *, deep: int = 0
) -> Iterator[CaseOutcome]:
    """Yields the outcome of each case with each planner, in order, as they are known; each is kept in `out` for a next run.

    Of `deep` cases, chosen by their digests, the patch is also broken on purpose.
    """
    for planner in planners:
        if not is_planner(planner):
            names = ", ".join([*CHOICES, "model NAME", "recorded DIR"])
            raise WrongUsage(f'There is no planner "{planner}".', next=f"Use one of {names}.")
    stamp = program_stamp(suite)
    sample = _sample(cases, deep)
    tasks = [
        Task(case, planner, _key(case, f"{planner} {case.id in sample}", stamp), case.id in sample)
        for planner in planners
        for case in cases
    ]
    results = out / "results"
    results.mkdir(parents=True, exist_ok=True)
    known = {task.key: found for task in tasks if (found := _kept(results / f"{task.key}.json")) is not None}
    due = [task for task in tasks if task.key not in known]
    with ProcessPoolExecutor(workers or os.cpu_count() or 1) as pool:
        running = {task.key: pool.submit(run_task, task, suite, out) for task in due}
        for task in tasks:
            yield known[task.key] if task.key in known else running[task.key].result()


def run_task(task: Task, suite: Path, out: Path) -> CaseOutcome:
    """Runs one task and keeps its outcome."""
    found = run_case(task.case, suite, task.planner, out / "proposals", is_deep=task.is_deep)
    target = out / "results" / f"{task.key}.json"
    part = target.with_suffix(f".{os.getpid()}")
    part.write_text(canonical(encode(found)), "utf-8")
    part.replace(target)
    return found


def _sample(cases: Sequence[Case], count: int) -> frozenset[str]:
    """Returns the ids of so many cases with a proposal, the same for the same cases."""
    fitting = sorted((it.id for it in cases if it.truth.answer == "proposal"), key=digest_of_text)
    return frozenset(fitting[:count])


def _kept(file: Path) -> CaseOutcome | None:
    try:
        return decode(CaseOutcome, json.loads(file.read_text("utf-8")))
    except (OSError, ValueError):
        return None


def _key(case: Case, planner: str, stamp: str) -> str:
    return digest_of_text(f"{stamp} {planner} {replace(case, path='')!r}")[:24]


def program_stamp(suite: Path) -> str:
    """Returns what tells this program, its judge and its base repositories from others, by their texts."""
    package = Path(copilot.__file__).parent
    files = sorted(it for it in package.rglob("*") if it.suffix in (".py", ".json", ".java", ".js"))
    files += [*suite.glob(PROGRAM), *sorted(it for it in (suite / "repositories").rglob("*") if it.is_file())]
    seen = [
        (it.name, digest_of_text(it.read_text("utf-8", "replace"))) for it in files if "__pycache__" not in it.parts
    ]
    return digest_of_text(repr(seen))[:16]
