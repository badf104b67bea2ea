"""Does one thing beside another, mostly while git works: what a pool of concurrent.futures does, without what its import takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(threading.Thread, Generic[Result]):
    """Work that has begun in a thread of its own."""

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._done: list[Result] = []
        self._failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._done.append(self._work())
        except BaseException as failure:  # raised again by who asks for the result
            self._failure = failure

    def result(self) -> Result:
        """Waits for the work and returns what came of it; raises what it raised."""
        self.join()
        if self._failure is not None:
            raise self._failure
        return self._done[0]
