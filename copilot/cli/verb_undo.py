"""`undo`: restores the files of an applied proposal in a new commit on a new branch."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository, add_required_id
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_required_id(parser)
    parser.add_argument(
        "--from", dest="from_branch", metavar="BRANCH", required=True, help="the branch that holds the change now"
    )
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    id = workspace.find(arguments.id)
    undone = workspace.undo(id, from_branch=arguments.from_branch)
    if arguments.format == "json":
        console.print_json({"version": 1, "proposal": id, **encode(undone)})
    else:
        console.print(f"Undone {id}: commit {undone.commit[:12]} on branch {undone.branch}.")
        console.print(f"Look at it:  git show {undone.branch}")
    return EXIT_DONE
