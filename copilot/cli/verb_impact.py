"""`impact`: prints which files people will have to touch for a change, before anything is proposed."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_change, add_format, add_repository, operations_asked
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE

EXAMPLES = """\
examples:
  pipeline-copilot impact "rename amount to total_cents in order"
  pipeline-copilot impact "add a string currency to protos/billing/invoice.proto"
  pipeline-copilot impact --operation '{"op": "remove_field", "subject": "invoice", "field": "amount"}' --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add_change(parser)
    add_repository(parser)
    parser.add_argument("--at", metavar="REV", default="HEAD", help="the commit to read (default: HEAD)")
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    operations = operations_asked(arguments)

    from copilot.proposals.impact import read_impact
    from copilot.proposals.reading import open_place

    place = open_place(arguments.repository, at=arguments.at)
    found = read_impact(place, arguments.text, operations)
    if arguments.format == "json":
        from copilot.cli.impact_output import impact_json

        console.print_json(impact_json(found))
    else:
        from copilot.cli.impact_output import impact_text

        console.print(impact_text(found))
    return EXIT_DONE
