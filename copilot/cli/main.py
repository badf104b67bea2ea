"""The entry of the command line: picks the verb, turns errors into words and exit codes. Each verb's work is its module's."""

from __future__ import annotations

import sys

EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

try:
    import gc
    from collections.abc import Sequence
    from typing import TYPE_CHECKING, Protocol, cast

    from copilot import VERSION
    from copilot.cli.verbs import ASCII, COMMAND, VERBS, Verb, help_text
    from copilot.errors import EXIT_DONE, EXIT_SURROUNDINGS, CopilotError, SurroundingsFailed, WrongUsage
except KeyboardInterrupt:  # nothing has begun, and nobody is there yet who could answer it in words
    sys.exit(EXIT_INTERRUPTED)

if TYPE_CHECKING:
    import argparse

    from copilot.cli.console import Console


class VerbModule(Protocol):
    """What the module of a verb has; `run` returns the exit code."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace, console: Console) -> int: ...


def run() -> None:
    """Runs the command line of this process and leaves with its exit code."""
    _open_closed_ends()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:  # before there was a console, or after the work was done
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        _silence_results()
        code = EXIT_BROKEN_PIPE
    except OSError as error:
        _silence_results()
        print(f"The results could not be written: {error.strerror}.", file=sys.stderr)
        code = EXIT_SURROUNDINGS
    # Looking through a large map for garbage once more, only to leave, took a tenth of a second.
    gc.freeze()
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code; raises BrokenPipeError, and what is a mistake of ours."""
    if argv[:1] in (["--version"], ["-V"]):
        print(f"{COMMAND} {VERSION}")
        return EXIT_DONE
    if argv[:1] in (["--help"], ["-h"], ["help"]):
        print(help_text())
        return EXIT_DONE

    from copilot.cli.console import standard_console

    console = standard_console()
    try:
        return _dispatch(argv, console)
    except CopilotError as error:
        console.report(error)
        return error.exit_code
    except KeyboardInterrupt:
        console.report(_interrupted())
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        console.report(SurroundingsFailed(f"The system refused: {error.strerror}.", where=error.filename or ""))
        return EXIT_SURROUNDINGS


def _dispatch(argv: Sequence[str], console: Console) -> int:
    if argv in ([], [ASCII]):
        return _open_home(console, is_ascii=bool(argv))
    verb = _verb(argv[0])

    import importlib

    from copilot.cli.arguments import Parser

    module = cast(VerbModule, importlib.import_module(verb.module))
    parser = Parser(prog=f"{COMMAND} {verb.name}", description=f"{verb.summary.capitalize()}.", allow_abbrev=False)
    module.add_arguments(parser)
    try:
        arguments = parser.parse_args(argv[1:])
    except SystemExit:  # argparse has printed the help of the verb
        return EXIT_DONE
    return module.run(arguments, console)


def _verb(name: str) -> Verb:
    for verb in VERBS:
        if verb.name == name:
            return verb

    import difflib

    nearest = difflib.get_close_matches(name, [verb.name for verb in VERBS], n=1)
    hint = f'"{COMMAND} {nearest[0]}" is the nearest one; ' if nearest else ""
    raise WrongUsage(f'There is no verb "{name}".', next=f'{hint}"{COMMAND} --help" lists them all.')


def _open_home(console: Console, *, is_ascii: bool) -> int:
    from copilot.cli.console import has_terminal

    if not has_terminal():
        console.print(help_text())
        return EXIT_DONE

    from copilot.cli.home import open_home

    return open_home(is_ascii=is_ascii)


def _interrupted() -> CopilotError:
    return CopilotError(
        "Stopped.",
        next="Nothing is lost: what was recorded stays, and the same command goes on from there.",
    )


def _open_closed_ends() -> None:
    """Points ends that the caller closed at nothing; a file opened later would otherwise take their number, and be printed to."""
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return

    import os

    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def _silence_results() -> None:
    """Points standard output at nothing, or the interpreter would complain about the broken pipe when it closes."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
