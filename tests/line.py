"""The whole line run once on the example repository; each test works on a copy of what it left."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from copilot.example.build import build_repository
from copilot.proposals import Workspace
from tests.repositories import git

CHANGE = "rename outcome to verdict in decision"


def copy_of_example(folder: Path, change: str = CHANGE) -> tuple[Path, str]:
    """Returns a repository of its own in `folder` that holds the decided proposal for a change, and the proposal's id."""
    built, id = _decided(change)
    shutil.copytree(built, folder / "shop", symlinks=True)
    return folder / "shop", id


@functools.cache
def _decided(change: str) -> tuple[Path, str]:
    folder = Path(tempfile.mkdtemp(prefix="copilot-tests-")) / "shop"
    build_repository(folder)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    workspace = Workspace.open(folder)
    id = workspace.propose(change)
    for _ in workspace.advance(id):
        pass
    return folder, id
