"""`propose`: understands a change, runs the line on it, and prints the decision."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_change, add_repository, add_run, commands_asked, operations_asked
from copilot.cli.console import Console
from copilot.cli.modelling import add_model, add_sayings, add_sight, model_of, sent_lines, sent_object
from copilot.cli.proving import prove
from copilot.errors import EXIT_DONE, NotUnderstood

FREE_WORDS = "A model can make sense of free words, if you set one up: docs/models.md."
EXAMPLES = """\
examples:
  pipeline-copilot propose "rename amount to total_cents in order"
  pipeline-copilot propose "add optional double risk to decision; remove coupon from order"
  pipeline-copilot propose --operation '{"op": "make_optional", "subject": "order", "field": "coupon"}'
  pipeline-copilot propose --follows p-0123456789 "why not the alias?"
  pipeline-copilot propose --follows p-0123456789 "also keep the old topic for 30 days"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add_change(parser)
    add_repository(parser)
    parser.add_argument(
        "--follows",
        metavar="ID",
        default="",
        help="go on from that proposal: the words say what to do otherwise, or ask why not",
    )
    add_model(parser)
    add_sayings(parser)
    add_sight(parser)
    add_run(parser, "the commit to change")


def run(arguments: argparse.Namespace, console: Console) -> int:
    operations, commands = operations_asked(arguments), commands_asked(arguments)
    console.is_quiet = arguments.quiet

    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at, model=model_of(arguments))
    for gap in workspace.ignored():
        console.note(f"ignored     {gap.span}: {gap.reason}")
    follows = workspace.find(arguments.follows) if arguments.follows else ""
    if arguments.show_what_is_sent:
        sent = workspace.sent_first(arguments.text, operations, follows=follows)
        if arguments.format == "json":
            console.print_json(sent_object(sent))
        else:
            console.print("\n".join(sent_lines(sent)))
        return EXIT_DONE
    try:
        id = workspace.propose(
            arguments.text,
            operations,
            run_commands=arguments.run_commands,
            commands=commands,
            follows=follows,
            asks=lambda model: console.note(f"asking      {model}, as no sentence fits the words"),
        )
    except NotUnderstood as error:
        if not (arguments.no_model or workspace.model_name):
            error.add_next(FREE_WORDS)
        raise
    return prove(workspace, id, arguments, console)
