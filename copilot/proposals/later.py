"""A repository whose workspace is opened once it is asked for: no first frame waits for git, or for what that loads."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.proposals.workspace import ModelOf, Workspace


class LaterWorkspace:
    """The repository around a folder; `folder` is its root as far as names tell, for git alone knows.

    Raises WrongUsage or SurroundingsFailed at once where nothing looks like one, and git says that there is none.
    """

    def __init__(self, path: Path | str, *, is_only_shown: bool = False, model: ModelOf | None = None) -> None:
        self.folder = _looks_like_root(Path(path).absolute()) or _root(path)
        self.is_only_shown = is_only_shown
        self._path = path
        self._model = model
        self._opened: Workspace | None = None
        self._turn = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._opened is not None

    def catch_up(self) -> bool:
        """Opens the workspace anew where HEAD names another commit than it reads, and tells whether it does."""
        before = self._opened
        if before is None:
            return False
        now = before.caught_up()
        with self._turn:
            self._opened = now
        return now is not before

    def get(self) -> Workspace:
        """Returns the workspace, the same one to every thread that asks; raises as git refuses."""
        with self._turn:
            if self._opened is None:
                from copilot.proposals.workspace import Workspace

                self._opened = Workspace.open(self._path, is_only_shown=self.is_only_shown, model=self._model)
            return self._opened


def _looks_like_root(folder: Path) -> Path | None:
    return next((it for it in (folder, *folder.parents) if (it / ".git").exists()), None)


def _root(path: Path | str) -> Path:
    from copilot.adapters.git import open_repository

    return open_repository(path).where
