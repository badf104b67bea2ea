"""`apply`: puts the approved phase on a branch of its own; the working tree, index and current branch stay as they are."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_format, add_id, add_repository
from copilot.cli.console import Console
from copilot.cli.verbs import COMMAND
from copilot.errors import EXIT_DONE

if TYPE_CHECKING:
    from copilot.domain.decision import Applied
    from copilot.domain.proposal import Proposal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_id(parser)
    add_repository(parser)
    parser.add_argument(
        "--at",
        metavar="REV",
        default="HEAD",
        help="the commit to put the change on, the one it was proved on (default: HEAD)",
    )
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.domain.codec import encode
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at)
    id = workspace.find(arguments.id)
    applied = workspace.apply(id)
    if arguments.format == "json":
        console.print_json({"version": 1, "proposal": id, **encode(applied)})
        return EXIT_DONE
    for line in applied_lines(workspace.load(id), applied):
        console.print(line)
    if not workspace.has_branch(applied.branch):
        console.print("That branch is not here any more. This brings it back:")
        console.print(f"  git branch {applied.branch} {applied.commits[-1][:12]}")
    return EXIT_DONE


def applied_lines(proposal: Proposal, applied: Applied) -> list[str]:
    """Returns what was put where, what comes later, and what to type next."""
    from copilot.cli.layout import wrapped
    from copilot.proposals.apply import commits_of
    from copilot.reasons.rollout import going_live

    id = proposal.id
    alternative = proposal.alternative(applied.alternative)
    phases = alternative.phases
    done = proposal.continued.phase if proposal.continued else 0
    whole = done + len(phases)
    phase = f'phase {done + applied.phase + 1} of {whole} ("{phases[applied.phase].name}"), ' if whole > 1 else ""
    lines = [f"Applied {id}, {phase}on branch {applied.branch}:"]
    planned = commits_of(alternative, proposal.patches_of(alternative.id)[applied.phase])
    for commit, made in zip(applied.commits, planned, strict=True):
        lines += wrapped(made.subject, f"  {commit[:12]}  ")
    live = going_live(proposal, alternative.id, applied.phase)
    lines += ["What brings it into service once it is merged:"] if live else []
    lines += [part for line in live for part in wrapped(line, "  ", "     ")]
    later = range(applied.phase + 1, len(phases))
    lines += ["Not on this branch, because something has to be seen first:"] if later else []
    for number in later:
        gate = phases[number - 1].gate
        lines += wrapped(
            f'phase {done + number + 1}, "{phases[number].name}"' + (f", when: {gate.text}" if gate else ""),
            "  ",
            "    ",
        )
    box = phases[applied.phase].time_box
    lines += wrapped(f'"{phases[applied.phase].name}" should last at most {box}', "  ", "    ") if box else []
    lines += (
        [
            f"  {COMMAND} review {id}  shows their diffs as they are now",
            f"  {COMMAND} next {id}    opens them on what is there then, once the gate is shown to hold",
        ]
        if later
        else []
    )
    lines += [f"Look at it:   git log --patch HEAD..{applied.branch}"]
    return [*lines, f"Take it back: {COMMAND} undo {id} --from {applied.branch}"]
