from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.patch import FileChange, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE, make_patch
from copilot.patches.hunks import hunks_of, without_hunks

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "}", "x"]), max_size=40)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))
PATCHES = st.dictionaries(
    st.sampled_from(["a.py", "b/c.avsc", "d"]), st.tuples(st.none() | TEXTS, st.none() | TEXTS), max_size=3
).map(lambda files: make_patch("a", 0, "c", [FileChange(path, *sides) for path, sides in files.items()]))
NUMBERED = [f"line {number}\n" for number in range(1, 41)]


def two_hunks() -> Patch:
    after = [*NUMBERED]
    after[4] = "five\n"
    after[30] = "thirty-one\nand a half\n"
    return make_patch("a", 0, "c", [FileChange("f", "".join(NUMBERED), "".join(after))])


@given(PATCHES)
def test_without_all_hunks_nothing_is_left(patch: Patch) -> None:
    rest = without_hunks(patch, frozenset(hunk.id for hunk in hunks_of(patch)))

    assert rest.changes == ()
    assert rest.diff == ""


@given(PATCHES)
def test_without_no_hunks_the_patch_is_the_same(patch: Patch) -> None:
    assert without_hunks(patch, frozenset()) == patch


@given(PATCHES)
def test_hunks_partition_the_diff(patch: Patch) -> None:
    shown = [line for hunk in hunks_of(patch) for line in (hunk.header, *hunk.lines) if hunk.lines]
    body = [
        line for line in patch.diff.split("\n")[:-1] if not re.match(r"diff |new file|deleted file|--- |\+\+\+ ", line)
    ]

    assert shown == body


@settings(max_examples=60)
@given(PATCHES, st.data())
def test_what_is_left_adds_no_more_than_the_hunks_that_stay(patch: Patch, data: st.DataObject) -> None:
    hunks = hunks_of(patch)
    left_out = data.draw(st.sets(st.sampled_from([hunk.id for hunk in hunks]))) if hunks else set()

    rest = without_hunks(patch, frozenset(left_out))

    changed = [(line[:1], line) for hunk in hunks if hunk.id not in left_out for line in hunk.lines]
    kept = [(line[:1], line) for hunk in hunks_of(rest) for line in hunk.lines]
    assert sum(sign == "+" for sign, _ in kept) <= sum(sign == "+" for sign, _ in changed)


def test_a_hunk_left_out_stays_as_in_the_base() -> None:
    rest = without_hunks(two_hunks(), frozenset({"f@@1"}))

    assert rest.changes[0].after == "".join([*NUMBERED[:30], "thirty-one\n", "and a half\n", *NUMBERED[31:]])
    assert rest.digest != two_hunks().digest


def test_a_hunk_says_where_it_stands_after_the_patch() -> None:
    first, second = hunks_of(two_hunks())

    assert (first.id, first.header, first.first_line) == ("f@@1", "@@ -2,7 +2,7 @@", 5)
    assert (second.id, second.header, second.first_line) == ("f@@2", "@@ -28,7 +28,8 @@", 31)


def test_line_ends_are_not_part_of_the_lines_shown() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", "x\r\ny", "z\r\ny")])

    assert hunks_of(patch)[0].lines == ("-x", "+z", " y", NO_NEWLINE)


def test_an_empty_new_file_is_a_hunk_of_its_own() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", None, "")])

    assert [hunk.id for hunk in hunks_of(patch)] == ["f@@1"]


def test_an_unknown_hunk_is_named() -> None:
    with pytest.raises(WrongUsage, match="f@@9"):
        without_hunks(two_hunks(), frozenset({"f@@9"}))
