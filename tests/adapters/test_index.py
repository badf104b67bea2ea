"""The cache: whatever happens to its file, only time is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import copilot.adapters.index as adapters_index
from copilot.adapters.index import SqliteIndex, cache_folder, open_index
from copilot.ports import OF_TREES

WRITER = """
import sys
from pathlib import Path
from copilot.adapters.index import SqliteIndex
index = SqliteIndex(Path(sys.argv[1]))
for number in range(50):
    index.put("kind", {f"{sys.argv[2]}-{number}": b"value"})
"""


def test_what_was_put_is_found_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "index.sqlite"
    first = SqliteIndex(path)
    first.put("facts", {"a": b"1", "b": b"\x00\xff"})
    first.put("facts", {"a": b"2"})
    first.close()

    assert SqliteIndex(path).get("facts", ["a", "b", "c"]) == {"a": b"2", "b": b"\x00\xff"}
    assert SqliteIndex(path).get("other", ["a"]) == {}


def test_worktrees_of_a_clone_share_what_was_kept_and_the_key_lies_elsewhere(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    home = tmp_path / "home"
    open_index(tmp_path / ".git", {}, home).put("facts", {"a": b"1"})

    assert open_index(tmp_path / ".git", {}, home).get("facts", ["a"]) == {"a": b"1"}
    assert (tmp_path / ".git" / "pipeline-copilot" / "index.sqlite").exists()
    assert os.stat(home / ".cache" / "pipeline-copilot" / "index.key").st_mode & 0o077 == 0
    assert os.listdir(home / ".cache" / "pipeline-copilot") == ["index.key"]


def test_what_another_user_kept_in_the_repository_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    open_index(tmp_path / ".git", {}, tmp_path / "stranger").put("facts", {"a": b"poison"})

    index = open_index(tmp_path / ".git", {}, tmp_path / "home")

    assert index.get("facts", ["a"]) == {}
    index.put("facts", {"a": b"own"})
    assert open_index(tmp_path / ".git", {}, tmp_path / "home").get("facts", ["a"]) == {"a": b"own"}


def test_a_value_under_another_key_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    SqliteIndex(path).put("k", {"a": b"of a"})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET key = 'b'")

    assert SqliteIndex(path).get("k", ["a", "b"]) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE entries",
        "CREATE TRIGGER plan AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
        "CREATE TABLE more (value TEXT)",
        "DROP TABLE entries; CREATE VIEW entries AS SELECT 'k' AS kind, 'a' AS key, 'poison' AS value",
    ],
)
def test_a_file_of_another_layout_is_made_anew(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "index.sqlite"
    SqliteIndex(path).put("k", {"a": b"1"})
    with sqlite3.connect(path) as connection:
        connection.executescript(statement)

    index = SqliteIndex(path)
    index.put("k", {"b": b"2"})

    assert index.get("k", ["a", "b"]) == {"b": b"2"}
    index.close()
    assert SqliteIndex(path).get("k", ["a", "b"]) == {"b": b"2"}


@pytest.mark.parametrize("name", ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "."])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    folder, away = tmp_path / ".git" / "pipeline-copilot", tmp_path / "away"
    folder.parent.mkdir()
    if name == ".":
        away.mkdir()
        folder.symlink_to(away)
    else:
        folder.mkdir()
        away.write_text("mine")
        (folder / name).symlink_to(away)

    index = open_index(tmp_path / ".git", {}, tmp_path / "home")
    index.put("k", {"a": b"1"})

    assert index.get("k", ["a"]) == {"a": b"1"}
    assert (os.listdir(away) if away.is_dir() else away.read_text()) in ([], "mine")


def test_a_git_directory_that_cannot_be_written_is_served_from_the_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    open_index(tmp_path / ".git", {}, tmp_path / "home").put("k", {"a": b"1"})

    assert open_index(tmp_path / ".git", {}, tmp_path / "home").get("k", ["a"]) == {"a": b"1"}
    assert open_index(tmp_path / "other.git", {}, tmp_path / "home").get("k", ["a"]) == {}
    assert os.listdir(tmp_path / ".git") == []


def test_without_a_place_for_a_key_the_index_serves_its_own_process(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "home").write_text("in the way")

    index = open_index(tmp_path / ".git", {}, tmp_path / "home")
    index.put("k", {"a": b"1"})

    assert index.get("k", ["a"]) == {"a": b"1"}
    assert open_index(tmp_path / ".git", {}, tmp_path / "home").get("k", ["a"]) == {}


def test_half_a_key_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    folder = cache_folder({}, tmp_path)
    folder.mkdir(parents=True)
    (folder / "index.key").write_bytes(b"half")

    open_index(tmp_path / ".git", {}, tmp_path).put("k", {"a": b"1"})

    assert open_index(tmp_path / ".git", {}, tmp_path).get("k", ["a"]) == {"a": b"1"}


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.sqlite")
    index.put("facts", {str(number): b"x" for number in range(5000)})

    assert len(index.get("facts", [str(number) for number in range(5000)])) == 5000


def test_what_is_of_whole_trees_goes_first_from_a_file_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.sqlite"
    index = SqliteIndex(path)
    index.put(f"{OF_TREES}map", {str(number): b"x" * 5000 for number in range(100)})
    index.put("facts", {"a": b"1"})
    index.close()
    monkeypatch.setattr(adapters_index, "INDEX_BYTES_MAX", 400_000)

    index = SqliteIndex(path)

    assert index.get(f"{OF_TREES}map", ["1"]) == {}
    assert index.get("facts", ["a"]) == {"a": b"1"}
    assert path.stat().st_size < 100_000


def test_a_file_that_facts_alone_make_too_large_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.sqlite"
    index = SqliteIndex(path)
    index.put("facts", {str(number): b"x" * 5000 for number in range(100)})
    index.close()
    monkeypatch.setattr(adapters_index, "INDEX_BYTES_MAX", 400_000)

    index = SqliteIndex(path)

    assert index.get("facts", ["1"]) == {}
    assert path.stat().st_size < 100_000


def test_a_large_file_that_another_process_writes_to_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.sqlite"
    holder = SqliteIndex(path)
    holder.put("facts", {str(number): b"x" * 5000 for number in range(100)})
    assert holder._connection is not None
    holder._connection.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(adapters_index, "INDEX_BYTES_MAX", 400_000)

    other = SqliteIndex(path)
    other.put("facts", {"a": b"1"})
    holder._connection.rollback()

    assert other.get("facts", ["a"]) == {"a": b"1"}
    assert len(holder.get("facts", ["1", "2"])) == 2


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"this is no database, " * 1000)

    index = SqliteIndex(path)
    index.put("facts", {"a": b"1"})
    index.close()

    assert SqliteIndex(path).get("facts", ["a"]) == {"a": b"1"}


def test_a_file_that_breaks_while_open_costs_only_what_was_in_it(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    index = SqliteIndex(path)
    index.put("facts", {str(number): b"x" * 500 for number in range(500)})
    index.close()
    index = SqliteIndex(path)
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40960)

    index.get("facts", [str(number) for number in range(500)])
    index.put("facts", {"new": b"1"})

    assert index.get("facts", ["new"]) == {"new": b"1"}


def test_a_value_that_was_damaged_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    SqliteIndex(path).put("k", {"a": b"whole", "b": b"whole"})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET value = ? WHERE key = 'a'", (b"\xff{garbage",))

    assert SqliteIndex(path).get("k", ["a", "b"]) == {"b": b"whole"}


def test_a_folder_that_cannot_be_made_means_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = SqliteIndex(tmp_path / "file" / "cache" / "index.sqlite")

    index.put("facts", {"a": b"1"})

    assert index.get("facts", ["a"]) == {"a": b"1"}


def test_a_locked_cache_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    holder = SqliteIndex(path)
    assert holder._connection is not None
    holder._connection.execute("BEGIN EXCLUSIVE")
    other = SqliteIndex(path)

    other.put("facts", {"a": b"1"})

    assert other.get("facts", ["a"]) == {"a": b"1"}


def test_processes_and_threads_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    index = SqliteIndex(path)
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("a", "b")]
    threads = [threading.Thread(target=index.put, args=("kind", {f"t-{n}": b"value"})) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [process.wait(30) for process in running] == [0, 0]
    assert len(index.get("kind", [f"{name}-{n}" for name in "ab" for n in range(50)])) == 100
    assert len(index.get("kind", [f"t-{n}" for n in range(20)])) == 20


def test_the_cache_follows_the_environment(tmp_path: Path) -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/c"}, tmp_path) == Path("/c/pipeline-copilot")
    assert cache_folder({"XDG_CACHE_HOME": "relative"}, tmp_path) == tmp_path / ".cache" / "pipeline-copilot"


def test_only_its_owner_may_read_the_cache(tmp_path: Path) -> None:
    SqliteIndex(tmp_path / "cache" / "index.sqlite")

    assert os.stat(tmp_path / "cache").st_mode & 0o077 == 0
