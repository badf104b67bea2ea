"""A repository is found and its pipeline read: all that `map` needs, and no noun of proposals."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.adapters.git import Repository, open_repository
from copilot.adapters.index import open_index
from copilot.adapters.settings_file import settings_of
from copilot.adapters.tree import CommitTree, WorkingTree, uncommitted_count
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import WORKING_TREE
from copilot.plugins import build_mapper
from copilot.ports import Index, Tree
from copilot.readers.beside import Beside
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
    count = Beside(lambda: uncommitted_count(place.repository), "count uncommitted changes")
    found = _map(place, CommitTree(place.repository, place.commit, place.index))
    return replace(found, uncommitted_count=count.result())


def _map(place: Place, tree: Tree) -> PipelineMap:
    settings = settings_of(tree)
    found = build_mapper(place.repository, tree, settings, place.index).map(tree, settings)
    return with_unmatched(found, settings)
