"""`apply`: puts the approved phase on a branch of its own; the working tree, index and current branch stay as they are."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_id, add_repository
from copilot.cli.console import Console
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    parser.add_argument(
        "--at",
        metavar="REV",
        default="HEAD",
        help="the commit to put the change on, the one it was proved on (default: HEAD)",
    )
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at)
    id = workspace.find(arguments.id)
    applied = workspace.apply(id)
    if arguments.format == "json":
        console.print_json({"version": 1, "proposal": id, **encode(applied)})
        return EXIT_DONE
    alternative = workspace.load(id).alternative(applied.alternative)
    phases = len(alternative.phases)
    console.print(f"Applied {id}, phase {applied.phase + 1} of {phases}, on branch {applied.branch}:")
    for commit in applied.commits:
        console.print(f"  {commit[:12]}")
    gate = alternative.phases[applied.phase].gate
    if gate and applied.phase + 1 < phases:
        console.print(f"Before the next phase: {gate.text}")
    console.print(f"Look at it:  git log --patch HEAD..{applied.branch}")
    console.print(f"Take it back: {COMMAND} undo {id} --from {applied.branch}")
    return EXIT_DONE
