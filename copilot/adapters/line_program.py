"""Keeps one program of the user's running that answers each line of JSON with one line, within limits of time and bytes.

It is started at the first question, sees an environment of our own making, and ends with this process. One that stops, or gives
something else than an answer, is told as a failure of the surroundings: silence is no verdict about a record.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from copilot.errors import SurroundingsFailed

ANSWER_SECONDS_MAX = 60
ANSWER_BYTES_MAX = 64 * 2**20


class _NoAnswer(Exception):
    """What the program did instead of answering."""


class LineProgram:
    """Asks the program of a command line; several threads may ask, one after the other."""

    def __init__(self, name: str, command: Sequence[str], *, seconds: float = ANSWER_SECONDS_MAX) -> None:
        self.name = name
        self._command = tuple(command)
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._failure = ""
        self._turn = threading.Lock()

    def __call__(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns the answer to a question; raises SurroundingsFailed where there is none, then and ever after."""
        with self._turn:
            if not self._failure:
                try:
                    return self._ask(json.dumps(asked).encode() + b"\n")
                except (OSError, _NoAnswer) as error:
                    self._failure = (error.strerror if isinstance(error, OSError) else "") or str(error)
                self._end()
            raise SurroundingsFailed(
                f"The decoder {self.name} failed: {self._failure}.",
                where=self._command[0],
                next=f"Mend or take away what your own settings say about {self.name}; it is not covered then.",
            )

    def _ask(self, line: bytes) -> Mapping[str, Any]:
        process = self._process or self._start()
        assert process.stdin is not None, "it was opened as a pipe"
        assert process.stdout is not None, "it was opened as a pipe"
        is_late = threading.Event()

        def stop() -> None:
            # Killing it ends both waits: for a program that doesn't read, and for one that doesn't write.
            is_late.set()
            process.kill()

        limit = threading.Timer(self._seconds, stop)
        limit.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            told = process.stdout.readline(ANSWER_BYTES_MAX)
        except BrokenPipeError:
            told = b""
        finally:
            limit.cancel()
        if is_late.is_set():
            raise _NoAnswer(f"it gave no answer within {self._seconds:g} seconds")
        return _answer_of(told)

    def _start(self) -> subprocess.Popen[bytes]:
        program = shutil.which(self._command[0]) or ""
        # A relative entry of the search path would lead into whatever folder this runs in.
        if not os.path.isabs(program):
            raise OSError(2, f"there is no program {self._command[0]}")
        process = subprocess.Popen(
            [program, *self._command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            cwd="/",
        )
        self._process = process
        weakref.finalize(self, _end, process)
        return process

    def _end(self) -> None:
        if self._process is not None:
            _end(self._process)


def _answer_of(told: bytes) -> Mapping[str, Any]:
    if not told:
        raise _NoAnswer("it stopped without an answer")
    if len(told) >= ANSWER_BYTES_MAX:
        raise _NoAnswer(f"its answer has more than {ANSWER_BYTES_MAX} bytes (ANSWER_BYTES_MAX)")
    try:
        answer = json.loads(told)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _NoAnswer("what it answers is no JSON object")
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    # Closes the pipes, too; what an end that died has not read can't be flushed any more.
    with suppress(OSError):
        process.__exit__(None, None, None)
