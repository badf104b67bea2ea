"""`review`: opens a proposal on a screen, and prints afterwards where it stands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_id, add_repository
from copilot.cli.console import Console, has_terminal, is_served
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE, WrongUsage

if TYPE_CHECKING:
    from copilot.proposals import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    parser.add_argument("--ascii", action="store_true", help="draw without box characters and signs")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, is_only_shown=is_served())
    id = workspace.find(arguments.id)
    if not has_terminal():
        raise WrongUsage(
            "The review needs a terminal to draw on.",
            next=f'Open one, or read "{COMMAND} show {id}". Approving is done on the screen only.',
        )
    workspace.load(id)  # what can't be read is told here, not on a screen that is half drawn
    open_review(workspace, id, console, is_ascii=arguments.ascii)
    return EXIT_DONE


def open_review(workspace: Workspace, id: str, console: Console, *, is_ascii: bool = False) -> None:
    """Opens the review, and prints where the proposal stands when the person has left it."""
    from copilot.cli.proposal_text import next_lines
    from copilot.tui.app import review

    review(workspace, id, is_ascii=is_ascii)
    if workspace.is_only_shown:
        return  # what would be printed is read by the server as what to draw

    proposal = workspace.load(id)
    console.print(f"{id} is {proposal.state}.")
    for line in next_lines(proposal):
        console.print(line)


def open_home(*, is_ascii: bool = False) -> int:
    """Opens the repository around the current folder on a screen."""
    from copilot.proposals import Workspace
    from copilot.tui.app import home

    home(Workspace.open(".", is_only_shown=is_served()), is_ascii=is_ascii)
    return EXIT_DONE
