"""Runs each piece of work in a process of its own, so many at once: one that dies or hangs is a failure of that piece alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import copilot

Work = tuple[Callable[..., object], tuple[Any, ...]]
_LIBRARIES = ("langgraph.graph", "fastavro", "avro.schema", "avro.io", "yaml")
_FOLDERS = ("readers", "impact", "strategies", "patches", "checks", "formats", "reasons", "proposals")


@dataclass(frozen=True, slots=True)
class Ended:
    """One piece of work is over; `problem` says how its process ended where it did not end well, "" where it did."""

    number: int
    problem: str
    took_seconds: float


@dataclass(frozen=True, slots=True)
class _Running:
    number: int
    process: ForkServerProcess
    began: float


def run_all(work: Iterator[Work], workers: int, seconds: float) -> Iterator[Ended]:
    """Yields the end of each piece, as they end; the next one is taken when there is room for it.

    What takes longer than `seconds` is ended, with all that it started.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_preloaded())
    numbered = enumerate(work)
    running: list[_Running] = []
    try:
        while True:
            while len(running) < workers and (piece := next(numbered, None)) is not None:
                number, (act, arguments) = piece
                process = context.Process(target=_alone, args=(act, arguments))
                process.start()
                running.append(_Running(number, process, time.monotonic()))
            if not running:
                return
            left = min(it.began for it in running) + seconds - time.monotonic()
            wait([it.process.sentinel for it in running], timeout=max(left, 0.0))
            for it in list(running):
                if (ended := _ended(it, seconds)) is not None:
                    running.remove(it)
                    yield ended
    finally:
        for it in running:
            _kill(it.process)


def _preloaded() -> list[str]:
    """Returns what is imported once, as every process begins as a copy of the one that did: imports took two thirds of a case.

    What cases import late is all there is in these folders.
    """
    package = Path(copilot.__file__).parent
    files = (file for folder in _FOLDERS for file in sorted((package / folder).rglob("*.py")))
    names = (file.relative_to(package.parent).with_suffix("").as_posix().replace("/", ".") for file in files)
    # Ours first: they turn the tracing of langgraph off before it is imported.
    return ["copilot.evaluation.run", "copilot.flow", *_LIBRARIES, *(name.removesuffix(".__init__") for name in names)]


def _alone(act: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    # A session of its own, so that what it starts can be ended with it.
    os.setsid()
    act(*arguments)


def _ended(one: _Running, seconds: float) -> Ended | None:
    took = time.monotonic() - one.began
    if one.process.is_alive():
        if took < seconds:
            return None
        _kill(one.process)
        return Ended(one.number, f"It took over {seconds:g} s, and was ended.", took)
    one.process.join()
    return Ended(one.number, _how(one.process.exitcode or 0), took)


def _how(code: int) -> str:
    if code < 0:
        return f"Its process was ended by {signal.Signals(-code).name}."
    return f"Its process ended with {code}." if code else ""


def _kill(process: ForkServerProcess) -> None:
    assert process.pid is not None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        # It has not come as far as its own session.
        process.kill()
    process.join()
