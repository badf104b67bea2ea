"""`demo`: builds the example repository, runs the main job on it, and shows the result; needs no network, key or model."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.cli.console import Console, has_terminal
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE, WrongUsage

if TYPE_CHECKING:
    from copilot.domain.pipeline import PipelineMap
    from copilot.proposals import Workspace

DEMO_CHANGE = "rename outcome to verdict in decision"
RATIONALE_LINES_SHOWN = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--build", metavar="DIR", help="only build the example repository, in that empty or new folder")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.example.build import build_repository

    folder = Path(arguments.build or tempfile.mkdtemp(prefix="pipeline-copilot-demo-"))
    commit = build_repository(folder)
    if arguments.build:
        console.print(f"Built the example repository at commit {commit[:9]} in {folder}")
        return EXIT_DONE
    _introduce(folder)
    console.note(f"The example repository is in {folder}; it is yours to try things in.")
    return _show(folder, console)


def _introduce(folder: Path) -> None:
    """Gives the example's git a name for whoever sits here, where git knows none: a fresh machine can run the demo."""
    from copilot.adapters.git import open_repository

    repository = open_repository(folder)
    try:
        repository.identity()
    except WrongUsage:
        repository.git.run("config", "user.name", "You")
        repository.git.run("config", "user.email", "you@example.org")


def _show(folder: Path, console: Console) -> int:
    from copilot.cli.progress import Progress
    from copilot.cli.proposal_text import proposal_text
    from copilot.cli.rationale_text import rationale_text
    from copilot.proposals import Workspace

    workspace = Workspace.open(folder)
    console.print(f"$ cd {folder}\n$ {COMMAND} map")
    console.print(map_summary(workspace.map()))
    console.print(f'\n$ {COMMAND} propose "{DEMO_CHANGE}"')
    console.flush()
    id = workspace.propose(text=DEMO_CHANGE)
    progress = Progress(console)
    for record in workspace.advance(id):
        progress.tell(record.body)
    proposal = workspace.load(id)
    console.print(proposal_text(proposal))
    console.print(f"\n$ {COMMAND} show {id}")
    lines = rationale_text(proposal).split("\n")
    console.print("\n".join(lines[:RATIONALE_LINES_SHOWN]))
    console.print(f"… {max(0, len(lines) - RATIONALE_LINES_SHOWN)} more lines")
    return _open(workspace, id, folder, console)


def _open(workspace: Workspace, id: str, folder: Path, console: Console) -> int:
    if not has_terminal():
        console.print(f"\nNext, in a terminal:\n  cd {folder}\n  {COMMAND} review {id}\n  {COMMAND} apply {id}")
        return EXIT_DONE

    from copilot.cli.verb_review import open_review

    console.flush()
    open_review(workspace, id, console)
    console.print(f"The example repository stays; to go on in it: cd {folder}")
    return EXIT_DONE


def map_summary(pipeline: PipelineMap) -> str:
    """Returns the map in three lines."""
    from copilot.reasons.words import counted

    topics = [endpoint for endpoint in pipeline.endpoints if endpoint.kind == "topic"]
    versions = sum(len(subject.versions) for subject in pipeline.subjects)
    return "\n".join(
        [
            f"{counted(pipeline.files_read, 'file')} read: {counted(len(pipeline.subjects), 'schema')} in "
            f"{counted(versions, 'version')}, {counted(len(topics), 'topic')}, {counted(len(pipeline.jobs), 'job')},",
            f"{counted(len(pipeline.uses), 'use')} of fields in code; not read or not known: "
            f"{counted(len(pipeline.gaps), 'gap')}, {counted(len(pipeline.blind_spots), 'blind spot')}.",
        ]
    )
