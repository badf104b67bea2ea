"""Which topics of the repository does a subscription to a pattern read? Those that match, where the pattern is plain enough.

A pattern stays an edge to unknown topics: others than the repository's may match it. It comes from the repository, so one that
could keep a matcher busy for ages is not tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from copilot.domain.pipeline import Link

LIKE = "topics like "
MAX_PATTERN = 200
MAX_WAYS = 100_000_000
"""Ways, at most, to share out a name among the repeats and alternatives of a pattern: a matcher may try them all."""
_REPEAT = re.compile(r"[*+{]|(?<!\()\?")
_REPEATED_GROUP = re.compile(r"\)[*+{?]")


def matching_patterns(links: Sequence[Link]) -> Iterator[Link]:
    """Yields the links of subscriptions to patterns again, to each topic that the links name and that the pattern matches."""
    topics = sorted({link.endpoint for link in links if link.endpoint.kind == "topic" and link.endpoint.name})
    for link in links:
        pattern = _compiled(link.endpoint.variable) if not link.endpoint.name else None
        if pattern is not None:
            for topic in topics:
                if _is_soon_told(pattern.pattern, len(topic.name)) and pattern.match(topic.name):
                    yield replace(
                        link, endpoint=topic, certainty="possible" if link.certainty == "possible" else "likely"
                    )


def _compiled(variable: str) -> re.Pattern[str] | None:
    text = variable.removeprefix(LIKE)
    if not text.startswith("^") or len(text) > MAX_PATTERN:
        return None
    if _REPEATED_GROUP.search(text):
        return None
    try:
        return re.compile(f"(?:{text})\\Z")
    except re.error:
        return None


def _is_soon_told(pattern: str, length: int) -> bool:
    """Tells whether few ways are there to match a name of that length."""
    ways: int = (length + 1) ** len(_REPEAT.findall(pattern)) * (pattern.count("|") + 1) ** pattern.count("(")
    return ways <= MAX_WAYS
