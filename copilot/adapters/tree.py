"""The files of a repository, at a commit, in the working tree, or with a patch laid over either.

Nothing here follows a link, enters a submodule, or reads a file beyond the limit: those become gaps with their reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.adapters.blob_reader import BlobReader
from copilot.adapters.blobs import (
    BINARY_BYTES_MAX,
    FILE_BYTES_MAX,
    LFS_POINTER,
    LFS_SIGN,
    Unreadable,
    blob_digest,
    text_of,
    too_large,
)
from copilot.adapters.git import Git, Repository
from copilot.adapters.listing import Listings, decode_path, list_commit
from copilot.domain.codec import digest_of_text
from copilot.domain.listing import FILE_MODE, SUBMODULE_MODE, entry_in
from copilot.domain.source import ABSENT, MISSING, WORKING_TREE, Gap, Snapshot, SourceFile, Span, TreeEntry
from copilot.errors import WrongUsage
from copilot.ports import Index, Tree

if TYPE_CHECKING:
    from copilot.domain.patch import FileChange

EXECUTABLE_MODE = "100755"
LINK_MODE = "120000"
SPARSE_MODE = "sparse"
"""No mode of git: the file is tracked, and lies outside of the sparse checkout."""
FEW_PATHS = 8
SEARCHED_SHARE = 50
"""Up to one path in so many is searched for in the sorted listing; for more, all entries are put by path."""
_EMPTY_FILTER = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
_ODD = {
    LINK_MODE: "is a symbolic link, which is not followed",
    SUBMODULE_MODE: "is a submodule, which is not read",
    SPARSE_MODE: "lies outside of the sparse checkout",
}


class CommitTree:
    """The files of one commit; with an index, a large one is listed by what differs from one that was listed before."""

    def __init__(self, repository: Repository, commit: str, index: Index | None = None) -> None:
        self._repository = repository
        self._index = index
        self._blobs = BlobReader(repository.git)
        self.commit = commit

    @property
    def digest(self) -> str:
        return self.commit

    @cached_property
    def snapshot(self) -> Snapshot:
        if self._index is not None:
            entries = Listings(self._repository, self._index).of(self.commit)
        else:
            entries = list_commit(self._repository.git, self.commit)
        return Snapshot(self.commit, entries, is_shallow=self._repository.is_shallow)

    @cached_property
    def _entries(self) -> dict[str, TreeEntry]:
        return {entry.path: entry for entry in self.snapshot.entries}

    def read(self, paths: Iterable[str]) -> dict[str, SourceFile | Gap]:
        """Returns each path's text, or why it can't be read."""
        wanted = list(paths)
        entries = self._entries_of(wanted)
        found = self._data(wanted, entries, FILE_BYTES_MAX)
        return {
            path: data if isinstance(data, Gap) else _source_file(path, entries[path].digest, data)
            for path, data in found.items()
        }

    def read_bytes(self, paths: Iterable[str]) -> dict[str, bytes | Gap]:
        """Returns each path's bytes, or why they can't be read."""
        wanted = list(paths)
        found = self._data(wanted, self._entries_of(wanted), BINARY_BYTES_MAX)
        return {path: data if isinstance(data, Gap) else _binary(path, data) for path, data in found.items()}

    def _data(self, wanted: list[str], entries: Mapping[str, TreeEntry], limit: int) -> dict[str, bytes | Gap | None]:
        reasons = {path: _unreadable_entry(entries.get(path), limit) for path in wanted}
        digests = {path: entries[path].digest for path, reason in reasons.items() if not reason}
        blobs = self._blobs.read(digests.values())
        return {path: _gap(path, reason) if reason else blobs[digests[path]] for path, reason in reasons.items()}

    def _entries_of(self, paths: list[str]) -> dict[str, TreeEntry]:
        # All entries of a large repository cost more than its kept map, which needs the settings alone. A name that is no UTF-8
        # has escapes here that git doesn't know it by.
        is_listed = "snapshot" in self.__dict__
        most = len(self.snapshot.entries) // SEARCHED_SHARE if is_listed else FEW_PATHS
        if "_entries" in self.__dict__ or len(paths) > most or any("\\" in path for path in paths):
            return self._entries
        if is_listed:
            listed = (entry_in(self.snapshot.entries, path) for path in paths)
            return {entry.path: entry for entry in listed if entry}
        return {entry.path: entry for entry in list_commit(self._repository.git, self.commit, *paths)}


class WorkingTree:
    """The files as they lie in the working tree: tracked ones and new ones that git doesn't ignore."""

    def __init__(self, repository: Repository) -> None:
        if repository.top is None:
            raise WrongUsage(
                "A bare repository has no working tree.",
                where=repository.git_dir,
                next="Leave --working-tree out; the commits can be read.",
            )
        self._git = repository.git
        self._top = repository.top.resolve()
        self._like = repository.head
        self._is_shallow = repository.is_shallow
        self._folders: dict[Path, bool] = {}
        self._files: dict[str, Path] = {}

    @property
    def commit(self) -> str:
        return WORKING_TREE

    @cached_property
    def digest(self) -> str:
        return digest_of_text("\0".join(map(repr, self.snapshot.entries)))

    @cached_property
    def snapshot(self) -> Snapshot:
        listed = self._git.run("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", "--deduplicate")
        # Each is one letter, a space and the path; "S" is for what a sparse checkout skips.
        rows = [(raw[:1], raw[2:]) for raw in listed.split(b"\0") if raw]
        self._files = {decode_path(raw): self._top / os.fsdecode(raw) for _, raw in rows}
        skipped = {decode_path(raw) for tag, raw in rows if tag == b"S"}
        entries = (self._entry(path, file, path in skipped) for path, file in sorted(self._files.items()))
        return Snapshot(WORKING_TREE, tuple(entry for entry in entries if entry), is_shallow=self._is_shallow)

    @cached_property
    def _entries(self) -> dict[str, TreeEntry]:
        return {entry.path: entry for entry in self.snapshot.entries}

    def read(self, paths: Iterable[str]) -> dict[str, SourceFile | Gap]:
        """Returns each path's text, or why it can't be read."""
        read: dict[str, SourceFile | Gap] = {}
        for path in paths:
            reason = _unreadable_entry(self._entries.get(path), FILE_BYTES_MAX)
            data = None if reason else self._bytes(self._files[path])
            read[path] = _gap(path, reason) if reason else _source_file(path, self._digest(data), data)
        return read

    def read_bytes(self, paths: Iterable[str]) -> dict[str, bytes | Gap]:
        """Returns each path's bytes, or why they can't be read."""
        read: dict[str, bytes | Gap] = {}
        for path in paths:
            reason = _unreadable_entry(self._entries.get(path), BINARY_BYTES_MAX)
            data = None if reason else self._bytes(self._files[path], BINARY_BYTES_MAX)
            read[path] = _gap(path, reason) if reason else _binary(path, data)
        return read

    def _entry(self, path: str, file: Path, is_skipped: bool) -> TreeEntry | None:
        try:
            found = file.lstat()
        except OSError:
            return TreeEntry(path, "", 0, SPARSE_MODE) if is_skipped else None
        if not self._is_inside(file.parent) or stat.S_ISLNK(found.st_mode):
            return TreeEntry(path, "", found.st_size, LINK_MODE)
        if stat.S_ISDIR(found.st_mode):
            return TreeEntry(path.rstrip("/"), "", 0, SUBMODULE_MODE)
        if not stat.S_ISREG(found.st_mode):
            return None
        mode = EXECUTABLE_MODE if found.st_mode & stat.S_IXUSR else FILE_MODE
        data = self._bytes(file) if found.st_size <= FILE_BYTES_MAX else None
        return TreeEntry(path, self._digest(data), found.st_size, mode)

    def _digest(self, data: bytes | None) -> str:
        return "" if data is None else blob_digest(data, self._like)

    def _bytes(self, file: Path, limit: int = FILE_BYTES_MAX) -> bytes | None:
        if not self._is_inside(file.parent):
            return None
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as opened:
                return opened.read(limit + 1)
        except OSError:
            return None

    def _is_inside(self, folder: Path) -> bool:
        """Tells whether the folder is reached without a link; a tracked folder may have been replaced by one."""
        if folder not in self._folders:
            self._folders[folder] = folder == self._top or folder.resolve() == folder
        return self._folders[folder]


