"""The files of a commit, told from those of another one that was listed before: fewer changed than there are.

Git lists a hundred thousand files in a quarter of a second, and what differs between two commits in a hundredth.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections.abc import Mapping, Sequence
from operator import attrgetter

from copilot.adapters.git import Git, GitFailed, Repository
from copilot.adapters.history import scope_of
from copilot.adapters.presence import run_on_what_is_here
from copilot.domain.listing import FILE_MODE, Columns, place_in
from copilot.domain.source import TreeEntry
from copilot.ports import Index

LISTING_KIND = "listing-3"
ENTRIES_MIN = 5000
"""Fewer files are listed as fast as told from others."""
CHANGES_MAX = 1000
"""More changes than this make a new listing worth keeping."""
_TREE_ROW = re.compile(r"([0-7]+) \w+ ([0-9a-f]+) +(\S+)\t([^\0]+)\0")
_DIFF_ROW = re.compile(r":[0-7]+ ([0-7]+) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\0([^\0]+)\0")
_NO_MODE = "000000"
_PATH = attrgetter("path")


class Listings:
    """The listings of one repository's commits; one of them is kept."""

    def __init__(self, repository: Repository, index: Index) -> None:
        self._git = repository.git
        self._scope = scope_of(repository)
        self._index = index

    def of(self, commit: str) -> Sequence[TreeEntry]:
        """Returns the files of a commit, sorted by path."""
        kept = _loaded(self._index.get(LISTING_KIND, [self._scope]).get(self._scope, b""))
        if kept is not None:
            changes = self._changes(kept[0], commit)
            if changes is not None and len(changes) <= CHANGES_MAX:
                return self._changed(kept[1], changes)
        entries = list_commit(self._git, commit)
        if len(entries) >= ENTRIES_MIN:
            self._index.put(LISTING_KIND, {self._scope: _dumped(commit, entries)})
        return entries

    def _changes(self, before: str, after: str) -> dict[str, tuple[str, str]] | None:
        """Returns (mode, digest) of the paths that differ, None where that can't be told; a removed path has no mode."""
        if before == after:
            return {}
        try:
            printed = self._git.run(
                "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff",
                "--ignore-submodules=none", before, after, "--",
            )  # fmt: skip
        except GitFailed:
            return None
        return {path: (mode, digest) for mode, digest, path in _DIFF_ROW.findall(decode_path(printed))}

    def _changed(self, entries: Columns, changes: Mapping[str, tuple[str, str]]) -> Columns:
        """Returns the entries with the changes, which are few, each put into its place."""
        sizes = self._sizes(sorted({digest for mode, digest in changes.values() if mode != _NO_MODE}))
        paths, binary, width = entries.paths, entries.binary, entries.id_bytes
        odd_modes = {path: mode for path, mode in entries.odd_modes.items() if path not in changes}
        for path, (mode, digest) in changes.items():
            at, is_there = place_in(paths, path)
            is_new = mode != _NO_MODE
            paths[at : at + is_there] = [path] if is_new else []
            binary[at * width : (at + is_there) * width] = bytes.fromhex(digest) if is_new else b""
            entries.sizes[at : at + is_there] = array("q", [sizes.get(digest, 0)] if is_new else [])
            if is_new and mode != FILE_MODE:
                odd_modes[path] = mode
        return Columns(paths, binary, entries.sizes, odd_modes, width)

    def _sizes(self, digests: list[str]) -> dict[str, int]:
        if not digests:
            return {}
        asked = "".join(f"{digest}\n" for digest in digests).encode()
        printed = run_on_what_is_here(self._git, "cat-file", "--batch-check", like=digests[0], input=asked)
        rows = (line.split(" ") for line in printed.decode().splitlines())
        # What is missing has two words: a commit of a submodule, or a blob that a partial clone lacks.
        return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] == "blob"}


def _dumped(commit: str, entries: Sequence[TreeEntry]) -> bytes:
    """Returns a listing as bytes that are few and fast to read: one text of all paths, one of all digests, and the odd modes."""
    paths, digests, sizes, modes = zip(*entries, strict=True)
    odd = {path: mode for path, mode in zip(paths, modes, strict=True) if mode != FILE_MODE}
    return marshal.dumps((commit, "\0".join(paths), bytes.fromhex("".join(digests)), array("q", sizes).tobytes(), odd))


def _loaded(data: bytes) -> tuple[str, Columns] | None:
    """Returns the commit and its files, None where the bytes hold no listing."""
    try:
        commit, joined, binary, packed, odd_modes = marshal.loads(data)
        sizes = array("q", packed)
    except (EOFError, ValueError, TypeError):
        return None
    paths = joined.split("\0")
    return commit, Columns(paths, bytearray(binary), sizes, odd_modes, len(binary) // len(paths))


def list_commit(git: Git, commit: str, *paths: str) -> tuple[TreeEntry, ...]:
    """Returns the files of a commit, or those of them, sorted by path; a name that is no UTF-8 is listed with escapes.

    The commit "" is that of a branch which has none yet: it has no files.
    """
    if not commit:
        return ()
    asked = ("--literal-pathspecs", "ls-tree", "-r", "-z", "--long", "--full-tree", commit, "--", *paths)
    listed = run_on_what_is_here(git, *asked, like=commit)
    # "-" is the size of a submodule, "BAD" that of a blob which a partial clone lacks.
    rows = _TREE_ROW.findall(decode_path(listed))
    entries = (TreeEntry(path, digest, int(size) if size.isdigit() else 0, mode) for mode, digest, size, path in rows)
    return tuple(sorted(entries, key=_PATH))


def decode_path(raw: bytes) -> str:
    """Returns a path, or a listing of paths, as text; bytes that are no UTF-8 become escapes."""
    return raw.decode("utf-8", "backslashreplace")
