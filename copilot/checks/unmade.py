"""Is each edit of code that brings a name in the bytes? A file that has it in fewer places than its edits say has lost one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from copilot.domain.alternative import Alternative, CodeEdit
from copilot.domain.evidence import Finding
from copilot.domain.patch import Patch
from copilot.domain.source import Span

LOST = "scope.edit-lost"


def unmade_edits(alternative: Alternative, patch: Patch) -> Iterator[Finding]:
    """Yields the names that the edits of a file bring to more places than the file has them in anew.

    What a person leaves out on purpose is not lost: `usage` asks what becomes of it.
    """
    if alternative.origin == "person":
        return
    texts = {change.path: change for change in patch.changes}
    brought: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for edit in alternative.phases[patch.phase].edits:
        if isinstance(edit, CodeEdit) and edit.to and edit.to != edit.name:
            brought[edit.path, edit.to].add(edit.offset)
    for (path, name), places in brought.items():
        change = texts.get(path)
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        counts = [len(word.findall(text or "")) for text in ((change.before, change.after) if change else ("", ""))]
        # Where the file has the name already, another edit may take it from one place while this one brings it to another.
        if not counts[0] and counts[1] < len(places):
            text = f"{path} should get {name} in {len(places)} places, and has it in {counts[1]}."
            yield Finding(
                LOST, "error", text, Span(path, 1, 1), phase=patch.phase, fix="Look for the edit that got lost."
            )
