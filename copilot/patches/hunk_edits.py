"""A hunk as text for an editor, and what a person made of it: the same rules as those of a patch that is edited by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from copilot.domain.patch import Hunk, HunkEdit
from copilot.errors import WrongUsage
from copilot.patches.diff import NO_NEWLINE

_GUIDE = """\
# {path}, from line {line}. Save and leave: what stands here then is the change, and is proved again.
# "+" lines are added, "-" lines go away. To keep a "-" line make its "-" a space; to drop a "+" line delete it.
# Lines with " " or "-" say what stands in the file, so their text stays as it is. Lines with "#" are left out.
"""


def text_of(hunk: Hunk, lines: Sequence[str]) -> str:
    """Returns the text to edit: how it is done, the header, and the lines, which are those of the hunk or of an earlier edit."""
    return _GUIDE.format(path=hunk.path, line=hunk.first_line) + "\n".join([hunk.header, *lines]) + "\n"


def lines_without(hunk: Hunk, numbers: Collection[int]) -> tuple[str, ...]:
    """Returns the hunk's lines with those left out: one to be added is not there, one to be removed stays."""
    kept: list[str] = []
    for number, line in enumerate(hunk.lines, 1):
        if number not in numbers:
            kept.append(line)
        elif line.startswith("-"):
            kept.append(f" {line[1:]}")
    return tuple(kept)


def edit_of(hunk: Hunk, text: str) -> HunkEdit | None:
    """Returns the edit that the text holds, None where it is the hunk as it was.

    Raises WrongUsage with the line of the text that does not fit.
    """
    numbered = [
        (number, line.removesuffix("\r") or " ")
        for number, line in enumerate(text.rstrip("\n").split("\n"), 1)
        if not line.startswith(("#", "@@"))
    ]
    lines = checked(hunk, numbered)
    return None if lines == hunk.lines else HunkEdit(hunk.id, lines)


def checked(hunk: Hunk, numbered: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Returns the lines without their numbers where they fit the base of the hunk; else raises WrongUsage with the number."""
    base = [line for line in hunk.lines if line.startswith((" ", "-"))]
    at = 0
    for number, line in numbered:
        if line.startswith("+") or line == NO_NEWLINE:
            continue
        if not line.startswith((" ", "-")):
            raise _refused(hunk, number, f'begins with "{line[:1]}"', 'Begin every line with " ", "-" or "+".')
        if at == len(base):
            raise _refused(
                hunk, number, "stands after the end of what the hunk is about", 'To add it, begin it with "+".'
            )
        if line[1:] != base[at][1:]:
            after = f'The file has "{base[at][1:]}" there: put it back, and begin what you add with "+".'
            raise _refused(hunk, number, f'is not what {hunk.path} has: "{line[1:]}"', after)
        at += 1
    if at < len(base):
        last = numbered[-1][0] if numbered else 0
        missing = f'The file has "{base[at][1:]}" next: put it back, with "-" in front where it shall go away.'
        raise _refused(hunk, last, "is the last, and lines of the file are missing after it", missing)
    return tuple(line for _, line in numbered)


def _refused(hunk: Hunk, number: int, what: str, next: str) -> WrongUsage:
    return WrongUsage(
        f"The edit does not apply: line {number} {what}.", where=f"{hunk.path}:{hunk.first_line}", next=next
    )