class OverlayTree:
    """A tree with file changes laid over it, in memory."""

    def __init__(self, tree: Tree, changes: Iterable[FileChange]) -> None:
        self._tree = tree
        self._after = {change.path: change.after for change in changes}

    @property
    def commit(self) -> str:
        return self._tree.commit

    @cached_property
    def digest(self) -> str:
        changed = sorted(self._after.items())
        return digest_of_text(repr((self._tree.digest, changed))) if changed else self._tree.digest

    @cached_property
    def snapshot(self) -> Snapshot:
        base = self._tree.snapshot
        like = next((entry.digest for entry in base.entries if entry.digest), "")
        entries = {entry.path: entry for entry in base.entries}
        for path, text in self._after.items():
            if text is None:
                entries.pop(path, None)
                continue
            data = text.encode()
            mode = entries[path].mode if path in entries else FILE_MODE
            entries[path] = TreeEntry(path, blob_digest(data, like), len(data), mode)
        return replace(base, entries=tuple(sorted(entries.values(), key=lambda entry: entry.path)))

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {entry.path: entry.digest for entry in self.snapshot.entries if entry.path in self._after}

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        """Returns each path's text after the changes, or why it can't be read."""
        wanted = list(paths)
        read = dict(self._tree.read(path for path in wanted if path not in self._after))
        for path in wanted:
            if path in self._after:
                text = self._after[path]
                read[path] = _gap(path, MISSING) if text is None else SourceFile(path, text, self._digests[path])
        return read

    def read_bytes(self, paths: Iterable[str]) -> Mapping[str, bytes | Gap]:
        """Returns each path's bytes after the changes, or why they can't be read."""
        wanted = list(paths)
        read = dict(self._tree.read_bytes(path for path in wanted if path not in self._after))
        for path in wanted:
            if path in self._after:
                text = self._after[path]
                read[path] = _gap(path, MISSING) if text is None else text.encode()
        return read


