"""Which numbers a sentence says, and which ones an evidence holds.

A number stands in an evidence where it is one of its measures, a count of its findings (all, by severity, by rule), written
in one of its findings, or the line that one is about. Numbers that are part of a name (`amount_v2`, `alias-3fa2b1`) are no numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from copilot.domain.evidence import Evidence

_NUMBER = re.compile(r"(?<![\w.\-])\d+(?:\.\d+)?(?!\w|\.\d)")


def numbers_in(text: str) -> tuple[str, ...]:
    """Returns the numbers that stand alone in a text, as written."""
    return tuple(_NUMBER.findall(text))


def numbers_of(evidence: Evidence) -> Iterator[float]:
    """Yields the numbers that an evidence holds, some of them more than once."""
    yield from (float(measure.value) for measure in evidence.measures)
    counts: Counter[str] = Counter()
    for finding in evidence.findings:
        counts.update(("all", finding.severity, finding.rule, f"{finding.severity} {finding.rule}"))
        if finding.span is not None:
            yield float(finding.span.first_line)
        for text in (finding.message, finding.path, finding.subject, finding.fix):
            yield from (float(number) for number in numbers_in(text))
    yield from (float(count) for count in counts.values())
