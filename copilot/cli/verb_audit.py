"""`audit`: prints the flaws of a pipeline that nobody asked about, each with its proof, as text or JSON."""

from __future__ import annotations

import argparse

from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED, WrongUsage

SEVERITIES = ("error", "warning", "note")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="a folder of the repository (default: .)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it")
    parser.add_argument("--at", metavar="REV", help="the commit to read (default: HEAD)")
    parser.add_argument("--working-tree", action="store_true", help="read the files as they stand, uncommitted or not")
    parser.add_argument(
        "--severity", choices=SEVERITIES, default="note", help="leave out what is less severe (default: note)"
    )
    parser.add_argument("--fail-on", choices=SEVERITIES, help="exit with 1 where something that severe is found")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.at and arguments.working_tree:
        raise WrongUsage("--at and --working-tree name two different things to read.", next="Leave one of them out.")

    from copilot.proposals.auditing import audit_place
    from copilot.proposals.reading import open_place

    place = open_place(arguments.path, at=arguments.at or "HEAD", working_tree=arguments.working_tree)
    pipeline, found = audit_place(place)
    shown = tuple(it for it in found if _is_at_least(it.severity, arguments.severity))
    if arguments.format == "json":
        from copilot.cli.audit_json import audit_json

        console.print_json(audit_json(pipeline, shown))
    else:
        from copilot.cli.audit_text import audit_text

        console.print(audit_text(pipeline, shown, len(found) - len(shown)))
    is_failed = arguments.fail_on is not None and any(_is_at_least(it.severity, arguments.fail_on) for it in found)
    return EXIT_REFUSED if is_failed else EXIT_DONE


def _is_at_least(severity: str, least: str) -> bool:
    return SEVERITIES.index(severity) <= SEVERITIES.index(least)
