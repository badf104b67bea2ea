"""Carries an alternative out: its states in folders, its programs in every meeting, its diffs there and back with git."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.evaluation.case import Case
from copilot.evaluation.families import in_words
from copilot.evaluation.flows import Flow, read_flows
from copilot.evaluation.gates import Answered
from copilot.evaluation.judge import PROGRAM, meetings, run_meetings, write_states

GIT_SECONDS_MAX = 60


def carried_out(
    case: Case, proposal: Proposal, chosen: str, pipeline: PipelineMap, repository: Path, suite: Path, folder: Path
) -> Answered:
    """Writes the states of an alternative to folders below `folder`, and lets everyone meet who meets on the way."""
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
    levels = {(it.latest.source.path, it.latest.name.rpartition(".")[2]): it.compatibility for it in pipeline.subjects}
    levels |= {(path, ""): level for (path, _), level in levels.items()}
    level_of = {flow.name: levels.get((flow.schema.partition(":")[0], flow.record), "") for flow in flows}
    pairs = [pair for flow in flows for pair in _pairs(flow, level_of[flow.name], len(patches))]
    asked = meetings(proposal.alternative(chosen), flows, keeps_for_ever=case.keeps_for_ever)
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
        if not patch.changes:
            continue
        target = folder / str(patch.phase)
        shutil.copytree(repository, target, ignore=shutil.ignore_patterns(".git"))
        before = contents(target)
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
            if not turn and contents(target) != _changed(before, patch):
                return f"The diff of phase {patch.phase + 1} does not lead to what the phase says."
        if contents(target) != before:
            return f"Taking phase {patch.phase + 1} back does not restore every file."
    return ""


def _changed(before: Mapping[str, bytes], patch: Patch) -> dict[str, bytes]:
    gone = {it.path for it in patch.changes if it.after is None}
    new = {it.path: it.after.encode() for it in patch.changes if it.after is not None}
    return {path: data for path, data in before.items() if path not in gone} | new


def contents(folder: Path) -> dict[str, bytes]:
    """Returns the bytes of all files below a folder, by their paths."""
    return {it.relative_to(folder).as_posix(): it.read_bytes() for it in sorted(folder.rglob("*")) if it.is_file()}
