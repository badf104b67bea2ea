"""Which files did recent commits change together? Reads a bounded piece of the log, and keeps it by commit."""

from __future__ import annotations

import json
import zlib

from copilot.adapters.git import GitFailed, Repository
from copilot.adapters.history import scope_of
from copilot.ports import Index, PastChange

RECENT_COMMITS_MAX = 1_500
PATH_COMMITS_MAX = 60
CHANGED_FILES_MAX = 60
"""A commit that changes more tells nothing about which files belong together; nor does the one that brings a repository in."""
_KIND = "changelog-3"


class GitChangeLog:
    """The log behind one commit; the commit's own change counts, later ones are not there."""

    def __init__(self, repository: Repository, commit: str, index: Index) -> None:
        self._git = repository.git
        self._scope = scope_of(repository)
        self._commit = commit
        self._index = index

    def recent(self) -> tuple[PastChange, ...]:
        """Returns the last changes of the branch, newest first; merges, sweeping commits and the first one are left out."""
        return self._kept("", f"--max-count={RECENT_COMMITS_MAX}")

    def of(self, path: str) -> tuple[PastChange, ...]:
        """Returns the last changes that touched one file, newest first, with all that they touched besides."""
        return self._kept(path, f"--max-count={PATH_COMMITS_MAX}", "--full-diff")

    def _kept(self, path: str, *options: str) -> tuple[PastChange, ...]:
        if not self._commit:
            return ()
        key = f"{self._scope}:{self._commit}:{path}"
        kept = self._index.get(_KIND, [key])
        if key in kept:
            return tuple(PastChange(seconds, tuple(paths)) for seconds, paths in json.loads(zlib.decompress(kept[key])))
        found = self._read(path, *options)
        rows = json.dumps([[change.seconds, change.paths] for change in found]).encode()
        self._index.put(_KIND, {key: zlib.compress(rows, 1)})
        return found

    def _read(self, path: str, *options: str) -> tuple[PastChange, ...]:
        paths = ["--", path] if path else []
        try:
            printed = self._git.run(
                "--literal-pathspecs", "log", "--max-parents=1", "--min-parents=1",
                "--name-only", "--no-renames", "-z", "--format=%x01%ct",
                *options, self._commit, *paths,
            )  # fmt: skip
        except GitFailed:  # a shallow or partial clone lacks what would have to be compared
            return ()
        found: list[PastChange] = []
        for block in printed.split(b"\x01")[1:]:
            head, _, rest = block.partition(b"\n")
            names = [name.decode("utf-8", "backslashreplace") for name in rest.split(b"\0") if name.strip()]
            seconds = head.strip(b"\0")
            if seconds.isdigit() and 0 < len(names) <= CHANGED_FILES_MAX:
                found.append(PastChange(int(seconds), tuple(names)))
        return tuple(found)
