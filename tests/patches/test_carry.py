"""What is changed in one phase, in a later one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.patch import FileChange
from copilot.patches.carry import carried, merged
from copilot.patches.diff import make_patch

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "}\n"]), max_size=12).map("".join)


@given(TEXTS, TEXTS)
def test_where_only_one_side_changes_it_is_taken(before: str, after: str) -> None:
    assert merged(before, after, before) == after
    assert merged(before, before, after) == after
    assert merged(before, after, after) == after


def test_changes_in_different_places_are_both_taken() -> None:
    assert merged("1\n2\n3\n4\n", "1\n3\n4\n", "1\n2\n3\nfour\n") == "1\n3\nfour\n"


def test_a_later_phase_keeps_its_own_lines() -> None:
    assert merged("x = 2\n", "x = 5\n", "x = 3\n") == "x = 3\n"


def test_a_line_beside_one_that_a_later_phase_changes_is_taken() -> None:
    assert merged("1\n2\n3\n", "1\n2\nnew\n3\n", "1\n2\nthree\n") == "1\n2\nnew\nthree\n"


def test_files_that_a_later_phase_leaves_alone_are_not_brought_back() -> None:
    before = make_patch("a", 0, "c", [FileChange("f", "1\n", "2\n"), FileChange("g", "1\n", "2\n")])
    after = make_patch("a", 0, "c", [FileChange("f", "1\n", "3\n"), FileChange("g", "1\n", "2\n")])
    later = make_patch("a", 1, "c", [FileChange("g", "1\n", "4\n")])

    assert carried(before, after, later) == later


def test_a_new_file_that_is_left_out_stays_out() -> None:
    before = make_patch("a", 0, "c", [FileChange("f", None, "1\n"), FileChange("g", "1\n", "2\n")])
    after = make_patch("a", 0, "c", [FileChange("g", "1\n", "2\n")])
    later = make_patch("a", 1, "c", [FileChange("f", None, "1\n"), FileChange("g", "1\n", "3\n")])

    assert [it.path for it in carried(before, after, later).changes] == ["g"]
