"""Work in two processes gives what work in one gives."""

from __future__ import annotations

import pytest

from copilot.adapters.processes import CHARACTERS_MIN, spread


def length_of(text: str) -> bytes:
    return str(len(text)).encode()


@pytest.mark.parametrize("size", [1, CHARACTERS_MIN // 4])
def test_every_text_is_worked_on_once(size: int) -> None:
    texts = {f"key {number}": "x" * (size + number) for number in range(7)}

    assert spread(length_of, texts) == {key: length_of(text) for key, text in texts.items()}


def test_work_that_can_not_be_sent_away_fails_loudly() -> None:
    with pytest.raises(ValueError, match="not a number"):
        spread(_refuse, {"a": "x"})


def _refuse(text: str) -> bytes:
    raise ValueError(f"{text} is not a number")
