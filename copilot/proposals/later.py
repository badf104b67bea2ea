"""A repository that was found, and whose workspace is opened once it is asked for: no first frame waits for what that loads."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.adapters.git import open_repository

if TYPE_CHECKING:
    from copilot.proposals.workspace import Workspace


class LaterWorkspace:
    """Finds the repository around a folder at once; raises WrongUsage or SurroundingsFailed, saying why there is none."""

    def __init__(self, path: Path | str, *, is_only_shown: bool = False) -> None:
        self.folder = open_repository(path).where
        self.is_only_shown = is_only_shown
        self._path = path
        self._opened: Workspace | None = None
        self._turn = threading.Lock()

    def get(self) -> Workspace:
        """Returns the workspace, the same one to every thread that asks."""
        with self._turn:
            if self._opened is None:
                from copilot.proposals.workspace import Workspace

                self._opened = Workspace.open(self._path, is_only_shown=self.is_only_shown)
            return self._opened
