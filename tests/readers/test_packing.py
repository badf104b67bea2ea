"""What a map is kept as: every noun that a map can hold is packed, and comes back equal."""

from __future__ import annotations

import dataclasses
import marshal
import typing
import zlib
from dataclasses import replace

import pytest

from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.samples import SampleFiles
from copilot.domain.sinks import Sink
from copilot.domain.source import Gap, Span
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


USE = FieldUse("billing", "order", "amount", "reads", "subscript", "certain", SPAN, 4, False, 'order["amount"]')
VALUES = (
    (),
    (SPAN, SPAN),
    (SPAN, None, "text", 3),
    ((), (SPAN,), (), (SPAN, SPAN)),
    ((("module", "a.py"), "b.py"), (("subjects", 0), ("order",)), (("subjects", 1), ())),
    ((), ((USE, USE), (), (Gap(SPAN, "is no text"),))),
    USE,
)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_is_kept_comes_back_equal_however_its_tuples_are_nested(value: object) -> None:
    back = packing.unpack(packing.pack(value))

    assert back == value
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    "kept", [[14, ("a", "b"), (1,), (2, 3)], [14, ("a",)], [99, ("a",)], [-1, (2,), ()], []], ids=str
)
def test_columns_that_fit_no_nouns_are_nothing(kept: list[object]) -> None:
    assert packing.unpack(zlib.compress(marshal.dumps(kept))) is None
