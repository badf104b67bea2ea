"""Runs the line on a proposal that was opened, tells how it goes on, and prints the decision."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from copilot.cli.console import Console
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE, EXIT_REFUSED

if TYPE_CHECKING:
    from copilot.cli.progress import Progress
    from copilot.proposals import Workspace


def prove(
    workspace: Workspace,
    id: str,
    arguments: argparse.Namespace,
    console: Console,
    facts: Iterable[tuple[str, str]] = (),
) -> int:
    """Returns the exit code; `facts` are labels with texts that are told before the first step."""
    from copilot.cli.precedent_text import precedent_lines, precedent_objects
    from copilot.cli.progress import Progress
    from copilot.cli.since_text import since_lines, since_object

    known = workspace.load(id).decision is not None
    again = ", proved before on this commit with these tools" if known else ""
    for label, text in (("proposal", f"{id}{again}"), *facts):
        console.note(f"{label:12}{text}")
    precedents = workspace.precedents(workspace.load(id))
    for line in precedent_lines(precedents):
        console.note(line)
    progress = Progress(console, is_detailed=arguments.verbose)
    for record in workspace.advance(id):
        progress.tell(record.body)
    _ask_about(workspace, id, arguments, progress)
    proposal = workspace.load(id)
    for prompt in dict.fromkeys(it.prompt.id for it in proposal.exchanges if it.prompt.passed_over):
        console.note(f"passed over .copilot/prompts/{prompt}.md, which nobody accepted here: {COMMAND} prompts")
    for prompt, why in dict.fromkeys((it.prompt.id, it.prompt.unusable) for it in proposal.exchanges):
        if why:
            console.note(f'the prompt "{prompt}" of your own was not used, and another one stood in. {why}')
    precedents = workspace.precedents(proposal)
    changed = workspace.changed_since(id)
    if arguments.format == "json":
        from copilot.reasons.document import document

        asked_before = {"asked_before": precedent_objects(precedents)}
        console.print_json(document(proposal) | asked_before | since_object(changed))
    else:
        from copilot.cli.proposal_text import proposal_text

        after = (*since_lines(proposal.request.follows, changed), *precedent_lines(precedents))
        console.print("\n".join([proposal_text(proposal), *after]))
    return EXIT_DONE if proposal.decision and proposal.decision.chosen else EXIT_REFUSED


def _ask_about(workspace: Workspace, id: str, arguments: argparse.Namespace, progress: Progress) -> None:
    """Lets a model speak about the decision where that is asked for."""
    asked = [
        ask for name, ask in (("words", workspace.word), ("probe", workspace.probe)) if getattr(arguments, name, False)
    ]
    for ask in asked:
        for record in ask(id):
            progress.tell(record.body)
