"""Runs the line on a proposal that was opened, tells how it goes on, and prints the decision."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED

if TYPE_CHECKING:
    from copilot.proposals import Workspace


def prove(
    workspace: Workspace,
    id: str,
    arguments: argparse.Namespace,
    console: Console,
    facts: Iterable[tuple[str, str]] = (),
) -> int:
    """Returns the exit code; `facts` are labels with texts that are told before the first step."""
    from copilot.cli.progress import Progress

    known = workspace.load(id).decision is not None
    again = ", proved before on this commit with these tools" if known else ""
    for label, text in (("proposal", f"{id}{again}"), *facts):
        console.note(f"{label:12}{text}")
    progress = Progress(console, is_detailed=arguments.verbose)
    for record in workspace.advance(id):
        progress.tell(record.body)
    proposal = workspace.load(id)
    if arguments.format == "json":
        from copilot.reasons.document import document

        console.print_json(document(proposal))
    else:
        from copilot.cli.proposal_text import proposal_text

        console.print(proposal_text(proposal))
    return EXIT_DONE if proposal.decision and proposal.decision.chosen else EXIT_REFUSED
