"""A map that was kept is the map that was read, and bytes that are no map are none."""

from __future__ import annotations

import random

import pytest

from copilot.domain.pipeline import PipelineMap
from copilot.readers.kept import dump_map, load_map
from tests.planners.builders import shop, steps


@pytest.mark.parametrize("pipeline", [shop().pipeline, steps()])
def test_a_map_survives_being_kept(pipeline: PipelineMap) -> None:
    kept = load_map(dump_map(pipeline))

    assert kept == pipeline
    assert load_map(dump_map(kept)) == pipeline


def test_damaged_bytes_are_no_map() -> None:
    whole = dump_map(shop().pipeline)
    chance = random.Random(7)

    assert load_map(b"") is None
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        assert load_map(bytes(damaged)) in (None, shop().pipeline)
        assert load_map(whole[: chance.randrange(len(whole))]) is None
