"""Arguments that several verbs share, and a parser whose errors read like all others."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from copilot.errors import WrongUsage

OPERATION_CHARACTERS_MAX = 1_000_000
FORMAT_HELP = "text for people, json for programs"


class Parser(argparse.ArgumentParser):
    """A parser that raises WrongUsage instead of leaving the process."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(f"{message[:1].upper()}{message[1:]}.", next=f'"{self.prog} --help" shows the arguments.')


def words(text: str) -> str:
    """Returns free text as it was given; raises WrongUsage where its bytes are no UTF-8, since what is kept would lack some.

    Names of files and folders may be any bytes, and are no words.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        before = text[: error.start].encode("utf-8", "replace").decode("utf-8")
        raise WrongUsage(
            f'These words are no text in UTF-8 after "{before[-40:]}".',
            next="Write them in UTF-8, as a terminal does whose LANG ends in .UTF-8.",
        ) from None
    return text


def add_repository(parser: argparse.ArgumentParser) -> None:
    """Adds -C, the repository to work on."""
    parser.add_argument(
        "-C", "--repository", metavar="DIR", default=".", help="a folder of the repository (default: .)"
    )


def add_change(parser: argparse.ArgumentParser) -> None:
    """Adds the change that is asked for, in words or as operations."""
    parser.add_argument(
        "text", metavar="CHANGE", nargs="?", type=words, default="", help="one or more sentences, one change each"
    )
    parser.add_argument(
        "--operation",
        action="append",
        default=[],
        metavar="JSON",
        help="the change as JSON, an object or a list; @FILE reads a file, - standard input; may be repeated",
    )


def operations_asked(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Returns the JSON texts of the operations, none where the change is asked for in words; raises WrongUsage."""
    if bool(arguments.text.strip()) == bool(arguments.operation):
        raise WrongUsage(
            "A change is asked for either in words or with --operation.",
            next='Write for example "add optional double risk to decision".',
        )
    return tuple(operation_text(source) for source in arguments.operation)


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
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text in UTF-8"
        next = "Write @ and a file of JSON, - for standard input, or the JSON itself."
        raise WrongUsage(f"The operation can't be read: {why}.", where=where, next=next) from None
    if len(text) > OPERATION_CHARACTERS_MAX:
        raise WrongUsage(
            f"The operation is larger than the limit of {OPERATION_CHARACTERS_MAX} characters.", where=where
        )
    return text


def add_run(parser: argparse.ArgumentParser, at_help: str) -> None:
    """Adds what every verb takes that proves a proposal: the commit, leave to run commands, the format, how much is told."""
    parser.add_argument("--at", metavar="REV", default="HEAD", help=f"{at_help} (default: HEAD)")
    parser.add_argument("--run-commands", action="store_true", help="also run the repository's own tests, in a sandbox")
    parser.add_argument(
        "--command",
        action="append",
        default=[],
        metavar="COMMAND",
        help="what to run instead of what copilot.toml names; may be repeated",
    )
    add_format(parser, "text", "json")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="print no progress")
    told.add_argument("-v", "--verbose", action="store_true", help="print a line of progress for each check")


def commands_asked(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Returns the commands that stand in for those of copilot.toml; raises WrongUsage where they may not run."""
    if arguments.command and not arguments.run_commands:
        raise WrongUsage("--command runs nothing by itself.", next="Add --run-commands to allow it.")
    return tuple(arguments.command)


def add_id(parser: argparse.ArgumentParser) -> None:
    """Adds the proposal's id."""
    parser.add_argument(
        "id",
        metavar="ID",
        nargs="?",
        default="",
        help="the id or its first characters (default: the one asked for last)",
    )


def add_required_id(parser: argparse.ArgumentParser) -> None:
    """Adds the proposal's id where none may be guessed."""
    parser.add_argument("id", metavar="ID", help="the id of the proposal, or its first characters")


def add_format(parser: argparse.ArgumentParser, *names: str) -> None:
    """Adds --format with the given names, the first of them the default."""
    parser.add_argument("--format", choices=names, default=names[0], help=FORMAT_HELP)
