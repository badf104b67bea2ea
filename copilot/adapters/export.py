"""Writes a tree, with a patch laid over it, into a folder of its own with a `.git` of its own.

What runs there can find no way back to the user's refs, stash, hooks or configuration.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from copilot.adapters.blobs import read_blobs
from copilot.adapters.git import Git
from copilot.adapters.scratch import ALONE, is_plain
from copilot.domain.listing import SUBMODULE_MODE
from copilot.domain.patch import Patch
from copilot.domain.source import SourceFile, TreeEntry
from copilot.errors import SurroundingsFailed
from copilot.ports import Tree

EXPORT_BYTES_MAX = 512 * 1024 * 1024
LINK_MODE = "120000"
EXECUTABLE_MODE = "100755"
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "export"), ("EMAIL", "export@localhost"), ("DATE", "2026-01-01T00:00:00Z"))
}


def export_tree(tree: Tree, git: Git | None, patch: Patch | None, folder: Path) -> None:
    """Writes the files of the tree, then those of the patch, and commits them in a new repository.

    With `git`, the repository of the tree, binary files come along too; without, only what the tree can read. Links that lead
    out of the tree, and submodules, stay out. Raises SurroundingsFailed over the limit, OSError where the disk fails.
    """
    entries = [entry for entry in tree.snapshot.entries if entry.mode != SUBMODULE_MODE and is_plain(entry.path)]
    size = sum(entry.size_bytes for entry in entries)
    if size > EXPORT_BYTES_MAX:
        raise SurroundingsFailed(
            f"The tree holds {size // 2**20} MiB, over the limit of {EXPORT_BYTES_MAX // 2**20} MiB for an exported copy.",
            next="Propose without --run-commands, and run the commands on the branch.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    links: list[tuple[TreeEntry, bytes]] = []
    for entry, data in _contents(tree, git, entries):
        if entry.mode == LINK_MODE:
            links.append((entry, data))
        else:
            _write(folder / entry.path, data, entry.mode)
    for change in patch.changes if patch else ():
        assert is_plain(change.path), "patches stay inside of the tree"
        if change.after is None:
            (folder / change.path).unlink(missing_ok=True)
        else:
            mode = next((entry.mode for entry in entries if entry.path == change.path), "")
            _write(folder / change.path, change.after.encode(), mode)
    # Links come last, so that nothing was written through one.
    for entry, data in links:
        _link(folder / entry.path, entry.path, os.fsdecode(data))
    _commit(folder)


def _contents(tree: Tree, git: Git | None, entries: list[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
    if git is None:
        read = tree.read([entry.path for entry in entries if entry.mode != LINK_MODE])
        texts = ((entry, read.get(entry.path)) for entry in entries)
        yield from ((entry, file.text.encode()) for entry, file in texts if isinstance(file, SourceFile))
        return
    by_digest: dict[str, list[TreeEntry]] = {}
    for entry in entries:
        by_digest.setdefault(entry.digest, []).append(entry)
    for digest, data in read_blobs(git, by_digest):
        if data is not None:
            yield from ((entry, data) for entry in by_digest[digest])


def _write(file: Path, data: bytes, mode: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    if mode == EXECUTABLE_MODE:
        file.chmod(0o755)


def _link(file: Path, path: str, target: str) -> None:
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    is_inside = not posixpath.isabs(target) and resolved.split("/")[0] not in ("..", ".git")
    if is_inside and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(target)


def _commit(folder: Path) -> None:
    git = Git(folder)
    git.run("init", "--quiet", "--template=", "--initial-branch=main", env=ALONE)
    git.run("add", "--all", "--force", env=ALONE)
    git.run(
        "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "The exported tree", env={**ALONE, **_AUTHOR}
    )
