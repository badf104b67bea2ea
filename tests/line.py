"""The whole line run once on the example repository; each test works on a copy of what it left."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from copilot.example.build import build_repository
from copilot.proposals import Workspace
from tests.repositories import git, lasting_folder

CHANGE = "rename outcome to verdict in decision"
DECISION: dict[str, object] = {
    "order_id": "o-1",
    "outcome": "APPROVE",
    "score": 0.5,
    "decided_at": 1_700_000_000_000,
    "reason": None,
    "model_version": "m",
}
"""A record of the example's schema "decision"."""


def copy_of_example(folder: Path, change: str = CHANGE) -> tuple[Path, str]:
    """Returns a repository of its own in `folder` that holds the decided proposal for a change, and the proposal's id."""
    built, id = _decided(change)
    shutil.copytree(built, folder / "shop", symlinks=True)
    return folder / "shop", id


def example() -> Path:
    """Returns a copy of the example repository in which Ada works, for what several tests share."""
    return Path(shutil.copytree(_built(), lasting_folder() / "shop", symlinks=True))


@functools.cache
def _built() -> Path:
    folder = lasting_folder() / "shop"
    build_repository(folder)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    return folder


@functools.cache
def _decided(change: str) -> tuple[Path, str]:
    folder = example()
    workspace = Workspace.open(folder)
    id = workspace.propose(change)
    for _ in workspace.advance(id):
        pass
    return folder, id
