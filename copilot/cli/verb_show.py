"""`show`: prints a proposal with all its reasons: laid out for a terminal, as Markdown for a file or a pipe, or as JSON."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_id, add_repository
from copilot.cli.console import Console
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE, SurroundingsFailed, WrongUsage

if TYPE_CHECKING:
    from copilot.domain.proposal import Proposal
    from copilot.proposals import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        help="how to print it (default: text on a terminal, markdown elsewhere)",
    )
    parser.add_argument(
        "--export",
        metavar="FILE",
        help="write the proposal to a new file, for somebody else to take in with review --from FILE",
    )
    parser.add_argument(
        "--contract-test",
        action="store_true",
        help="print a pytest file with recorded bytes of the old and the new version, which fails on the base, for you to add",
    )
    parser.add_argument(
        "--prompts",
        action="store_true",
        help="print what a model was told for it and what it answered, with prompt, version, tokens, cost and problems"
        " (an ID q-... is that of words which led to a question, or to no answer)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace
    from copilot.proposals.talks import LETTER

    if arguments.contract_test and arguments.format:
        raise WrongUsage("--contract-test prints Python, and no other format.", next="Leave --format out.")
    workspace = Workspace.open(arguments.repository)
    if arguments.id.startswith(f"{LETTER}-"):
        if arguments.export or arguments.contract_test:
            raise WrongUsage(
                f"{arguments.id} stands for words that led to no proposal.",
                next=f"{COMMAND} show {arguments.id} prints what was said.",
            )
        return _print_transcript(workspace.talk(arguments.id), arguments.format, console)
    proposal = workspace.load(workspace.find(arguments.id))
    if arguments.export:
        return _export(workspace, proposal.id, arguments.export, console)
    if arguments.prompts:
        return _print_transcript(proposal, arguments.format, console)
    if arguments.contract_test:
        console.print(workspace.contract_test(proposal.id).rstrip("\n"))
        return EXIT_DONE
    from copilot.cli.precedent_text import precedent_lines, precedent_markdown, precedent_objects
    from copilot.cli.since_text import since_lines, since_markdown, since_object

    precedents = workspace.precedents(proposal)
    follows, changed = proposal.request.follows, workspace.changed_since(proposal.id)
    kind = arguments.format or ("text" if sys.stdout.isatty() else "markdown")
    if kind == "json":
        from copilot.reasons.document import document

        asked_before = {"asked_before": precedent_objects(precedents)}
        console.print_json(document(proposal) | asked_before | since_object(changed))
    elif proposal.decision is None:
        from copilot.cli.proposal_text import proposal_text

        console.print("\n".join([proposal_text(proposal), *precedent_lines(precedents)]))
    elif kind == "text":
        from copilot.cli.rationale_text import rationale_text

        console.print(
            "\n".join([rationale_text(proposal), *since_lines(follows, changed), *precedent_lines(precedents)])
        )
    else:
        from copilot.reasons.render import markdown

        text = markdown(proposal).rstrip("\n")
        console.print("\n".join([text, *since_markdown(follows, changed), *precedent_markdown(precedents)]))
    return EXIT_DONE


def _print_transcript(proposal: Proposal, format: str | None, console: Console) -> int:
    from copilot.cli.transcript_text import transcript_text
    from copilot.reasons.transcript import transcript_document

    if format == "markdown":
        raise WrongUsage("--prompts prints text or json.", next="Leave --format out.")
    if format == "json":
        console.print_json(transcript_document(proposal))
    else:
        console.print(transcript_text(proposal))
    return EXIT_DONE


def _export(workspace: Workspace, id: str, name: str, console: Console) -> int:
    data = workspace.export(id)
    try:
        with open(name, "xb") as file:
            file.write(data)
    except FileExistsError:
        raise WrongUsage("That file is there already.", where=name, next="Name another one, or remove it.") from None
    except OSError as error:
        raise SurroundingsFailed(f"The file can't be written: {error.strerror}.", where=name) from None
    records = data.count(b"\n") - 1
    console.note(f"Wrote {id} with {records} records to {name}.")
    console.note(f"Whoever gets it needs the base commit, and types: {COMMAND} review --from {name}")
    return EXIT_DONE
