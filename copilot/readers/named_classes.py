"""Which classes of a tree do its topics, handlers and messages name as what they hold? Followed through the modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copilot.readers.chains import Chains
from copilot.readers.facts import Call, FileFacts
from copilot.readers.record_classes import LIBRARY
from copilot.readers.schema_literals import CANDIDATE
from copilot.readers.values import Value


def named_classes(facts: Mapping[str, FileFacts], chains: Chains) -> dict[str, set[int]]:
    """Returns the candidates, as byte offsets by file, that calls of these files name."""
    found: dict[str, set[int]] = {}
    for path, one in facts.items():
        for value in {value for call in one.calls for value in _schemas(call)}:
            for end in chains.all_ends(path, value):
                if end.value[0] == "literal":
                    literal = chains.facts(end.path).literals[end.value[1]]
                    if literal.host == CANDIDATE:
                        found.setdefault(end.path, set()).add(literal.start)
    return found


def _schemas(call: Call) -> Iterator[Value]:
    if call.library == LIBRARY:
        yield from (value for value in (call.reader, call.writer) if value is not None)
