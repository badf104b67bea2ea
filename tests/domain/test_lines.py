from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.lines import Run, changed_runs, split_lines

LINES = st.lists(st.sampled_from("abcdefg{}"), max_size=25)


@given(LINES, LINES)
def test_replacing_the_runs_gives_the_new_lines(old: list[str], new: list[str]) -> None:
    built: list[str] = []
    at = 0
    for run in changed_runs(old, new):
        built += [*old[at : run.old_start], *new[run.new_start : run.new_end]]
        at = run.old_end

    assert built + old[at:] == new


@given(LINES, LINES)
def test_runs_stand_apart_and_are_not_empty(old: list[str], new: list[str]) -> None:
    runs = changed_runs(old, new)

    assert not any(run.is_empty for run in runs)
    assert all(one.old_end < other.old_start for one, other in pairwise(runs))


@given(LINES)
def test_equal_lines_have_no_runs(lines: list[str]) -> None:
    assert changed_runs(lines, lines) == ()


def test_a_line_that_moved_is_one_that_goes_and_one_that_comes() -> None:
    assert changed_runs(["a", "b", "c"], ["b", "c", "a"]) == (Run(0, 1, 0, 0), Run(3, 3, 2, 3))


def test_a_long_schema_with_repeated_braces_costs_no_more_than_its_length() -> None:
    old = [line for number in range(5000) for line in ("{\n", f'"name": "f{number}",\n', '"type": "long"\n', "},\n")]
    new = [*old[:9], "x\n", *old[10:15000], "y\n", *old[15000:]]
    started = time.perf_counter()

    assert changed_runs(old, new) == (Run(9, 10, 9, 10), Run(15000, 15000, 15000, 15001))

    assert time.perf_counter() - started < 2


@given(st.text(st.sampled_from("a\n\r"), max_size=12))
def test_only_a_line_feed_ends_a_line(text: str) -> None:
    lines = split_lines(text)

    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
