"""File changes as the unified diff that `git apply` takes, byte for byte, and as a `Patch` that a person can approve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.lines import Run, changed_runs, split_lines
from copilot.domain.patch import FileChange, Patch

CONTEXT_LINES = 3
NO_NEWLINE = "\\ No newline at end of file"
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


Group = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """The lines of a file before and after, and the runs that differ, grouped as the hunks of a diff."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    groups: tuple[Group, ...]


def make_patch(alternative: str, phase: int, base: str, changes: Iterable[FileChange]) -> Patch:
    """Returns the patch of these changes; files that stay as they were are left out. The digest covers base and changes."""
    kept = tuple(
        sorted((change for change in changes if change.before != change.after), key=lambda change: change.path)
    )
    signed = {"base": base, "changes": [encode(change) for change in kept]}
    return Patch(alternative, phase, base, kept, unified_diff(kept), digest_of_text(canonical(signed)))


def unified_diff(changes: Iterable[FileChange]) -> str:
    """Returns the changes in git's format, in the order given. Only "\\n" ends a line; other line ends are part of it."""
    return "".join(_file_diff(change) for change in changes if change.before != change.after)


def _file_diff(change: FileChange) -> str:
    old, new = quoted(f"a/{change.path}"), quoted(f"b/{change.path}")
    header = f"diff --git {old} {new}\n"
    if change.before is None:
        header += "new file mode 100644\n"
    if change.after is None:
        header += "deleted file mode 100644\n"
    sides = sides_of(change)
    hunks = "".join(f"{header_of(sides, group)}\n{''.join(_body(sides, group))}" for group in sides.groups)
    if not hunks:
        return header
    return header + _names(change, old, new) + hunks


def _names(change: FileChange, old: str, new: str) -> str:
    # git ends a name with a tab where it holds a space, because some tools take what follows a space for a date.
    end = "\t" if " " in change.path and not old.startswith('"') else ""
    before = "/dev/null" if change.before is None else old + end
    after = "/dev/null" if change.after is None else new + end
    return f"--- {before}\n+++ {after}\n"


def _body(sides: Sides, group: Group) -> Iterator[str]:
    for sign, line in lines_of(sides, group):
        yield f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n{NO_NEWLINE}\n"


def sides_of(change: FileChange) -> Sides:
    """Compares a file before and after; runs of changed lines whose contexts touch stand in one group."""
    old, new = split_lines(change.before or ""), split_lines(change.after or "")
    groups: list[Group] = []
    for run in changed_runs(old, new):
        if groups and run.old_start - groups[-1][-1].old_end <= 2 * CONTEXT_LINES:
            groups[-1] = (*groups[-1], run)
        else:
            groups.append((run,))
    return Sides(tuple(old), tuple(new), tuple(groups))


def lines_of(sides: Sides, group: Group) -> Iterator[tuple[str, str]]:
    """Yields the lines of one hunk with their sign (" ", "-" or "+"), each with its line end."""
    at = max(group[0].old_start - CONTEXT_LINES, 0)
    for run in group:
        yield from ((" ", line) for line in sides.old[at : run.old_start])
        yield from (("-", line) for line in sides.old[run.old_start : run.old_end])
        yield from (("+", line) for line in sides.new[run.new_start : run.new_end])
        at = run.old_end
    yield from ((" ", line) for line in sides.old[at : at + CONTEXT_LINES])


def header_of(sides: Sides, group: Group) -> str:
    """Returns the "@@" line of one hunk. Where a side has no lines, git counts the line before it."""
    signs = [sign for sign, _ in lines_of(sides, group)]
    old_count, new_count = len(signs) - signs.count("+"), len(signs) - signs.count("-")
    lead = min(group[0].old_start, CONTEXT_LINES)
    old_first, new_first = group[0].old_start - lead, group[0].new_start - lead
    return f"@@ -{_range(old_first, old_count)} +{_range(new_first, new_count)} @@"


def _range(first: int, count: int) -> str:
    start = first + 1 if count else first
    return str(start) if count == 1 else f"{start},{count}"


def quoted(path: str) -> str:
    """Returns a path as git prints it: in quotes, with escapes, where it holds quotes, controls or anything beyond ASCII."""
    encoded = path.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in encoded):
        return path
    return '"' + "".join(_ESCAPES.get(byte) or _plain_or_octal(byte) for byte in encoded) + '"'


def _plain_or_octal(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
