"""Subjects that are kept are the subjects that would be read, with their gaps, until something that they hang on changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from copilot.readers import kept_subjects
from copilot.readers.kept_subjects import SUBJECTS_KIND
from copilot.settings import Settings
from tests.readers.sockets import MemoryIndex, map_of


def schema(name: str, *fields: str, kind: str = "long") -> str:
    return json.dumps({"type": "record", "name": name, "fields": [{"name": field, "type": kind} for field in fields]})


TEXTS = {
    "schemas/order.avsc": schema("Order", "id", "amount"),
    "schemas/archive/order.avsc": schema("Order", "id", "amount"),
    "schemas/cart.avsc": schema("Cart", "item", kind="Missing"),
    "jobs/run.py": "x = 1\n",
}
PAST: Mapping[str, Sequence[str]] = {
    "schemas/order.avsc": [schema("Order", "id"), TEXTS["schemas/order.avsc"]],
    "schemas/archive/order.avsc": [TEXTS["schemas/archive/order.avsc"]],
    "schemas/cart.avsc": [TEXTS["schemas/cart.avsc"]],
}


@pytest.fixture(autouse=True)
def _keep_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_subjects, "FILES_MIN", 1)


def kept_in(index: MemoryIndex) -> int:
    return sum(kind == SUBJECTS_KIND for kind, _ in index.entries)


def test_after_a_change_of_code_they_are_taken_from_what_was_kept() -> None:
    index = MemoryIndex()
    first = map_of(TEXTS, PAST, index)
    changed = TEXTS | {"jobs/run.py": "x = 2\n"}

    found = map_of(changed, PAST, index)

    assert kept_in(index) == 1
    assert found == map_of(changed, PAST)
    assert found.subjects == first.subjects
    assert any("Missing" in gap.reason for gap in found.gaps)


@pytest.mark.parametrize(
    ("texts", "past"),
    [
        ({"schemas/cart.avsc": schema("Cart", "item")}, {"schemas/cart.avsc": [schema("Cart", "item")]}),
        ({}, {"schemas/order.avsc": [schema("Order", "id", "old"), TEXTS["schemas/order.avsc"]]}),
        ({"schemas/more.avsc": schema("More", "a")}, {"schemas/more.avsc": [schema("More", "a")]}),
    ],
)
def test_after_a_change_of_a_schema_or_of_its_past_they_are_read_again(
    texts: Mapping[str, str], past: Mapping[str, Sequence[str]]
) -> None:
    index = MemoryIndex()
    map_of(TEXTS, PAST, index)

    assert map_of({**TEXTS, **texts}, {**PAST, **past}, index) == map_of({**TEXTS, **texts}, {**PAST, **past})
    assert kept_in(index) == 2


def test_other_settings_ask_for_others() -> None:
    index = MemoryIndex()
    map_of(TEXTS, PAST, index)
    settings = Settings(records_folder="elsewhere")

    map_of(TEXTS, PAST, index, settings)

    assert kept_in(index) == 2


@pytest.mark.parametrize(
    ("texts", "past"),
    [
        (
            {
                "jobs/run.py": 'SCHEMA = {"type": "record", "name": "Inner", "fields": [{"name": "a", "type": "long"}]}\n'
            },
            PAST,
        ),
        ({}, {path: PAST[path] for path in PAST if "cart" not in path}),
    ],
)
def test_schemas_in_code_and_those_of_which_history_does_not_tell_are_not_kept(
    texts: Mapping[str, str], past: Mapping[str, Sequence[str]]
) -> None:
    index = MemoryIndex()

    map_of({**TEXTS, **texts}, past, index)

    assert kept_in(index) == 0


def test_what_is_damaged_is_read_again() -> None:
    index = MemoryIndex()
    map_of(TEXTS, PAST, index)
    index.entries.update({key: b"damaged" for key in index.entries if key[0] == SUBJECTS_KIND})

    assert map_of(TEXTS, PAST, index) == map_of(TEXTS, PAST)
