"""Earlier versions of files, from one pass over the log, with renames followed backwards.

A version is what a commit, or a merge seen from its first parent, made of the file. Versions on a side branch count when the
branch was merged; a shallow clone knows only the versions within its depth. The passes over the log are cached by commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copilot.adapters.blobs import Unreadable, read_blobs, text_of
from copilot.adapters.git import Git, GitFailed
from copilot.domain.codec import digest_of_text
from copilot.domain.source import PastFile
from copilot.ports import Index

RENAME_ROUNDS_MAX = 8
RENAME_CANDIDATES_MAX = 1000
_KIND = "history-1"
_FORMAT = "--format=%x01%H %ct"


@dataclass(frozen=True, slots=True)
class _Event:
    """What one commit did to one file; `position` counts back from the newest commit, `old_path` is set by a rename."""

    position: int
    commit: str
    seconds: int
    status: str
    digest: str
    path: str
    old_path: str = ""


class GitHistory:
    """The history that is reachable from one commit."""

    def __init__(self, git: Git, commit: str, index: Index) -> None:
        self._git = git
        self._commit = commit
        self._index = index

    def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[PastFile, ...]]:
        """Returns, for each path, its versions, oldest first, renames followed; consecutive equal ones are one."""
        wanted = sorted(set(paths))
        if not wanted or not self._commit:
            return dict.fromkeys(paths, ())
        key = digest_of_text(self._commit + "\0" + "\0".join(wanted))
        cached = self._index.get(_KIND, [key]).get(key)
        if cached is not None:
            return _loaded(cached)
        found = self._follow(wanted)
        self._index.put(_KIND, {key: _dumped(found)})
        return found

    def texts(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Returns the texts of blobs; those that are no text, too large or not in this clone are left out."""
        texts: dict[str, str] = {}
        for digest, data in read_blobs(self._git, digests):
            try:
                if data is not None:
                    texts[digest] = text_of(data)
            except Unreadable:
                continue
        return texts

    def _follow(self, paths: list[str]) -> dict[str, tuple[PastFile, ...]]:
        """Reads the log for the paths, then for the names that they had before, until no new name turns up."""
        events: dict[str, list[_Event]] = {}
        renames: dict[tuple[str, str], str] = {}
        order = self._order()
        unread = paths
        for _ in range(RENAME_ROUNDS_MAX):
            fresh = self._log(unread, order)
            events.update({path: fresh.get(path, []) for path in unread})
            created = {(event.commit, path) for path in unread for event in events[path] if event.status == "A"}
            found = self._renames({commit for commit, _ in created})
            renames.update({appeared: old for appeared, old in found.items() if appeared in created})
            unread = sorted(set(renames.values()) - set(events))
            if not unread:
                break
        return {path: _lineage(path, events, renames) for path in paths}

    def _order(self) -> dict[str, int]:
        listed = self._git.text("rev-list", "--topo-order", self._commit)
        return {commit: position for position, commit in enumerate(listed.split("\n"))}

    def _log(self, paths: list[str], order: Mapping[str, int]) -> dict[str, list[_Event]]:
        printed = self._git.run(
            "--literal-pathspecs", "log", "--topo-order", "--raw", "--no-abbrev", "--no-renames", "-z", _FORMAT,
            "--diff-merges=first-parent", self._commit, "--", *paths,
        )  # fmt: skip
        by_path: dict[str, list[_Event]] = {}
        for event in _events(printed, order):
            by_path.setdefault(event.path, []).append(event)
        return by_path

    def _renames(self, commits: set[str]) -> dict[tuple[str, str], str]:
        """Returns, for the commits in which files appeared, (commit, new path) to the path that each had before."""
        if not commits:
            return {}
        try:
            return self._renamed(commits, "-M")
        except GitFailed:
            # A partial clone lacks blobs that would have to be compared; equal ones are told by their id alone.
            return self._renamed(commits, "-M100%")

    def _renamed(self, commits: set[str], similarity: str) -> dict[tuple[str, str], str]:
        asked = "".join(f"{commit}\n" for commit in sorted(commits)).encode()
        printed = self._git.run(
            "log", "--no-walk=unsorted", "--stdin", "--raw", "--no-abbrev", similarity, f"-l{RENAME_CANDIDATES_MAX}",
            "--diff-filter=R", "-z", _FORMAT, "--diff-merges=first-parent", input=asked,
        )  # fmt: skip
        return {(event.commit, event.path): event.old_path for event in _events(printed, {}) if event.old_path}


def _events(printed: bytes, order: Mapping[str, int]) -> Iterable[_Event]:
    """Parses `log --raw -z`: a commit's header starts with 0x01, its changes are NUL-terminated pairs (or triples)."""
    commit, seconds = "", 0
    parts = iter(printed.split(b"\0"))
    for part in parts:
        part = part.lstrip(b"\n")
        if part.startswith(b"\x01"):
            header, _, part = part.partition(b"\n")
            commit, seconds = _header(header)
        if not part.startswith(b":"):
            continue
        _, _, _, digest, status = part.split(b" ")
        path = next(parts).decode("utf-8", "backslashreplace")
        old_path = ""
        if status[:1] in b"RC":
            old_path, path = path, next(parts).decode("utf-8", "backslashreplace")
        yield _Event(order.get(commit, -1), commit, seconds, status[:1].decode(), digest.decode(), path, old_path)


def _header(header: bytes) -> tuple[str, int]:
    commit, seconds = header[1:].split(b" ")
    return commit.decode(), int(seconds)


def _lineage(
    path: str, events: Mapping[str, list[_Event]], renames: Mapping[tuple[str, str], str]
) -> tuple[PastFile, ...]:
    newest_first: list[PastFile] = []
    position, name, hops = -1, path, 0
    while name and hops <= RENAME_ROUNDS_MAX:
        older = ""
        for event in events.get(name, []):
            if event.position <= position:
                continue
            position = event.position
            if event.status in "AM":
                newest_first.append(PastFile(name, event.digest, event.commit, _utc(event.seconds)))
            older = renames.get((event.commit, name), "") if event.status == "A" else ""
            if older:
                break
        name, hops = older, hops + 1
    return _collapsed(reversed(newest_first))


def _collapsed(oldest_first: Iterable[PastFile]) -> tuple[PastFile, ...]:
    kept: list[PastFile] = []
    for version in oldest_first:
        if not kept or kept[-1].digest != version.digest:
            kept.append(version)
    return tuple(kept)


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _dumped(found: Mapping[str, tuple[PastFile, ...]]) -> bytes:
    rows = {path: [[v.path, v.digest, v.commit, v.at] for v in versions] for path, versions in found.items()}
    return json.dumps(rows, separators=(",", ":")).encode()


def _loaded(data: bytes) -> dict[str, tuple[PastFile, ...]]:
    return {path: tuple(PastFile(*row) for row in rows) for path, rows in json.loads(data).items()}
