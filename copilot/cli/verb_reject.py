"""`reject`: writes a no down, with its reason; nothing is applied by it, so it needs no screen. A yes does."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository, add_required_id, words
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, WrongUsage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_required_id(parser)
    parser.add_argument(
        "--because", metavar="WORDS", type=words, required=True, help="the reason, which the log tells later"
    )
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    id = workspace.find(arguments.id)
    if not arguments.because.strip():
        raise WrongUsage("The reason is empty.", next='Say why: --because "the billing team can\'t follow".')
    rejection = workspace.reject(id, note=arguments.because.strip())
    if arguments.format == "json":
        console.print_json({"version": 1, "proposal": id, **encode(rejection)})
    else:
        console.print(f"Rejected {id}, by {rejection.by}: {rejection.note}")
        console.print("It and its evidence are kept; who asks for the same again is told of this no.")
    return EXIT_DONE
