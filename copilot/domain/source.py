"""What a repository holds, as read at one commit: files, places in them, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

WORKING_TREE = "working-tree"
ABSENT = "is not in this clone"
"""Begins the reason of a gap that may close by itself: a partial clone fetches what it lacks later."""
SHALLOW_PATH = ".git/shallow"
"""Where a map says that the clone is shallow: what it lacks may be of any schema."""
PARTIAL_PATH = ".git/objects"
"""Where a map says that the clone is a partial one that lacks the past of schemas."""
MISSING = "does not exist"
"""The whole reason of a gap for a file that the tree doesn't have."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A run of whole lines in a file; lines count from 1, `path` is relative to the repository with "/"."""

    path: str
    first_line: int
    last_line: int

    def __str__(self) -> str:
        if self.last_line > self.first_line:
            return f"{self.path}:{self.first_line}-{self.last_line}"
        return f"{self.path}:{self.first_line}"


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that could not be read or followed, and why; gaps travel into every rationale that they touch."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A text file; `digest` is its git blob id. `text` keeps the file's own line ends."""

    path: str
    text: str
    digest: str


class TreeEntry(NamedTuple):
    """One file that the tree lists, unread; `mode` is git's (100644, 100755, 120000 a link, 160000 a submodule).

    A tuple, unlike the other nouns: a large tree has a hundred thousand, and a dataclass takes three times as long to build.
    """

    path: str
    digest: str
    size_bytes: int
    mode: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository at one commit (full id, or `WORKING_TREE`); `entries` are sorted by path."""

    commit: str
    entries: Sequence[TreeEntry]
    uncommitted_count: int = 0
    """How many uncommitted changes stand in the working tree and were not read."""
    is_shallow: bool = False


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file as it was at an earlier commit; `at` is the commit's time, UTC, ISO 8601. Oldest first in every list."""

    path: str
    digest: str
    commit: str
    at: str
