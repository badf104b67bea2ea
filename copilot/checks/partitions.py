"""Where do recorded records lie by the old key and by the new one, and what does that do to their order?

Recorded keys are replayed through the partitioners of Kafka's own clients: murmur2 (Java and what follows it) and CRC-32, which
librdkafka, so Python, takes unless told otherwise. Records of one partition have an order, those of several have none. How many
partitions a topic has is not known here, so a usual number is taken. Recorded values are counted, and never shown.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.checks.recorded import recorded_files, recorded_values
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Span
from copilot.ports import Bench

PARTITIONS = 12
_SEED, _MULTIPLIER, _SHIFT, _WORD = 0x9747B28C, 0x5BD1E995, 24, 0xFFFFFFFF
Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What recorded keys showed: how many records and keys, of which new keys records lie in several partitions of the old topic
    (`spread`), of which old keys they come to several of the new one (`scattered`), and of which new keys some record changes its
    partition (`moved`). The numbers are those of the partitioner that does worst.
    """

    records: int
    old_keys: int
    new_keys: int
    spread: int
    scattered: int
    moved: int


def murmur2(data: bytes) -> int:
    """Returns the 32-bit hash of Kafka's default partitioner, as its Java client computes it, without a sign."""
    hashed = (_SEED ^ len(data)) & _WORD
    whole = len(data) - len(data) % 4
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _MULTIPLIER & _WORD
        word = (word ^ word >> _SHIFT) * _MULTIPLIER & _WORD
        hashed = hashed * _MULTIPLIER & _WORD ^ word
    if whole < len(data):
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _WORD
    hashed = (hashed ^ hashed >> 13) * _MULTIPLIER & _WORD
    return hashed ^ hashed >> 15


def java_partition(key: bytes, partitions: int) -> int:
    """Returns the partition that the Java client sends a key to."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def librdkafka_partition(key: bytes, partitions: int) -> int:
    """Returns the partition that librdkafka sends a key to unless it is told otherwise."""
    return zlib.crc32(key) % partitions


PARTITIONERS: tuple[Callable[[bytes, int], int], ...] = (java_partition, librdkafka_partition)


def replayed(pairs: Sequence[Pair], partitions: int = PARTITIONS) -> Replayed:
    """Returns what happens to records whose (old key, new key) these are."""
    seen = [_replayed(pairs, partition, partitions) for partition in PARTITIONERS]
    old, new = ({pair[side] for pair in pairs} for side in (0, 1))
    spread, scattered, moved = (max(counts) for counts in zip(*seen, strict=True))
    return Replayed(len(pairs), len(old), len(new), spread, scattered, moved)


def _replayed(pairs: Sequence[Pair], partition: Callable[[bytes, int], int], partitions: int) -> tuple[int, int, int]:
    places = [(partition(old, partitions), partition(new, partitions)) for old, new in pairs]
    spread = _in_several((new, before) for (_, new), (before, _) in zip(pairs, places, strict=True))
    scattered = _in_several((old, after) for (old, _), (_, after) in zip(pairs, places, strict=True))
    moved = {new for (_, new), (before, after) in zip(pairs, places, strict=True) if before != after}
    return spread, scattered, len(moved)


def _in_several(found: Iterable[tuple[Hashable, int]]) -> int:
    places: dict[Hashable, set[int]] = defaultdict(set)
    for key, place in found:
        places[key].add(place)
    return sum(len(it) > 1 for it in places.values())


def recorded_keys(
    subject: str, old: str, new: str, pipeline: PipelineMap, bench: Bench
) -> Iterator[tuple[Span, list[Pair]]]:
    """Yields each file of recorded records with the old and new key of each record that has both, as bytes of their text."""
    for file, records in recorded_files(pipeline.subject(subject), pipeline, bench):
        both = ((next(recorded_values(it, old), None), next(recorded_values(it, new), None)) for it in records)
        pairs = [(_key(before), _key(after)) for before, after in both if before is not None and after is not None]
        if pairs:
            yield file, pairs


def _key(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
