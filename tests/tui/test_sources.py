"""The lines that a finding is about, from the base and as the alternative leaves them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.evidence import Finding
from copilot.domain.patch import FileChange
from copilot.domain.source import Gap, SourceFile, Span
from copilot.patches.diff import make_patch
from copilot.tui.sources import LINES_MAX, Sources, numbered

COMMIT = "1" * 40
OLD = "a\nb\nc\nd\ne\nf\n"
NEW = "a\nnew\nb\nC\nd\ne\nf\n"


def shown(
    finding: Finding, files: Mapping[str, SourceFile | Gap], *changes: FileChange, clones: Mapping[str, str] = {}
) -> list[str]:
    patches = (make_patch("way-1", 0, COMMIT, changes),) if changes else ()
    return [it.plain for it in Sources(COMMIT, files, patches).lines_of(finding, clones)]


def about(path: str, first: int, last: int = 0) -> Finding:
    return Finding("usage.x", "error", "It shows.", Span(path, first, last or first))


def test_the_line_is_marked_with_two_lines_on_either_side() -> None:
    assert [line.plain for line in numbered(OLD, Span("a.py", 3, 3))] == [
        "    1 │ a",
        "    2 │ b",
        "  > 3 │ c",
        "    4 │ d",
        "    5 │ e",
    ]


@pytest.mark.parametrize(("line", "first", "last"), [(1, "  > 1 │ a", "    3 │ c"), (6, "    4 │ d", "  > 6 │ f")])
def test_a_line_at_either_end_of_the_file_has_what_there_is(line: int, first: str, last: str) -> None:
    lines = [it.plain for it in numbered(OLD, Span("a.py", line, line))]

    assert (lines[0], lines[-1]) == (first, last)


def test_a_long_run_of_lines_is_cut_and_the_rest_counted() -> None:
    text = "x\n" * 100

    lines = [it.plain for it in numbered(text, Span("a.py", 1, 100))]

    assert sum(line.startswith("  >") for line in lines) == LINES_MAX
    assert lines[-1] == f"  … {100 - LINES_MAX} more of these lines"


def test_a_line_that_the_file_does_not_have_is_said() -> None:
    assert [it.plain for it in numbered(OLD, Span("a.py", 9, 9))] == ["  it has no line 9: it ends after 6"]


def test_tabs_and_control_characters_are_seen() -> None:
    assert numbered("\tx\x1b[31m\n", Span("a.py", 1, 1))[0].plain == "  > 1 │ →   x\\u001b[31m"


def test_a_line_that_the_alternative_changes_is_shown_as_it_leaves_it_too() -> None:
    lines = shown(about("a.py", 3), {"a.py": SourceFile("a.py", OLD, "d")}, FileChange("a.py", OLD, NEW))

    assert lines[0] == "  at 111111111"
    assert "  > 3 │ c" in lines
    assert lines[lines.index("  as phase 1 leaves it") :][3] == "  > 4 │ C"


def test_a_line_that_it_leaves_alone_is_shown_once() -> None:
    lines = shown(about("a.py", 6), {"a.py": SourceFile("a.py", OLD, "d")}, FileChange("a.py", OLD, NEW))

    assert not any("leaves it" in line for line in lines)


def test_a_file_that_only_the_alternative_has_is_shown_from_its_patch() -> None:
    missing = {"new.py": Gap(Span("new.py", 1, 1), "does not exist")}

    lines = shown(about("new.py", 2), missing, FileChange("new.py", None, OLD))

    assert lines[:2] == ["  at 111111111 the file does not exist", "  as phase 1 leaves it"]
    assert "  > 2 │ b" in lines


def test_what_is_not_read_and_what_can_not_be_read_is_said() -> None:
    assert shown(about("a.py", 1), {}) == ["  reading its lines …"]
    assert shown(about("billing:a.py", 1), {}, clones={"billing": "b" * 40}) == ["  reading its lines …"]
    away = {"billing:a.py": Gap(Span("billing:a.py", 1, 1), "does not exist")}
    assert shown(about("billing:a.py", 1), away, clones={"billing": "b" * 40}) == [
        "  in the clone billing at bbbbbbbbb the file does not exist"
    ]
    assert shown(Finding("usage.x", "note", "It has no place."), {}) == []


@given(st.text(), st.integers(1, 30), st.integers(0, 30))
def test_any_text_and_any_place_gives_lines_of_bounded_number(text: str, first: int, more: int) -> None:
    lines = numbered(text, Span("a.py", first, first + more))

    assert 1 <= len(lines) <= LINES_MAX + 5
    assert all("\n" not in line.plain for line in lines)
