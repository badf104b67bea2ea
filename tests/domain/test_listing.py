"""Entries by column are the entries that they were made of."""

from __future__ import annotations

from array import array

from copilot.domain.listing import Columns, entry_in, files_by_path, paths_with_mode
from copilot.domain.source import TreeEntry

ENTRIES = (
    TreeEntry("a.py", "0a" * 20, 3, "100644"),
    TreeEntry("b/link", "0b" * 20, 4, "120000"),
    TreeEntry("b/run.sh", "0c" * 20, 5, "100755"),
    TreeEntry("vendored", "0d" * 20, 0, "160000"),
)
COLUMNS = Columns(
    [it.path for it in ENTRIES],
    bytearray.fromhex("".join(it.digest for it in ENTRIES)),
    array("q", [it.size_bytes for it in ENTRIES]),
    {it.path: it.mode for it in ENTRIES if it.mode != "100644"},
)


def test_columns_are_a_sequence_of_the_entries() -> None:
    assert tuple(COLUMNS) == ENTRIES
    assert tuple(COLUMNS[at] for at in range(-4, 4)) == ENTRIES + ENTRIES
    assert COLUMNS[1:3] == ENTRIES[1:3]


def test_an_entry_is_found_by_its_path_in_either_form() -> None:
    for entries in (COLUMNS, ENTRIES):
        files = files_by_path(entries)
        assert [files[it.path] for it in ENTRIES] == list(ENTRIES)
        assert [entry_in(entries, it.path) for it in ENTRIES] == list(ENTRIES)
        assert list(files) == [it.path for it in ENTRIES]
        assert files.digests(["b/link", "a.py"]) == {"b/link": "0b" * 20, "a.py": "0a" * 20}


def test_a_path_that_is_not_listed_is_no_entry_in_either_form() -> None:
    for entries in (COLUMNS, ENTRIES):
        assert "b" not in files_by_path(entries)
        assert files_by_path(entries).get("b") is None
        assert entry_in(entries, "zebra") is None


def test_paths_are_told_by_their_mode_in_either_form() -> None:
    assert [paths_with_mode(entries, "160000") for entries in (COLUMNS, ENTRIES)] == [["vendored"], ["vendored"]]
