"""`log`: lists the proposals of a repository, newest first."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.cli.layout import columns
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE

NONE_YET = 'No proposals yet. "pipeline-copilot propose" makes one.'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    proposals = workspace.list()[::-1]
    for error in workspace.damaged():
        console.report(error)
    if arguments.format == "json":
        console.print_json({"version": 1, "proposals": [_row_json(proposal) for proposal in proposals]})
    elif proposals:
        console.print("\n".join(columns(_row(proposal) for proposal in proposals)))
    else:
        console.note(NONE_YET)
    return EXIT_DONE


def _row(proposal: Proposal) -> tuple[str, ...]:
    branch = f"  (branch {proposal.applied[-1].branch})" if proposal.applied else ""
    asked = " ".join(proposal.request.text.split()) or "operations given as JSON"
    return proposal.id, proposal.state, proposal.request.commit[:9], f"{asked}{branch}"


def _row_json(proposal: Proposal) -> dict[str, object]:
    return {
        "proposal": proposal.id,
        "state": proposal.state,
        "commit": proposal.request.commit,
        "text": proposal.request.text,
        "chosen": proposal.decision.chosen if proposal.decision else None,
        "branch": proposal.applied[-1].branch if proposal.applied else None,
    }
