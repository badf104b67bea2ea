"""Opens the other clones that `copilot.toml` names, each at the commit that counts, or says why it can't be read.

They are opened as hardened as the repository itself and only ever read: no handle that could write leaves this module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.adapters.git import GitFailed, Repository, open_repository
from copilot.adapters.settings_file import settings_of
from copilot.adapters.tree import CommitTree
from copilot.domain.clones import Clone, elsewhere
from copilot.domain.listing import SUBMODULE_MODE
from copilot.domain.source import Gap, SourceFile, Span, TreeEntry
from copilot.errors import CopilotError, WrongUsage
from copilot.ports import Tree
from copilot.settings import SETTINGS_PATH, Settings

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OpenClone:
    """A clone that can be read at `clone.commit`."""

    clone: Clone
    repository: Repository


def open_clones(
    own: Repository, clones: Iterable[Clone], entries: Iterable[TreeEntry] = ()
) -> tuple[tuple[OpenClone, ...], tuple[Gap, ...]]:
    """Returns the clones that can be read, and what to say of the others and of those that are not pinned.

    A submodule among the repository's `entries` is pinned by them, unless its clone says otherwise.
    """
    recorded = {entry.path: entry.digest for entry in entries if entry.mode == SUBMODULE_MODE}
    opened: list[OpenClone] = []
    gaps: list[Gap] = []
    for clone in clones:
        try:
            repository = _open(own, clone)
            commit, doubt = _commit_of(repository, clone, recorded.get(os.path.normpath(clone.path), ""))
        except CopilotError as error:
            gaps.append(Gap(clone.span, f"the clone {clone.name} is not read: {_reason(error)}"))
            continue
        opened.append(OpenClone(replace(clone, commit=commit), repository))
        if doubt:
            gaps.append(Gap(clone.span, doubt))
    return tuple(opened), tuple(gaps)


def clone_tree(opened: OpenClone) -> tuple[Tree, Settings, tuple[Gap, ...]]:
    """Returns a clone's files, and its settings without clones and consumers of its own, which are not followed."""
    tree = CommitTree(opened.repository, opened.clone.commit)
    try:
        settings = settings_of(tree)
    except CopilotError as error:
        span = Span(elsewhere(opened.clone.name, SETTINGS_PATH), 1, 1)
        return tree, Settings(), (Gap(span, f"the settings of a clone are not used: {_reason(error)}"),)
    return tree, replace(settings, clones=(), consumers=()), ()


def read_in_clones(
    own: Repository, clones: Iterable[Clone], commits: Mapping[str, str], paths: Iterable[str]
) -> dict[str, SourceFile | Gap]:
    """Returns files of clones, written NAME:PLACE, as they are at the commit of each clone, or why they can't be read."""
    known = {it.name: it for it in clones}
    found: dict[str, SourceFile | Gap] = {}
    for path in paths:
        name, _, place = path.partition(":")
        try:
            if name not in known:
                raise WrongUsage(f"copilot.toml names no clone {name} any more.")
            read = CommitTree(_open(own, known[name]), commits[name]).read([place])[place]
        except CopilotError as error:
            read = Gap(Span(path, 1, 1), f"can't be read: {_reason(error)}")
        found[path] = read
    return found


def tree_of_clone(own: Repository, clone: Clone) -> Tree | None:
    """Returns a clone's files at its commit, None where they can't be read: the map tells that."""
    try:
        tree = CommitTree(_open(own, clone), clone.commit)
        return tree if tree.snapshot.entries else None
    except CopilotError:
        return None


def _reason(error: CopilotError) -> str:
    return f"{error.what} {error.next}".strip()


def _open(own: Repository, clone: Clone) -> Repository:
    folder = _folder(own, clone)
    if not folder.is_dir():
        raise WrongUsage(f"{clone.path} is no folder here.", next="Clone it there, or correct the path.")
    repository = open_repository(folder)
    if repository.where.resolve() != folder.resolve() and repository.git_dir.resolve() != folder.resolve():
        raise WrongUsage(f"{clone.path} is no repository of its own.", next="Name the top folder of one.")
    if repository.common_dir.resolve() == own.common_dir.resolve():
        raise WrongUsage(f"{clone.path} is this repository itself.", next="Name another one.")
    return repository


def _folder(own: Repository, clone: Clone) -> Path:
    """Returns where the clone lies, seen from the repository's top folder, or from the main one where this is a linked worktree."""
    tops = [own.where, *([own.common_dir.parent] if own.common_dir.name == ".git" else [])]
    folders = [Path(os.path.normpath(top / clone.path)) for top in tops]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _commit_of(repository: Repository, clone: Clone, recorded: str) -> tuple[str, str]:
    """Returns the commit to read, and what is to be said of it; a branch, or no pin at all, is somewhere else tomorrow."""
    if not clone.pin and recorded:
        return _resolved(repository, recorded, replace(clone, pin=recorded)), ""
    if not clone.pin:
        commit = repository.resolve("HEAD")
        return commit, f"the clone {clone.name} is not pinned, and was read at its HEAD {commit[:9]}: say commit = ..."
    if _FULL_ID.fullmatch(clone.pin):
        return _resolved(repository, clone.pin, clone), ""
    tag = _found(repository, f"refs/tags/{clone.pin}")
    if tag:
        return tag, ""
    branch = _found(repository, f"refs/heads/{clone.pin}") or _found(repository, f"refs/remotes/{clone.pin}")
    if branch:
        what = f"{clone.pin} is a branch of the clone {clone.name}, which moves; it was read at {branch[:9]}"
        return branch, f"{what}: pin a commit or a tag"
    if re.fullmatch(r"[0-9a-f]{4,}", clone.pin):
        raise WrongUsage(f"{clone.pin} is no full commit id.", next="Write all of it; git rev-parse shows it.")
    raise _missing(clone)


def _resolved(repository: Repository, id: str, clone: Clone) -> str:
    try:
        return repository.resolve(id)
    except WrongUsage:
        raise _missing(clone) from None


def _missing(clone: Clone) -> WrongUsage:
    return WrongUsage(f"{clone.path} has no commit or tag {clone.pin}.", next="Fetch it there, or correct the pin.")


def _found(repository: Repository, ref: str) -> str:
    try:
        return repository.git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitFailed:
        return ""
