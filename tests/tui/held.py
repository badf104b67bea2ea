"""A workspace whose line stands still on the way, so that a test can look at how it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from copilot.domain.proposal import Record
from copilot.flow import Begun
from copilot.proposals import Workspace


class HeldWorkspace(Workspace):
    """Stops before the check `before` of an alternative that changes something, until `go` is set or the work is stopped."""

    before = "replay"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.go = threading.Event()

    def advance(
        self, id: str, stop: threading.Event | None = None, begins: Callable[[Begun], object] | None = None
    ) -> Iterator[Record]:
        def begin(begun: Begun) -> None:
            if begins is not None:
                begins(begun)
            while begun.check == self.before and begun.alternative != "nothing" and not self.go.wait(0.02):
                if stop is not None and stop.is_set():
                    return

        return super().advance(id, stop, begin)
