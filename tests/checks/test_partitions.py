"""Partitions of recorded keys: the hashes of Kafka's clients, and what another key does to the order of records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.checks.partitions import Replayed, java_partition, librdkafka_partition, murmur2, replayed


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_that_of_kafka_s_own_tests(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


@given(st.binary(), st.integers(1, 1000))
def test_a_key_always_has_one_partition_that_is_there(key: bytes, partitions: int) -> None:
    for partition in (java_partition, librdkafka_partition):
        assert 0 <= partition(key, partitions) < partitions
        assert partition(key, partitions) == partition(key, partitions)


def test_records_whose_new_key_tells_the_old_one_keep_their_order() -> None:
    pairs = [(f"c{number % 3}".encode(), f"c{number % 3}/o{number}".encode()) for number in range(60)]

    found = replayed(pairs)

    assert (found.records, found.old_keys, found.new_keys) == (60, 3, 60)
    assert found.spread == 0
    assert found.scattered == 3
    assert 0 < found.moved <= 60


def test_records_of_one_new_key_from_several_old_ones_had_no_order() -> None:
    pairs = [(f"o{number}".encode(), b"one") for number in range(60)]

    assert replayed(pairs).spread == 1
    assert replayed(pairs).moved == 1


@given(st.lists(st.binary(min_size=1)))
def test_the_same_key_changes_nothing(keys: list[bytes]) -> None:
    pairs = [(key, key) for key in keys]

    assert replayed(pairs) == Replayed(len(keys), len(set(keys)), len(set(keys)), 0, 0, 0)


@given(st.lists(st.tuples(st.binary(max_size=3), st.binary(max_size=3))))
def test_one_partition_keeps_every_order(pairs: list[tuple[bytes, bytes]]) -> None:
    found = replayed(pairs, partitions=1)

    assert (found.spread, found.scattered, found.moved) == (0, 0, 0)
