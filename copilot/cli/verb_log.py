"""`log`: lists the proposals of a repository, newest first, and before them those that were put off and are due."""

from __future__ import annotations

import argparse
from collections.abc import Collection

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.cli.layout import columns
from copilot.domain.codec import encode
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE
from copilot.reasons.words import asked_words, postponed_words

NONE_YET = 'No proposals yet. "pipeline-copilot propose" makes one.'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    proposals = workspace.newest()
    due = frozenset(it.id for it in proposals if workspace.is_due(it))
    damaged = workspace.damaged()
    for error in damaged:
        console.report(error)
    if arguments.format == "json":
        console.print_json({"version": 1, "proposals": [_row_json(proposal, due) for proposal in proposals]})
    elif proposals:
        carried_on = {it.continued.of for it in proposals if it.continued and it.applied}
        console.print("\n".join(columns(_row(proposal, carried_on, due) for proposal in proposals)))
    elif not damaged:
        console.note(NONE_YET)
    return EXIT_DONE


def _row(proposal: Proposal, carried_on: Collection[str], due: Collection[str]) -> tuple[str, ...]:
    asked = asked_words(proposal.request)
    if proposal.continued:
        asked += f", from phase {proposal.continued.phase + 1} of {proposal.continued.phases}"
    facts = [f"branch {proposal.applied[-1].branch}"] if proposal.applied else []
    if proposal.state == "applied" and proposal.id not in carried_on:
        applied = proposal.applied[-1]
        left = proposal.alternative(applied.alternative).phases[applied.phase + 1 :]
        facts += [f"next: {left[0].name}"] if left else []
    if proposal.state == "postponed" and proposal.postponed:
        facts += [postponed_words(proposal.postponed).removeprefix("postponed ")]
    return (
        proposal.id,
        "due" if proposal.id in due else proposal.state,
        proposal.request.commit[:9],
        asked + (f"  ({'; '.join(facts)})" if facts else ""),
    )


def _row_json(proposal: Proposal, due: Collection[str]) -> dict[str, object]:
    return {
        "proposal": proposal.id,
        "state": proposal.state,
        "commit": proposal.request.commit,
        "text": proposal.request.text,
        "chosen": proposal.decision.chosen if proposal.decision else None,
        "branch": proposal.applied[-1].branch if proposal.applied else None,
        "postponed": encode(proposal.postponed) if proposal.postponed else None,
        "is_due": proposal.id in due,
    }
