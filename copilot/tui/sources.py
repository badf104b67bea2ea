"""The lines that a finding is about: at the commit of the proposal, and as the alternative leaves them where it touches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from textual.content import Content

from copilot.domain.evidence import Evidence, Finding
from copilot.domain.patch import FileChange, Patch
from copilot.domain.source import Gap, SourceFile, Span
from copilot.tui.diff import TAB
from copilot.tui.plain import plain

AROUND = 2
LINES_MAX = 12
"""How many lines of a long span are shown; the rest is counted."""
FILES_KEPT_MAX = 64
Files = Mapping[str, SourceFile | Gap]


@dataclass(frozen=True, slots=True)
class Sources:
    """What is needed to show lines: the files that were read so far, the commit they are of, the patches of the alternative."""

    commit: str
    files: Files
    patches: Sequence[Patch] = ()

    def lines_of(self, finding: Finding, clones: Mapping[str, str]) -> list[Content]:
        """Returns the lines around a finding, or why there are none; nothing where it has no place."""
        span = finding.span
        if span is None:
            return []
        clone = span.path.partition(":")[0]
        at = f"in the clone {clone} at {clones[clone][:9]}" if clone in clones else f"at {self.commit[:9]}"
        found = self.files.get(span.path)
        change = _change_of(self.patches, finding.phase, span.path)
        after = _touched(change, span) if change else None
        if found is None:
            return [plain("  reading its lines …", "dim")]
        if isinstance(found, Gap):
            shown = [plain(f"  {at} the file {found.reason}", "dim")]
        else:
            shown = [plain(f"  {at}", "dim"), *numbered(found.text, span)]
        if change is not None and after is not None and change.after is not None:
            shown += [plain(f"  as phase {finding.phase + 1} leaves it", "dim"), *numbered(change.after, after)]
        return shown


def paths_of(evidence: Evidence) -> tuple[str, ...]:
    """Returns the files that the findings of an evidence name, each once; those of clones are written NAME:PLACE."""
    spans = [it.span for it in (*evidence.findings, *evidence.likely) if it.span]
    return tuple(dict.fromkeys(it.path for it in spans if it.path))


def numbered(text: str, span: Span) -> list[Content]:
    """Returns the span with some lines around it, each with its number, those of the span marked with a sign."""
    lines = text.splitlines()
    first, last = span.first_line, min(span.last_line, span.first_line + LINES_MAX - 1)
    if first > len(lines):
        return [plain(f"  it has no line {first}: it ends after {len(lines)}", "dim")]
    begin, end = max(1, first - AROUND), min(len(lines), last + AROUND)
    shown = [
        _line(number, lines[number - 1], first <= number <= last, len(str(end))) for number in range(begin, end + 1)
    ]
    hidden = min(span.last_line, len(lines)) - last
    return [*shown, plain(f"  … {hidden} more of these lines", "dim")] if hidden > 0 else shown


def _line(number: int, text: str, is_meant: bool, width: int) -> Content:
    sign = ">" if is_meant else " "
    return plain(f"  {sign} {number:{width}} │ {text.replace(chr(9), TAB)}", "bold" if is_meant else "dim")


def _change_of(patches: Sequence[Patch], phase: int, path: str) -> FileChange | None:
    found = next((patch for patch in patches if patch.phase == phase), None)
    return next((it for it in found.changes if it.path == path), None) if found else None


def _touched(change: FileChange, span: Span) -> Span | None:
    """Returns where the lines of a span stand after the change, None where it leaves them as they are.

    Most findings tell lines of the base; those about the patched text tell lines of that: either is looked for.
    """
    first, last = span.first_line - 1, span.last_line
    changed = _changed(change.before or "", change.after or "")
    for start, end, to, until in changed:
        if start < last and first < end and until > to:
            return Span(span.path, to + 1, until)
    return span if any(to < last and first < until for _, _, to, until in changed) else None


@lru_cache(maxsize=FILES_KEPT_MAX)
def _changed(before: str, after: str) -> tuple[tuple[int, int, int, int], ...]:
    """Returns the runs of lines that differ, as from and until before, from and until after; lines count from 0."""
    codes = SequenceMatcher(None, before.splitlines(), after.splitlines()).get_opcodes()
    return tuple((start, end, to, until) for tag, start, end, to, until in codes if tag != "equal")
