"""The names that a change is looked for by, without their case styles: fields, record, the record's other fields, types."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from copilot.domain.impacted import AskedChange
from copilot.impact.shapes import stem_of
from copilot.impact.target import Target
from copilot.impact.words import last_names, normal, parts_of

LONG_NAME = 6
"""From this length on, a name counts inside of longer words too: `getAmountCents` for `amountCents`."""
_TYPE_WORDS = (
    "string int integer long float double bool boolean bytes null array map record enum number object list dict str optional any"
    " timestamp date datetime numeric decimal repeated nullable required union column field struct int32 int64 uint32 uint64 sint32"
    " time uuid text none symbol type format millis micros fixed items"
)
_PLAIN_TYPES = frozenset(_TYPE_WORDS.split())


class ChangeNames:
    """All names of one change, or of several that are made together."""

    def __init__(self, asked: Sequence[AskedChange], targets: Sequence[Target]) -> None:
        own = [name for it in asked for name in (last_names([it.field])[0], it.symbol) if name]
        self.field_names = tuple(sorted(set(own)))
        self.fields = frozenset(map(normal, own)) - {""}
        self.fields_written = frozenset(name.encode() for name in own)
        self.records = frozenset(normal(it.record) for it in targets) - {""}
        self.record_names = tuple(sorted({it.record for it in targets} - {""}))
        self.schema_stems = tuple(sorted({stem_of(it.path) for it in targets if it.path}))
        self.stems = frozenset(map(normal, self.schema_stems)) - {""}
        self.siblings = tuple(frozenset(map(normal, it.siblings)) - {""} for it in targets)
        self.siblings_written = frozenset(name.encode() for it in targets for name in it.siblings)
        self.types = frozenset(normal(word) for it in asked for word in _type_names(it.type)) - _PLAIN_TYPES - {""}
        self.pairs = tuple(
            sorted({(one + two).encode() for name in own for one, two in itertools.pairwise(parts_of(name))})
        )
        every = self.fields | self.records | self.stems | self.types
        self.keys = frozenset(name.encode() for name in every.union(*self.siblings))
        self.written_keys = (
            self.fields_written | self.siblings_written | frozenset(name.encode() for name in self.record_names)
        )
        self.long_fields = tuple(sorted(name.encode() for name in self.fields if len(name) >= LONG_NAME))
        self.long_records = tuple(sorted(name.encode() for name in self.records if len(name) >= LONG_NAME))


def _type_names(text: str) -> list[str]:
    words = text.replace("[", " ").replace('"', " ").split()
    return last_names("".join(char for char in word if char.isalnum() or char in "._") for word in words)
