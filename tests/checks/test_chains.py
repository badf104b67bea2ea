"""What a chain of versions says that no two of them do."""

from __future__ import annotations

from typing import Any

from copilot.checks.chains import chain_changes
from tests.formats.avro.arranging import FORMAT, field, read, record

ID = field("id", "int")


def told(*versions: Any) -> list[tuple[str, str, str]]:
    read_versions = [read(it) for it in versions]
    labels = [f"v{number}" for number in range(1, len(versions) + 1)]
    found = chain_changes(read_versions, labels, FORMAT)
    return [(it.rule.partition(".")[2], it.version, it.message) for it in found]


def test_a_name_that_comes_back_is_told_with_the_version_that_had_it() -> None:
    with_note, without = record(ID, field("note", "int", 0)), record(ID)

    (same,) = told(with_note, without, record(ID, field("note", "int", 0), field("x", "int", 0)))
    (other,) = told(with_note, without, record(ID, field("note", "string", "")))

    assert same[:2] == ("name-readded", "v3")
    assert '"note" comes back in v3: v1 had it, of the same type.' in same[2]
    assert 'of type "int", and is now "string"' in other[2]


def test_a_change_that_was_taken_back_brings_nothing_back() -> None:
    first = record(ID, field("note", "int", 0))

    assert told(first, record(ID), first) == []


def test_a_record_that_comes_back_is_told_once() -> None:
    part = record(field("a", "int"), field("b", "int"), name="Part")

    (found,) = told(record(ID, field("part", part)), record(ID), record(ID, field("part", part), field("x", "int", 0)))

    assert '"part" comes back' in found[2]


def test_a_rename_by_way_of_both_names_loses_what_skips_it() -> None:
    amount, cents = field("amount", "int", 0), field("amount_cents", ["null", "int"], None)

    (found,) = told(record(ID, amount), record(ID, amount, cents), record(ID, cents))

    assert found[:2] == ("version-skipped", "v3")
    assert found[2].startswith('v3 reading data of v1 or before: The data has "amount"')
    assert "v2 has both names" in found[2]


def test_what_each_step_shows_is_not_told_again() -> None:
    assert told(record(ID, field("amount", "int", 0)), record(ID, field("amounts", "int", 0)), record(ID)) == []
