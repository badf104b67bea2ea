"""The hunks of a patch, and the patch that is left when a person takes some of them out."""

from __future__ import annotations

from copilot.domain.lines import Run
from copilot.domain.patch import FileChange, Hunk, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE, Sides, header_of, lines_of, make_patch, sides_of

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
    sides = sides_of(change)
    if not sides.groups:
        return (Hunk(_id(change, 1), change.path, _EMPTY, 1, ()),)
    return tuple(
        Hunk(
            _id(change, number),
            change.path,
            header_of(sides, group),
            group[0].new_start + 1,
            tuple(shown for sign, line in lines_of(sides, group) for shown in _shown(sign, line)),
        )
        for number, group in enumerate(sides.groups, 1)
    )


def _id(change: FileChange, number: int) -> str:
    return f"{change.path}@@{number}"


def _shown(sign: str, line: str) -> tuple[str, ...]:
    if not line.endswith("\n"):
        return (sign + line, NO_NEWLINE)
    return (sign + line.removesuffix("\n").removesuffix("\r"),)


def _without(change: FileChange, left_out: frozenset[str]) -> FileChange:
    sides = sides_of(change)
    groups = sides.groups or ((),)
    kept = [group for number, group in enumerate(groups, 1) if _id(change, number) not in left_out]
    if len(kept) == len(groups):
        return change
    if change.before is None or not kept:
        return FileChange(change.path, change.before, change.before)
    return FileChange(change.path, change.before, _with_runs(sides, [run for group in kept for run in group]))


def _with_runs(sides: Sides, runs: list[Run]) -> str:
    lines: list[str] = []
    at = 0
    for run in runs:
        lines += [*sides.old[at : run.old_start], *sides.new[run.new_start : run.new_end]]
        at = run.old_end
    return "".join([*lines, *sides.old[at:]])
