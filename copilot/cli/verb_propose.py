"""`propose`: understands a change, runs the line on it, and prints the decision."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_change, add_format, add_repository, operations_asked
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED, WrongUsage

EXAMPLES = """\
examples:
  pipeline-copilot propose "rename amount to total_cents in order"
  pipeline-copilot propose "add optional double risk to decision; remove coupon from order"
  pipeline-copilot propose --operation '{"op": "make_optional", "subject": "order", "field": "coupon"}'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add_change(parser)
    add_repository(parser)
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
    operations = operations_asked(arguments)
    if arguments.command and not arguments.run_commands:
        raise WrongUsage("--command runs nothing by itself.", next="Add --run-commands to allow it.")
    console.is_quiet = arguments.quiet
    return propose(arguments, operations, console)


def propose(arguments: argparse.Namespace, operations: tuple[str, ...], console: Console) -> int:
    """Opens the repository, runs the line and prints what came of it."""
    from copilot.cli.progress import progress_line
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at)
    id = workspace.propose(
        arguments.text,
        operations,
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
