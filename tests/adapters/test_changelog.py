"""Which files changed together: bounded, up to the commit, and kept."""

from __future__ import annotations

from pathlib import Path

from copilot.adapters.changelog import CHANGED_FILES_MAX, GitChangeLog
from copilot.adapters.git import open_repository
from copilot.adapters.index import SqliteIndex
from copilot.ports import PastChange
from tests.repositories import commit, init


def log_of(folder: Path, id: str) -> GitChangeLog:
    return GitChangeLog(open_repository(folder), id, SqliteIndex(folder.parent / "cache" / "index.sqlite"))


def told(changes: tuple[PastChange, ...]) -> list[tuple[int, tuple[str, ...]]]:
    return [(it.seconds, it.paths) for it in changes]


def test_changes_are_listed_newest_first_up_to_the_commit(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"}, at=50)
    commit(folder, {"a.py": "1", "ü b.py": "1"}, at=100)
    second = commit(folder, {"a.py": "2"}, at=200)
    commit(folder, {"a.py": "3", "c.py": "1"}, at=300)

    assert told(log_of(folder, second).recent()) == [(200, ("a.py",)), (100, ("a.py", "ü b.py"))]


def test_the_changes_of_a_file_tell_what_changed_besides(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"}, at=50)
    commit(folder, {"a.py": "1", "b.py": "1"}, at=100)
    newest = commit(folder, {"c.py": "1"}, at=200)

    log = log_of(folder, newest)

    assert told(log.of("b.py")) == [(100, ("a.py", "b.py"))]
    assert log.of("b.py") == log_of(folder, newest).of("b.py")
    assert log.of("nowhere.py") == ()


def test_the_commit_that_brings_everything_in_tells_nothing(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    first = commit(folder, {"a.py": "1", "b.py": "1"})

    assert log_of(folder, first).recent() == log_of(folder, first).of("a.py") == ()


def test_a_sweeping_commit_tells_nothing(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"})
    newest = commit(folder, {f"{number}.py": "1" for number in range(CHANGED_FILES_MAX + 1)})

    assert log_of(folder, newest).recent() == ()


def test_a_file_that_looks_like_an_option_is_a_file(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"}, at=50)
    newest = commit(folder, {"--all": "1", ":(top)x": "1"}, at=100)

    assert told(log_of(folder, newest).of("--all")) == [(100, ("--all", ":(top)x"))]


def test_changes_of_one_record_are_told_from_others_in_the_same_file(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"s.proto": "message A { string id = 1; }\nmessage B { int32 n = 1; }\n"}, at=50)
    commit(folder, {"s.proto": "message A { string id = 1;\n string city = 2; }\nmessage B { int32 n = 1; }\n"}, at=100)
    newest = commit(
        folder,
        {
            "s.proto": "message A { string id = 1;\n string city = 2; }\nmessage B { int32 n = 1;\n int32 m = 2; }\n",
            "b.py": "m",
        },
        at=200,
    )

    log = log_of(folder, newest)

    assert [it.seconds for it in log.naming("s.proto", ["city"])] == [100]
    assert [it.seconds for it in log.naming("s.proto", ["m", "("])] == [200]
    assert log.naming("s.proto", ["m"]) == log_of(folder, newest).naming("s.proto", ["m"])
    assert log.naming("s.proto", ["absent"]) == log.naming("s.proto", []) == ()
