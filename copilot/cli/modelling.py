"""Arguments that say which model may be asked, and the model that they and the person's own settings switch on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.errors import WrongUsage

if TYPE_CHECKING:
    import argparse

    from copilot.ports import ModelKit, Tree
    from copilot.proposals.sent_first import Sent


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds --model, --no-model, --record and --recorded."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        metavar="NAME",
        default="",
        help="ask this model too (default: what your own config.toml says, if any)",
    )
    which.add_argument("--no-model", action="store_true", help="ask no model, whatever your own settings say")
    which.add_argument("--recorded", metavar="DIR", type=Path, help="answer from what --record kept, offline")
    parser.add_argument("--record", metavar="DIR", type=Path, help="keep what is said to the model, and its answers")


def add_sight(parser: argparse.ArgumentParser) -> None:
    """Adds --show-what-is-sent."""
    parser.add_argument(
        "--show-what-is-sent", action="store_true", help="print what the model would be told first, and send nothing"
    )


def sent_lines(sent: Sent | None) -> list[str]:
    """Returns where a request would go, and all that it would say, for people."""
    if sent is None:
        return ["Nothing: no model is on. Name one with --model, or set one in your own config.toml (docs/models.md)."]
    prompt = sent.prompt
    body = json.loads(sent.body)
    return [
        f"to      {sent.server}, model {sent.model}",
        f"prompt  {prompt.id} version {prompt.version}, {prompt.source}, {prompt.digest[:12]}",
        f"size    {len(sent.body.encode())} bytes, all of them below; a key goes in a header, and is not shown",
        "then    What comes next depends on the answer: looks at the map, repairs, alternatives, and a critic for each of them.",
        "        The proposal keeps it all: pipeline-copilot show ID --prompts",
        "",
        *json.dumps(body, indent=2, ensure_ascii=False).split("\n"),
    ]


def sent_object(sent: Sent | None) -> dict[str, Any]:
    """Returns the same for programs."""
    if sent is None:
        return {"version": 1, "sent": None}
    prompt = {
        "id": sent.prompt.id,
        "version": sent.prompt.version,
        "source": sent.prompt.source,
        "digest": sent.prompt.digest,
    }
    told = {"purpose": sent.purpose, "server": sent.server, "model": sent.model, "prompt": prompt}
    return {"version": 1, "sent": {**told, "request": json.loads(sent.body)}}


def add_sayings(parser: argparse.ArgumentParser) -> None:
    """Adds --words and --probe."""
    parser.add_argument(
        "--words", action="store_true", help="let the model word the decision; nothing rests on its words"
    )
    parser.add_argument(
        "--probe",
        action="store_true",
        help="ask the model why, then again with what it cites taken away or turned round, and report how often its reason follows",
    )


def model_of(arguments: argparse.Namespace) -> Callable[[Tree], ModelKit | None] | None:
    """Returns what gives the model that is asked about a tree, None where none may be."""
    if arguments.record and (arguments.recorded or arguments.no_model):
        raise WrongUsage(
            "--record keeps what a model is asked, and none is asked here.", next="Leave one of the two out."
        )
    if arguments.no_model and (arguments.words or arguments.probe):
        raise WrongUsage("--words and --probe ask a model, and none is asked here.", next="Leave --no-model out.")
    if arguments.no_model:
        return None
    return lambda tree: own_model(tree, arguments.model, arguments.record, arguments.recorded)


def own_model(tree: Tree, name: str = "", record: Path | None = None, recorded: Path | None = None) -> ModelKit | None:
    """Returns the model that is named, else the one that the person's own settings switch on; raises WrongUsage."""
    from copilot.plugins import build_model_kit

    return build_model_kit(os.environ, Path.home(), tree, name, record=record, recorded=recorded)
