"""`compat`: says whether schemas keep a compatibility level, why not, and what decoders make of the data, without a registry."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, get_args

from copilot.cli.arguments import add_format
from copilot.cli.console import Console
from copilot.domain.levels import DEFAULT_LEVEL, Level
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, WrongUsage

if TYPE_CHECKING:
    from copilot.checks.chains import ChainChange
    from copilot.cli.compat_text import Judged
    from copilot.domain.pair import Age, PairVerdict
    from copilot.ports import SchemaFormat
    from copilot.proposals.named_schemas import NamedSchema

    class Judge(Protocol):
        """Takes the reader's schema and the writer's; of those of a batch the reader's counts as the newer one."""

        def __call__(self, reader: Any, writer: Any, reader_is: Age = "newer", /) -> PairVerdict: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "schemas",
        metavar="SCHEMA",
        nargs="*",
        help="schemas, oldest first: files, or files at a commit (main:order.avsc); one alone, or a subject, means its history",
    )
    parser.add_argument(
        "--level",
        choices=get_args(Level),
        help="the level to keep (default: that of copilot.toml for a history, else BACKWARD)",
    )
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help='judge pairs, one JSON object a line: {"id", "reader", "writer"}; - reads standard input',
    )
    parser.add_argument(
        "--run",
        action="store_true",
        help="also decode samples, with each decoder that can be run here (docs/settings.md says how Java and avsc come in)",
    )
    parser.add_argument(
        "--matrix",
        action="store_true",
        help="instead: try 57 edits with each decoder that can be run here, and print the table as Markdown",
    )
    parser.add_argument(
        "-C", "--repository", metavar="DIR", default=".", help="the folder that names are seen from (default: .)"
    )
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    # Looking for garbage while modules are imported and schemas read takes a twentieth of the time, and finds next to none.
    gc.disable()

    from copilot.plugins import load_formats

    schema_format = load_formats()["avro"]
    if arguments.matrix:
        return _print_matrix(arguments, schema_format, console)
    if arguments.batch:
        from copilot.cli.compat_batch import judge_lines

        if arguments.schemas or arguments.level:
            raise WrongUsage("--batch takes its schemas from the lines, and no level.", next="Leave the others out.")
        return judge_lines(arguments.batch, _judge(schema_format, is_run=arguments.run), console)
    if not arguments.schemas:
        raise WrongUsage("Nothing to compare.", next="Name two schemas, oldest first, or one whose history is meant.")

    from copilot.cli.compat_text import Linted, compat_json, compat_text

    versions, level, source = _versions(arguments, schema_format)
    judge = _judge(schema_format, is_run=arguments.run)
    judged = list(_judged(versions, level, judge, is_history=len(arguments.schemas) == 1))
    if arguments.run:
        _tell_not_run(schema_format, console)
    chain = _chain(versions, schema_format)
    linted = Linted(versions[-1].label, schema_format.lint(versions[-1].text))
    if arguments.format == "json":
        console.print_json(compat_json(level, source, judged, chain, linted))
    else:
        console.print(compat_text(level, source, judged, chain, linted))
    if any(it.verdict.compatible is None for it in judged):
        return EXIT_USAGE
    return EXIT_DONE if all(it.verdict.compatible for it in judged) else EXIT_REFUSED


def _versions(arguments: argparse.Namespace, schema_format: SchemaFormat) -> tuple[tuple[NamedSchema, ...], Level, str]:
    from copilot.proposals.named_schemas import history_of, schema_named

    folder = Path(arguments.repository)
    if len(arguments.schemas) == 1:
        versions, level, source = history_of(arguments.schemas[0], folder)
    else:
        versions = tuple(schema_named(name, folder, schema_format) for name in arguments.schemas)
        level, source = DEFAULT_LEVEL, "assumed"
    return (versions, arguments.level, "--level") if arguments.level else (versions, level, source)


def _judge(schema_format: SchemaFormat, *, is_run: bool) -> Judge:
    """Returns what judges a reader's schema and a writer's, by rules and predictions, and by running what can be run if asked."""

    def judge(reader: Any, writer: Any, reader_is: Age = "newer") -> PairVerdict:
        verdict = schema_format.judge(reader, writer, reader_is=reader_is)
        if not is_run:
            return verdict

        from copilot.checks.pairs_run import run_pair

        return run_pair(verdict, reader, writer, schema_format)

    return judge


def _chain(versions: tuple[NamedSchema, ...], schema_format: SchemaFormat) -> tuple[ChainChange, ...]:
    """Returns what only three versions and more can show; a version that can't be read is passed over."""
    if len(versions) < 3:
        return ()

    from copilot.checks.chains import chain_changes
    from copilot.checks.pairs_run import version_of

    read = [(version_of(it.text, schema_format), it.label) for it in versions]
    known = [(version, label) for version, label in read if version is not None]
    return tuple(chain_changes([it for it, _ in known], [label for _, label in known], schema_format))


def _print_matrix(arguments: argparse.Namespace, schema_format: SchemaFormat, console: Console) -> int:
    from copilot.checks.matrix import matrix
    from copilot.cli.matrix_text import matrix_text
    from copilot.formats.avro.edits import TRIED_EDITS

    if arguments.schemas or arguments.batch or arguments.level or arguments.format == "json":
        raise WrongUsage("--matrix has edits of its own, and is Markdown.", next="Leave the others out.")
    _tell_not_run(schema_format, console)
    console.print(matrix_text(matrix(TRIED_EDITS, schema_format), schema_format))
    return EXIT_DONE


def _tell_not_run(schema_format: SchemaFormat, console: Console) -> None:
    for name, reason in schema_format.decoders_not_run:
        console.note(f"{name} was not run, because it failed its test: {reason}")


def _judged(versions: tuple[NamedSchema, ...], level: Level, judge: Judge, *, is_history: bool) -> Iterator[Judged]:
    """Yields the pairs that a level asks about: of a history each version against those before it, else the last one only."""
    from copilot.cli.compat_text import Judged

    for old, new in _steps(versions, level.endswith("_TRANSITIVE"), is_history):
        if level.startswith(("BACKWARD", "FULL")):
            yield Judged(new.label, old.label, judge(new.text, old.text, "newer"))
        if level.startswith(("FORWARD", "FULL")):
            yield Judged(old.label, new.label, judge(old.text, new.text, "older"))


def _steps(
    versions: tuple[NamedSchema, ...], is_transitive: bool, is_history: bool
) -> Iterator[tuple[NamedSchema, NamedSchema]]:
    first_new = 1 if is_history else len(versions) - 1
    for number in range(max(first_new, 1), len(versions)):
        for old in versions[0 if is_transitive else number - 1 : number]:
            yield old, versions[number]
