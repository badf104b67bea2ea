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


def test_changes_are_listed_newest_first_up_to_the_commit(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"}, at=50)
    commit(folder, {"a.py": "1", "ü b.py": "1"}, at=100)
    second = commit(folder, {"a.py": "2"}, at=200)
    commit(folder, {"a.py": "3", "c.py": "1"}, at=300)

    assert log_of(folder, second).recent() == (PastChange(200, ("a.py",)), PastChange(100, ("a.py", "ü b.py")))


def test_the_changes_of_a_file_tell_what_changed_besides(tmp_path: Path) -> None:
    folder = init(tmp_path / "repo")
    commit(folder, {"first.py": "1"}, at=50)
    commit(folder, {"a.py": "1", "b.py": "1"}, at=100)
    newest = commit(folder, {"c.py": "1"}, at=200)

    log = log_of(folder, newest)

    assert log.of("b.py") == (PastChange(100, ("a.py", "b.py")),)
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

    assert log_of(folder, newest).of("--all") == (PastChange(100, ("--all", ":(top)x")),)
