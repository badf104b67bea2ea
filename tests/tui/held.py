"""A workspace whose line stands still on the way, so that a test can look at how it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from copilot.domain.proposal import Record
from copilot.errors import CopilotError
from copilot.flow import Begun
from copilot.proposals import Workspace


class HeldWorkspace(Workspace):
    """Stops before the check `before` of an alternative that changes something, until `go` is set or the work is stopped.

    Where `failure` is set by then, the line fails with it there.
    """

    before = "replay"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.go = threading.Event()
        self.failure: CopilotError | None = None

    def advance(
        self, id: str, stop: threading.Event | None = None, begins: Callable[[Begun], object] | None = None
    ) -> Iterator[Record]:
        def begin(begun: Begun) -> None:
            if begins is not None:
                begins(begun)
            is_there = begun.check == self.before and begun.alternative != "nothing"
            while is_there and not self.go.wait(0.02):
                if stop is not None and stop.is_set():
                    return
            if is_there and self.failure is not None:
                raise self.failure

        return super().advance(id, stop, begin)
