"""The cache of what was derived from blobs, one SQLite file that all worktrees of a clone and several processes share.

Whatever happens to the file, the only loss is time: one that is damaged, or of another layout, is made anew, and an index that
can't use its file keeps what it is given in memory. The file lies in the git directory, which may have come from a stranger: so
every value is sealed with a key that lies elsewhere, and what this user's program did not write is not there.

Facts of blobs stay true. What is kept of whole trees is mostly out of date in a large file, and goes first when it is too large.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from copilot.ports import OF_TREES

INDEX_BYTES_MAX = 512 * 1024 * 1024
BUSY_SECONDS = 0.5
INDEX_NAME = "index.sqlite"
_SEAL_BYTES = 16
_KEY_BYTES = 32
_FILLED_MAX = 0.75
_FILES = ("", "-wal", "-shm")
# Not WITHOUT ROWID: to pass a row of some megabytes on the way to another one, SQLite would read all of it, again and again.
_TABLE = "CREATE TABLE entries (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key))"


class SqliteIndex:
    """A cache in one sqlite file; usable from several threads and processes. Values carry a seal made with `key`."""

    def __init__(self, path: Path, key: bytes = b"") -> None:
        self._path = path
        self._key = key
        self._memory: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()
        self._connection = _connect(path)

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Returns the entries that are there."""
        with self._lock:
            held = self._memory
            got = {key: held[kind, key] for key in keys if (kind, key) in held} if held else {}
            if self._connection is not None and len(got) < len(keys):
                try:
                    got.update(self._select(self._connection, kind, [key for key in keys if key not in got]))
                except sqlite3.Error as error:
                    self._give_up(error)
            return got

    def put(self, kind: str, entries: Mapping[str, bytes]) -> None:
        """Keeps the entries; equal keys are overwritten."""
        if not entries:
            return
        with self._lock:
            if self._connection is not None:
                try:
                    with self._connection:
                        rows = [(kind, key, self._seal(kind, key, value) + value) for key, value in entries.items()]
                        self._connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
                    return
                except sqlite3.Error as error:
                    self._give_up(error)
            self._memory.update({(kind, key): value for key, value in entries.items()})

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _select(self, connection: sqlite3.Connection, kind: str, keys: list[str]) -> dict[str, bytes]:
        rows = connection.execute(
            "SELECT key, value FROM entries WHERE kind = ? AND key IN (SELECT value FROM json_each(?))",
            (kind, json.dumps(keys)),
        )
        parted = ((str(key), bytes(value[:_SEAL_BYTES]), bytes(value[_SEAL_BYTES:])) for key, value in rows)
        return {key: value for key, seal, value in parted if seal == self._seal(kind, key, value)}

    def _seal(self, kind: str, key: str, value: bytes) -> bytes:
        """Returns what tells that this value was kept under that key: neither a disk nor a person has changed it since."""
        seal = hashlib.blake2b(f"{kind}\0{key}\0".encode(), digest_size=_SEAL_BYTES, key=self._key)
        seal.update(value)
        return seal.digest()

    def _give_up(self, error: sqlite3.Error) -> None:
        """Goes on in memory; a file that is no database any more is thrown away, a locked or full one is left alone."""
        if isinstance(error, sqlite3.OperationalError) or self._connection is None:
            return
        self._connection.close()
        self._connection = None
        _discard(self._path)


def open_index(git_folder: Path, environ: Mapping[str, str], home: Path) -> SqliteIndex:
    """Opens the index of a clone, by its common git directory; where that can't be written, one in the user's cache folder."""
    folder = cache_folder(environ, home)
    key = _own_key(folder / "index.key")
    path = git_folder / "pipeline-copilot" / INDEX_NAME
    if not os.access(path.parent if path.parent.exists() else git_folder, os.W_OK):
        name = hashlib.blake2b(os.fsencode(git_folder), digest_size=8).hexdigest()
        path = folder / f"index-{name}.sqlite"
    return SqliteIndex(path, key)


def cache_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Returns the user's cache folder for this program, which may not exist yet."""
    root = environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if root.startswith("/") else home / ".cache") / "pipeline-copilot"


def _own_key(path: Path) -> bytes:
    """Returns the user's key, made on first use; where it can't be kept, it is another one each time, and so is the index."""
    fresh = os.urandom(_KEY_BYTES)
    for publish in (os.link, os.replace):
        with suppress(OSError):
            return _key_in(path)
        # Written aside first, so that no other process ever reads half a key.
        aside = f"{path}.{os.getpid()}"
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(fresh)
            with suppress(FileExistsError):
                publish(aside, path)
        with suppress(OSError):
            os.unlink(aside)
    with suppress(OSError):
        return _key_in(path)
    return fresh


def _key_in(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"{path} is no key")
    return key


def _connect(path: Path) -> sqlite3.Connection | None:
    for is_second_try in (False, True):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite would write through a link, whatever it leads to.
            if path.parent.is_symlink() or any(os.path.islink(f"{path}{suffix}") for suffix in _FILES):
                return None
            if path.exists() and path.stat().st_size > INDEX_BYTES_MAX:
                _make_room(path)
            connection = _open(path)
            if connection is not None:
                return connection
            _discard(path)
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError:
            if is_second_try:
                return None
            _discard(path)
        except OSError:
            return None
    return None


def _open(path: Path) -> sqlite3.Connection | None:
    """Opens the file, None where its tables aren't ours: those of another version, or of somebody who had plans with us."""
    # Threads share the connection under the lock of the index.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS", 1))
        connection.commit()
        # The index of the primary key has no text of its own.
        if [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")] == [_TABLE]:
            return connection
        connection.close()
        return None
    except sqlite3.Error:
        connection.close()
        raise


def _make_room(path: Path) -> None:
    """Drops what is kept of whole trees, and the file itself where that is not enough: it shall not be too large again soon."""
    connection = _open(path)
    if connection is not None:
        with closing(connection):
            with connection:
                connection.execute("DELETE FROM entries WHERE kind GLOB ?", (f"{OF_TREES}*",))
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if path.stat().st_size > INDEX_BYTES_MAX * _FILLED_MAX:
        _discard(path)


def _discard(path: Path) -> None:
    for suffix in _FILES:
        with suppress(OSError):
            os.unlink(f"{path}{suffix}")
