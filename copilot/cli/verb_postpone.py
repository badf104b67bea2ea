"""`postpone`: writes a "not now" down, and when to come back to it; nothing is applied by it, so it needs no screen."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository, add_required_id, words
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_required_id(parser)
    parser.add_argument(
        "--until",
        metavar="WHEN",
        type=words,
        required=True,
        help='a day ("2026-02-01"), a time ("in 2 weeks"), or in words what has to come true first',
    )
    parser.add_argument("--because", metavar="WORDS", type=words, default="", help="a note that is kept with it")
    add_repository(parser)
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace
    from copilot.reasons.words import postponed_words

    workspace = Workspace.open(arguments.repository)
    id = workspace.find(arguments.id)
    postponed = workspace.postpone(id, arguments.until, note=arguments.because.strip())
    if arguments.format == "json":
        console.print_json({"version": 1, "proposal": id, **encode(postponed)})
        return EXIT_DONE
    console.print(f"{id} is {postponed_words(postponed)}.")
    console.print(
        "Once that day has come, it stands first in the log and on the screen."
        if postponed.until
        else "No program can tell when that has come true: the log and the screen go on naming it."
    )
    return EXIT_DONE
