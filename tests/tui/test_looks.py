"""How single lines look: the words stay, the marks become looks, and nothing foreign becomes markup."""

from __future__ import annotations

import pytest

from copilot.tui.diff import diff_lines
from copilot.tui.panes import plain
from copilot.tui.rationale import TABLE_NOTE, cited, rationale_lines


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


def test_a_diff_line_keeps_its_sign_and_shows_its_tabs() -> None:
    lines = [look.plain for look in diff_lines([" a", "-\tb", "+\tc", "\\ No newline at end of file"])]

    assert lines == [" a", "-→   b", "+→   c", "\\ No newline at end of file"]


def test_the_part_of_a_line_that_changed_is_marked() -> None:
    old, new = diff_lines(["-  total = 1", "+  total = 12"])

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
    assert [look.plain for look in diff_lines(lines)] == lines
