"""Text of a repository can't steer a terminal or hide from a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.visible import is_hidden, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("x\u202ey", "x\\u202ey"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ufeffbom", "\\ufeffbom"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("soft\u00adhyphen", "soft\\u00adhyphen"),
        ("filler\u3164", "filler\\u3164"),
        ("line\u2028break\r", "line\\u2028break\\u000d"),
        ("bell\x07 c1\x9b", "bell\\u0007 c1\\u009b"),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_newline_and_tab_stay_unless_asked_otherwise() -> None:
    assert visible("a\n\tb") == "a\n\tb"
    assert visible("a\n\tb", keep="") == "a\\u000a\\u0009b"


def test_letters_of_every_script_stay() -> None:
    assert visible("größe 数量 сумма कुल") == "größe 数量 сумма कुल"


@given(st.text())
def test_nothing_hidden_is_left_and_doing_it_twice_changes_nothing(text: str) -> None:
    once = visible(text)

    assert not any(is_hidden(character) and character not in "\n\t" for character in once)
    assert visible(once) == once
