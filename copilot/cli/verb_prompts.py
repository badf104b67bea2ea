"""`prompts`: lists what models are asked with, prints one, and takes a person's yes to a repository's."""

from __future__ import annotations

import argparse

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.cli.layout import columns, joined, wrapped
from copilot.cli.verbs import COMMAND
from copilot.domain.prompt import PromptOffer
from copilot.errors import EXIT_DONE, WrongUsage

DIGEST_SHOWN = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="print the texts of this prompt, the used one first"
    )
    add_repository(parser)
    parser.add_argument(
        "--at", metavar="REV", default="HEAD", help="the commit whose prompts are meant (default: HEAD)"
    )
    add_format(parser, "text", "json")
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument(
        "--accept", metavar="DIGEST", help="let the repository's prompt with this digest be used on this machine"
    )
    acts.add_argument("--forget", metavar="DIGEST", help="take that back")
    acts.add_argument("--own", action="store_true", help="make a file of your own from prompt ID, for you to edit")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository, at=arguments.at)
    if arguments.own:
        if not arguments.id:
            raise WrongUsage(
                "--own needs the prompt that it is made from.", next=f"Write {COMMAND} prompts frame --own."
            )
        console.print(str(workspace.own_prompt(arguments.id)))
        return EXIT_DONE
    if arguments.accept is not None:
        offer = workspace.accept_prompt(arguments.accept)
        console.note(f"{offer.where} ({offer.digest[:DIGEST_SHOWN]}) is accepted on this machine.")
        if not offer.is_used:
            console.note(f"Your own prompt {offer.id} stands before it.")
    if arguments.forget is not None:
        workspace.forget_prompt(arguments.forget)
        console.note(f"{arguments.forget} is no longer accepted on this machine.")
    offers = [it for it in workspace.prompts() if arguments.id in ("", it.id)]
    if not offers:
        raise WrongUsage(f'There is no prompt "{arguments.id}".', next=f'"{COMMAND} prompts" lists them.')
    if arguments.format == "json":
        console.print_json({"version": 1, "prompts": [_json(it) for it in offers]})
    elif arguments.id:
        for offer in offers:
            console.print(joined([*_heading(offer), ""]))
            console.print(offer.text.rstrip("\n") + "\n")
    else:
        console.print(joined(prompt_rows(offers)))
    return EXIT_DONE


def prompt_rows(offers: list[PromptOffer]) -> list[str]:
    """Returns a row for each file, and below the table what can be done about those that are not used."""
    lines = columns(
        (it.id, f"version {it.version or '?'}", it.source, it.digest[:DIGEST_SHOWN], _standing(it)) for it in offers
    )
    for offer in offers:
        if not offer.is_accepted and not offer.problem:
            lines += ["", *wrapped(f"{offer.where} of this repository wants to be asked with.")]
            lines += [f"  read it    {COMMAND} prompts {offer.id}"]
            lines += [f"  accept it  {COMMAND} prompts --accept {offer.digest[:DIGEST_SHOWN]}"]
    return lines


def _heading(offer: PromptOffer) -> list[str]:
    return wrapped(
        f"{offer.where}: {offer.source}, version {offer.version or '?'}, {offer.digest}; {_standing(offer)}", "== "
    )


def _standing(offer: PromptOffer) -> str:
    used = (
        "used"
        if offer.is_used
        else "not accepted, not used"
        if not offer.is_accepted
        else "another one stands before it"
    )
    return f"{used}; {offer.problem}" if offer.problem else used


def _json(offer: PromptOffer) -> dict[str, object]:
    return {
        "id": offer.id,
        "version": offer.version,
        "source": offer.source,
        "where": offer.where,
        "digest": offer.digest,
        "is_accepted": offer.is_accepted,
        "is_used": offer.is_used,
        "problem": offer.problem,
        "text": offer.text,
    }
