"""A second processor for pure work: half of it in a process of its own, the other half here meanwhile."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

CHARACTERS_MIN = 1_000_000
"""Less text than this is read before another process has started."""
SHARE_SECONDS_MAX = 60

Work = Callable[[str], bytes]


def spread(work: Work, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Returns what `work`, a function of a module, makes of each text, in whichever process.

    Where no process can be started, or it doesn't answer, everything is done here: only time is lost.
    """
    if sum(map(len, texts.values())) < CHARACTERS_MIN or (os.cpu_count() or 1) < 2:
        return do_all(work, texts)
    here, there = _halves(texts)
    try:
        # A fresh process, not a fork: other threads are at work in this one.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            share: Future[dict[str, bytes]] = pool.submit(do_all, work, there)
            done = do_all(work, here)
            return {**done, **share.result(SHARE_SECONDS_MAX)}
    except (OSError, BrokenProcessPool, TimeoutError):
        return do_all(work, texts)


def do_all(work: Work, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Returns what `work` makes of each text, here and now."""
    return {key: work(text) for key, text in texts.items()}


def _halves(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Parts the texts so that both halves are about as long."""
    halves: tuple[dict[str, str], dict[str, str]] = ({}, {})
    sizes = [0, 0]
    for key in sorted(texts, key=lambda key: (-len(texts[key]), key)):
        shorter = int(sizes[1] < sizes[0])
        halves[shorter][key] = texts[key]
        sizes[shorter] += len(texts[key])
    return halves
