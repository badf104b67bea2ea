"""Arguments that several verbs share, and a parser whose errors read like all others."""

from __future__ import annotations

import argparse
from typing import NoReturn

from copilot.errors import WrongUsage

FORMAT_HELP = "text for people, json for programs"


class Parser(argparse.ArgumentParser):
    """A parser that raises WrongUsage instead of leaving the process."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(f"{message[:1].upper()}{message[1:]}.", next=f'"{self.prog} --help" shows the arguments.')


def add_repository(parser: argparse.ArgumentParser) -> None:
    """Adds -C, the repository to work on."""
    parser.add_argument(
        "-C", "--repository", metavar="DIR", default=".", help="a folder of the repository (default: .)"
    )


def add_id(parser: argparse.ArgumentParser) -> None:
    """Adds the proposal's id."""
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="the id or its first characters (default: the newest proposal)"
    )


def add_format(parser: argparse.ArgumentParser, *names: str) -> None:
    """Adds --format with the given names, the first of them the default."""
    parser.add_argument("--format", choices=names, default=names[0], help=FORMAT_HELP)
