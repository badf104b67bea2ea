from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.alternative import Replacement
from copilot.patches.replacements import replace_texts
from copilot.patches.splices import CannotEdit, Splices


def replaced(base: str, *edits: Replacement) -> str:
    splices = Splices("a.py", base.encode())
    replace_texts("a.py", splices, edits)
    return splices.apply()


def test_text_that_stands_once_is_replaced_and_nothing_else() -> None:
    assert replaced("é = 1\nb = 2\n", Replacement("a.py", "b = 2", "b = 3\nc = 4")) == "é = 1\nb = 3\nc = 4\n"


def test_text_that_is_missing_is_refused() -> None:
    with pytest.raises(CannotEdit, match=r"not in a\.py"):
        replaced("a = 1\n", Replacement("a.py", "b", "c"))


def test_text_that_stands_twice_is_refused_with_its_lines() -> None:
    with pytest.raises(CannotEdit, match=r"2 times in a\.py: lines 1, 3"):
        replaced("x\ny\nx\n", Replacement("a.py", "x", "z"))


def test_places_that_overlap_count_as_two() -> None:
    with pytest.raises(CannotEdit, match="2 times"):
        replaced("aaa", Replacement("a.py", "aa", "b"))


def test_an_edit_that_looks_for_nothing_is_refused() -> None:
    with pytest.raises(CannotEdit, match="looks for nothing"):
        replaced("a", Replacement("a.py", "", "b"))


@given(st.text(max_size=20), st.text(min_size=1, max_size=5), st.text(max_size=5), st.text(max_size=20))
def test_what_is_accepted_changes_exactly_that_place(head: str, before: str, after: str, tail: str) -> None:
    base = head + before + tail
    try:
        result = replaced(base, Replacement("a.py", before, after))
    except CannotEdit:
        assert sum(base.startswith(before, at) for at in range(len(base))) != 1
    else:
        assert result == base.replace(before, after, 1)
