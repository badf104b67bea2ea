"""Runs one case: builds its repository, asks, and carries the answer out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from copilot.domain.model import used
from copilot.domain.operation import Operation
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.errors import Ambiguous, CopilotError, RefusedByEvidence, WrongUsage
from copilot.evaluation.case import BrokenCase, Case
from copilot.evaluation.families import in_words
from copilot.evaluation.flows import Flow, read_flows
from copilot.evaluation.gates import Answered, in_order, kind_of, pair_gates, proposal_gates, wrong_words
from copilot.evaluation.judge import PROGRAM, meetings, run_meetings, write_states
from copilot.evaluation.outcome import CaseOutcome, GateOutcome
from copilot.evaluation.places import build_case
from copilot.planners.structured import operations_from_json
from copilot.plugins import build_model_kit, load_formats
from copilot.ports import ModelKit, Tree
from copilot.proposals import Workspace
from copilot.reasons.counterfactual import counterfactual
from copilot.reasons.render import markdown

Choice = Callable[[Proposal], str]
GIT_SECONDS_MAX = 60


def decided(proposal: Proposal) -> str:
    """Returns what the copilot decided for."""
    return proposal.decision.chosen if proposal.decision else ""


def naive(proposal: Proposal) -> str:
    """Is wrong on purpose: takes the edit that people make first, whatever the evidence says."""
    changing = [it.id for it in proposal.alternatives if it.phases and proposal.patches_of(it.id)]
    return next((id for id in changing if id.startswith("naive")), changing[-1] if changing else "")


CHOICES: Mapping[str, Choice] = {"rules": decided, "wrong on purpose": naive, "model": decided}
"""The planners that can be set side by side. "model" asks the one of the person's own settings, "model NAME" another one there, and
"recorded DIR" answers from recordings."""


def is_planner(name: str) -> bool:
    """Tells whether a planner can be set to work by that name."""
    return name in CHOICES or name.startswith(("model ", "recorded "))


def model_of(planner: str) -> Callable[[Tree], ModelKit | None] | None:
    """Returns what gives the model of a planner, None where it asks none."""
    kind, _, rest = planner.partition(" ")
    if kind == "model":
        return lambda tree: build_model_kit(os.environ, Path.home(), tree, rest)
    if kind == "recorded":
        return lambda tree: build_model_kit(os.environ, Path.home(), tree, recorded=Path(rest))
    return None


def run_case(case: Case, suite: Path, planner: str, keep: Path | None = None, *, is_deep: bool = False) -> CaseOutcome:
    """Runs one case. Whatever goes wrong with it is an outcome of this case; the proposal's file is kept in the folder `keep`.

    Deep, the chosen patch is also broken on purpose, which takes many times as long.
    """
    blank = CaseOutcome(
        case.id, case.title, case.kinds, case.traps, case.tags, case.family, case.truth.answer, planner, in_order(())
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as name:
        try:
            found = _run(case, suite, blank, Path(name), keep, is_deep=is_deep)
        except CopilotError as error:
            found = replace(blank, broken=str(error))
        # Whatever a planner does wrong is a failure of this case, never of the run.
        except Exception as error:
            found = replace(blank, broken=f"{type(error).__name__}: {error}")
    return replace(found, took_seconds=round(time.monotonic() - began, 3))


def _run(case: Case, suite: Path, blank: CaseOutcome, folder: Path, keep: Path | None, *, is_deep: bool) -> CaseOutcome:
    if case.truth.pair is not None:
        return replace(blank, gates=pair_gates(case.truth.pair, load_formats()["avro"]))
    repository = folder / "repository"
    build_case(case, repository, suite)
    workspace = Workspace.open(str(repository), model=model_of(blank.planner))
    try:
        id = workspace.propose(case.request, [case.operation] if case.operation else [])
        for _ in workspace.advance(id):
            pass
    except (WrongUsage, RefusedByEvidence) as error:
        return replace(blank, gates=_said_no(case, error))
    proposal = workspace.load(id)
    record = _kept(workspace, id, case, blank.planner, keep)
    chosen = CHOICES.get(blank.planner, decided)(proposal)
    if case.truth.answer != "proposal":
        return replace(blank, gates=_said_yes(case, proposal, chosen), chosen=kind_of(chosen), record=record)
    pipeline = workspace.map()
    answered = _carried_out(case, proposal, chosen, pipeline, repository, suite, folder)
    gates = proposal_gates(case, answered, _expected(case, pipeline))
    figures = (*_impact_figures(case, proposal), *_by_hand(proposal, chosen), *_cited(proposal), *_asked(proposal))
    if is_deep and answered.patches and chosen == decided(proposal):
        figures += _broken_on_purpose(workspace, id)
    return replace(blank, gates=gates, chosen=kind_of(chosen), record=record, figures=figures)


def _expected(case: Case, pipeline: PipelineMap) -> list[Operation]:
    try:
        return [it for one in case.truth.operations for it in operations_from_json(json.dumps(one), pipeline)]
    except WrongUsage as error:
        raise BrokenCase(f"What the case expects is no operation: {error.what}", where=case.path) from None


def _said_no(case: Case, error: WrongUsage | RefusedByEvidence) -> tuple[GateOutcome, ...]:
    is_question = isinstance(error, Ambiguous)
    told = {"question": "It asked back", "refusal": "It refused"}["question" if is_question else "refusal"]
    if case.truth.answer == "proposal" or (case.truth.answer == "question") != is_question:
        return in_order([("understood", f"{told}: {error.what}")])
    offered = error.candidates if isinstance(error, Ambiguous) else ()
    return in_order([("understood", ""), ("right choice", wrong_words(case.truth, str(error), offered))])


def _said_yes(case: Case, proposal: Proposal, chosen: str) -> tuple[GateOutcome, ...]:
    """A refusal may also be a decision in which nothing that changes anything is chosen."""
    changes = bool(chosen) and bool(proposal.patches_of(chosen))
    if case.truth.answer == "question" or changes:
        return in_order([("understood", f'It went on, and chose "{kind_of(chosen)}".')])
    return in_order([("understood", ""), ("right choice", wrong_words(case.truth, markdown(proposal), ()))])


def _carried_out(
    case: Case, proposal: Proposal, chosen: str, pipeline: PipelineMap, repository: Path, suite: Path, folder: Path
) -> Answered:
    patches = proposal.patches_of(chosen) if chosen else ()
    if not patches:
        return Answered(proposal, chosen, (), None, "")
    known = read_flows(suite / "repositories" / case.base, in_words(case.words))
    flows = [
        it
        for it in known
        if all((repository / place.partition(":")[0]).is_file() for place in (it.producer, it.consumer))
    ]
    states = write_states(repository, patches, folder)
    subjects = {it.latest.source.path: it.compatibility for it in pipeline.subjects}
    pairs = [pair for flow in flows for pair in _pairs(flow, subjects.get(flow.schema, ""), len(patches))]
    asked = meetings(proposal.alternative(chosen), flows)
    met, refusals = run_meetings(suite / PROGRAM, states, flows, asked, sorted(set(pairs)))
    return Answered(
        proposal, chosen, met, refusals if pairs else None, undo_problem(repository, patches, folder / "undo")
    )


def _pairs(flow: Flow, level: str, phases: int) -> list[tuple[int, int, str]]:
    """Returns who must be able to read whom by the level: each state and the one before it, or all before it."""
    first = (lambda state: 0) if level.endswith("TRANSITIVE") else (lambda state: state - 1)
    steps = [(new, old) for new in range(1, phases + 1) for old in range(first(new), new)]
    backward = [(new, old, flow.schema) for new, old in steps] if level.startswith(("BACKWARD", "FULL")) else []
    forward = [(old, new, flow.schema) for new, old in steps] if level.startswith(("FORWARD", "FULL")) else []
    return backward + forward


def undo_problem(repository: Path, patches: Sequence[Patch], folder: Path) -> str:
    """Applies the diff of each phase with git and takes it back; returns what is not as it was then."""
    for patch in patches:
        target = folder / str(patch.phase)
        shutil.copytree(repository, target, ignore=shutil.ignore_patterns(".git"))
        before = _contents(target)
        for turn in ((), ("--reverse",)):
            ran = subprocess.run(
                ["git", "apply", "--whitespace=nowarn", *turn, "-"],
                cwd=target,
                input=patch.diff.encode(),
                capture_output=True,
                timeout=GIT_SECONDS_MAX,
                check=False,
                env={"GIT_CEILING_DIRECTORIES": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            )
            if ran.returncode:
                return (
                    f"git can't apply phase {patch.phase + 1} {' '.join(turn)}: {ran.stderr.decode('utf-8', 'replace')}"
                )
            if not turn and _contents(target) != _changed(before, patch):
                return f"The diff of phase {patch.phase + 1} does not lead to what the phase says."
        if _contents(target) != before:
            return f"Taking phase {patch.phase + 1} back does not restore every file."
    return ""


def _changed(before: Mapping[str, bytes], patch: Patch) -> dict[str, bytes]:
    gone = {it.path for it in patch.changes if it.after is None}
    new = {it.path: it.after.encode() for it in patch.changes if it.after is not None}
    return {path: data for path, data in before.items() if path not in gone} | new


def _contents(folder: Path) -> dict[str, bytes]:
    return {it.relative_to(folder).as_posix(): it.read_bytes() for it in sorted(folder.rglob("*")) if it.is_file()}


def _impact_figures(case: Case, proposal: Proposal) -> tuple[tuple[str, float], ...]:
    """Returns how many of the affected files the short list of the impact names, and how many of those it names are affected."""
    impacted = proposal.reading.impacted if proposal.reading else None
    if not case.truth.affected or impacted is None:
        return ()
    named = {it.path for it in impacted.files if it.list == "change"}
    right = len(named & set(case.truth.affected))
    return (
        ("impact right", float(right)),
        ("impact named", float(len(named))),
        ("impact affected", float(len(case.truth.affected))),
    )


def _by_hand(proposal: Proposal, chosen: str) -> tuple[tuple[str, float], ...]:
    """Returns how many places the chosen alternative leaves to people."""
    phases = proposal.alternative(chosen).phases if chosen else ()
    return (("by hand", float(sum(len(step.manual) for phase in phases for step in phase.steps))),)


def _cited(proposal: Proposal) -> tuple[tuple[str, float], ...]:
    """Returns how many citations of rulings there are, and of how many of them the ruling changes without the evidence."""
    rows = counterfactual(proposal).rows
    resting = [it for row in rows for it in row.effects if not it.is_background]
    return (("cited", float(len(resting))), ("cited and needed", float(sum(it.changes for it in resting))))


def _asked(proposal: Proposal) -> tuple[tuple[str, float], ...]:
    """Returns what a model was asked, where one was."""
    if not proposal.exchanges:
        return ()
    tokens = used(proposal.exchanges)
    origin = (
        proposal.alternative(proposal.decision.chosen).origin if proposal.decision and proposal.decision.chosen else ""
    )
    return (
        ("requests", float(len(proposal.exchanges))),
        ("tokens read", float(tokens.all_input)),
        ("tokens written", float(tokens.output)),
        ("chosen is the model's", float(origin == "claude")),
    )


def _broken_on_purpose(workspace: Workspace, id: str) -> tuple[tuple[str, float], ...]:
    fates = [it.fate for it in workspace.mutate(id)]
    return (("mutants killed", float(fates.count("killed"))), ("mutants survived", float(fates.count("survived"))))


def record_name(case: str, planner: str) -> str:
    """Returns the name of the file that the proposal of a case is kept in."""
    return f"{case.replace('/', '_')}-{planner.replace(' ', '-')}.jsonl"


def _kept(workspace: Workspace, id: str, case: Case, planner: str, keep: Path | None) -> str:
    if keep is None:
        return ""
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / record_name(case.id, planner)
    file.write_bytes(workspace.export(id))
    return file.name
