"""Checks answer keys in a second way: every alternative is carried out, pairs of schemas go to other libraries.

A key is written by hand, so it can be wrong as the copilot can. What disagrees is for a person to look at: either may be right.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.domain.codec import canonical, decode, encode
from copilot.errors import CopilotError
from copilot.evaluation.carrying import carried_out
from copilot.evaluation.case import Case, PairTruth
from copilot.evaluation.gates import Answered, ends_of, executed, kind_of, touched_by
from copilot.evaluation.judge import PROGRAM, second_opinions
from copilot.evaluation.places import build_case
from copilot.evaluation.pool import run_all
from copilot.proposals import Workspace

SECONDS_MAX = 300
_LIBRARIES = {"fastavro": "fastavro", "python": "avro"}
"""The judge's names of decoders that are always here; what Java and avsc were seen to do rests on one measurement."""


@dataclass(frozen=True, slots=True)
class KeyAudit:
    """One answer key: what of it was checked in a second way, and where that disagrees. Both empty: it can't be checked so."""

    case: str
    checked: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()


def audit_keys(cases: Sequence[Case], suite: Path, workers: int = 0) -> Iterator[KeyAudit]:
    """Yields what comes of each key, in order of the cases; one that can't be checked at all disagrees."""
    with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as name:
        work = ((_audit_into, (case, suite, Path(name) / f"{number}.json")) for number, case in enumerate(cases))
        waiting: dict[int, KeyAudit] = {}
        shown = 0
        for ended in run_all(work, workers or os.cpu_count() or 1, SECONDS_MAX):
            file = Path(name) / f"{ended.number}.json"
            lost = KeyAudit(cases[ended.number].id, (), (ended.problem,))
            waiting[ended.number] = decode(KeyAudit, json.loads(file.read_text("utf-8"))) if not ended.problem else lost
            while shown in waiting:
                yield waiting.pop(shown)
                shown += 1


def _audit_into(case: Case, suite: Path, target: Path) -> None:
    target.write_text(canonical(encode(audit_key(case, suite))), "utf-8")


def audit_key(case: Case, suite: Path) -> KeyAudit:
    """Checks one key."""
    if case.truth.pair is not None:
        return _audit_pair(case.id, case.truth.pair, suite / PROGRAM)
    with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as name:
        try:
            if case.truth.answer == "proposal":
                return _audit_proposal(case, suite, Path(name))
            return _audit_candidates(case, suite, Path(name))
        except CopilotError as error:
            return KeyAudit(case.id, (), (f"It can't be carried out: {error.what}",))
        # A key that makes the program stumble is the one to look at, and no end of the audit.
        except Exception as error:
            return KeyAudit(case.id, (), (f"It can't be carried out: {type(error).__name__}: {error}",))


def _audit_proposal(case: Case, suite: Path, folder: Path) -> KeyAudit:
    """Carries out every alternative, be it chosen or not: what the key accepts must go well, what it forbids must not."""
    repository = folder / "repository"
    build_case(case, repository, suite)
    workspace = Workspace.open(str(repository))
    id = workspace.propose("", [json.dumps(it) for it in case.truth.operations])
    for _ in workspace.advance(id):
        pass
    proposal, pipeline = workspace.load(id), workspace.map()
    checked: dict[str, None] = {}
    disagreements: list[str] = []
    for number, alternative in enumerate(proposal.alternatives):
        kind = kind_of(alternative.id)
        if kind in (*case.truth.acceptable, *case.truth.never) and proposal.patches_of(alternative.id):
            out = folder / f"alternative-{number}"
            answered = carried_out(case, proposal, alternative.id, pipeline, repository, suite, out)
            found = _about(case, kind, answered)
            checked.update(dict.fromkeys(found.checked))
            disagreements += found.disagreements
    return KeyAudit(case.id, tuple(checked), tuple(disagreements))


def _about(case: Case, kind: str, answered: Answered) -> KeyAudit:
    """Holds what a key says of an alternative against what running it shows; what can't be run says nothing."""
    truth = case.truth
    asked = (*executed(truth, answered), ("undo proven", answered.undo))
    wrong = next((f"{gate}: {problem}" for gate, problem in asked if problem), "")
    alternative = answered.proposal.alternative(answered.chosen)
    # What people finish was not run, so it may well be as bad as the key says.
    is_whole = answered.is_run and not any(step.manual for phase in alternative.phases for step in phase.steps)
    if kind in truth.never:
        harmless = f'It forbids "{kind}", and running that shows nothing wrong.'
        return KeyAudit(case.id, ("never",) if wrong or is_whole else (), (harmless,) if is_whole and not wrong else ())
    left = [path for path in truth.affected if path not in touched_by(answered)]
    disagreements = [f'It accepts "{kind}", and running that fails at {wrong}'] if wrong else []
    disagreements += [f'It accepts "{kind}", which leaves {path} as it is.' for path in left]
    checked = ["affected"] if truth.affected else []
    checked += ["acceptable"] if is_whole else []
    checked += ["values"] if ends_of(truth.values, answered.met, len(answered.patches)) else []
    return KeyAudit(case.id, tuple(checked), tuple(disagreements))


def _audit_candidates(case: Case, suite: Path, folder: Path) -> KeyAudit:
    """What a question offers must stand in the repository."""
    build_case(case, folder / "repository", suite)
    files = [it for it in (folder / "repository").rglob("*") if it.is_file() and ".git" not in it.parts]
    text = "\n".join(it.read_text("utf-8", "replace") for it in files)
    missing = [it for it in case.truth.candidates if any(word not in text for word in it.split("."))]
    told = tuple(f'The candidate "{it}" stands nowhere in the repository.' for it in missing)
    return KeyAudit(case.id, ("candidates",) if case.truth.candidates else (), told)


def _audit_pair(id: str, truth: PairTruth, program: Path) -> KeyAudit:
    """Asks another checker, and lets two libraries read records made at random."""
    old, new = json.loads(truth.old), json.loads(truth.new)
    backward, forward = second_opinions(program, [(new, old), (old, new)])
    opinions = {"backward": backward, "forward": forward}
    told = [
        f"Apache avro {'refuses' if opinions[direction].objection else 'takes'} {direction}, and the key says {known}."
        for direction, known in (("backward", truth.backward), ("forward", truth.forward))
        if bool(opinions[direction].objection) is known
    ]
    for direction, decoder, seen in truth.seen:
        reads = set(opinions[direction].reads.get(_LIBRARIES.get(decoder, ""), ()))
        if reads == {seen == "no"}:
            does = "reads" if seen == "no" else "refuses"
            told.append(f'{direction}: {decoder} was seen to say "{seen}", and here it {does} all.')
    return KeyAudit(id, ("backward", "forward", "seen"), tuple(told))
