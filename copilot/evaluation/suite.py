"""Runs many cases on all processors, in an order and with results that are the same every time; what was run already is kept.

A result stands for the case, the planner, and the text of the program: with another one it is run again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from copilot.evaluation.planners import CHOICES, Choice, is_planner, is_random
from copilot.evaluation.pool import Work, run_all
from copilot.evaluation.run import blank_outcome, run_case


@dataclass(frozen=True, slots=True)
class Task:
    """One case with one planner, in one of its turns; `key` names all that its result stands on."""

    case: Case
    planner: str
    epoch: int
    key: str
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How a suite is run: the planners, how often those are asked that may answer otherwise each time, and what it may take.

    Of `deep` cases, chosen by their digests, the patch is also broken on purpose. Once the models of a run have read and written
    `tokens`, no case is begun any more; 0 is no bound. `workers` are the processes at once, 0 for one a processor.
    """

    planners: tuple[str, ...] = ("rules",)
    epochs: int = 1
    deep: int = 0
    workers: int = 0
    case_seconds: float = 300.0
    tokens: int = 0
    choices: Mapping[str, Choice] = field(default_factory=lambda: CHOICES)


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
    cases = [it for it in (*written, *generated(suite, written)) if is_wanted(it.id, wanted)]
    found = tuple(it for it in broken if is_wanted(it.case, wanted))
    if not cases and not found:
        raise WrongUsage(f"No case is called like {', '.join(wanted)}.", where=root, next="eval --list names them all.")
    return tuple(cases), found


def is_wanted(id: str, wanted: Sequence[str]) -> bool:
    """Tells whether an id holds one of the words, or none is given."""
    return not wanted or any(word in id for word in wanted)


def run_suite(cases: Sequence[Case], suite: Path, out: Path, ways: Ways) -> Iterator[CaseOutcome]:
    """Yields the outcome of each case with each planner, in order, as they are known; each is kept in `out` for a next run."""
    for planner in ways.planners:
        if not (is_planner(planner) or planner in ways.choices):
            names = ", ".join([*ways.choices, "model NAME", "recorded DIR"])
            raise WrongUsage(f'There is no planner "{planner}".', next=f"Use one of {names}.")
    tasks = _tasks(cases, suite, ways)
    results = out / "results"
    results.mkdir(parents=True, exist_ok=True)
    known = {task.key: found for task in tasks if (found := _kept(results / f"{task.key}.json")) is not None}
    due = [task for task in tasks if task.key not in known]
    coming = _run_due(due, suite, out, ways)
    for task in tasks:
        while task.key not in known:
            key, outcome = next(coming)
            known[key] = outcome
        yield known[task.key]


def _tasks(cases: Sequence[Case], suite: Path, ways: Ways) -> list[Task]:
    stamp, sample = program_stamp(suite), _sample(cases, ways.deep)
    return [
        Task(case, planner, epoch, _key(case, f"{planner} {epoch} {case.id in sample}", stamp), case.id in sample)
        for planner in ways.planners
        for epoch in range(ways.epochs if is_random(planner) else 1)
        for case in cases
    ]


def _run_due(due: Sequence[Task], suite: Path, out: Path, ways: Ways) -> Iterator[tuple[str, CaseOutcome]]:
    """Yields keys and outcomes as they are known; a process that left none is a failure of its case."""
    begun = spent = 0

    def work() -> Iterator[Work]:
        nonlocal begun
        for task in due:
            if ways.tokens and spent >= ways.tokens:
                return
            begun += 1
            yield run_task, (task, suite, out, ways.choices)

    for ended in run_all(work(), ways.workers or os.cpu_count() or 1, ways.case_seconds):
        task = due[ended.number]
        found = _kept(out / "results" / f"{task.key}.json")
        if found is None or ended.problem:
            why = ended.problem or "Its process left no outcome behind."
            found = replace(_blank(task), broken=why, took_seconds=round(ended.took_seconds, 3))
        spent += int((found.figure("tokens read") or 0) + (found.figure("tokens written") or 0))
        yield task.key, found
    why = f"It was not run: {spent} tokens are used up, of {ways.tokens} (--tokens)."
    yield from ((task.key, replace(_blank(task), broken=why)) for task in due[begun:])


def _blank(task: Task) -> CaseOutcome:
    return blank_outcome(task.case, task.planner, task.epoch)


def run_task(task: Task, suite: Path, out: Path, choices: Mapping[str, Choice] = CHOICES) -> None:
    """Runs one task and keeps its outcome, for whoever waits for this process."""
    proposals = out / "proposals"
    found = run_case(task.case, suite, task.planner, proposals, is_deep=task.is_deep, epoch=task.epoch, choices=choices)
    target = out / "results" / f"{task.key}.json"
    part = target.with_suffix(f".{os.getpid()}")
    part.write_text(canonical(encode(found)), "utf-8")
    part.replace(target)


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
