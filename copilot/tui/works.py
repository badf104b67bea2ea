"""Work that goes on behind the screens. It belongs to the application, so leaving a screen ends nothing; a person's stop does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from textual.app import App
from textual.message import Message

from copilot.errors import CopilotError

if TYPE_CHECKING:
    from copilot.domain.proposal import Body, Record
    from copilot.flow import Begun

Act: TypeAlias = "Callable[[Work], Iterator[Record]]"
"""What a work does: it yields records, looks at the work's `stop`, and tells the work's `begins` what it turns to."""


@dataclass(frozen=True, slots=True)
class Step:
    """A record that came, and how many seconds after the beginning."""

    body: Body
    seconds: float


@dataclass(slots=True)
class Work:
    """The line as it runs for one proposal. Only the thread of the screens changes it, but for `begun`, which the line appends to.

    `begun` are what the line turned to, each with the seconds after the beginning.
    """

    id: str
    doing: str
    steps: list[Step] = field(default_factory=list)
    begun: list[tuple[Begun, float]] = field(default_factory=list)
    is_over: bool = False
    error: CopilotError | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        """Returns for how long it has been going on, or went on."""
        return (self.ended or time.monotonic()) - self.began

    def begins(self, begun: Begun) -> None:
        """Takes down what the line turns to; called from its thread."""
        self.begun.append((begun, self.seconds))


class Moved(Message):
    """A work came a step further, or ended."""

    def __init__(self, work: Work, step: Step | None, error: CopilotError | None = None) -> None:
        super().__init__()
        self.work = work
        self.step = step
        self.error = error


class Works:
    """All work of the application, at most one for each proposal at a time."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._works: dict[str, Work] = {}

    def of(self, id: str) -> Work | None:
        """Returns the work on a proposal that is going on or was the last to end, None where there was none."""
        return self._works.get(id)

    def is_busy(self, id: str) -> bool:
        """Tells whether work on that proposal is going on."""
        work = self._works.get(id)
        return work is not None and not work.is_over

    def going_on(self) -> tuple[Work, ...]:
        """Returns what is going on, the oldest first."""
        return tuple(work for work in self._works.values() if not work.is_over)

    def start(self, id: str, doing: str, act: Act) -> Work:
        """Runs `act` in a thread; each record that it yields is told to every page as a step. What goes on already is returned."""
        if self.is_busy(id):
            return self._works[id]
        work = Work(id, doing)
        self._works.pop(id, None)
        self._works[id] = work
        self._app.run_worker(lambda: self._run(work, act), thread=True, group=f"work {id}")
        return work

    def stop(self, id: str) -> None:
        """Asks the work on a proposal to end; what is recorded stays, and the same work goes on from there."""
        if self.is_busy(id):
            self._works[id].stop.set()

    def stop_all(self) -> None:
        for work in self.going_on():
            work.stop.set()

    def took(self, moved: Moved) -> None:
        """Writes down what a thread told."""
        if moved.step is not None:
            moved.work.steps.append(moved.step)
        else:
            moved.work.is_over = True
            moved.work.ended = time.monotonic()
            moved.work.error = moved.error

    def _run(self, work: Work, act: Act) -> None:
        error: CopilotError | None = None
        try:
            for record in act(work):
                self._app.post_message(Moved(work, Step(record.body, work.seconds)))
                if work.stop.is_set():
                    break
        except CopilotError as failure:
            error = failure
        self._app.post_message(Moved(work, None, error))
