"""How a hunk looks: one line of the list, and its lines in colour with the changed part of each line marked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from textual.content import Content

from copilot.domain.patch import Hunk
from copilot.tui.panes import plain

TAB = "→   "
_STYLES = {"+": "$text-success on $success-muted", "-": "$text-error on $error-muted"}
_MARKED = {"+": "bold $text-success on $success 40%", "-": "bold $text-error on $error 40%"}


def hunk_title(hunk: Hunk, is_left_out: bool, width: int) -> Content:
    """Returns the list entry of a hunk, `width` wide: whether it is taken, the file, the line it begins at, the folder."""
    folder, _, name = hunk.path.rpartition("/")
    box = "[ ]" if is_left_out else "[x]"
    where = plain(f"    {_end_of(f'{folder}/' if folder else './', width - 4)}", "dim")
    title = plain(f"{box} {_end_of(f'{name}:{hunk.first_line}', width - 4)}", "strike" if is_left_out else "")
    return Content("\n").join([title, where])


def _end_of(path: str, width: int) -> str:
    """Returns the end of a path, which tells more than its beginning."""
    return path if len(path) <= width else f"…{path[len(path) - width + 1 :]}"


def hunk_text(hunk: Hunk, is_left_out: bool) -> Content:
    """Returns a hunk with its header; the text says so where it is left out."""
    lines = [plain(f"{hunk.path}:{hunk.first_line}", "bold"), plain(hunk.header, "$text-accent")]
    if is_left_out:
        lines.insert(1, plain("left out: p proves the change without it", "bold $text-warning"))
    return Content("\n").join([*lines, *diff_lines(hunk.lines)])


def diff_lines(lines: Iterable[str]) -> list[Content]:
    """Returns diff lines in colour; where as many lines go as come, the part that differs is marked in each."""
    shown: list[Content] = []
    gone: list[str] = []
    come: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("-") and not come:
            gone.append(line)
        elif line.startswith("+"):
            come.append(line)
        else:
            shown += _changed(gone, come)
            gone, come = ([line], []) if line.startswith("-") else ([], [])
            if not gone and line:
                shown.append(plain(line.replace("\t", TAB)))
    return shown


def _changed(gone: list[str], come: list[str]) -> list[Content]:
    if len(gone) != len(come):
        return [_whole(line) for line in (*gone, *come)]
    pairs = [_marked(old, new) for old, new in zip(gone, come, strict=True)]
    return [old for old, _ in pairs] + [new for _, new in pairs]


def _whole(line: str) -> Content:
    return plain(line.replace("\t", TAB), _STYLES[line[0]])


def _marked(old: str, new: str) -> tuple[Content, Content]:
    head = _common(old[1:], new[1:])
    tail = _common(old[:head:-1], new[:head:-1])
    return _with_mark(old, 1 + head, len(old) - tail), _with_mark(new, 1 + head, len(new) - tail)


def _with_mark(line: str, start: int, end: int) -> Content:
    style, marked = _STYLES[line[0]], _MARKED[line[0]]
    parts = ((line[:start], style), (line[start:end], marked), (line[end:], style))
    return Content.assemble(*(plain(text.replace("\t", TAB), look) for text, look in parts if text))


def _common(left: str, right: str) -> int:
    """Returns how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
