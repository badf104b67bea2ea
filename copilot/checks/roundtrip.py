"""Sends sample records of every writer through every decoder to every reader, and groups what did not come back.

Each record is written once per writer and decoder; what it was is what that decoder reads with the same schema.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from copilot.checks.declared import Declared
from copilot.checks.lineage import Direction, Pair
from copilot.checks.quirks import WHOLE_RECORD, quirks_of
from copilot.checks.recorded import HIDDEN, HIDDEN_READ, HIDDEN_REASON
from copilot.checks.unwritten import Unwritten, as_written
from copilot.checks.values import compare, meeting
from copilot.domain.schema import SchemaVersion
from copilot.ports import DecoderUnderTest, SchemaFormat, Undecodable

SAMPLE_COUNT = 8
SPARE_COUNT = 40
HISTORY_LIMIT = 12
REASON_CHARACTERS = 160
_KEPT_SAMPLES_MAX = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """What one decoder did on one pair with one path; `kind` is "" for a pair that came back whole.

    `writers` and `readers` are the labels of all the versions with the same outcome, `pair` the first of them.
    """

    decoder: str
    pair: Pair
    kind: str
    path: str = ""
    written: str = ""
    read: str = ""
    records: int = 0
    asked: int = 0
    others: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        return {"refused": "refused", "leftover": "leftover-bytes", "quirk": "decoder-quirk"}.get(
            self.kind, f"value-{self.kind}"
        )

    def text(self, words: Mapping[str, str]) -> str:
        """Returns one sentence that names versions, path and an example."""
        meeting = f"data of {self._labels(self.pair.writer_label, 'backward')} read as"
        meeting += f" {self._labels(self.pair.reader_label, 'forward')}"
        share = f"({self.records} of {self.asked} records)"
        if self.kind == "refused":
            return f"refuses {meeting} {share}: {self.read}"
        if self.kind == "quirk":
            where = self.path or "the whole record"
            return f"misreads {where} with any second schema, so also before this change: {self.read} {share}."
        if self.kind == "leftover":
            return f"leaves {self.read} bytes unread of {meeting} {share}."
        return f"{self.path} {words[self.kind]}: {self.written} gives {self.read}, {meeting} {share}."

    def _labels(self, own: str, direction: Direction) -> str:
        return ", ".join((own, *self.others)) if self.pair.direction == direction else own


@dataclass(frozen=True, slots=True)
class Unreplayed:
    """A decoder that could not be asked about a version's samples, or not about `left_out` of them."""

    decoder: str
    writer: str
    reason: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One record as bytes, and as the decoder itself reads it with the true writer schema."""

    data: bytes
    value: Any
    is_recorded: bool = False
    """Somebody's own data, which is never shown."""


def round_trips(
    schema_format: SchemaFormat,
    met: Iterable[Pair],
    declared: Declared,
    base: frozenset[str],
    seed: str,
    unwritten: Unwritten,
    recorded: Mapping[str, tuple[Any, ...]],
) -> tuple[tuple[Seen, ...], tuple[Unreplayed, ...], Counter[str]]:
    """Returns what was seen, what could not be asked, and counts of records, versions, values and defaults.

    `recorded` are records to try besides the samples, by the meaning of the version that they are of.
    """
    kept = _newest(met)
    written_as = {pair.writer.meaning: as_written(pair.writer.resolved, unwritten) for pair in kept}
    asked = {key: len(schema_format.samples(schema, seed, SAMPLE_COUNT)) for key, schema in written_as.items()}
    counts: Counter[str] = Counter(versions=len(written_as), pairs=len(kept))
    seen: list[Seen] = []
    unreplayed: dict[tuple[str, str], Unreplayed] = {}
    for decoder in schema_format.decoders:
        written: dict[str, tuple[Written, ...] | str] = {}
        for pair in kept:
            key = pair.writer.meaning
            if key not in written:
                made = partial(own_samples, decoder, schema_format, written_as[key], pair.writer.resolved, seed)
                written[key] = made(SAMPLE_COUNT)
                if 0 < len(written[key]) < asked[key] and not isinstance(written[key], str):
                    left_out = asked[key] - len(written[key])
                    reason = f"{left_out} of {asked[key]}"
                    unreplayed[decoder.name, key] = Unreplayed(decoder.name, pair.writer_label, reason, left_out)
                    # Others take their place, so that such a decoder is asked about as many.
                    written[key] = made(SPARE_COUNT)[:SAMPLE_COUNT]
            outcome = written[key]
            if isinstance(outcome, str):
                unreplayed[decoder.name, key] = Unreplayed(decoder.name, pair.writer_label, outcome)
                continue
            kept_records = _recorded(decoder, pair.writer, recorded)
            counts["recorded"] += len(kept_records)
            seen += read_back(decoder, pair, (*outcome, *kept_records), declared, base, counts)
    return _grouped(seen), tuple(unreplayed.values()), counts


def _recorded(
    decoder: DecoderUnderTest, writer: SchemaVersion, recorded: Mapping[str, tuple[Any, ...]]
) -> tuple[Written, ...]:
    """Returns the version's recorded records as the decoder writes them; those that it can't write tell nothing."""
    written = (written_samples(decoder, writer.resolved, [value]) for value in recorded.get(writer.meaning, ()))
    return tuple(replace(one, is_recorded=True) for found in written if not isinstance(found, str) for one in found)


