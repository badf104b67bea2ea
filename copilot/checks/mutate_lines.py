"""Mutations of lines of the compiled patch: put in twice, one line off, half of them lost, unasked ones beside them, cut short."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace

from copilot.checks.mutant import Mutants
from copilot.checks.mutate_texts import at_files
from copilot.domain.lines import Run, changed_runs, split_lines
from copilot.domain.patch import FileChange

_CODE = (".py", ".pyi")
_BRACED = (".avsc", ".json")
_UNASKED = "UNASKED = True\n"
_NAME = re.compile(r'"name"\s*:\s*"\w+"')
Lines = list[str]
_Edited = Callable[[Lines, Lines, tuple[Run, ...]], Lines | None]
"""Gives the new lines anew from old ones, new ones and the runs in which they differ; None where there is nothing to break."""


def at_lines(what: str, edited: _Edited, *, suffixes: tuple[str, ...] = ("",)) -> Mutants:
    """Returns the mutation that breaks the new lines of one file that is there in the base, in every phase."""

    def changed(change: FileChange, is_last: bool) -> FileChange:
        if not change.before or change.after is None or not change.path.endswith(suffixes):
            return change
        old, new = split_lines(change.before), split_lines(change.after)
        lines = edited(old, new, changed_runs(old, new))
        return change if lines is None else replace(change, after="".join(lines))

    return at_files(what, changed)


def twice(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """The first hunk put in a second time, after itself."""
    run = runs[0]
    own = new[run.new_start : run.new_end]
    return [*new[: run.new_end], *own, *new[run.new_end :]] if own else None


def line_too_many(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """The line after the first hunk taken away with it."""
    end = runs[0].new_end
    return [*new[:end], *new[end + 1 :]] if end < len(new) and new[end].strip() else None


def line_lower(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """The first line that becomes another one, put in the place of the line below it."""
    run = runs[0]
    is_one = (run.old_end - run.old_start, run.new_end - run.new_start) == (1, 1)
    if not is_one or run.new_end >= len(new) or not new[run.new_end].strip():
        return None
    return [*new[: run.new_start], old[run.old_start], new[run.new_start], *new[run.new_end + 1 :]]


def hunk_lost(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """The last of several hunks left out."""
    run = runs[-1]
    is_half = len(runs) > 1
    return [*new[: run.new_start], *old[run.old_start : run.old_end], *new[run.new_end :]] if is_half else None


def both_sides(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """The first hunk as a merge leaves it that nobody has decided: both sides, and the marks around them."""
    run = runs[0]
    sides = ["<<<<<<< ours\n", *old[run.old_start : run.old_end], "=======\n", *new[run.new_start : run.new_end]]
    return [*new[: run.new_start], *sides, ">>>>>>> theirs\n", *new[run.new_end :]]


def line_at_end(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """A statement more, after all others."""
    return [*new, "\n", _UNASKED]


def line_beside(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """A statement more, right before the one in which the first hunk stands."""
    try:
        tree = ast.parse("".join(new))
    except (SyntaxError, ValueError):
        return None
    line = min(runs[0].new_start + 1, len(new))
    around = [it for it in ast.walk(tree) if isinstance(it, ast.stmt) and it.lineno <= line <= (it.end_lineno or 0)]
    first = max(around, key=lambda it: it.lineno, default=None)
    if first is None:
        return None
    return [*new[: first.lineno - 1], " " * first.col_offset + _UNASKED, *new[first.lineno - 1 :]]


def entry_beside(old: Lines, new: Lines, runs: tuple[Run, ...]) -> Lines | None:
    """A property more, at the first field that stays on a line as it was."""
    own = {line for run in runs for line in range(run.new_start, run.new_end)}
    for number in range(len(new) - 1, -1, -1):
        if number not in own and _NAME.search(new[number]):
            more = _NAME.sub(lambda found: f'{found[0]}, "unasked": true', new[number], count=1)
            changed = [*new[:number], more, *new[number + 1 :]]
            return changed if _is_json("".join(changed)) else None
    return None


def cut_short(change: FileChange, is_last: bool) -> FileChange:
    """A file that ends too early, or too late."""
    if change.after and change.path.endswith(_CODE):
        return replace(change, after=f"{change.after}\n)\n")
    if change.after and change.path.endswith(_BRACED):
        return replace(change, after=change.after.rstrip()[:-1] + "\n")
    if change.after and change.path.endswith(".toml"):
        return replace(change, after=f"{change.after}\n[unasked\n")
    return change


def emptied(change: FileChange, is_last: bool) -> FileChange:
    """A new file in which nothing stands."""
    return replace(change, after="\n") if change.before is None and change.after else change


def half_written(change: FileChange, is_last: bool) -> FileChange:
    """A new file of which only the first half of the lines stands."""
    lines = split_lines(change.after or "") if change.before is None else []
    return replace(change, after="".join(lines[: len(lines) // 2])) if len(lines) > 1 else change


def undecided(change: FileChange, is_last: bool) -> FileChange:
    """A new file as a merge leaves it that nobody has decided: twice, and the marks around it."""
    if change.before is not None or not change.after:
        return change
    return replace(change, after=f"<<<<<<< ours\n{change.after}=======\n{change.after}>>>>>>> theirs\n")


def last_statement_lost(change: FileChange, is_last: bool) -> FileChange:
    """A new program without its last statement, which is the one that starts it."""
    if change.before is not None or not change.after or not change.path.endswith(_CODE):
        return change
    try:
        body = ast.parse(change.after).body
    except (SyntaxError, ValueError):
        return change
    lines = split_lines(change.after)
    return replace(change, after="".join(lines[: body[-1].lineno - 1])) if len(body) > 1 else change


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
