"""`review`: opens a proposal on a screen, and prints afterwards where it stands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_id, add_repository
from copilot.cli.console import Console, has_terminal, is_served
from copilot.cli.modelling import own_model
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE, WrongUsage

if TYPE_CHECKING:
    from copilot.proposals import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    parser.add_argument(
        "--from", dest="file", metavar="FILE", help="take a proposal in that show --export wrote, first"
    )
    parser.add_argument("--ascii", action="store_true", help="draw without box characters and signs")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.cli.proposal_text import next_lines
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, is_only_shown=is_served(), model=own_model)
    if arguments.file and arguments.id:
        raise WrongUsage("The file says which proposal it is.", next="Leave the ID out.")
    id = _take_in(workspace, arguments.file, console) if arguments.file else workspace.find(arguments.id)
    if arguments.file and not has_terminal():
        for line in next_lines(workspace.load(id)):
            console.print(line)
        return EXIT_DONE
    if not has_terminal():
        raise WrongUsage(
            "The review needs a terminal to draw on.",
            next=f'Open one, or read "{COMMAND} show {id}". Approving is done on the screen only.',
        )
    workspace.load(id)  # what can't be read is told here, not on a screen that is half drawn
    open_review(workspace, id, console, is_ascii=arguments.ascii)
    return EXIT_DONE


def _take_in(workspace: Workspace, name: str, console: Console) -> str:
    from copilot.proposals.travel import FILE_BYTES_MAX

    try:
        with open(name, "rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise WrongUsage(f"The file can't be read: {error.strerror}.", where=name) from None
    if len(data) > FILE_BYTES_MAX:
        raise WrongUsage(f"The file is larger than the limit of {FILE_BYTES_MAX} bytes.", where=name)
    taken = workspace.take_in(data, name)
    console.print(taken.words)
    for note in taken.notes:
        console.print(f"  - {note}")
    console.print(f"  - its evidence was not run again here; that does: {COMMAND} verify {taken.id}")
    return taken.id


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
