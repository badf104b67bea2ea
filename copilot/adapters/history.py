"""Earlier versions of files: the states that the branch itself held, with renames followed backwards.

The branch is its chain of first parents, so a merge counts as the one state that it made, and what a side branch tried in between
never was a version. A shallow clone knows only the versions within its depth. Results are cached by commit and path; after new
commits only these are read.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import starmap

from copilot.adapters.blobs import Unreadable, read_blobs, text_of
from copilot.adapters.git import GitFailed, Repository
from copilot.adapters.presence import lacks_promised
from copilot.domain.codec import digest_of_text
from copilot.domain.source import PastFile
from copilot.ports import Index

RENAME_ROUNDS_MAX = 8
RENAME_CANDIDATES_MAX = 1000
EXTENDED_COMMITS_MAX = 1000
_KIND = "history-4"
_NEWEST_KIND = "history-newest-4"
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

    def __init__(self, repository: Repository, commit: str, index: Index) -> None:
        self._git = repository.git
        self._scope = scope_of(repository)
        self._commit = commit
        self._index = index

    def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[PastFile, ...]]:
        """Returns, for each path, its versions, oldest first, renames followed; consecutive equal ones are one.

        Those whose log a partial clone lacks are left out.
        """
        wanted = sorted(set(paths))
        if not wanted or not self._commit:
            return dict.fromkeys(paths, ())
        kept = self._kept(self._commit)
        try:
            fresh = self._read([path for path in wanted if path not in kept])
        except GitFailed as failed:
            if not lacks_promised(failed):
                raise
            return {path: kept[path] for path in wanted if path in kept}
        known = {**kept, **fresh}
        if fresh:
            self._index.put(_KIND, {self._key(self._commit): _dumped(known)})
            self._index.put(_NEWEST_KIND, {self._scope: self._commit.encode()})
        return {path: known[path] for path in wanted}

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

    def _read(self, paths: list[str]) -> dict[str, tuple[PastFile, ...]]:
        fresh = self._extended(paths)
        unknown = [path for path in paths if path not in fresh]
        return {**fresh, **self._follow(unknown)} if unknown else fresh

    def _kept(self, commit: str) -> dict[str, tuple[PastFile, ...]]:
        """Returns what is kept of a commit, in one row: thousands of files would take as many, at each commit."""
        key = self._key(commit)
        return _loaded(self._index.get(_KIND, [key]).get(key, b""))

    def _key(self, commit: str) -> str:
        return f"{self._scope}:{commit}"

    @cached_property
    def _base(self) -> str:
        """The commit that was read last, "" where it is none of the commits before this one. Asked before this one is kept."""
        commit = self._index.get(_NEWEST_KIND, [self._scope]).get(self._scope, b"").decode()
        if not commit or commit == self._commit:
            return ""
        try:
            since = self._git.text(
                "rev-list",
                "--first-parent",
                "--parents",
                f"--max-count={EXTENDED_COMMITS_MAX}",
                self._commit,
                f"^{commit}",
            )
        except GitFailed:  # as for a commit that was rewritten, and is gone
            return ""
        return commit if since.rpartition("\n")[2].split(" ")[1:2] == [commit] else ""

    def _extended(self, paths: Sequence[str]) -> dict[str, tuple[PastFile, ...]]:
        """Returns what is known from the commit that was read last, with the commits since; without it, nothing."""
        kept = self._kept(self._base) if paths and self._base else {}
        known = {path: kept[path] for path in paths if path in kept}
        if not known:
            return {}
        since = self._log(list(known), {}, f"{self._base}..{self._commit}")
        plain = {path: since.get(path, []) for path in known}
        # Where a file came, went or was renamed since, its whole line of descent is read again.
        return {
            path: _collapsed([*known[path], *(_past(event) for event in reversed(events))])
            for path, events in plain.items()
            if all(event.status == "M" for event in events)
        }

    def _follow(self, paths: list[str]) -> dict[str, tuple[PastFile, ...]]:
        """Reads the log for the paths, then for the names that they had before, until no new name turns up."""
        events: dict[str, list[_Event]] = {}
        renames: dict[tuple[str, str], str] = {}
        order = self._order()
        unread = paths
        for _ in range(RENAME_ROUNDS_MAX):
            fresh = self._log(unread, order, self._commit)
            events.update({path: fresh.get(path, []) for path in unread})
            created = {(event.commit, path) for path in unread for event in events[path] if event.status == "A"}
            found = self._renames({commit for commit, _ in created})
            renames.update({appeared: old for appeared, old in found.items() if appeared in created})
            unread = sorted(set(renames.values()) - set(events))
            if not unread:
                break
        return {path: _lineage(path, events, renames) for path in paths}

    def _order(self) -> dict[str, int]:
        listed = self._git.text("rev-list", "--first-parent", self._commit)
        return {commit: position for position, commit in enumerate(listed.split("\n"))}

    def _log(self, paths: list[str], order: Mapping[str, int], commits: str) -> dict[str, list[_Event]]:
        printed = self._git.run(
            "--literal-pathspecs", "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev",
            "--no-renames", "-z", _FORMAT, commits, "--", *paths,
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
                newest_first.append(_past(event))
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


def scope_of(repository: Repository) -> str:
    """Returns what cached histories hang on besides the commit: clones of one commit may know more or less of what was before."""
    depth = b""
    if repository.is_shallow:
        with suppress(OSError):
            depth = (repository.common_dir / "shallow").read_bytes()
    return digest_of_text(f"{repository.common_dir}\n{depth.decode('ascii', 'replace')}")[:16]


def _past(event: _Event) -> PastFile:
    at = datetime.fromtimestamp(event.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return PastFile(event.path, event.digest, event.commit, at)


def _dumped(known: Mapping[str, tuple[PastFile, ...]]) -> bytes:
    return marshal.dumps(
        {path: [(it.path, it.digest, it.commit, it.at) for it in versions] for path, versions in known.items()}
    )


def _loaded(data: bytes) -> dict[str, tuple[PastFile, ...]]:
    try:
        return {path: tuple(starmap(PastFile, rows)) for path, rows in marshal.loads(data).items()}
    except (EOFError, ValueError, TypeError, AttributeError):
        return {}
