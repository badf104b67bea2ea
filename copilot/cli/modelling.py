"""Arguments that say which model may be asked, and the model that they and the person's own settings switch on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.errors import WrongUsage

if TYPE_CHECKING:
    import argparse

    from copilot.ports import ModelKit, Tree


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
