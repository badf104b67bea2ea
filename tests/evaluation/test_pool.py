from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from copilot.evaluation.pool import Work, run_all

LONG_SECONDS = 60


def write(target: Path) -> None:
    target.write_text(str(os.getpid()))


def die(how: int) -> None:
    os.kill(os.getpid(), how)


def leave(code: int) -> None:
    os._exit(code)


def hang(target: Path) -> None:
    child = os.fork()
    if child:
        target.write_text(str(child))
    time.sleep(LONG_SECONDS)


def ends(work: list[Work], seconds: float = LONG_SECONDS) -> dict[int, str]:
    return {it.number: it.problem for it in run_all(iter(work), 2, seconds)}


def test_one_that_dies_takes_no_other_with_it(tmp_path: Path) -> None:
    work: list[Work] = [(write, (tmp_path / "a",)), (die, (signal.SIGKILL,)), (leave, (3,)), (write, (tmp_path / "b",))]
    assert ends(work) == {
        0: "",
        1: "Its process was ended by SIGKILL.",
        2: "Its process ended with 3.",
        3: "",
    }
    assert {(tmp_path / name).exists() for name in "ab"} == {True}


def test_what_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    # The server that copies processes takes a moment to start, which is no fault of the piece.
    ends([(write, (tmp_path / "first",))])
    assert ends([(hang, (tmp_path / "child",))], 1.0) == {0: "It took over 1 s, and was ended."}
    child = int((tmp_path / "child").read_text())
    assert not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes()


def test_work_is_taken_when_there_is_room_for_it(tmp_path: Path) -> None:
    taken: list[int] = []

    def work() -> Iterator[Work]:
        for number in range(5):
            taken.append(number)
            yield write, (tmp_path / str(number),)

    seen = [len(taken) for _ in run_all(work(), 1, LONG_SECONDS)]
    assert seen == [1, 2, 3, 4, 5]
