"""What a query's result shows, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.proposals.query_results import condition, shown_by


def shown(folder: Path, name: str, text: str, *conditions: str) -> str:
    file = folder / name
    file.write_text(text, "utf-8")
    return shown_by(file, [condition(it) for it in conditions])[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "mismatches,day\n0,mon\n0.0,tue\n"),
        ("a.json", '[{"mismatches": 0, "day": "mon"}, {"mismatches": "0", "day": "tue"}]'),
        ("a.ndjson", '{"mismatches": 0, "day": "mon"}\n{"mismatches": 0, "day": "tue"}\n'),
        ("a.json", '{"rows": [{"mismatches": 0, "day": "mon"}, {"mismatches": 0, "day": "tue"}]}'),
    ],
)
def test_every_row_must_hold_every_condition(tmp_path: Path, name: str, text: str) -> None:
    assert shown(tmp_path, name, text, "mismatches = 0", "day != sun", "rows >= 2").endswith(f"in {name} (2 rows)")
    with pytest.raises(RefusedByEvidence, match="row 2 has day = tue, and must have day = mon"):
        shown(tmp_path, name, text, "day = mon")
    with pytest.raises(RefusedByEvidence, match="it has 2 rows, and must have rows > 2"):
        shown(tmp_path, name, text, "rows > 2")


def test_an_empty_result_shows_nothing_unless_rows_are_what_is_counted(tmp_path: Path) -> None:
    with pytest.raises(RefusedByEvidence, match="it has no row"):
        shown(tmp_path, "a.csv", "mismatches\n", "mismatches = 0")

    assert shown(tmp_path, "a.csv", "mismatches\n", "rows = 0") == "rows = 0 in a.csv (0 rows)"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "connection refused\n", "no JSON"),
        ("a.ndjson", "connection refused\n", "no JSON"),
        ("a.csv", "", "is empty"),
        ("a.json", " \n", "is empty"),
    ],
)
def test_what_a_failed_query_leaves_is_no_result_without_rows(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        shown(tmp_path, name, text, "rows = 0")


def test_a_size_is_not_held_by_what_has_none(tmp_path: Path) -> None:
    for value in ("", "n/a", "nan", "true"):
        with pytest.raises(RefusedByEvidence):
            shown(tmp_path, "a.csv", f"day,lag\nmon,{value}\n", "lag <= 5")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "a,b\n1\n", "not as many cells"),
        ("a.csv", "b\n1\n", 'no column "a"'),
        ("a.json", "[1, 2]", "no list of objects"),
        ("a.json", "[{]", "no JSON"),
    ],
)
def test_what_is_no_result_is_wrong_usage(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        shown(tmp_path, name, text, "a = 1")


@pytest.mark.parametrize("text", ["", "mismatches", "= 0", "lag < soon"])
def test_what_is_no_condition_is_wrong_usage(text: str) -> None:
    with pytest.raises(WrongUsage):
        condition(text)
