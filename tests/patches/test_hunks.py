from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.patch import FileChange, Hunk, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE, make_patch
from copilot.patches.hunk_parts import changed_lines, part_ids, parts_of, parts_words
from copilot.patches.hunks import hunks_of, revised_patch, without_hunks
from tests.patches.test_diff import git, read, write

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


@settings(max_examples=150)
@given(PATCHES, st.data())
def test_any_choice_of_lines_leaves_exactly_what_the_diff_says(patch: Patch, data: st.DataObject) -> None:
    chosen = {hunk.id: drawn(hunk, data) for hunk in hunks_of(patch)}
    ids = [id for hunk in hunks_of(patch) if chosen[hunk.id] for id in part_ids(hunk, chosen[hunk.id])]

    rest = {change.path: change.after for change in revised_patch(patch, ids, ()).changes}

    for change in patch.changes:
        hunks = [hunk for hunk in hunks_of(patch) if hunk.path == change.path and hunk.lines]
        told = [line[1:] for hunk in hunks for line in without(hunk, chosen[hunk.id]) if line != NO_NEWLINE]
        after = rest.get(change.path, change.before)
        assert not told or is_within(told, (after or "").split("\n"))


def drawn(hunk: Hunk, data: st.DataObject) -> frozenset[int]:
    lines = sorted(changed_lines(hunk))
    return frozenset(data.draw(st.sets(st.sampled_from(lines)))) if lines else frozenset()


def without(hunk: Hunk, numbers: frozenset[int]) -> list[str]:
    """Returns the lines that a hunk leaves in the file when those are left out."""
    dropped = {number: "+" if number in numbers else "-" for number in range(1, len(hunk.lines) + 1)}
    return [line for number, line in enumerate(hunk.lines, 1) if not line.startswith(dropped[number])]


def is_within(lines: list[str], whole: list[str]) -> bool:
    left = iter(whole)
    return all(line in left for line in lines)


@given(PATCHES)
def test_all_lines_of_a_hunk_are_the_hunk(patch: Patch) -> None:
    for hunk in hunks_of(patch):
        assert part_ids(hunk, changed_lines(hunk)) == (hunk.id,)
        if hunk.lines:
            each = [f"{hunk.id}:{number}" for number in changed_lines(hunk)]
            assert revised_patch(patch, each, ()) == without_hunks(patch, frozenset({hunk.id}))


@given(PATCHES, st.data())
def test_the_ids_of_lines_name_those_lines(patch: Patch, data: st.DataObject) -> None:
    hunks = {hunk.id: hunk for hunk in hunks_of(patch) if hunk.lines}
    for hunk in hunks.values():
        numbers = drawn(hunk, data)
        assert parts_of(hunks, part_ids(hunk, numbers) if numbers else ()).get(hunk.id, frozenset()) == numbers


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patch=PATCHES, data=st.data())
def test_git_applies_what_any_choice_of_lines_leaves(
    patch: Patch, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ids = [id for hunk in hunks_of(patch) if (numbers := drawn(hunk, data)) for id in part_ids(hunk, numbers)]
    rest = revised_patch(patch, ids, ())
    folder = tmp_path_factory.mktemp("repository")
    write(folder, list(patch.changes))

    if rest.diff:
        git(folder, "init", "-q")
        git(folder, "apply", "--whitespace=nowarn", "-", text=rest.diff)

    kept = {change.path: change.after for change in rest.changes}
    expected = {change.path: kept.get(change.path, change.before) for change in patch.changes}
    assert read(folder) == {path: text for path, text in expected.items() if text is not None}


def test_a_line_to_be_removed_stays_when_it_is_left_out() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", "one\ntwo\n", "1\n2\n")])

    assert hunks_of(patch)[0].lines == ("-one", "-two", "+1", "+2")
    assert revised_patch(patch, ["f@@1:1", "f@@1:3"], ()).changes[0].after == "one\n2\n"


def test_a_last_line_without_its_end_gets_one_where_lines_follow() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", "a", "b\nc\n")])

    assert hunks_of(patch)[0].lines == ("-a", NO_NEWLINE, "+b", "+c")
    assert revised_patch(patch, ["f@@1:1"], ()).changes[0].after == "a\nb\nc\n"


def test_a_file_that_goes_stays_with_the_lines_that_are_left_out() -> None:
    patch = make_patch("a", 0, "c", [FileChange("f", "a\nb\n", None)])

    assert revised_patch(patch, ["f@@1:2"], ()).changes[0].after == "b\n"


def test_lines_that_nothing_changes_can_not_be_left_out() -> None:
    with pytest.raises(WrongUsage) as caught:
        revised_patch(two_hunks(), ["f@@1:1-3"], ())

    assert caught.value.where == "f:5"
    assert "4-5" in caught.value.next


@pytest.mark.parametrize("id", ["f@@9", "f@@1:x", "f@@1:0-", "", "@@1", "g@@1:2", "f@@1:99999999999999"])
def test_an_id_that_names_nothing_is_refused(id: str) -> None:
    with pytest.raises(WrongUsage):
        revised_patch(two_hunks(), [id], ())


def test_what_was_left_out_is_counted_in_words() -> None:
    assert parts_words(["f@@1", "g@@1:3", "g@@1:5-7"], ()) == "without 1 hunk and 4 lines"
    assert parts_words((), [1, 2]) == "2 hunks edited"
