"""Proposals on disk: one file of JSON lines each, under the repository's own git directory.

A record is appended whole and synced before anyone hears of it. What a crash leaves behind the last line end is set aside, never
read as a record; a line that doesn't fit its chain is named and nothing is guessed. Locks are the kernel's, so they end with
the process that holds them.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from copilot.domain.codec import decode, encode
from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Body, Record, chain, written_digest
from copilot.errors import ProposalCorrupt, SurroundingsFailed, WrongUsage

LAST_ASKED = "last-asked"
FIRST_BYTES_MAX = 1_000_000
LOCK_WAIT_SECONDS = 3.0
LOCK_POLL_SECONDS = 0.05


class FileStore:
    """The proposals of one repository; `clock` gives the time of each record, `letter` begins the ids."""

    def __init__(self, folder: Path, clock: Callable[[], str], letter: str = "p") -> None:
        self._folder = folder
        self._id = re.compile(rf"{letter}-[0-9a-f]{{10}}")
        self._clock = clock
        self._seen: dict[str, tuple[tuple[int, int, int], tuple[Record, ...]]] = {}

    def ids(self) -> tuple[str, ...]:
        """Returns the ids of all proposals, sorted."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _failed("The proposals can't be listed", self._folder, error) from None
        ids = (name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl"))
        return tuple(sorted(id for id in ids if self._id.fullmatch(id)))

    def records(self, id: str) -> tuple[Record, ...]:
        """Returns all whole records; raises WrongUsage for an unknown id, ProposalCorrupt where the chain is broken."""
        path = self._path(id)
        try:
            with _opened(path, os.O_RDONLY) as file:
                stamp = _stamp(file)
                if id in self._seen and self._seen[id][0] == stamp:
                    return self._seen[id][1]
                records = chained(path, file.read())
        except FileNotFoundError:
            raise self._unknown(id) from None
        except OSError as error:
            raise _failed(f"Proposal {id} can't be read", path, error) from None
        if not records:
            raise self._unknown(id)
        self._seen[id] = (stamp, records)
        return records

    def requests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields the id and the first record of each proposal, as the JSON object that stands there; nothing of it is checked."""
        for id in self.ids():
            with suppress(OSError, ProposalCorrupt, ValueError, RecursionError):
                with _opened(self._path(id), os.O_RDONLY) as file:
                    found = json.loads(file.readline(FIRST_BYTES_MAX))
                if isinstance(found, dict) and isinstance(found.get("body"), dict):
                    yield id, found

    def holds(self, id: str, kinds: Iterable[str]) -> bool:
        """Tells whether a proposal has a record of one of these kinds, by the bytes of its file; nothing is checked."""
        try:
            with _opened(self._path(id), os.O_RDONLY) as file:
                data = file.read()
        except (OSError, ProposalCorrupt):
            return False
        return any(f'"is":"{kind}"'.encode() in data for kind in kinds)

    def outline(self, id: str) -> tuple[Record, ...]:
        """Returns the records without phases, measures and findings, and without a look at their digests: to be told of, no more.

        Costs a tenth of `records`. Raises ProposalCorrupt where they can't be read, SurroundingsFailed where the file can't.
        """
        path = self._path(id)
        try:
            with _opened(path, os.O_RDONLY) as file:
                lines = file.read().split(b"\n")[:-1]
            return tuple(decode(Record, _lean(json.loads(line))) for line in lines)
        except OSError as error:
            raise _failed(f"Proposal {id} can't be read", path, error) from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _corrupt(path, 1, f"not all of it are records ({str(error)[:120]})") from None

    def append(self, id: str, body: Body) -> Record:
        """Appends one record, on disk before this returns; raises SurroundingsFailed where that fails."""
        path = self._path(id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _opened(path, os.O_RDWR | (0 if os.path.lexists(path) else os.O_CREAT | os.O_EXCL)) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                _set_partial_line_aside(file, path)
                known = self._known(id, file, path)
                record = chain(known[-1] if known else None, self._clock(), body)
                _append_line(file, json.dumps(encode(record), sort_keys=True, separators=(",", ":")).encode() + b"\n")
                self._seen[id] = (_stamp(file), (*known, record))
            if not known:
                _sync_folder(self._folder)
        except FileExistsError:
            return self.append(id, body)
        except OSError as error:
            raise _failed(f"Proposal {id} can't be written", path, error) from None
        return record

    def written(self, id: str) -> bytes:
        """Returns the whole lines of a proposal as they stand in its file, their chain checked; raises as `records` does."""
        self.records(id)
        path = self._path(id)
        try:
            with _opened(path, os.O_RDONLY) as file:
                data = file.read()
        except OSError as error:
            raise _failed(f"Proposal {id} can't be read", path, error) from None
        whole = data[: data.rfind(b"\n") + 1]
        chained(path, whole)
        return whole

    def adopt(self, id: str, lines: bytes) -> None:
        """Begins a proposal with lines of another store, as they stand there; raises WrongUsage where one of that id is here."""
        path = self._path(id)
        assert chained(path, lines), "a proposal begins with a request"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
                _append_line(file, lines)
            _sync_folder(self._folder)
        except FileExistsError:
            raise WrongUsage(f"Proposal {id} is here already.", where=path) from None
        except OSError as error:
            raise _failed(f"Proposal {id} can't be written", path, error) from None

    def remember(self, id: str) -> None:
        """Keeps which proposal was asked for last; raises SurroundingsFailed where that fails."""
        path = self._folder / LAST_ASKED
        if self.remembered() == id:
            return
        aside = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            aside.write_text(id, "ascii")
            os.replace(aside, path)
        except OSError as error:
            raise _failed(f"Proposal {id} can't be remembered as the last one", path, error) from None

    def remembered(self) -> str:
        """Returns the id of the proposal that was asked for last, "" where nobody knows."""
        try:
            with _opened(self._folder / LAST_ASKED, os.O_RDONLY) as file:
                return file.read(100).decode("ascii", "replace")
        except (OSError, ProposalCorrupt):
            return ""

    @contextmanager
    def lock(self, id: str) -> Iterator[None]:
        """Keeps other processes from working on the proposal; raises SurroundingsFailed, naming who does, after a wait."""
        path = self._path(id).with_suffix(".lock")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Opened without truncation: the text in it belongs to whoever holds the lock.
            file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+b", buffering=0)
        except OSError as error:
            raise _failed(f"Proposal {id} can't be locked", path, error) from None
        with file:
            _wait_for(file, id, path)
            with suppress(OSError):
                file.truncate(0)
                file.write(f"process {os.getpid()}, since {self._clock()}".encode())
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _known(self, id: str, file: BinaryIO, path: Path) -> tuple[Record, ...]:
        if id in self._seen and self._seen[id][0] == _stamp(file):
            return self._seen[id][1]
        file.seek(0)
        return chained(path, file.read())

    def _path(self, id: str) -> Path:
        if not self._id.fullmatch(id):
            raise WrongUsage(f'"{id}" is not the id of a proposal.', next="pipeline-copilot log lists the proposals.")
        return self._folder / f"{id}.jsonl"

    def _unknown(self, id: str) -> WrongUsage:
        return WrongUsage(
            f"There is no proposal {id}.", where=self._folder, next="pipeline-copilot log lists the proposals."
        )


class ShownStore(FileStore):
    """The proposals for a screen that others may sit at: they can be read, and every act on one is refused before it begins."""

    @contextmanager
    def lock(self, id: str) -> Iterator[None]:
        raise _only_shown()
        yield

    def append(self, id: str, body: Body) -> Record:
        raise _only_shown()

    def adopt(self, id: str, lines: bytes) -> None:
        raise _only_shown()

    def remember(self, id: str) -> None:
        raise _only_shown()


def _only_shown() -> WrongUsage:
    return WrongUsage(
        "This screen only shows: nobody knows who sits at a browser, and every act here carries a name.",
        next="Open pipeline-copilot in a terminal of the machine where the repository lies.",
    )


def _opened(path: Path, flags: int) -> BinaryIO:
    """Opens a proposal's own file; raises ProposalCorrupt for a link, a folder or a pipe, which would lead or wait elsewhere."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR):
            raise _no_file(path) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(path)
    return os.fdopen(descriptor, "rb" if flags == os.O_RDONLY else "r+b")


def _no_file(path: Path) -> ProposalCorrupt:
    return ProposalCorrupt("What stands in the place of a proposal is no file.", where=path, next="Move it away.")


def chained(path: Path, data: bytes, lines_before: int = 0) -> tuple[Record, ...]:
    """Returns the records of all whole lines, each checked against its digest and the one before; raises ProposalCorrupt.

    `lines_before` is how many lines of the file stand before them.
    """
    records: list[Record] = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError("no object")
            digest = written_digest(value)
        except (ValueError, TypeError, RecursionError) as error:
            raise _corrupt(path, number + lines_before, f"it is not a record ({str(error)[:120]})") from None
        expected = records[-1].digest if records else ""
        if (value.get("number"), value.get("previous"), value.get("digest")) != (number - 1, expected, digest):
            raise _corrupt(path, number + lines_before, "its digest doesn't fit the records before it")
        try:
            record = decode(Record, value)
        except (ValueError, TypeError, RecursionError) as error:
            raise _foreign(path, number + lines_before, str(error)[:120]) from None
        if isinstance(record.body, ChangeRequest) != (number == 1):
            raise _corrupt(path, number + lines_before, "a proposal has one request, in its first record")
        records.append(record)
    return tuple(records)


def _lean(value: dict[str, Any]) -> dict[str, Any]:
    body = value["body"]
    if body["is"] == "Evidence":
        body |= {"measures": [], "findings": [], "likely": []}
    elif body["is"] == "Plan":
        body |= {"alternatives": [it | {"phases": []} for it in body["alternatives"]]}
    return value


def _append_line(file: BinaryIO, line: bytes) -> None:
    """Writes the line and syncs it; where that fails the file is as long as before, so no half of a record stays."""
    start = file.seek(0, os.SEEK_END)
    try:
        # Past the buffer of the file object: that would keep what did not fit, and write it once more when it is closed.
        written = 0
        while written < len(line):
            written += os.write(file.fileno(), line[written:])
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            os.ftruncate(file.fileno(), start)
        raise


def _set_partial_line_aside(file: BinaryIO, path: Path) -> None:
    """Moves what stands behind the last line end, left by a crash, to a file of its own."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 1, 0))
    if file.read(1) in (b"", b"\n"):
        return
    file.seek(0)
    data = file.read()
    end = data.rfind(b"\n") + 1
    with open(path.with_suffix(f".{end}.partial"), "wb") as aside:
        aside.write(data[end:])
        aside.flush()
        os.fsync(aside.fileno())
    file.truncate(end)


def _wait_for(file: BinaryIO, id: str, path: Path) -> None:
    waited = 0.0
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if waited >= LOCK_WAIT_SECONDS:
                holder = os.pread(file.fileno(), 200, 0).decode("utf-8", "replace") or "another process"
                raise SurroundingsFailed(
                    f"Proposal {id} is being worked on by {holder}.", where=path, next="Wait for it, or end it."
                ) from None
        except OSError as error:
            raise _failed(f"Proposal {id} can't be locked", path, error) from None
        time.sleep(LOCK_POLL_SECONDS)
        waited += LOCK_POLL_SECONDS


def _stamp(file: BinaryIO) -> tuple[int, int, int]:
    found = os.fstat(file.fileno())
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _corrupt(path: Path, line: int, why: str) -> ProposalCorrupt:
    return ProposalCorrupt(
        f"The proposal's file was changed or damaged: {why}.",
        where=f"{path}:{line}",
        next="Nothing was changed. Move the file away, keep it for a look, and propose again.",
    )


def _foreign(path: Path, line: int, why: str) -> ProposalCorrupt:
    return ProposalCorrupt(
        f"Another version of this program wrote the proposal's file, and this one can't read it: {why}.",
        where=f"{path}:{line}",
        next="Use that version for it, or propose again.",
    )


def _failed(what: str, path: Path, error: OSError) -> SurroundingsFailed:
    reason = os.strerror(error.errno) if error.errno else str(error)
    next = {
        errno.ENOSPC: "Free some space; nothing was lost, and the next run goes on from the last record.",
        errno.EROFS: "Make the repository's git directory writable; nothing was lost.",
        errno.EACCES: "Make the repository's git directory writable for you; nothing was lost.",
    }.get(error.errno or 0, "Nothing was lost; the next run goes on from the last record.")
    return SurroundingsFailed(f"{what}: {reason}.", where=path, next=next)
