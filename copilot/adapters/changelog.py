"""Which files did recent commits change together? Reads a bounded piece of the log, and keeps it by commit."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence

from copilot.adapters.git import GitFailed, Repository
from copilot.adapters.history import scope_of
from copilot.domain.codec import digest_of_text
from copilot.ports import Index, PastChange

RECENT_COMMITS_MAX = 1_500
PATH_COMMITS_MAX = 60
CHANGED_FILES_MAX = 60
"""A commit that changes more tells nothing about which files belong together; nor does the one that brings a repository in."""
NAMES_MAX = 60
_KIND = "changelog-4"
_NAMING_KIND = "changelog-naming-1"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class GitChangeLog:
    """The log behind one commit; the commit's own change counts, later ones are not there."""

    def __init__(self, repository: Repository, commit: str, index: Index) -> None:
        self._git = repository.git
        self._scope = scope_of(repository)
        self._commit = commit
        self._index = index
        self.is_whole = True

    def recent(self) -> tuple[PastChange, ...]:
        """Returns the last changes of the branch, newest first; merges, sweeping commits and the first one are left out."""
        return self._kept("", f"--max-count={RECENT_COMMITS_MAX}")

    def of(self, path: str) -> tuple[PastChange, ...]:
        """Returns the last changes that touched one file, newest first, with all that they touched besides."""
        return self._kept(path, f"--max-count={PATH_COMMITS_MAX}", "--full-diff")

    def naming(self, path: str, names: Sequence[str]) -> tuple[PastChange, ...]:
        """Returns those changes of a file whose changed lines name one of the names; they are read from its diffs."""
        known = {change.commit: change for change in self.of(path)}
        wanted = sorted({name for name in names[-NAMES_MAX:] if _NAME.fullmatch(name)})
        if not known or not wanted:
            return ()
        key = f"{self._scope}:{self._commit}:{path}:{digest_of_text(' '.join(wanted))[:16]}"
        kept = self._index.get(_NAMING_KIND, [key])
        if key in kept:
            found = kept[key].decode().split()
        else:
            listed = self._naming(path, wanted)
            found = listed or []
            if listed is not None:
                self._index.put(_NAMING_KIND, {key: " ".join(listed).encode()})
        return tuple(known[commit] for commit in found if commit in known)

    def _naming(self, path: str, names: list[str]) -> list[str] | None:
        pattern = f"(^|[^A-Za-z0-9_])({'|'.join(names)})([^A-Za-z0-9_]|$)"
        try:
            return self._git.text(
                "--literal-pathspecs", "log", "--max-parents=1", "--min-parents=1", "--no-renames", "--format=%H",
                f"--max-count={PATH_COMMITS_MAX}", f"-G{pattern}", self._commit, "--", path,
            ).split()  # fmt: skip
        except GitFailed:  # the blobs to be compared are not all in a partial clone
            self.is_whole = False
            return None

    def _kept(self, path: str, *options: str) -> tuple[PastChange, ...]:
        if not self._commit:
            return ()
        key = f"{self._scope}:{self._commit}:{path}"
        kept = self._index.get(_KIND, [key])
        if key in kept:
            return tuple(
                PastChange(commit, seconds, tuple(paths))
                for commit, seconds, paths in json.loads(zlib.decompress(kept[key]))
            )
        found = self._read(path, *options)
        if found is None:
            self.is_whole = False
            return ()
        dumped = json.dumps([[change.commit, change.seconds, change.paths] for change in found]).encode()
        self._index.put(_KIND, {key: zlib.compress(dumped, 1)})
        return found

    def _read(self, path: str, *options: str) -> tuple[PastChange, ...] | None:
        paths = ["--", path] if path else []
        try:
            printed = self._git.run(
                "--literal-pathspecs", "log", "--max-parents=1", "--min-parents=1",
                "--name-only", "--no-renames", "-z", "--format=%x01%H %ct",
                *options, self._commit, *paths,
            )  # fmt: skip
        except GitFailed:  # a partial clone lacks what would have to be compared; it may be there tomorrow
            return None
        found: list[PastChange] = []
        for block in printed.split(b"\x01")[1:]:
            head, _, rest = block.partition(b"\n")
            names = [name.decode("utf-8", "backslashreplace") for name in rest.split(b"\0") if name.strip()]
            commit, _, seconds = head.strip(b"\0").partition(b" ")
            if seconds.isdigit() and 0 < len(names) <= CHANGED_FILES_MAX:
                found.append(PastChange(commit.decode(), int(seconds), tuple(names)))
        return tuple(found)
