"""The planners that can be set side by side: who answers a case, and what of the answer is taken for the choice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from copilot.domain.proposal import Proposal
from copilot.plugins import build_model_kit
from copilot.ports import ModelKit, Tree

Choice = Callable[[Proposal], str]


def decided(proposal: Proposal) -> str:
    """Returns what the copilot decided for."""
    return proposal.decision.chosen if proposal.decision else ""


def naive(proposal: Proposal) -> str:
    """Is wrong on purpose: takes the edit that people make first, whatever the evidence says."""
    changing = [it.id for it in proposal.alternatives if it.phases and proposal.patches_of(it.id)]
    return next((id for id in changing if id.startswith("naive")), changing[-1] if changing else "")


CHOICES: Mapping[str, Choice] = {"rules": decided, "wrong on purpose": naive, "model": decided}
"""What each planner chooses. "model" asks the one of the person's own settings, "model NAME" another one there, and "recorded DIR"
answers from recordings; these choose as the rules do, from what the model adds."""


def is_planner(name: str) -> bool:
    """Tells whether a planner can be set to work by that name."""
    return name in CHOICES or name.startswith(("model ", "recorded "))


def is_random(name: str) -> bool:
    """Tells whether a planner may answer the same case otherwise each time."""
    return name.partition(" ")[0] == "model"


def model_of(planner: str) -> Callable[[Tree], ModelKit | None] | None:
    """Returns what gives the model of a planner, None where it asks none."""
    kind, _, rest = planner.partition(" ")
    if kind == "model":
        return lambda tree: build_model_kit(os.environ, Path.home(), tree, rest)
    if kind == "recorded":
        return lambda tree: build_model_kit(os.environ, Path.home(), tree, recorded=Path(rest))
    return None
