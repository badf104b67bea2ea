"""What is known of each file about one change: which of its names the file has, where it lies, and what it changed with before."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from copilot.impact.names import ChangeNames
from copilot.impact.passages import Passage
from copilot.impact.past import Past
from copilot.impact.places import Place, place_of, steps_between
from copilot.impact.shapes import stem_of
from copilot.impact.target import Target
from copilot.impact.words import COMPILED, Words, normal, parts_of, rarity, styleless

SHARE_MIN = 0.12
TOGETHER_MIN = 0.05
BESIDE_MIN = 0.08
LIKENESS_MIN = 0.5
LAST_FIELDS = 3
CANDIDATES_MAX = 4_000
"""So many files are looked at closer, where more have some name of the change; the rarer the names, the sooner."""
_Hits = Mapping[str, frozenset[bytes]]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file as seen by one change. Names: 3 as written, 2 in another case style, 1 inside of a longer word, 0 not.

    Shares, rates and rarities run from 0 to 1. `siblings` is the share of the record's other fields, `together` how often the file
    changed with the schema, `beside` with schemas of the same folder; `age_days` is -1 beyond the log's reach. What stands last is
    known of the likeliest files alone.
    """

    path: str
    place: Place
    size_bytes: int
    field: int = 0
    field_rarity: float = 0.0
    siblings: float = 0.0
    siblings_count: int = 0
    last_siblings: float = 0.0
    rarest_sibling: float = 0.0
    siblings_of: int = 0
    record: int = 0
    record_rarity: float = 0.0
    names_schema: bool = False
    schema_rarity: float = 0.0
    type_rarity: float = 0.0
    parts: float = 0.0
    is_schema: bool = False
    is_twin: bool = False
    is_same_stem: bool = False
    stem_likeness: float = 0.0
    record_likeness: float = 0.0
    field_likeness: float = 0.0
    folder_likeness: float = 0.0
    steps: int = 0
    is_same_top: bool = False
    is_same_suffix: bool = False
    together: float = 0.0
    together_count: int = 0
    together_of: int = 0
    together_weighted: float = 0.0
    with_record: float = 0.0
    with_record_count: int = 0
    with_record_of: int = 0
    beside: float = 0.0
    age_days: float = -1.0
    touches_30: int = 0
    touches_90: int = 0
    passage: Passage | None = None
    kin: float = 0.0
    kin_path: str = ""
    names_likely: float = 0.0
    named_by_likely: float = 0.0
    pair: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one scan found: the files worth a thought, and the rarity of each name."""

    files: tuple[FileFacts, ...]
    rarities: Mapping[str, float]


def gather(names: ChangeNames, targets: Sequence[Target], words: Words, past: Past) -> Evidence:
    """Returns the facts of every file that has any to speak of, sorted by path."""
    hits: dict[str, frozenset[bytes]] = {}
    written: dict[str, frozenset[bytes]] = {}
    inside: dict[str, tuple[bool, bool, int]] = {}
    for path, listed in words.each():
        plain = styleless(listed)
        found = names.keys.intersection(plain.split(b"\n"))
        parts = sum(pair in plain for pair in names.pairs)
        in_field = any(name in plain for name in names.long_fields)
        in_record = any(name in plain for name in names.long_records)
        if found or parts or in_field or in_record:
            hits[path] = found
            inside[path] = (in_field, in_record, parts)
            written[path] = names.written_keys.intersection(listed.split(b"\n")) if found else frozenset()
    return _Gathering(names, targets, words, past, hits, written, inside).evidence()


class _Gathering:
    def __init__(
        self,
        names: ChangeNames,
        targets: Sequence[Target],
        words: Words,
        past: Past,
        hits: _Hits,
        written: _Hits,
        inside: Mapping[str, tuple[bool, bool, int]],
    ) -> None:
        self._names, self._targets, self._words, self._past = names, targets, words, past
        self._hits, self._written, self._inside = hits, written, inside
        counted = Counter(key for found in hits.values() for key in found)
        total = max(1, words.count)
        self._rarity = {key: rarity(counted[key], total) for key in names.keys}
        self._paths = sorted({target.path for target in targets if target.path})

    def evidence(self) -> Evidence:
        facts = (self._facts(path) for path in self._candidates())
        rarities = {key.decode("utf-8", "replace"): value for key, value in self._rarity.items()}
        return Evidence(tuple(it for it in facts if it.is_schema or _is_worth(it)), rarities)

    def _candidates(self) -> list[str]:
        """Returns the paths to look at; nobody edits what a compiler wrote, whatever it is called."""
        likely = self._named_alike()
        found = likely.union(self._hits, self._paths, self._past.together, self._past.neighbours(BESIDE_MIN))
        there = sorted(path for path in found if path in self._words.entries and not path.endswith(COMPILED))
        if len(there) <= CANDIDATES_MAX:
            return there
        named = likely.union(self._paths, self._past.together)
        return sorted(heapq.nlargest(CANDIDATES_MAX, there, key=lambda it: 0.5 * (it in named) + self._telling(it)))

    def _named_alike(self) -> set[str]:
        """Returns the files whose names hold that of the record or the schema, in any case style."""
        paths = list(self._words.entries)
        # A hundred thousand names are put into one style at once, in a tenth of the time that one by one takes.
        stems = "\n".join(stem_of(path).replace("\n", " ") for path in paths).lower()
        styled = re.sub(r"[^\w\n]|_", "", stems).split("\n")
        wanted = self._names.stems | self._names.records
        # Of no paths, the text has one empty line.
        return {path for path, stem in zip(paths, styled, strict=False) if any(name in stem for name in wanted)}

    def _telling(self, path: str) -> float:
        """Returns the rarities of all names in the file that are looked for, and something for those inside of longer words."""
        in_field, in_record, parts = self._inside.get(path, (False, False, 0))
        return sum(self._rarity[key] for key in self._hits.get(path, ())) + 0.5 * (in_field + in_record + parts)

    def _facts(self, path: str) -> FileFacts:
        names, hits, written = self._names, self._hits.get(path, frozenset()), self._written.get(path, frozenset())
        in_field, in_record, parts = self._inside.get(path, (False, False, 0))
        share, count, of = max((self._share(it, hits) for it in names.siblings), default=(0.0, 0, 0))
        nearest = min(self._paths, key=lambda it: (steps_between(it, path), it), default="")
        age, touches_30, touches_90 = self._past.activity(path)
        record_names = {name.encode() for name in names.record_names}
        return FileFacts(
            path=path,
            place=place_of(path),
            size_bytes=self._words.entries[path].size_bytes,
            field=_level(bool(written & names.fields_written), self._has(names.fields, hits), in_field),
            field_rarity=self._rarest(names.fields),
            siblings=share,
            siblings_count=count,
            siblings_of=of,
            last_siblings=self._last(hits),
            rarest_sibling=max(
                (self._rarity[key] for it in names.siblings for name in it if (key := name.encode()) in hits),
                default=0.0,
            ),
            record=_level(bool(written & record_names), self._has(names.records, hits), in_record),
            record_rarity=self._rarest(names.records),
            names_schema=self._has(names.stems, hits),
            schema_rarity=self._rarest(names.stems),
            type_rarity=self._rarest(name for name in names.types if name.encode() in hits),
            parts=parts / max(1, len(names.pairs)),
            is_schema=path in self._paths,
            is_twin=any(path != it and path.rsplit("/", 1)[-1] == it.rsplit("/", 1)[-1] for it in self._paths),
            is_same_stem=normal(stem_of(path)) in names.stems,
            stem_likeness=max((_likeness(stem_of(it), stem_of(path)) for it in self._paths), default=0.0),
            record_likeness=max((_likeness(it, stem_of(path)) for it in names.record_names), default=0.0),
            field_likeness=max((_likeness(it, stem_of(path)) for it in names.field_names), default=0.0),
            folder_likeness=self._folder_likeness(path),
            steps=steps_between(nearest, path),
            is_same_top=nearest.split("/")[0] == path.split("/")[0],
            is_same_suffix=bool(nearest) and nearest.rsplit(".", 1)[-1] == path.rsplit(".", 1)[-1],
            together=self._past.rate(path),
            together_count=self._past.together.get(path, 0),
            together_of=self._past.changes,
            together_weighted=self._past.weighted_rate(path),
            with_record=self._past.record_rate(path),
            with_record_count=self._past.with_record.get(path, 0),
            with_record_of=self._past.record_changes,
            beside=self._past.beside_rate(path),
            age_days=age,
            touches_30=touches_30,
            touches_90=touches_90,
        )

    def _share(self, siblings: frozenset[str], hits: frozenset[bytes]) -> tuple[float, int, int]:
        """Returns how much of the record's other fields is named, rare names weighing more; and how many of how many."""
        keys = [name.encode() for name in sorted(siblings)]
        whole = sum(self._rarity[key] for key in keys)
        got = [key for key in keys if key in hits]
        return (sum(self._rarity[key] for key in got) / whole if whole else 0.0, len(got), len(keys))

    def _last(self, hits: frozenset[bytes]) -> float:
        """Returns how many of the record's last fields are named: new ones are mostly put last, and touched the same files."""
        return max(
            (
                sum(name.encode() in hits for name in it) / len(it)
                for target in self._targets
                if (it := [name for name in map(normal, target.siblings[-LAST_FIELDS:]) if name])
            ),
            default=0.0,
        )

    def _folder_likeness(self, path: str) -> float:
        """Returns how much of the record's and the schema's words stand in the path of the file."""
        words = {part for folder in path.split("/") for part in parts_of(folder)}
        owns = [set(parts_of(name)) for name in (*self._names.record_names, *self._names.schema_stems)]
        return max((len(own & words) / len(own) for own in owns if own), default=0.0)

    def _rarest(self, found: Iterable[str]) -> float:
        return max((self._rarity[name.encode()] for name in found), default=0.0)

    def _has(self, wanted: Iterable[str], hits: frozenset[bytes]) -> bool:
        return any(name.encode() in hits for name in wanted)


def _level(is_written: bool, is_styled: bool, is_inside: bool) -> int:
    return 3 if is_written else 2 if is_styled else int(is_inside)


def _is_worth(it: FileFacts) -> bool:
    return (
        it.field >= 1
        or it.record >= 1
        or it.siblings >= SHARE_MIN
        or it.together >= TOGETHER_MIN
        or it.beside >= BESIDE_MIN
        or it.stem_likeness >= LIKENESS_MIN
        or it.record_likeness >= LIKENESS_MIN
        or it.field_likeness >= LIKENESS_MIN
        or it.with_record_count >= 1
        or (it.names_schema and it.schema_rarity > 0.3)
        or it.parts >= 0.5
    )


def _likeness(name: str, other: str) -> float:
    """Returns how many of the words of two names are the same ones, from 0 to 1."""
    own, others = set(parts_of(name)), set(parts_of(other)) - {"test", "tests", "spec", "pb"}
    return len(own & others) / len(own | others) if own and others else 0.0
