"""`impact`: prints which files people will have to touch for a change, before anything is proposed."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, WrongUsage

EXAMPLES = """\
examples:
  pipeline-copilot impact "rename amount to total_cents in order"
  pipeline-copilot impact "add a string `currency` to protos/billing/invoice.proto"
  pipeline-copilot impact --operation '{"op": "remove_field", "subject": "invoice", "field": "amount"}' --format json
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
    parser.add_argument("--at", metavar="REV", default="HEAD", help="the commit to read (default: HEAD)")
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if bool(arguments.text.strip()) == bool(arguments.operation):
        raise WrongUsage(
            "A change is asked for either in words or with --operation.",
            next='Write for example: pipeline-copilot impact "remove coupon from order".',
        )

    from copilot.cli.verb_propose import operation_text
    from copilot.proposals.impact import read_impact
    from copilot.proposals.reading import open_place

    place = open_place(arguments.repository, at=arguments.at)
    found = read_impact(place, arguments.text, [operation_text(source) for source in arguments.operation])
    if arguments.format == "json":
        from copilot.cli.impact_output import impact_json

        console.print_json(impact_json(found))
    else:
        from copilot.cli.impact_output import impact_text

        console.print(impact_text(found))
    return EXIT_DONE
