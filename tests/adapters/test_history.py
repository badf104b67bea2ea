"""Earlier versions of files: order, renames, merges, shallow clones, and the cache."""

from __future__ import annotations

from pathlib import Path

from copilot.adapters.git import open_repository
from copilot.adapters.history import GitHistory
from copilot.adapters.index import SqliteIndex
from tests.repositories import commit, git, init, partial_clone

HOUR = 3600
START = 1_700_000_000


def test_versions_come_oldest_first_with_their_time(tmp_path: Path) -> None:
    init(tmp_path)
    commits = [commit(tmp_path, {"a": f"{number}\n" * 9}, at=START + number * HOUR) for number in range(3)]

    versions = history(tmp_path).versions(["a"])["a"]

    assert [version.commit for version in versions] == commits
    assert versions[0].at == "2023-11-14T22:13:20Z"
    assert list(history(tmp_path).texts([versions[1].digest]).values()) == ["1\n" * 9]


def test_renames_are_followed_over_several_names(tmp_path: Path) -> None:
    init(tmp_path)
    body = "".join(f"line {number}\n" for number in range(20))
    commit(tmp_path, {"old.avsc": body, "noise": "x"}, at=START)
    commit(tmp_path, {"old.avsc": None, "mid/new.avsc": body + "1\n"}, at=START + HOUR)
    commit(tmp_path, {"mid/new.avsc": None, "final.avsc": body + "1\n2\n", "other": "x"}, at=START + 2 * HOUR)

    versions = history(tmp_path).versions(["final.avsc"])["final.avsc"]

    assert [version.path for version in versions] == ["old.avsc", "mid/new.avsc", "final.avsc"]


def test_a_file_that_was_deleted_and_came_back_keeps_its_first_life(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "1\n", "b": "x"}, at=START)
    commit(tmp_path, {"a": None}, at=START + HOUR)
    commit(tmp_path, {"a": "2\n"}, at=START + 2 * HOUR)

    assert len(history(tmp_path).versions(["a"])["a"]) == 2


def test_a_merge_counts_as_the_one_state_that_it_made(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "base\n"}, at=START)
    git(tmp_path, "checkout", "-q", "-b", "side")
    commit(tmp_path, {"a": "tried\n"}, at=START + HOUR)
    commit(tmp_path, {"a": "side\n"}, at=START + HOUR)
    git(tmp_path, "checkout", "-q", "main")
    commit(tmp_path, {"a": "main\n"}, at=START + 2 * HOUR)
    git(tmp_path, "merge", "-q", "-s", "ours", "side", at=START + 3 * HOUR)
    (tmp_path / "a").write_text("both\n")
    git(tmp_path, "commit", "-q", "-a", "--amend", "--no-edit", at=START + 3 * HOUR)

    read = history(tmp_path)
    digests = [version.digest for version in read.versions(["a"])["a"]]

    assert [read.texts([digest])[digest].strip() for digest in digests] == ["base", "main", "both"]


def test_after_new_commits_the_history_is_the_same_as_read_anew(tmp_path: Path) -> None:
    top = init(tmp_path / "top")
    index = SqliteIndex(tmp_path / "cache" / "index.sqlite")
    body = "".join(f"line {number}\n" for number in range(20))
    states: list[dict[str, str | bytes | None]] = [
        {"a": "1\n", "b": body, "c": "1\n"},
        {"a": "2\n"},
        {"a": None, "c": "2\n"},
        {"a": "3\n", "b": None, "renamed": body + "more\n"},
        {"d": "new\n", "c": "1\n"},
        {"other": "x"},
    ]
    for number, state in enumerate(states):
        head = commit(top, state, at=START + number * HOUR)
        paths = [path for path in ("a", "b", "c", "d", "renamed") if (top / path).exists()]
        repository = open_repository(top)

        warm = GitHistory(repository, head, index).versions(paths)
        cold = GitHistory(repository, head, SqliteIndex(tmp_path / f"cold{number}" / "index.sqlite")).versions(paths)

        assert warm == cold
    assert [version.path for version in warm["renamed"]] == ["b", "renamed"]


def test_after_a_commit_no_older_one_is_read_again_for_files_asked_for_in_turns(tmp_path: Path) -> None:
    top = init(tmp_path / "top")
    index = SqliteIndex(tmp_path / "cache" / "index.sqlite")
    commits = [commit(top, dict.fromkeys("ab", f"{number}\n")) for number in range(4)]
    repository = open_repository(top)
    before = GitHistory(repository, commits[2], index)
    assert [len(before.versions([path])[path]) for path in "ab"] == [3, 3]
    oldest = commits[0]
    (top / ".git" / "objects" / oldest[:2] / oldest[2:]).unlink()

    after = GitHistory(repository, commits[3], index)

    assert [len(after.versions([path])[path]) for path in "ab"] == [4, 4]


def test_a_commit_that_was_rewritten_is_no_base(tmp_path: Path) -> None:
    top = init(tmp_path / "top")
    index = SqliteIndex(tmp_path / "cache" / "index.sqlite")
    commit(top, {"a": "1\n"})
    gone = commit(top, {"a": "2\n"})
    repository = open_repository(top)
    GitHistory(repository, gone, index).versions(["a"])
    git(top, "reset", "-q", "--hard", "HEAD~1")
    head = commit(top, {"a": "3\n"})

    digests = [version.digest for version in GitHistory(repository, head, index).versions(["a"])["a"]]

    assert digests == [git(top, "rev-parse", f"{one}:a") for one in ("HEAD~1", "HEAD")]


def test_a_shallow_clone_knows_what_it_has(tmp_path: Path) -> None:
    source = init(tmp_path / "source")
    commit(source, {"a": "1\n"})
    commit(source, {"a": "2\n"})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{source}", "shallow")

    assert len(history(tmp_path / "shallow").versions(["a"])["a"]) == 1
    git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    assert len(history(tmp_path / "shallow").versions(["a"])["a"]) == 2


def test_a_path_without_history_has_no_versions(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "1"})

    assert history(tmp_path).versions(["b", ":(top)*"]) == {"b": (), ":(top)*": ()}


def test_the_second_reading_comes_from_the_cache(tmp_path: Path) -> None:
    top = init(tmp_path / "top")
    head = commit(top, {"a": "1"})
    index = SqliteIndex(tmp_path / "cache" / "index.sqlite")
    repository = open_repository(top)
    first = GitHistory(repository, head, index).versions(["a"])
    (top / ".git").rename(tmp_path / "gone")

    assert GitHistory(repository, head, index).versions(["a"]) == first


def history(folder: Path) -> GitHistory:
    repository = open_repository(folder)
    return GitHistory(repository, repository.head, SqliteIndex(folder.parent / "no-cache" / "index.sqlite"))


def test_a_past_that_a_partial_clone_lacks_is_left_out_and_told_once_it_is_there(tmp_path: Path) -> None:
    source = init(tmp_path / "source")
    for number in range(3):
        commit(source, {"schemas/a.avsc": f"{number}\n" * 9}, at=START + number * HOUR)
    clone = partial_clone(source, "tree:0")

    before = history(clone).versions(["schemas/a.avsc"])
    git(clone, "remote", "set-url", "origin", f"file://{source}")
    git(clone, "-c", "protocol.file.allow=always", "fetch", "-q", "--refetch", "--no-filter", "origin")

    assert before == {}
    assert len(history(clone).versions(["schemas/a.avsc"])["schemas/a.avsc"]) == 3
