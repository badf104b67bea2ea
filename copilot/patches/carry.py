"""Takes what a person changed in one phase along into a later one."""

from __future__ import annotations

from copilot.domain.lines import Run, changed_runs, split_lines
from copilot.domain.patch import FileChange, Patch
from copilot.patches.diff import make_patch


def carried(before: Patch, after: Patch, later: Patch) -> Patch:
    """Returns the later patch with what leads from `before` to `after`, except where it has lines of its own in that place."""
    old, new = _texts(before), _texts(after)
    changes = [
        FileChange(change.path, change.before, _carried(old.get(change.path), new.get(change.path), change))
        for change in later.changes
    ]
    return make_patch(later.alternative, later.phase, later.base, changes)


def _texts(patch: Patch) -> dict[str, str | None]:
    return {change.path: change.after for change in patch.changes}


def _carried(before: str | None, after: str | None, later: FileChange) -> str | None:
    """A file that stays as in the base is no change any more, so `None` may mean that, and that it is gone."""
    if before is None or later.after is None or before == after:
        return later.after
    if after is None:
        after = later.before
    if after is None:
        return None if before == later.after else later.after
    return merged(before, after, later.after)


def merged(before: str, after: str, later: str) -> str:
    """Returns `later` with the runs of lines that lead from `before` to `after` and that `later` has not changed itself."""
    old, new, own = split_lines(before), split_lines(after), split_lines(later)
    kept = changed_runs(old, own)
    taken = [run for run in changed_runs(old, new) if not any(_meet(run, other) for other in kept)]
    lines: list[str] = []
    at = 0
    for run, source in sorted(
        [*((run, new) for run in taken), *((run, own) for run in kept)],
        key=lambda it: (it[0].old_start, it[0].old_end),
    ):
        lines += [*old[at : run.old_start], *source[run.new_start : run.new_end]]
        at = run.old_end
    return "".join([*lines, *old[at:]])


def _meet(run: Run, other: Run) -> bool:
    """Tells whether two runs share a line, or one adds lines within the other, or both add at one place."""
    is_same = (run.old_start, run.old_end) == (other.old_start, other.old_end)
    return is_same or (run.old_start < other.old_end and other.old_start < run.old_end)
