"""The hunks of a patch, and the patch that is left when a person takes some of them out."""

from __future__ import annotations

from copilot.domain.lines import Run, split_lines
from copilot.domain.patch import FileChange, Hunk, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE, groups_of, header_of, lines_of, make_patch

_EMPTY = "@@ -0,0 +0,0 @@"


def hunks_of(patch: Patch) -> tuple[Hunk, ...]:
    """Returns the hunks in the order of the diff. `first_line` counts in the file as the patch leaves it.

    An empty file that comes or goes is a hunk without lines.
    """
    return tuple(hunk for change in patch.changes for hunk in _hunks(change))


def without_hunks(patch: Patch, left_out: frozenset[str]) -> Patch:
    """Returns the patch without those hunks: their lines stay as they are in the base. The digest is anew.

    Raises WrongUsage for an id that is no hunk of the patch.
    """
    known = {hunk.id for hunk in hunks_of(patch)}
    unknown = sorted(left_out - known)
    if unknown:
        raise WrongUsage(f'The patch has no hunk "{unknown[0]}".', next=f"Use one of {', '.join(sorted(known))}.")
    changes = tuple(_without(change, left_out) for change in patch.changes)
    return make_patch(patch.alternative, patch.phase, patch.base, changes)


def _hunks(change: FileChange) -> tuple[Hunk, ...]:
    groups = groups_of(change)
    if not groups:
        return (Hunk(_id(change, 1), change.path, _EMPTY, 1, ()),)
    return tuple(
        Hunk(
            _id(change, number),
            change.path,
            header_of(change, group),
            _first_line(group),
            tuple(shown for sign, line in lines_of(change, group) for shown in _shown(sign, line)),
        )
        for number, group in enumerate(groups, 1)
    )


def _id(change: FileChange, number: int) -> str:
    return f"{change.path}@@{number}"


def _first_line(group: tuple[Run, ...]) -> int:
    return group[0].new_start + 1


def _shown(sign: str, line: str) -> tuple[str, ...]:
    if not line.endswith("\n"):
        return (sign + line, NO_NEWLINE)
    return (sign + line.removesuffix("\n").removesuffix("\r"),)


def _without(change: FileChange, left_out: frozenset[str]) -> FileChange:
    groups = groups_of(change) or ((),)
    kept = [group for number, group in enumerate(groups, 1) if _id(change, number) not in left_out]
    if len(kept) == len(groups):
        return change
    if change.before is None or not kept:
        return FileChange(change.path, change.before, change.before)
    return FileChange(change.path, change.before, _with_runs(change, [run for group in kept for run in group]))


def _with_runs(change: FileChange, runs: list[Run]) -> str:
    old, new = split_lines(change.before or ""), split_lines(change.after or "")
    lines: list[str] = []
    at = 0
    for run in runs:
        lines += [*old[at : run.old_start], *new[run.new_start : run.new_end]]
        at = run.old_end
    return "".join([*lines, *old[at:]])