def uncommitted_count(repository: Repository) -> int:
    """Returns how many paths differ from the last commit or are new; 0 in a bare repository."""
    if repository.top is None:
        return 0
    printed = repository.git.run(
        "status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty",
        env=_without_filters(repository.git),
    )  # fmt: skip
    return printed.count(b"\0")


def _without_filters(git: Git) -> dict[str, str]:
    """Returns an environment that empties every filter driver: comparing files would run the programs that they name.

    Variables, because an option of git's command line can't carry a driver whose name has "=" in it.
    """
    listed = git.run("config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.", ok=(0, 1))
    drivers = {name.rpartition(b".")[0] for name in listed.split(b"\0") if name}
    switched = [(f"{os.fsdecode(driver)}.{key}", value) for driver in sorted(drivers) for key, value in _EMPTY_FILTER]
    variables = {"GIT_CONFIG_COUNT": str(len(switched))}
    for number, (key, value) in enumerate(switched):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _unreadable_entry(entry: TreeEntry | None, limit: int) -> str:
    if entry is None:
        return MISSING
    if entry.mode in _ODD:
        return _ODD[entry.mode]
    return too_large(entry.size_bytes, limit) if entry.size_bytes > limit else ""


def _source_file(path: str, digest: str, data: bytes | None) -> SourceFile | Gap:
    if data is None:
        return _gap(path, f"{ABSENT}, or can't be read")
    try:
        return SourceFile(path, text_of(data), digest)
    except Unreadable as reason:
        return _gap(path, str(reason))


def _binary(path: str, data: bytes | None) -> bytes | Gap:
    if data is None:
        return _gap(path, f"{ABSENT}, or can't be read")
    return _gap(path, LFS_POINTER) if data.startswith(LFS_SIGN) else data


def _gap(path: str, reason: str) -> Gap:
    return Gap(Span(path, 1, 1), reason)
