"""A hunk that a person writes anew in an editor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.patch import FileChange, HunkEdit, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE, make_patch
from copilot.patches.hunk_edits import edit_of, text_of
from copilot.patches.hunks import hunks_of, revised_patch
from tests.patches.test_hunks import PATCHES

BEFORE = "def bill(order):\n    return order['amount']\n"
AFTER = "def bill(order):\n    return order['total']\n"


def billing(before: str = BEFORE, after: str = AFTER) -> Patch:
    return make_patch("a", 0, "c", [FileChange("jobs/billing.py", before, after)])


def edited(patch: Patch, old: str, new: str) -> str | None:
    hunk = hunks_of(patch)[0]
    text = text_of(hunk, hunk.lines)
    assert old in text
    edit = edit_of(hunk, text.replace(old, new))
    assert edit is not None
    return next((it.after for it in revised_patch(patch, (), [edit]).changes), None)


@given(PATCHES)
def test_a_hunk_that_was_only_looked_at_is_no_edit(patch: Patch) -> None:
    for hunk in hunks_of(patch):
        assert edit_of(hunk, text_of(hunk, hunk.lines)) is None


@given(PATCHES, st.data())
def test_lines_that_are_added_anywhere_stand_in_the_file(patch: Patch, data: st.DataObject) -> None:
    for hunk in hunks_of(patch):
        if not hunk.lines:
            continue
        at = data.draw(st.integers(0, len(hunk.lines)))
        lines = (*hunk.lines[:at], "+brand new", *hunk.lines[at:])

        rest = revised_patch(patch, (), [HunkEdit(hunk.id, lines)])

        after = next(it.after for it in rest.changes if it.path == hunk.path)
        assert after is not None
        assert "brand new" in after


def test_an_added_line_becomes_the_edited_one() -> None:
    assert edited(billing(), "order['total']", "order.get('total', 0)") == AFTER.replace(
        "order['total']", "order.get('total', 0)"
    )


def test_a_line_that_was_to_go_stays_where_its_sign_becomes_a_space() -> None:
    assert edited(billing(), "-    return", "     return") == BEFORE + "    return order['total']\n"


def test_line_ends_of_the_file_are_kept() -> None:
    patch = billing(BEFORE.replace("\n", "\r\n"), AFTER.replace("\n", "\r\n"))

    assert edited(patch, "+    return order['total']", "+    total = order['total']\n+    return total") == (
        "def bill(order):\r\n    total = order['total']\r\n    return total\r\n"
    )


def test_a_missing_last_line_end_is_the_editors_choice() -> None:
    patch = billing("a\nb", "a\nc")

    assert edited(patch, "+c", "+d") == "a\nd"
    assert edited(patch, f"+c\n{NO_NEWLINE}", "+d") == "a\nd\n"


def test_white_space_that_an_editor_strips_is_no_change() -> None:
    patch = billing("a\n\nb\n", "a\n\nc\n")

    hunk = hunks_of(patch)[0]
    assert edit_of(hunk, text_of(hunk, hunk.lines).replace("\n \n", "\n\n")) is None


def test_a_new_file_can_be_written_anew() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", None, "a\n")])

    assert edited(patch, "+a", "+b\n+c") == "b\nc\n"
    assert edited(patch, "+a\n", "") is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (" def bill", " def charge", 'line 5 is not what jobs/billing.py has: "def charge(order):"'),
        ("-    return order['amount']\n", "", "line 6 is the last, and lines of the file are missing"),
        ("+    return", "    return", "line 7 stands after the end"),
        ("+    return", "return", 'line 7 begins with "r"'),
        ("+    return", " more\n+    return", "line 7 stands after the end"),
    ],
)
def test_an_edit_that_does_not_apply_is_refused_with_its_line(old: str, new: str, what: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        edited(billing(), old, new)

    assert what in caught.value.what
    assert caught.value.where == "jobs/billing.py:2"
    assert caught.value.next


def test_a_hunk_can_not_be_edited_and_left_out() -> None:
    hunk = hunks_of(billing())[0]

    with pytest.raises(WrongUsage, match="edited and left out"):
        revised_patch(billing(), [hunk.id], [HunkEdit(hunk.id, hunk.lines)])
