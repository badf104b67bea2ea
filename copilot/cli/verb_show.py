"""`show`: prints a proposal, as the Markdown of its rationale or as JSON."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_id, add_repository
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    proposal = workspace.load(workspace.find(arguments.id))
    if arguments.format == "json":
        from copilot.reasons.document import document

        console.print_json(document(proposal))
    elif proposal.decision is None:
        from copilot.cli.proposal_text import proposal_text

        console.print(proposal_text(proposal))
    else:
        from copilot.reasons.render import markdown

        console.print(markdown(proposal).rstrip("\n"))
    return EXIT_DONE
