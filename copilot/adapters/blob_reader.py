"""Keeps one process of git running for the many small requests of a reading: to start one for each costs more than to read.

What it can't answer (an object that a remote only promised, a damaged one, a process that died or passed its limit of time) is
asked for again by a process of its own, which tells what is wrong.
"""

from __future__ import annotations

import subprocess
import threading
import weakref
from collections.abc import Iterable
from contextlib import suppress

from copilot.adapters.blobs import read_blobs
from copilot.adapters.git import GIT_SECONDS, Git

FEW = 256
"""More blobs than this are asked for at once; so few names fit into a pipe, so that nobody waits for the other to read."""


class BlobReader:
    """Reads blobs of one repository; several threads may ask, one after the other."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None
        self._has_failed = False
        self._turn = threading.Lock()

    def read(self, digests: Iterable[str]) -> dict[str, bytes | None]:
        """Returns each blob's bytes, or None where this clone doesn't have it."""
        wanted = list(dict.fromkeys(digests))
        if wanted and len(wanted) <= FEW and not self._has_failed:
            with self._turn:
                try:
                    return self._ask(wanted)
                except (OSError, ValueError):
                    self._has_failed = True
                    if self._process is not None:
                        _end(self._process)
        return dict(read_blobs(self._git, wanted))

    def _ask(self, wanted: list[str]) -> dict[str, bytes | None]:
        process = self._process or self._start()
        assert process.stdin is not None, "it was opened as a pipe"
        assert process.stdout is not None, "it was opened as a pipe"
        limit = threading.Timer(GIT_SECONDS, process.kill)
        limit.start()
        try:
            process.stdin.write("".join(f"{digest}\n" for digest in wanted).encode())
            process.stdin.flush()
            found: dict[str, bytes | None] = {}
            for digest in wanted:
                header = process.stdout.readline().split(b" ")
                if header[-1] == b"missing\n":
                    found[digest] = None
                    continue
                if len(header) != 3:
                    raise ValueError("git stopped before a blob")
                size = int(header[2])
                data = process.stdout.read(size + 1)
                if len(data) != size + 1:
                    raise ValueError("git stopped in the middle of a blob")
                found[digest] = data[:-1]
            return found
        finally:
            limit.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = self._git.start("cat-file", "--batch")
        weakref.finalize(self, _end, self._process)
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    # Closes the pipes, too; what an end that died has not read can't be flushed any more.
    with suppress(OSError):
        process.__exit__(None, None, None)
