"""`verify`: sees the evidence of a proposal again and tells what no longer holds, or asks the battery about broken patches."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_format, add_id, add_repository
from copilot.cli.console import Console
from copilot.cli.layout import columns, wrapped
from copilot.errors import EXIT_DONE, EXIT_REFUSED
from copilot.reasons.words import counted, letters_of

if TYPE_CHECKING:
    from copilot.proposals import Verification, Workspace

MUTATE_SECONDS = 1800
TOLD_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    add_format(parser, "text", "json")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--evidence", metavar="EV", help="see only this evidence again, by its id or how that begins")
    asked.add_argument(
        "--counterfactual",
        action="store_true",
        help="take each cited evidence away, decide again, and tell what changes; nothing is proved again",
    )
    asked.add_argument(
        "--mutate",
        action="store_true",
        help="break the chosen patch on purpose, in every way of the catalogue, and tell what the battery does not notice",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=MUTATE_SECONDS,
        metavar="N",
        help="with --mutate, name what is left as not tried after so many seconds (default: %(default)s)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    id = workspace.find(arguments.id)
    if arguments.evidence:
        return _one(workspace, id, arguments.evidence, arguments.format, console)
    if arguments.counterfactual:
        return _without_each(workspace, id, arguments.format, console)
    if arguments.mutate:
        return _mutated(workspace, id, arguments.seconds, arguments.format, console)
    console.note(f"proving {id} again, by the recipes of its evidence")
    verification = workspace.verify(id)
    if arguments.format == "json":
        console.print_json({"version": 1, "holds": verification.holds, **encode(verification)})
    else:
        console.print(verification_text(verification, letters_of(workspace.load(id))))
    return EXIT_DONE if verification.holds else EXIT_REFUSED


def _one(workspace: Workspace, id: str, evidence: str, format: str, console: Console) -> int:
    from copilot.domain.codec import encode

    console.note(f"seeing {evidence} of {id} again, by its recipe")
    seen = workspace.see_again(id, evidence)
    if format == "json":
        console.print_json({"version": 1, "holds": seen.outcome == "same", **encode(seen)})
    else:
        letter = letters_of(workspace.load(id))[seen.alternative]
        console.print("\n".join(columns([(seen.outcome, letter, seen.check, seen.evidence, seen.reason)])))
    return EXIT_DONE if seen.outcome == "same" else EXIT_REFUSED


def _mutated(workspace: Workspace, id: str, seconds: float, format: str, console: Console) -> int:
    from copilot.cli.mutations_text import mutations_text
    from copilot.proposals.mutation import MutationReport, mutation_object

    proposal = workspace.load(id)
    console.note(f"breaking the chosen patch of {id} on purpose, and proving each broken one")
    seen = []
    begun = told = time.monotonic()
    for it in workspace.mutate(id, lambda: time.monotonic() - begun > seconds):
        seen.append(it)
        if it.fate == "survived":
            console.note(f"survived: {it.mutation}, {it.place}")
        if time.monotonic() - told > TOLD_SECONDS:
            told = time.monotonic()
            broken = [one for one in seen if one.fate != "not applicable"]
            console.note(f"{counted(len(broken), 'broken patch', 'broken patches')} so far, now: {it.mutation}")
    report = MutationReport(id, proposal.decision.chosen if proposal.decision else "", tuple(seen))
    if format == "json":
        console.print_json(mutation_object(report))
    else:
        console.print(mutations_text(report))
    return EXIT_REFUSED if report.survived or report.of("not tried") else EXIT_DONE


def _without_each(workspace: Workspace, id: str, format: str, console: Console) -> int:
    from copilot.cli.counterfactual_text import counterfactual_text
    from copilot.errors import WrongUsage
    from copilot.reasons.counterfactual import counterfactual, counterfactual_object

    proposal = workspace.load(id)
    if proposal.decision is None:
        raise WrongUsage(
            f"{id} is not decided yet, so there is nothing to take evidence from.",
            next="Propose the same again: the run goes on from its last record.",
        )
    found = counterfactual(proposal)
    if format == "json":
        console.print_json(counterfactual_object(found))
    else:
        console.print(counterfactual_text(found, letters_of(proposal)))
    return EXIT_DONE if found.holds else EXIT_REFUSED


def verification_text(verification: Verification, letters: Mapping[str, str]) -> str:
    """Returns what is still the same as one count, and each evidence that is not with its reason."""
    differing = [seen for seen in verification.seen if seen.outcome != "same"]
    same = len(verification.seen) - len(differing)
    lines = [f"{counted(same, 'evidence', 'evidences')} of {len(verification.seen)} seen again, the same."]
    lines += columns(
        [(it.outcome, letters[it.alternative], it.check, it.evidence, it.reason) for it in differing], "  "
    )
    if verification.holds:
        return "\n".join([*lines, f"The decision of {verification.proposal} holds."])
    verb = "can't be confirmed" if verification.decision == "can't be re-run" else "no longer holds"
    return "\n".join(
        [*lines, *wrapped(f"The decision of {verification.proposal} {verb}: {verification.reason}", rest="  ")]
    )
