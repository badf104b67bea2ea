"""`next`: opens the phases that are left of an applied proposal, on the present commit, once the gate of the last one holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from copilot.cli.arguments import add_id, add_repository, add_run, commands_asked, words
from copilot.cli.console import Console
from copilot.cli.proving import prove
from copilot.errors import WrongUsage

EXAMPLES = """\
examples:
  pipeline-copilot next p-0123456789                      tell what the gate needs
  pipeline-copilot next p-0123456789 --run-gate           run what copilot.toml names, in a sandbox
  pipeline-copilot next p-0123456789 --result counts.csv --holds "mismatches = 0"
  pipeline-copilot next p-0123456789 --attest "all replicas run it since Monday, see the deploy log"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add_id(parser)
    add_repository(parser)
    parser.add_argument(
        "--attest", metavar="TEXT", type=words, default="", help="what you answer for, recorded with name and time"
    )
    parser.add_argument("--result", metavar="FILE", help="the result of a query, as JSON or CSV")
    parser.add_argument(
        "--holds",
        action="append",
        default=[],
        metavar="CONDITION",
        help="what every row of it must hold, instead of what copilot.toml says; may be repeated",
    )
    parser.add_argument("--run-gate", action="store_true", help="run the gate's command of copilot.toml, in a sandbox")
    add_run(parser, "the commit to go on from")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.cli.proposal_text import continued_facts
    from copilot.proposals import Workspace
    from copilot.proposals.gates import Ways

    if arguments.attest and not arguments.attest.strip():
        raise WrongUsage("An attestation says something.", next='Write --attest "what you saw".')
    commands = commands_asked(arguments)
    console.is_quiet = arguments.quiet
    workspace = Workspace.open(arguments.repository, at=arguments.at)
    result = Path(arguments.result) if arguments.result else None
    ways = Ways(arguments.attest, result, tuple(arguments.holds), arguments.run_gate)
    id = workspace.next(workspace.find(arguments.id), ways, run_commands=arguments.run_commands, commands=commands)
    continued = workspace.load(id).continued
    assert continued is not None, "what was opened carries another proposal on"
    return prove(workspace, id, arguments, console, continued_facts(continued))
