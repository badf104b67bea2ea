"""How single lines look: the words stay, the marks become looks, and nothing foreign becomes markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from copilot.domain.patch import Hunk, HunkEdit
from copilot.domain.visible import visible
from copilot.tui.diff import Line, chopped, hunk_lines, line_look, side_by_side
from copilot.tui.plain import plain
from copilot.tui.rationale import TABLE_NOTE, cited, rationale_lines
from copilot.tui.selection import Selection
from copilot.tui.syntax import Colours


def looks(text: str) -> list[str]:
    return [look.plain for _, look in rationale_lines(text)]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("# A title", "A title"),
        ("- a `b_c` **d \\*e**", "• a b_c d *e"),
        ("> said &lt;b&gt; &amp; &#64;all", "│ said <b> & @all"),
        ("  - 3 versions [ev-0123456789ab]", "  • 3 versions [ev-0123456789ab]"),
        ("``a`b``", "a`b"),
        ("a \\u202e b", "a \\u202e b"),
    ],
)
def test_the_marks_of_markdown_become_looks(line: str, shown: str) -> None:
    assert looks(line) == [shown]


def test_a_table_is_only_mentioned_and_empty_lines_are_one() -> None:
    assert looks("a\n\n\n| a |\n| --- |\n| b |\n\nb") == ["a", " ", TABLE_NOTE, " ", "b"]


def test_an_entity_can_not_smuggle_in_a_control_character() -> None:
    assert looks("a&#27;[31m&#8238;b") == ["a[31m\\u202eb"]


def test_citations_are_found_once_each() -> None:
    assert cited("x [ev-0123456789ab] [ev-ba9876543210] [ev-0123456789ab] [ev-short]") == (
        "ev-0123456789ab",
        "ev-ba9876543210",
    )


def test_plain_text_keeps_brackets_and_shows_what_hides() -> None:
    content = plain("[red]x[/] \x1b[0m\u200b")

    assert content.plain == "[red]x[/] \\u001b[0m\\u200b"
    assert content.spans == []


def looks_of(*lines: str) -> list[Content]:
    hunk = Hunk("f@@1", "f", "@@ -3,2 +3,2 @@", 3, lines)
    return [line_look(line) for line in hunk_lines(hunk)]


def test_a_diff_line_keeps_its_sign_and_shows_its_tabs() -> None:
    lines = [look.plain for look in looks_of(" a", "-\tb", "+\tc", "\\ No newline at end of file")]

    assert lines == [" a", "-→   b", "+→   c", "\\ No newline at end of file"]


def test_the_part_of_a_line_that_changed_is_marked() -> None:
    old, new = looks_of("-  total = 1", "+  total = 12")

    assert [old.plain, new.plain] == ["-  total = 1", "+  total = 12"]
    assert any(new.plain[span.start : span.end] == "2" and "bold" in str(span.style) for span in new.spans)


@pytest.mark.parametrize(
    "lines",
    [
        ["-a", "-b", "+c"],
        ["+a", "+b"],
        ["-a"],
        ["-a", "+b", "-c", "+d"],
        ["-", "+"],
        ["-same", "+same"],
        [" only"],
        ["+", " x", "-y"],
    ],
)
def test_no_line_of_a_diff_is_lost_or_moved(lines: list[str]) -> None:
    assert [look.plain for look in looks_of(*lines)] == lines
    hunk = Hunk("f@@1", "f", "@@ -3,2 +3,2 @@", 3, tuple(lines))
    rows = side_by_side("k", hunk_lines(hunk))
    assert sorted({line.number for row in rows for line in row.lines}) == list(range(1, len(lines) + 1))
    assert all(row.left is None or row.left.sign in "- " for row in rows)
    assert all(row.right is None or row.right.sign in "+ " for row in rows)


def test_lines_know_where_they_stand_before_and_after() -> None:
    hunk = Hunk("f@@1", "f", "@@ -3,3 +5,3 @@", 3, (" a", "-b", "+c", "+d", " e"))

    places = [(line.old, line.new) for line in hunk_lines(hunk)]

    assert places == [(3, 5), (4, 0), (0, 6), (0, 7), (5, 8)]


@given(st.text(alphabet="ab é漢→\u200d", max_size=40), st.integers(2, 12))
def test_nothing_is_cut_where_a_line_is_wrapped(text: str, width: int) -> None:
    # What is drawn has no character without a width: those are shown as escapes.
    text = visible(text)

    starts = chopped(text, width)

    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert "".join(parts) == text
    assert all(Content(part).cell_length <= width for part in parts)


def test_the_syntax_of_a_line_keeps_its_text() -> None:
    text = 'def bill(order):\n    """Bills."""\n    return order["amount"]  # cents\n'
    colours = Colours("jobs/billing.py", text)
    while not colours.is_done:
        colours.go_on(1)

    for number, line in enumerate(text.split("\n"), 1):
        pieces = colours.line(number)
        assert all(0 <= start < end <= len(line) for start, end, _ in pieces)
        assert line_look(Line(1, "+", line, 0, number), pieces).plain == f"+{line}"
    assert any("$text-accent" in style for _, _, style in colours.line(1))


@pytest.mark.parametrize("path", ["a.avsc", "a.json", "a.yaml", "a.yml", "Dockerfile", "x/noext", ".py", "a.proto"])
def test_any_text_can_be_coloured(path: str) -> None:
    colours = Colours(path, "a: [1, {\x00'\n\t\u202e\n")
    while not colours.is_done:
        colours.go_on(0)

    assert colours.line(1) is not None


HUNK = Hunk("f@@1", "f", "@@ -1,2 +1,2 @@", 1, ("-a", "-b", "+c", " d"))


def test_lines_are_left_out_and_taken_in_again() -> None:
    out = Selection().toggled(HUNK, {1, 4})

    assert (out.sign(HUNK), out.left_out([HUNK])) == ("~", frozenset({"f@@1:1"}))
    assert out.toggled(HUNK, {1, 2}).left_out([HUNK]) == {"f@@1:1-2"}
    assert out.toggled(HUNK, {1}).left_out([HUNK]) == frozenset()
    assert out.toggled(HUNK, {1, 2, 3}).left_out([HUNK]) == {"f@@1"}
    assert out.toggled_hunk(HUNK).sign(HUNK) == "x"


def test_an_edit_is_taken_back_by_the_key_that_leaves_out() -> None:
    edited = Selection().toggled_hunk(HUNK).edited(HUNK, HunkEdit("f@@1", ("-a", "-b", " d")))

    assert (edited.sign(HUNK), edited.left_out([HUNK])) == ("e", frozenset())
    assert edited.toggled_hunk(HUNK) == Selection()
