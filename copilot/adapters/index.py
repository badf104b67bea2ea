"""The cache of what was derived from blobs, in the user's cache folder. It may vanish, break or be locked at any time.

Whatever happens to the file, the only loss is time: an index that can't use its file keeps what it is given in memory.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

INDEX_BYTES_MAX = 512 * 1024 * 1024
BUSY_SECONDS = 0.5
_SEAL_BYTES = 4
_TABLE = """CREATE TABLE IF NOT EXISTS entries
(kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"""


class SqliteIndex:
    """A cache in one sqlite file; usable from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._memory: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()
        self._connection = _connect(path)

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Returns the entries that are there."""
        with self._lock:
            got = {key: self._memory[kind, key] for key in keys if (kind, key) in self._memory}
            if self._connection is not None and len(got) < len(keys):
                try:
                    got.update(_select(self._connection, kind, [key for key in keys if key not in got]))
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
                        rows = [(kind, key, _sealed(value)) for key, value in entries.items()]
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

    def _give_up(self, error: sqlite3.Error) -> None:
        """Goes on in memory; a file that is no database any more is thrown away, a locked or full one is left alone."""
        if isinstance(error, sqlite3.OperationalError) or self._connection is None:
            return
        self._connection.close()
        self._connection = None
        _discard(self._path)


def cache_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Returns the user's cache folder for this program, which may not exist yet."""
    root = environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if root.startswith("/") else home / ".cache") / "pipeline-copilot"


def _connect(path: Path) -> sqlite3.Connection | None:
    for is_second_try in (False, True):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > INDEX_BYTES_MAX:
                _discard(path)
            return _open(path)
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError:
            if is_second_try:
                return None
            _discard(path)
        except OSError:
            return None
    return None


def _open(path: Path) -> sqlite3.Connection:
    # Threads share the connection under the lock of the index.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(_TABLE)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _select(connection: sqlite3.Connection, kind: str, keys: list[str]) -> dict[str, bytes]:
    rows = connection.execute(
        "SELECT key, value FROM entries WHERE kind = ? AND key IN (SELECT value FROM json_each(?))",
        (kind, json.dumps(keys)),
    )
    return {str(key): bytes(value[_SEAL_BYTES:]) for key, value in rows if _sealed(value[_SEAL_BYTES:]) == value}


def _sealed(value: bytes) -> bytes:
    """Returns the value behind its checksum: sqlite doesn't notice when a disk gives back other bytes than it was given."""
    return zlib.crc32(value).to_bytes(_SEAL_BYTES, "big") + value


def _discard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        try:
            os.unlink(f"{path}{suffix}")
        except OSError:
            continue
