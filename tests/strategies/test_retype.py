"""What a producer writes into a new field of another type: a value that does not convert must not stop it."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.evaluated import evaluate
from copilot.strategies.retype import _into_new_field, _into_other_unit


@pytest.mark.parametrize(
    ("text", "gives"), [("12", 12), ("-7", -7), ("o-1", None), ("", None), ("--5", None), ("1.5", None), ("-", None)]
)
@pytest.mark.parametrize("old", ["string", ["null", "string"]])
def test_a_text_that_is_no_number_leaves_the_new_field_null(old: Any, text: str, gives: int | None) -> None:
    how = _into_new_field(old, "long")
    assert how is not None
    assert evaluate(how.replace("{}", "{value}"), {"value": text}) == gives


def test_null_stays_null() -> None:
    how = _into_new_field(["null", "string"], "int")
    assert how is not None
    assert evaluate(how.replace("{}", "{value}"), {"value": None}) is None


def test_what_can_only_be_tried_is_written_by_a_person() -> None:
    assert _into_new_field("string", "double") is None


def test_numbers_become_texts_as_they_are() -> None:
    assert _into_new_field("int", "string") == "str({})"


@pytest.mark.parametrize(
    ("old", "new", "written", "how"),
    [
        ("timestamp-millis", "timestamp-micros", ["int(time.time() * 1000),"], "{} * 1000"),
        ("timestamp-micros", "timestamp-millis", ["round(now * 1e6)}", "time.time_ns() // 1000,"], "{} // 1000"),
        ("timestamp-millis", "timestamp-micros", ["datetime.now(UTC),", "datetime.datetime.now(tz=UTC)}"], ""),
        ("timestamp-millis", "timestamp-micros", ["datetime.now(UTC).timestamp() * 1000,"], None),
        ("timestamp-millis", "timestamp-micros", ["int(now * 1000),", "stamp,"], None),
        ("timestamp-millis", "date", ["int(now * 1000),"], None),
        ("timestamp-millis", "timestamp-micros", [], None),
    ],
)
def test_a_number_is_counted_in_the_other_unit_where_the_lines_show_that_it_is_one(
    old: str, new: str, written: list[str], how: str | None
) -> None:
    kinds = [{"type": "long", "logicalType": name} for name in (old, new)]

    assert _into_other_unit(kinds[0], kinds[1], written) == how
