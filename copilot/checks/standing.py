"""Which uses of fields still stand in the code after a phase?

The map of a state no longer ties a name to a field that its schema lost. So the uses of the base are followed by text: a use
stands where its line came through the patch unchanged; a changed line was somebody's edit, and the state's own map tells what
became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from copilot.checks.reading import BASE
from copilot.domain.alternative import NewFile
from copilot.domain.patch import FileChange, Patch
from copilot.domain.pipeline import FieldUse
from copilot.domain.source import Span
from copilot.ports import Case

# SequenceMatcher is quadratic in bad cases; a file this long is compared by its unchanged head and tail.
LINES_COMPARED = 4000
CHANGES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """The uses after a phase: `kept` came through the patch, `edited` stood on changed lines, `after` all that is there now."""

    kept: tuple[FieldUse, ...]
    edited: tuple[FieldUse, ...]
    after: tuple[FieldUse, ...]


def standing_uses(case: Case, phase: int) -> Standing:
    """Returns what became of the base's uses in the state after that phase; all stand in `BASE`."""
    if phase == BASE:
        return Standing(case.base.uses, (), case.base.uses)
    moved = {change.path: _kept_lines(change) for change in _changes(case.patches, phase)}
    kept: list[FieldUse] = []
    edited: list[FieldUse] = []
    for use in case.base.uses:
        lines = moved.get(use.span.path)
        if lines is None:
            kept.append(use)
        elif use.span.first_line in lines and use.span.last_line in lines:
            first, last = lines[use.span.first_line], lines[use.span.last_line]
            kept.append(replace(use, span=Span(use.span.path, first, last)))
        else:
            edited.append(use)
    after = {_place(use): use for use in (*kept, *case.states[phase].uses)}
    return Standing(tuple(kept), tuple(edited), tuple(after.values()))


def is_retired(case: Case, job: str, phase: int) -> bool:
    """Tells whether the phase, or one before it, takes a job away: it deletes files of it, and none is left.

    Nobody deploys such a job, and what it would do with a later schema is no question.
    """
    root = next((it.root.rstrip("/") for it in case.base.jobs if it.name == job), "")
    if root in ("", ".") or any(it.name == job for it in case.states[phase].jobs):
        return False
    gone = (change for change in _changes(case.patches, phase) if change.after is None)
    return any(change.path == root or change.path.startswith(f"{root}/") for change in gone)


def is_brought(case: Case, job: str) -> bool:
    """Tells whether a patch brings the job: it hands on what others wrote, by the schema that comes with it."""
    return not any(it.name == job for it in case.base.jobs) and any(
        it.name == job and it.root in _brought(case) for state in case.states for it in state.jobs
    )


def _brought(case: Case) -> set[str]:
    paths = {edit.path for phase in case.alternative.phases for edit in phase.edits if isinstance(edit, NewFile)}
    return paths | {path.rpartition("/")[0] for path in paths}


def base_span(case: Case, span: Span, phase: int) -> Span | None:
    """Returns where a line of a file after a phase stands in the base, None for one that is new there.

    A line that was edited in place is the line that it was.
    """
    change = next((it for it in _changes(case.patches, phase) if it.path == span.path), None)
    if change is None:
        return span
    first = _lines_before(change).get(span.first_line)
    return Span(span.path, first, first + span.last_line - span.first_line) if first else None


def _place(use: FieldUse) -> tuple[str, str, str, str, str, str, int]:
    # The form too: `"id": order["id"]` reads a field and sets it, both by handing it on, on one line.
    return use.job, use.subject, use.path, use.mode, use.form, use.span.path, use.span.first_line


def _changes(patches: tuple[Patch, ...], phase: int) -> tuple[FileChange, ...]:
    return next((patch.changes for patch in patches if patch.phase == phase), ())


@lru_cache(maxsize=CHANGES_KEPT)
def _lines_before(change: FileChange) -> dict[int, int]:
    """Returns the number in the base of every line that was there, edited in place or not."""
    found = {new: old for old, new in _kept_lines(change).items()}
    before, after, head = _middle(change)
    if len(before) + len(after) <= LINES_COMPARED:
        for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "replace" and end - start == last - first:
                found |= {head + first + step + 1: head + start + step + 1 for step in range(end - start)}
    return found


def _middle(change: FileChange) -> tuple[list[str], list[str], int]:
    """Returns the lines before and after without those that both begin and end with, and how many both begin with."""
    before, after = (change.before or "").splitlines(), (change.after or "").splitlines()
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return before[head : len(before) - tail], after[head : len(after) - tail], head


def _kept_lines(change: FileChange) -> dict[int, int]:
    """Returns the new number of every line that came through unchanged."""
    old, new, head = _middle(change)
    count_before, count_after = (len((text or "").splitlines()) for text in (change.before, change.after))
    kept = {line: line for line in range(1, head + 1)}
    kept |= {count_before - back: count_after - back for back in range(count_before - head - len(old))}
    if len(old) + len(new) <= LINES_COMPARED:
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            kept |= {head + block.a + step + 1: head + block.b + step + 1 for step in range(block.size)}
    return kept
