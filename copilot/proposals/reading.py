"""A repository is found and its pipeline read: all that `map` needs, and no noun of proposals."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.adapters.git import Repository, open_repository
from copilot.adapters.index import open_index
from copilot.adapters.settings_file import settings_of
from copilot.adapters.tree import CommitTree, WorkingTree, uncommitted_count
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import WORKING_TREE
from copilot.errors import CopilotError
from copilot.plugins import build_mapper
from copilot.ports import Index, Tree
from copilot.readers.unmatched import with_unmatched


@dataclass(frozen=True, slots=True)
class Place:
    """A repository at one commit, or `WORKING_TREE`, and the cache of what was read."""

    repository: Repository
    commit: str
    index: Index


def open_place(path: Path | str, *, at: str = "HEAD", working_tree: bool = False, needs_commit: bool = True) -> Place:
    """Finds the repository around a folder; raises WrongUsage or SurroundingsFailed, saying why it can't.

    Unless a commit is needed, it is "" where HEAD has none yet.
    """
    repository = open_repository(path)
    is_absent = at == "HEAD" and not repository.head and not needs_commit
    commit = WORKING_TREE if working_tree else "" if is_absent else repository.resolve(at)
    return Place(repository, commit, open_index(repository.common_dir, os.environ, Path.home()))


def read_map(place: Place) -> PipelineMap:
    """Reads the pipeline, and counts the changes that are not committed."""
    if place.commit == WORKING_TREE:
        return _map(place, WorkingTree(place.repository))
    # Counting means that git compares the whole working tree; it does so while this process reads.
    count = _Count(place.repository)
    count.start()
    found = _map(place, CommitTree(place.repository, place.commit, place.index))
    return replace(found, uncommitted_count=count.result())


class _Count(threading.Thread):
    """Counts aside; concurrent.futures would do the same, and its import alone costs as much as reading a small map."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(name="count uncommitted changes", daemon=True)
        self._repository = repository
        self._count = 0
        self._failure: CopilotError | None = None

    def run(self) -> None:
        try:
            self._count = uncommitted_count(self._repository)
        except CopilotError as failure:
            self._failure = failure

    def result(self) -> int:
        self.join()
        if self._failure is not None:
            raise self._failure
        return self._count


def _map(place: Place, tree: Tree) -> PipelineMap:
    settings = settings_of(tree)
    found = build_mapper(place.repository, tree, settings, place.index).map(tree, settings)
    return with_unmatched(found, settings)
