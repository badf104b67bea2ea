"""Runs one case: builds its repository, asks, and carries the answer out."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from copilot.domain.operation import Operation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.errors import Ambiguous, CopilotError, RefusedByEvidence, WrongUsage
from copilot.evaluation.carrying import carried_out, contents
from copilot.evaluation.case import BrokenCase, Case
from copilot.evaluation.figures import asked, by_hand, cited, impact_figures
from copilot.evaluation.gates import in_order, kind_of, pair_figures, pair_gates, proposal_gates, wrong_words
from copilot.evaluation.outcome import CaseOutcome, GateOutcome
from copilot.evaluation.places import build_case
from copilot.evaluation.planners import CHOICES, Choice, decided, model_of
from copilot.planners.structured import operations_from_json
from copilot.plugins import load_formats
from copilot.proposals import Workspace
from copilot.reasons.render import markdown


def run_case(
    case: Case,
    suite: Path,
    planner: str,
    keep: Path | None = None,
    *,
    is_deep: bool = False,
    epoch: int = 0,
    choices: Mapping[str, Choice] = CHOICES,
) -> CaseOutcome:
    """Runs one case. Whatever goes wrong with it is an outcome of this case; the proposal's file is kept in the folder `keep`.

    Deep, the chosen patch is also broken on purpose, and a model asked whether its reasons follow the evidence; both take many
    times as long.
    """
    blank = blank_outcome(case, planner, epoch)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as name:
        try:
            found = _run(case, suite, blank, Path(name), keep, choices.get(planner, decided), is_deep=is_deep)
        except CopilotError as error:
            found = replace(blank, broken=str(error))
        # Whatever a planner does wrong is a failure of this case, never of the run.
        except Exception as error:
            found = replace(blank, broken=f"{type(error).__name__}: {error}")
    return replace(found, took_seconds=round(time.monotonic() - began, 3))


def blank_outcome(case: Case, planner: str, epoch: int = 0) -> CaseOutcome:
    """Returns the outcome of a case of which nothing is known yet."""
    truth = case.truth
    gates = in_order(())
    return CaseOutcome(
        case.id, case.title, case.kinds, case.traps, case.tags, case.family, truth.answer, planner, gates, epoch=epoch
    )


def _run(
    case: Case, suite: Path, blank: CaseOutcome, folder: Path, keep: Path | None, choose: Choice, *, is_deep: bool
) -> CaseOutcome:
    if case.truth.pair is not None:
        avro = load_formats()["avro"]
        return replace(blank, gates=pair_gates(case.truth.pair, avro), figures=pair_figures(case.truth.pair, avro))
    repository = folder / "repository"
    build_case(case, repository, suite)
    before = _what_must_stay(repository)
    workspace = Workspace.open(str(repository), model=model_of(blank.planner))
    try:
        id = workspace.propose(case.request, [case.operation] if case.operation else [])
        for _ in workspace.advance(id):
            pass
    except (WrongUsage, RefusedByEvidence) as error:
        return replace(blank, gates=_said_no(case, error), broken=_trespass(before, _what_must_stay(repository)))
    if is_deep and workspace.model_name:
        for _ in workspace.probe(id):
            pass
    proposal = workspace.load(id)
    models, prompts = _who(proposal)
    blank = replace(blank, record=_kept(workspace, id, blank, keep), models=models, prompts=prompts)
    chosen = choose(proposal)
    if trespass := _trespass(before, _what_must_stay(repository)):
        return replace(blank, broken=trespass)
    if case.truth.answer != "proposal":
        return replace(blank, gates=_said_yes(case, proposal, chosen), chosen=kind_of(chosen))
    pipeline = workspace.map()
    answered = carried_out(case, proposal, chosen, pipeline, repository, suite, folder)
    gates = proposal_gates(case, answered, _expected(case, pipeline))
    figures = (*impact_figures(case, proposal), *by_hand(proposal, chosen), *cited(proposal), *asked(proposal))
    if is_deep and answered.patches and chosen == decided(proposal):
        figures += _broken_on_purpose(workspace, id)
    return replace(blank, gates=gates, chosen=kind_of(chosen), figures=figures)


def _what_must_stay(repository: Path) -> dict[str, bytes]:
    """Returns what no planner may change: the working tree, the index, and where the branches stand."""
    held = (".git/HEAD", ".git/index", ".git/refs/", ".git/packed-refs", ".git/config", ".git/hooks/")
    return {
        path: data
        for path, data in contents(repository).items()
        if not path.startswith(".git/") or path.startswith(held)
    }


def _trespass(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    touched = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return f"The planner wrote outside its own folder: {', '.join(touched[:5])}." if touched else ""


def _who(proposal: Proposal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns which models were asked, and by which prompts."""
    said = proposal.exchanges
    prompts = {f"{it.prompt.id} {it.prompt.version}" for it in said}
    return tuple(sorted({it.model for it in said})), tuple(sorted(prompts))


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


def _broken_on_purpose(workspace: Workspace, id: str) -> tuple[tuple[str, float], ...]:
    fates = [it.fate for it in workspace.mutate(id)]
    return (("mutants killed", float(fates.count("killed"))), ("mutants survived", float(fates.count("survived"))))


def record_name(case: str, planner: str, epoch: int = 0) -> str:
    """Returns the name of the file that the proposal of a case is kept in."""
    turn = f"-{epoch + 1}" if epoch else ""
    return f"{case}-{planner}{turn}.jsonl".replace("/", "_").replace(" ", "-")


def _kept(workspace: Workspace, id: str, blank: CaseOutcome, keep: Path | None) -> str:
    if keep is None:
        return ""
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / record_name(blank.case, blank.planner, blank.epoch)
    file.write_bytes(workspace.export(id))
    return file.name
