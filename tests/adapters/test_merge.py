"""One change brought onto another state of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.adapters.merge import merged

BEFORE = "one\ntwo\nthree\nfour\nfive\n"


def test_changes_of_other_lines_are_both_kept() -> None:
    after, present = BEFORE.replace("one", "1"), BEFORE.replace("five", "5") + "six"

    assert merged(BEFORE, after, present) == present.replace("one", "1")


def test_changes_of_the_same_line_are_no_merge() -> None:
    assert merged(BEFORE, BEFORE.replace("two", "2"), BEFORE.replace("two", "II")) is None


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_ends_of_lines_and_letters_stay(ends: str) -> None:
    before = ends.join(["ä", "b", "c", "d", "é"])

    assert merged(before, before.replace("ä", "ö"), before.replace("é", "è")) == ends.join(["ö", "b", "c", "d", "è"])


@given(st.lists(st.sampled_from("abc"), max_size=5), st.lists(st.sampled_from("abc"), max_size=5))
def test_what_nobody_else_touched_becomes_just_what_was_proved(one: list[str], other: list[str]) -> None:
    before, after = "\n".join(one), "\n".join(other)

    assert merged(before, after, before) == after
    assert merged(before, before, after) == after
    assert merged(before, after, after) == after
