"""A line whose parts are as small as they can be, to test the order of stages, crashes and resuming without the real parts.

The pipeline is one file, `pipeline.txt`; each alternative replaces its text. Run as a program it advances a proposal, slowly, so
that a test can kill it on the way.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.adapters.git import open_repository
from copilot.adapters.scratch import GitScratch
from copilot.adapters.store import FileStore
from copilot.adapters.tree import CommitTree
from copilot.checks.challenge import ChallengeCheck
from copilot.checks.evidence import make_evidence
from copilot.domain.alternative import Alternative, NewFile, Phase, Plan
from copilot.domain.codec import digest_of
from copilot.domain.decision import Claim, Decision, Ruling
from copilot.domain.evidence import Evidence, Measure
from copilot.domain.impacted import ImpactList
from copilot.domain.operation import ChangeRequest, Limits, RenameField
from copilot.domain.patch import FileChange, Patch, Refused
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.proposal import Proposal, fold, proposal_id
from copilot.domain.source import Gap, SourceFile, Span
from copilot.patches.diff import make_patch
from copilot.plugins import Kit
from copilot.ports import Bench, Case, Ran, Tree
from copilot.settings import Settings

PIPELINE = "pipeline.txt"
NOON = "2026-01-01T12:00:00Z"
UNCOMPILABLE = "broken-000003"


@dataclass(frozen=True)
class PaperMapper:
    pause_seconds: float = 0.0

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        time.sleep(self.pause_seconds)
        file = tree.read([PIPELINE])[PIPELINE]
        assert isinstance(file, SourceFile)
        gaps = (Gap(Span(PIPELINE, 1, 1), file.text),)
        return PipelineMap(
            tree.snapshot.commit, (), (), (), (), (), (), (), (), gaps, 1, tree.snapshot.uncommitted_count
        )


@dataclass(frozen=True)
class PaperPlanner:
    pause_seconds: float = 0.0

    def plan(self, request: ChangeRequest, impacts: tuple[Impact, ...], pipeline: PipelineMap) -> Plan:
        time.sleep(self.pause_seconds)
        made = [
            _alternative("nothing", ()),
            _alternative("two-000001", ("one", "two")),
            _alternative("one-000002", ("1",)),
        ]
        return Plan((*made, _alternative(UNCOMPILABLE, ("never",))), ())


@dataclass(frozen=True)
class PaperCompiler:
    pause_seconds: float = 0.0

    def fitted(self, alternative: Alternative, tree: Tree) -> Alternative:
        return alternative

    def compile(self, alternative: Alternative, tree: Tree) -> tuple[Patch, ...] | Refused:
        time.sleep(self.pause_seconds)
        if alternative.id == UNCOMPILABLE:
            return Refused(alternative.id, "It does not fit.", None, "")
        before = tree.read([PIPELINE])[PIPELINE]
        assert isinstance(before, SourceFile)
        texts = [edit.text for phase in alternative.phases for edit in phase.edits if isinstance(edit, NewFile)]
        commit = tree.snapshot.commit
        return tuple(
            make_patch(alternative.id, phase, commit, [FileChange(PIPELINE, before.text, text)])
            for phase, text in enumerate(texts)
        )


@dataclass(frozen=True)
class PaperCheck:
    """Passes; sees the texts after each phase. `fault` makes it misbehave."""

    name: str
    pause_seconds: float = 0.0
    fault: str = ""
    version: int = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        time.sleep(self.pause_seconds)
        if self.fault == "raises" and case.patches:
            raise ZeroDivisionError("a defect\nin the check")
        if self.fault == "leaves" and case.patches:
            sys.exit("as a script would")
        measures = (
            Measure("phases", len(case.states), "phases"),
            Measure("letters", sum(len(state.gaps[0].reason) for state in case.states), "letters"),
            Measure("took", time.monotonic(), "seconds", is_volatile=True),
        )
        return make_evidence(self.name, self.version, case, verdict="pass", measures=measures)


class PaperSandbox:
    isolation = ""

    def run(self, command: str, patches: tuple[Patch, ...], request: ChangeRequest) -> Ran:
        raise AssertionError("nothing is run without isolation")


def decide(proposal: Proposal) -> Decision:
    """Chooses the first alternative that has patches."""
    rulings = tuple(
        Ruling(
            alternative.id,
            "acceptable" if proposal.patches_of(alternative.id) else "refused",
            number,
            "in order",
            (Claim("It was seen.", tuple(evidence.id for evidence in proposal.evidence_of(alternative.id))),),
        )
        for number, alternative in enumerate(proposal.alternatives)
    )
    chosen = next((ruling.alternative for ruling in rulings if ruling.outcome == "acceptable"), "")
    decision = Decision(rulings, chosen, "low", (), (), "")
    return Decision(rulings, chosen, "low", (), (), digest_of(decision))


def impact_of(operation: Any, pipeline: PipelineMap) -> Impact:
    return Impact(operation.subject, operation.field, (), (), (), (), (), ())


def paper_kit(
    folder: Path, commit: str, *, pauses: Mapping[str, float] | None = None, faults: Mapping[str, str] | None = None
) -> Kit:
    """Returns the kit; `pauses` and `faults` are by stage, or by check."""
    pause, fault = dict(pauses or {}), dict(faults or {})
    tree = CommitTree(open_repository(folder), commit)
    settings = Settings()
    mapper = PaperMapper(pause.get("read", 0))
    base_map = functools.cache(lambda: mapper.map(tree, settings))
    checks = tuple(PaperCheck(name, pause.get(name, 0), fault.get(name, "")) for name in ("first", "second", "third"))
    return Kit(
        tree=tree,
        settings=settings,
        formats={},
        mapper=mapper,
        base_map=base_map,
        base_digest=functools.cache(lambda: digest_of(base_map())),
        tools_digest=lambda runs_commands: "tools",
        impact_of=impact_of,
        ranked=lambda impacts, pipeline: ImpactList(commit, (), (), (), 1),
        planner=PaperPlanner(pause.get("plan", 0)),
        compiler=PaperCompiler(pause.get("compile", 0)),
        checks=checks,
        challenge=ChallengeCheck(),
        decide=decide,
        bench=Bench(tree, {}, GitScratch(tree), PaperSandbox()),
    )


def begin(store: FileStore, commit: str, limits: Limits | None = None) -> Proposal:
    """Writes the request down."""
    operation = RenameField("orders", "", "a", "b")
    request = ChangeRequest("rename a to b in orders", (operation,), commit, "Ada <a@b.org>", limits=limits or Limits())
    id = proposal_id(request, "test")
    return fold(id, [store.append(id, request)])


def store_of(folder: Path) -> FileStore:
    return FileStore(folder, lambda: NOON)


def _alternative(id: str, texts: tuple[str, ...]) -> Alternative:
    phases = tuple(Phase(f"to {text}", (NewFile(PIPELINE, f"{text}\n"),), ()) for text in texts)
    return Alternative(id, f"Write {id}", "rules", "paper", phases, "")


def main(repository: str, proposals: str, id: str, second: str = "0.05") -> None:
    from copilot.flow import run

    store = store_of(Path(proposals))
    proposal = fold(id, store.records(id))
    pauses = {"read": 0.05, "plan": 0.1, "compile": 0.05, "first": 0.05, "second": float(second), "third": 0.05}
    for record in run(proposal, paper_kit(Path(repository), proposal.request.commit, pauses=pauses), store):
        print(record.number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
