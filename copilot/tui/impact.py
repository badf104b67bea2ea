"""What a change will touch, before anything is proposed: a line for each file, and why, with the lines it is about."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from copilot.domain.impacted import ElsewhereFile, ImpactedFile, ImpactList, where_of
from copilot.domain.source import Gap, SourceFile
from copilot.reasons.words import counted
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain
from copilot.tui.source import source_lines

SPANS_WITH_SOURCE_MAX = 20
_HEADS = {"change": "WILL HAVE TO CHANGE", "look": "LOOK AT"}


def impact_heading(text: str, found: ImpactList) -> str:
    """Returns what was asked, and how much it touches."""
    count = sum(it.list == "change" for it in found.files)
    return f"Impact of: {text}  ({counted(count, 'file')} to change, {len(found.files) - count} more to look at)"


def impact_items(found: ImpactList) -> list[tuple[str, Content]]:
    """Returns the lines of the list: warnings, then the files that will have to change, those to look at, and those elsewhere."""
    items = [("", plain(f"! {it}", "$text-warning")) for it in found.warnings]
    for kind, head in _HEADS.items():
        files = [it for it in found.files if it.list == kind]
        items += [("", plain(f"{head} ({len(files)})", "bold"))] if files else []
        items += [(it.path, _look(it)) for it in files]
    if found.elsewhere:
        items.append(("", plain(f"IN OTHER REPOSITORIES ({len(found.elsewhere)})", "bold")))
        items += [(it.path, plain(where_of(it.path, it.spans))) for it in found.elsewhere]
    return items


def _look(file: ImpactedFile) -> Content:
    """The name first, and its folder below: a long path that is broken anywhere is hard to read."""
    folder, slash, name = file.where.rpartition("/")
    line = plain(f"{file.percent:3d}%  {name}")
    return Content.assemble(line, plain(f"\n      {folder}", "dim")) if slash else line


def impact_text(id: str, found: ImpactList, source: Callable[[str], SourceFile | Gap]) -> Content:
    """Returns why a file is on the list, with the lines that it is about."""
    files: tuple[ImpactedFile | ElsewhereFile, ...] = (*found.files, *found.elsewhere)
    file = next(it for it in files if it.path == id)
    lines = [plain(file.path, "bold")]
    if isinstance(file, ImpactedFile):
        lines.append(plain(f"{file.percent}% likely to change"))
    elif file.owner:
        lines.append(plain(f"owner {file.owner}"))
    lines += [plain(it) for it in file.reasons]
    for span in file.spans[:SPANS_WITH_SOURCE_MAX] if isinstance(file, ImpactedFile) else ():
        lines += [Content(""), *source_lines(span, source(span.path))]
    return hanging(lines)
