"""`propose`: understands a change, runs the line on it, and prints the decision."""

from __future__ import annotations

import argparse
import sys

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED, WrongUsage

OPERATION_CHARACTERS_MAX = 1_000_000
EXAMPLES = """\
examples:
  pipeline-copilot propose "rename amount to total_cents in order"
  pipeline-copilot propose "add optional double risk to decision; remove coupon from order"
  pipeline-copilot propose --operation '{"op": "make_optional", "subject": "order", "field": "coupon"}'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("text", metavar="CHANGE", nargs="?", default="", help="one or more sentences, one change each")
    add_repository(parser)
    parser.add_argument(
        "--operation",
        action="append",
        default=[],
        metavar="JSON",
        help="the change as JSON, an object or a list; @FILE reads a file, - standard input; may be repeated",
    )
    parser.add_argument("--at", metavar="REV", default="HEAD", help="the commit to change (default: HEAD)")
    parser.add_argument("--run-commands", action="store_true", help="also run the repository's own tests, in a sandbox")
    parser.add_argument(
        "--command",
        action="append",
        default=[],
        metavar="COMMAND",
        help="what to run instead of what copilot.toml names",
    )
    add_format(parser, "text", "json")
    parser.add_argument("--quiet", action="store_true", help="print no progress")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if bool(arguments.text.strip()) == bool(arguments.operation):
        raise WrongUsage(
            "A change is asked for either in words or with --operation.",
            next='Write for example: pipeline-copilot propose "add optional double risk to decision".',
        )
    if arguments.command and not arguments.run_commands:
        raise WrongUsage("--command runs nothing by itself.", next="Add --run-commands to allow it.")
    console.is_quiet = arguments.quiet
    return propose(arguments, console)


def propose(arguments: argparse.Namespace, console: Console) -> int:
    """Opens the repository, runs the line and prints what came of it."""
    from copilot.cli.progress import progress_line
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at)
    id = workspace.propose(
        arguments.text,
        tuple(operation_text(source) for source in arguments.operation),
        run_commands=arguments.run_commands,
        commands=tuple(arguments.command),
    )
    console.note(f"proposal    {id}")
    for record in workspace.advance(id):
        console.note(progress_line(record.body))
    proposal = workspace.load(id)
    if arguments.format == "json":
        from copilot.reasons.document import document

        console.print_json(document(proposal))
    else:
        from copilot.cli.proposal_text import proposal_text

        console.print(proposal_text(proposal))
    return EXIT_DONE if proposal.decision and proposal.decision.chosen else EXIT_REFUSED


def operation_text(source: str) -> str:
    """Returns the JSON text of an operation: that of a file for "@FILE", of standard input for "-"; raises WrongUsage."""
    if source != "-" and not source.startswith("@"):
        return source
    where = "standard input" if source == "-" else source[1:]
    try:
        if source == "-":
            text = sys.stdin.read(OPERATION_CHARACTERS_MAX + 1)
        else:
            with open(where, encoding="utf-8") as opened:
                text = opened.read(OPERATION_CHARACTERS_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage("The operation can't be read.", where=where, next=f"{error}") from None
    if len(text) > OPERATION_CHARACTERS_MAX:
        raise WrongUsage(
            f"The operation is larger than the limit of {OPERATION_CHARACTERS_MAX} characters.", where=where
        )
    return text
