"""`map`: prints what was read, as text, JSON, a Mermaid flowchart, or a page to look at."""

from __future__ import annotations

import argparse
import gc

from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, WrongUsage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="a folder of the repository (default: .)")
    parser.add_argument(
        "--format",
        choices=("text", "json", "mermaid", "html"),
        default="text",
        help="how to print it; html is one page that loads nothing",
    )
    parser.add_argument("--at", metavar="REV", help="the commit to read (default: HEAD)")
    parser.add_argument("--working-tree", action="store_true", help="read the files as they stand, uncommitted or not")
    parser.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="NAME",
        help="only what is about this schema, and all of its fields; may be repeated",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.at and arguments.working_tree:
        raise WrongUsage("--at and --working-tree name two different things to read.", next="Leave one of them out.")

    from copilot.proposals.reading import open_place, read_map

    # The map stays alive until the end: looking through it for garbage again and again would cost a tenth of the time.
    gc.disable()
    place = open_place(arguments.path, at=arguments.at or "HEAD", working_tree=arguments.working_tree)
    pipeline = read_map(place)
    if arguments.subject:
        from copilot.cli.map_part import part_of

        pipeline = part_of(pipeline, arguments.subject)
    match arguments.format:
        case "json":
            from copilot.cli.map_json import map_json

            console.print_json(map_json(pipeline))
        case "mermaid":
            from copilot.cli.map_mermaid import map_mermaid

            console.print(map_mermaid(pipeline))
        case "html":
            from copilot.cli.map_html import map_html

            console.print(map_html(pipeline))
        case _:
            from copilot.cli.map_text import map_text

            console.print(map_text(pipeline, is_part=bool(arguments.subject)))
    return EXIT_DONE
