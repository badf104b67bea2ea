"""Which files will people probably have to touch besides what an alternative edits?

Real changes judge the ranking, so a probability is what it says; but it is no proof, and an alternative may do without such a file
by its very idea (an alias, a second field). So these are notes: no verdict rests on them, and no id of an evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from copilot.domain.evidence import Finding
from copilot.domain.impacted import ImpactedFile, files_left, files_reached
from copilot.domain.source import Span
from copilot.ports import Case

REASONS_SHOWN = 2
FIX = "Look at the file by hand: this is likely, not proved."


def likely_left(case: Case, proved: Collection[str]) -> Iterator[Finding]:
    """Yields a note for each file of the short list that no phase edits and no step names; those of `proved` are told already."""
    if case.impacted is None or not case.patches:
        return
    for it in files_left(case.impacted, files_reached(case.alternative, case.patches)):
        if it.path not in proved:
            yield _note(it)


def _note(it: ImpactedFile) -> Finding:
    text = (
        f"{it.path} may have to change too ({it.percent}%: {'; '.join(it.reasons[:REASONS_SHOWN])});"
        " no phase edits it, and no step names it."
    )
    return Finding("usage.likely-file-left", "note", text, it.spans[0] if it.spans else Span(it.path, 1, 1), fix=FIX)
