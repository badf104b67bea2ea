"""What a map is kept as: every noun that a map can hold is packed, and comes back equal."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import replace

import pytest

from copilot.domain.pipeline import PipelineMap
from copilot.domain.samples import SampleFiles
from copilot.domain.sinks import Sink
from copilot.domain.source import Span
from copilot.readers import packing
from tests.checks.cases import empty_map

SPAN = Span("copilot.toml", 1, 2)


def nouns_in(kind: typing.Any, known: set[type]) -> set[type]:
    """Returns every dataclass that a type may hold, at any depth."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind not in known:
        known.add(kind)
        for hint in typing.get_type_hints(kind).values():
            nouns_in(hint, known)
    for part in typing.get_args(kind):
        nouns_in(part, known)
    return known


@pytest.mark.parametrize("noun", sorted(nouns_in(PipelineMap, set()), key=str))
def test_every_noun_of_a_map_is_packed(noun: type) -> None:
    assert noun in packing._NOUNS


def test_a_map_with_what_settings_say_of_tables_and_samples_comes_back_equal() -> None:
    sinks = (Sink("raw", "delta", "order", "", "", SPAN), Sink("wide", "bigquery", "", "orders", "dw", SPAN))
    pipeline = replace(empty_map(), sinks=sinks, samples=(SampleFiles("order", "samples/*", SPAN),))

    assert packing.unpack(packing.pack(pipeline)) == pipeline
