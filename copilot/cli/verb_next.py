"""`next`: opens the phases that are left of an applied proposal, on the present commit, once the gate of the last one holds."""

from __future__ import annotations

import argparse
from pathlib import Path

from copilot.cli.arguments import add_format, add_id, add_repository
from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED, WrongUsage

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
    parser.add_argument("--at", metavar="REV", default="HEAD", help="the commit to go on from (default: HEAD)")
    parser.add_argument("--attest", metavar="TEXT", default="", help="what you answer for, recorded with name and time")
    parser.add_argument("--result", metavar="FILE", help="the result of a query, as JSON or CSV")
    parser.add_argument(
        "--holds",
        action="append",
        default=[],
        metavar="CONDITION",
        help="what every row of it must hold, instead of what copilot.toml says; may be repeated",
    )
    parser.add_argument("--run-gate", action="store_true", help="run the gate's command of copilot.toml, in a sandbox")
    parser.add_argument("--run-commands", action="store_true", help="also run the repository's own tests, in a sandbox")
    add_format(parser, "text", "json")
    parser.add_argument("--quiet", action="store_true", help="print no progress")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.cli.progress import progress_line
    from copilot.cli.proposal_text import continued_facts, proposal_text
    from copilot.proposals import Workspace
    from copilot.proposals.gates import Ways

    if arguments.attest and not arguments.attest.strip():
        raise WrongUsage("An attestation says something.", next='Write --attest "what you saw".')
    console.is_quiet = arguments.quiet
    workspace = Workspace.open(arguments.repository, at=arguments.at)
    result = Path(arguments.result) if arguments.result else None
    ways = Ways(arguments.attest, result, tuple(arguments.holds), arguments.run_gate)
    id = workspace.next(workspace.find(arguments.id), ways, run_commands=arguments.run_commands)
    proposal = workspace.load(id)
    assert proposal.continued is not None, "what was opened carries another proposal on"
    console.note(f"proposal    {id}")
    for label, text in continued_facts(proposal.continued):
        console.note(f"{label:12}{text}")
    for record in workspace.advance(id):
        console.note(progress_line(record.body))
    proposal = workspace.load(id)
    if arguments.format == "json":
        from copilot.reasons.document import document

        console.print_json(document(proposal))
    else:
        console.print(proposal_text(proposal))
    return EXIT_DONE if proposal.decision and proposal.decision.chosen else EXIT_REFUSED