def _newest(met: Iterable[Pair]) -> tuple[Pair, ...]:
    """Keeps the newest `HISTORY_LIMIT` meetings of each phase and direction; `pairs` lists them newest first."""
    counted: Counter[tuple[int, Direction]] = Counter()
    kept = []
    for pair in met:
        counted[pair.phase, pair.direction] += 1
        if counted[pair.phase, pair.direction] <= HISTORY_LIMIT:
            kept.append(pair)
    return tuple(kept)


@lru_cache(maxsize=_KEPT_SAMPLES_MAX)
def own_samples(
    decoder: DecoderUnderTest, schema_format: SchemaFormat, schema: str, resolved: str, seed: str, count: int
) -> tuple[Written, ...] | str:
    """Returns samples of `schema` as the decoder writes them with `resolved`, or why it can't; of the base all ask."""
    return written_samples(decoder, resolved, schema_format.samples(schema, seed, count))


def written_samples(decoder: DecoderUnderTest, resolved: str, samples: Iterable[Any]) -> tuple[Written, ...] | str:
    """Returns the samples as the decoder writes them with a schema, or why it can't.

    Samples that it can't read with their own schema (avsc takes no whole number beyond 2^53) are left out where others are there.
    """
    written = []
    refused = ""
    for sample in samples:
        try:
            data = decoder.encode(resolved, sample)
        except Undecodable as error:
            return str(error)[:REASON_CHARACTERS]
        try:
            decoded = decoder.decode(data, resolved, resolved)
        except Undecodable as error:
            refused = refused or str(error)[:REASON_CHARACTERS]
            continue
        if decoded.leftover_bytes:
            return f"it left {decoded.leftover_bytes} of its own bytes unread"
        written.append(Written(data, decoded.value))
    return refused if refused and not written else tuple(written)


def read_back(
    decoder: DecoderUnderTest,
    pair: Pair,
    written: tuple[Written, ...],
    declared: Declared,
    base: frozenset[str],
    counts: Counter[str],
) -> list[Seen]:
    """Returns what the reader of a pair made of the records, one entry for each kind and path; adds to the counts."""
    met = meeting(pair.direction, pair.present or pair.writer, pair.reader, declared, base)
    found: dict[tuple[str, str], Seen] = {}
    seen_records: Counter[tuple[str, str]] = Counter()
    for record in written:
        try:
            expected = _expected(decoder, pair, record)
        except Undecodable:
            # Nobody can read it before the change either.
            continue
        counts["records"] += 1
        try:
            decoded = decoder.decode(record.data, pair.writer.resolved, pair.reader.resolved)
        except Undecodable as error:
            is_quirk = WHOLE_RECORD in quirks_of(decoder, pair.writer, record.data, record.value)
            kind = "quirk" if is_quirk else "refused"
            reason = HIDDEN_REASON if record.is_recorded else _short(error)
            found.setdefault((kind, ""), Seen(decoder.name, pair, kind, read=reason))
            seen_records[kind, ""] += 1
            counts[kind] += 1
            continue
        if decoded.leftover_bytes:
            found.setdefault(("leftover", ""), Seen(decoder.name, pair, "leftover", read=str(decoded.leftover_bytes)))
            seen_records["leftover", ""] += 1
            counts["leftover"] += 1
        compared = compare(expected, decoded.value, met)
        counts["values"] += compared.values
        counts["defaults"] += compared.defaults_used
        quirks = quirks_of(decoder, pair.writer, record.data, record.value) if compared.differences else frozenset()
        for it in compared.differences:
            kind = "quirk" if it.path in quirks else it.kind
            counts["dropped before" if kind == "dropped" and it.path not in base else kind] += 1
            seen_records[kind, it.path] += 1
            shown = (HIDDEN, HIDDEN_READ) if record.is_recorded else (it.written, it.read)
            found.setdefault((kind, it.path), Seen(decoder.name, pair, kind, it.path, *shown))
    counted = [replace(it, records=seen_records[key], asked=len(written)) for key, it in found.items()]
    return counted or [Seen(decoder.name, pair, "")]


def _expected(decoder: DecoderUnderTest, pair: Pair, record: Written) -> Any:
    """Returns what a reader must see: what was written, or what the reader with the present schema makes of it."""
    if pair.present is None:
        return record.value
    return decoder.decode(record.data, pair.writer.resolved, pair.present.resolved).value


def _short(error: Undecodable) -> str:
    text = str(error)
    return text if len(text) <= REASON_CHARACTERS else text[: REASON_CHARACTERS - 1] + "…"


def _grouped(seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """Joins what differs only in the older version concerned; a meeting with the previous one stands alone."""
    groups: dict[tuple[object, ...], list[Seen]] = {}
    for number, it in enumerate(seen):
        is_alone = not it.kind or it.pair.age == "previous"
        key = (it.decoder, it.kind, it.path, it.pair.phase, it.pair.direction, number if is_alone else -1)
        groups.setdefault(key, []).append(it)
    return tuple(_joined(group) for group in groups.values())


def _joined(group: list[Seen]) -> Seen:
    first = group[0]
    is_backward = first.pair.direction == "backward"
    others = tuple(it.pair.writer_label if is_backward else it.pair.reader_label for it in group[1:])
    return replace(first, others=others)
