"""A second processor for pure work: another Python takes pieces from one end of the line, this one from the other.

It is a bare interpreter that is told what to import, not `multiprocessing`: that would run the main script of whoever uses this
package as a library a second time. Whatever happens to it, its piece is done here, and only time is lost.
"""

from __future__ import annotations

import gc
import importlib
import marshal
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import IO, Any

CHARACTERS_MIN = 400_000
"""Less text than this is read before another process has started."""
SHARED_CHARACTERS_MIN = 20_000
"""Less text than this is read before one that has started would have answered."""
PIECES = 40
SHARE_SECONDS_MAX = 60

Work = Callable[[str], bytes]
_Piece = dict[str, str]
# Isolated, and with this process's own import path, so that nothing in the current folder is imported by accident.
_COMMAND = (
    "-I",
    "-c",
    "import sys, marshal; sys.path[:] = marshal.load(sys.stdin.buffer); "
    "from copilot.adapters.processes import serve; serve(sys.stdin.buffer, sys.stdout.buffer)",
)


class Spread:
    """Does pure work on texts, on two processors where there is much of it; a context, at whose end the other process ends."""

    def __init__(self) -> None:
        self._other: subprocess.Popen[bytes] | None = None
        self._is_busy = False

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def __call__(self, work: Work, texts: Mapping[str, str]) -> dict[str, bytes]:
        """Returns what `work`, a function of a module or a `partial` of one, makes of each text, in whichever process."""
        return self.begin(work, texts)()

    def begin(self, work: Work, texts: Mapping[str, str]) -> Callable[[], dict[str, bytes]]:
        """Lets the other process begin; what this returns joins in, and gives the results when all is done.

        What is begun before that was finished is done here alone.
        """
        least = CHARACTERS_MIN if self._other is None else SHARED_CHARACTERS_MIN
        is_little = sum(map(len, texts.values())) < least
        if self._is_busy or is_little or (os.cpu_count() or 1) < 2 or not self._start():
            return partial(do_all, work, texts)
        self._is_busy = True
        line = deque(_pieces(texts))
        away: dict[str, bytes] = {}
        helper = threading.Thread(target=self._share, args=(work, line, away), name="other process", daemon=True)
        helper.start()
        return partial(self._finish, work, texts, line, away, helper)

    def _finish(
        self,
        work: Work,
        texts: Mapping[str, str],
        line: deque[_Piece],
        away: dict[str, bytes],
        helper: threading.Thread,
    ) -> dict[str, bytes]:
        here: dict[str, bytes] = {}
        with suppress(IndexError):
            while True:
                here.update(do_all(work, line.popleft()))
        helper.join(SHARE_SECONDS_MAX)
        if helper.is_alive():
            self.close()
            helper.join()
        self._is_busy = False
        done = here | away
        return done | do_all(work, {key: text for key, text in texts.items() if key not in done})

    def close(self) -> None:
        """Ends the other process."""
        if self._other is not None:
            self._other.kill()
            # Closes the pipes, too; what an end that died has not read can't be flushed any more.
            with suppress(OSError):
                self._other.__exit__(None, None, None)
            self._other = None

    def _start(self) -> bool:
        if self._other is None:
            try:
                self._other = subprocess.Popen(
                    [sys.executable, *_COMMAND],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return False
            with suppress(OSError):
                _send(self._other.stdin, sys.path)
        return True

    def _share(self, work: Work, line: deque[_Piece], away: dict[str, bytes]) -> None:
        other = self._other
        assert other is not None, "it was started"
        assert other.stdout is not None, "it was opened as a pipe"
        # An end that closes is one that died; its last piece is missing then, and is done here.
        with suppress(OSError, EOFError, ValueError, TypeError, IndexError):
            while True:
                _send(other.stdin, (*_named(work), line.pop()))
                away.update(marshal.load(other.stdout))


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Does the pieces that come in, until no more come."""
    # Syntax trees are many small objects, and no piece is so large that its garbage couldn't wait for the end.
    gc.disable()
    with suppress(EOFError):
        while True:
            module, name, arguments, piece = marshal.load(asked)
            _send(answers, do_all(partial(getattr(importlib.import_module(module), name), *arguments), piece))


def do_all(work: Work, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Returns what `work` makes of each text, here and now."""
    return {key: work(text) for key, text in texts.items()}


def _named(work: Work) -> tuple[str, str, tuple[Any, ...]]:
    """Returns what another process finds the work by: module, name, and the arguments that it was bound to."""
    function, arguments = (work.func, work.args) if isinstance(work, partial) else (work, ())
    return function.__module__, function.__qualname__, arguments


def _send(pipe: IO[bytes] | None, value: Any) -> None:
    assert pipe is not None, "it was opened as a pipe"
    pipe.write(marshal.dumps(value))
    pipe.flush()


def _pieces(texts: Mapping[str, str]) -> list[_Piece]:
    """Parts the texts into pieces of about the same length."""
    pieces: list[_Piece] = [{} for _ in range(PIECES)]
    for position, key in enumerate(sorted(texts, key=lambda key: (-len(texts[key]), key))):
        pieces[position % PIECES][key] = texts[key]
    return [piece for piece in pieces if piece]
