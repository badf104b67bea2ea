"""The hunks of a patch, and the patch that is left when a person takes hunks or lines of them out, or writes one anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from copilot.domain.patch import FileChange, Hunk, HunkEdit, Patch
from copilot.errors import WrongUsage
from copilot.patches.diff import CONTEXT_LINES, NO_NEWLINE, Group, Sides, header_of, lines_of, make_patch, sides_of
from copilot.patches.hunk_edits import checked
from copilot.patches.hunk_parts import parts_of

_EMPTY = "@@ -0,0 +0,0 @@"

Rest = Callable[[Sides, Group], Sequence[str]]
"""Tells which lines, with their ends, stand in the place of a hunk."""


def hunks_of(patch: Patch) -> tuple[Hunk, ...]:
    """Returns the hunks in the order of the diff. `first_line` counts in the file as the patch leaves it.

    An empty file that comes or goes is a hunk without lines.
    """
    return tuple(hunk for change in patch.changes for hunk in _hunks(change))


def without_hunks(patch: Patch, left_out: frozenset[str]) -> Patch:
    """Returns the patch without those hunks: their lines stay as they are in the base. The digest is anew.

    Raises WrongUsage for an id that is no hunk of the patch.
    """
    return revised_patch(patch, left_out, ())


def revised_patch(patch: Patch, left_out: Collection[str], edited: Collection[HunkEdit]) -> Patch:
    """Returns the patch without those hunks and lines (ids as in `Revised`), and with hunks as they were written anew.

    A line that is left out stays as the base has it: one to be added is not, one to be removed stays. Any choice of lines gives
    a patch that applies. Raises WrongUsage for an id that is none of the patch, and for an edit that does not fit the base.
    """
    hunks = {hunk.id: hunk for hunk in hunks_of(patch)}
    rest: dict[str, Rest] = {}
    for id, numbers in parts_of(hunks, left_out).items():
        rest[id] = _without_lines(numbers)
    for edit in edited:
        if edit.hunk in rest:
            raise WrongUsage(f"{edit.hunk} is edited and left out at once.", next="Do one of both.")
        if edit.hunk not in hunks:
            raise WrongUsage(f'The patch has no hunk "{edit.hunk}".', next=f"Use one of {', '.join(sorted(hunks))}.")
        checked(hunks[edit.hunk], list(enumerate(edit.lines, 1)))
        rest[edit.hunk] = _edited(edit.lines)
    changes = tuple(_rewritten(change, rest) for change in patch.changes)
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
    return (sign + _bare(line),)


def _bare(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _numbered(sides: Sides, group: Group) -> Iterator[tuple[int, str, str]]:
    """Yields the lines of a hunk with their number in `Hunk.lines`, where a note about a missing line end counts too."""
    number = 1
    for sign, line in lines_of(sides, group):
        yield number, sign, line
        number += len(_shown(sign, line))


def _without_lines(numbers: Collection[int]) -> Rest:
    def rest(sides: Sides, group: Group) -> list[str]:
        kept = {" ": True, "+": False, "-": True}
        return [
            line for number, sign, line in _numbered(sides, group) if sign == " " or kept[sign] == (number in numbers)
        ]

    return rest


def _edited(lines: Sequence[str]) -> Rest:
    def rest(sides: Sides, group: Group) -> list[str]:
        base = (line for sign, line in lines_of(sides, group) if sign != "+")
        known = {_bare(line): line for sign, line in lines_of(sides, group) if sign == "+"}
        end = _line_end(sides)
        kept: list[str] = []
        for at, line in enumerate(lines):
            if line.startswith("+"):
                is_last = NO_NEWLINE in lines[at + 1 : at + 2]
                text = line[1:]
                whole = known.get(text, "")
                kept.append(text if is_last else whole if whole.endswith("\n") else text + end)
            elif line != NO_NEWLINE:
                same = next(base)
                kept += [same] if line.startswith(" ") else []
        return kept

    return rest


def _line_end(sides: Sides) -> str:
    first = next(iter((*sides.old[:1], *sides.new[:1])), "")
    return "\r\n" if first.endswith("\r\n") else "\n"


def _rewritten(change: FileChange, rest: Mapping[str, Rest]) -> FileChange:
    if not any(id.rpartition("@@")[0] == change.path for id in rest):
        return change
    sides = sides_of(change)
    if not sides.groups:
        return FileChange(change.path, change.before, change.before)
    lines: list[str] = []
    at = 0
    for number, group in enumerate(sides.groups, 1):
        first, end = max(group[0].old_start - CONTEXT_LINES, 0), group[-1].old_end + CONTEXT_LINES
        lines += [*sides.old[at:first], *rest.get(_id(change, number), _as_patched)(sides, group)]
        at = end
    text = _joined([*lines, *sides.old[at:]], _line_end(sides))
    is_absent = not text and (change.before is None or change.after is None)
    return FileChange(change.path, change.before, None if is_absent else text)


def _as_patched(sides: Sides, group: Group) -> list[str]:
    return [line for sign, line in lines_of(sides, group) if sign != "-"]


def _joined(lines: Sequence[str], end: str) -> str:
    """A last line without its end may have come to stand before others."""
    return "".join([*(line if line.endswith("\n") else line + end for line in lines[:-1]), *lines[-1:]])
