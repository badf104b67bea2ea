"""Work in two processes gives what work in one gives, whatever becomes of the other one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from copilot.adapters.processes import CHARACTERS_MIN, Spread

IS_HERE = sys.argv[0] != "-c"
"""The other process is a bare interpreter that is told by `-c` what to do."""


def length_of(text: str) -> bytes:
    return str(len(text)).encode()


def times(factor: int, text: str) -> bytes:
    # Slow enough here that the other process has started before everything is done.
    time.sleep(0.02 if IS_HERE else 0)
    return str(factor * len(text)).encode() + (b"" if IS_HERE else b" away")


def dying_elsewhere(text: str) -> bytes:
    if not IS_HERE:
        os._exit(3)
    return length_of(text)


def refused(text: str) -> bytes:
    raise ValueError(f"{text[:1]} is not a number")


def many(size: int) -> dict[str, str]:
    return {f"key {number}": "x" * (size + number) for number in range(70)}


@pytest.mark.parametrize("size", [1, CHARACTERS_MIN // 40])
def test_every_text_is_worked_on(size: int) -> None:
    with Spread() as spread:
        for _ in range(2):
            assert spread(length_of, many(size)) == {key: length_of(text) for key, text in many(size).items()}


def test_work_that_is_bound_to_an_argument_is_shared_too() -> None:
    texts = many(CHARACTERS_MIN // 40)

    with Spread() as spread:
        done = spread(partial(times, 2), texts)

    assert {key: int(data.split()[0]) for key, data in done.items()} == {
        key: 2 * len(text) for key, text in texts.items()
    }
    assert any(data.endswith(b"away") for data in done.values())


def test_other_work_is_done_here_while_the_other_process_is_busy() -> None:
    texts = many(CHARACTERS_MIN // 40)

    with Spread() as spread:
        first = spread.begin(partial(times, 2), texts)
        second = spread.begin(length_of, texts)

        assert second() == {key: length_of(text) for key, text in texts.items()}
        time.sleep(0.5)
        assert any(data.endswith(b"away") for data in first().values())
        assert spread(length_of, texts) == second()


def test_work_that_is_never_fetched_is_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    with Spread() as spread:
        spread.begin(length_of, many(CHARACTERS_MIN // 40))

    assert capsys.readouterr().err == ""


def test_the_pieces_of_a_process_that_died_are_done_here() -> None:
    with Spread() as spread:
        for _ in range(2):
            assert len(spread(dying_elsewhere, many(CHARACTERS_MIN // 40))) == 70


def test_without_another_process_everything_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    assert len(Spread()(length_of, many(CHARACTERS_MIN // 40))) == 70


def test_work_that_fails_fails_loudly() -> None:
    for size in (1, CHARACTERS_MIN // 40):
        with Spread() as spread, pytest.raises(ValueError, match="not a number"):
            spread(refused, many(size))


def test_a_script_that_uses_the_package_is_not_run_twice(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from copilot.adapters.processes import CHARACTERS_MIN, Spread\n"
        "from copilot.readers.words import words_of\n"
        "with Spread() as spread:\n"
        "    found = spread(words_of, {str(n): 'x = 1\\n' * CHARACTERS_MIN for n in range(3)})\n"
        "print(len(found))\n"
    )

    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)

    assert ran.stdout == "once\n3\n"
    assert ran.stderr == ""
