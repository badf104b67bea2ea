"""Opening repositories in whatever state they are, and refusing clearly."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from copilot.adapters.git import Git, GitFailed, clean_environment, open_repository
from copilot.errors import SurroundingsFailed, WrongUsage
from tests.repositories import commit, git, init


def test_a_repository_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {"deep/er/file": "x"})

    repository = open_repository(tmp_path / "deep" / "er")

    assert repository.top == tmp_path
    assert repository.head == head
    assert not repository.is_shallow


def test_a_folder_outside_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="is not inside a git repository"):
        open_repository(tmp_path)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="is not a folder"):
        open_repository(tmp_path / "nowhere")


def test_an_empty_repository_opens_but_has_no_commit(tmp_path: Path) -> None:
    repository = open_repository(init(tmp_path))

    with pytest.raises(WrongUsage, match="no commits yet"):
        repository.resolve("HEAD")


def test_a_head_that_is_lost_is_no_empty_repository(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "x"})
    shutil.rmtree(tmp_path / ".git" / "objects")
    (tmp_path / ".git" / "objects").mkdir()

    with pytest.raises(SurroundingsFailed, match="is not in this repository"):
        open_repository(tmp_path).resolve("HEAD")


def test_a_bare_repository_has_no_top(tmp_path: Path) -> None:
    repository = open_repository(init(tmp_path, "--bare"))

    assert repository.top is None
    assert repository.common_dir == tmp_path


def test_a_linked_worktree_shares_the_common_folder(tmp_path: Path) -> None:
    main = init(tmp_path / "main")
    commit(main, {"a": "x"})
    git(main, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))

    repository = open_repository(tmp_path / "linked")

    assert repository.common_dir == main / ".git"
    assert repository.top == tmp_path / "linked"


def test_a_shallow_clone_says_so_when_a_commit_is_missing(tmp_path: Path) -> None:
    source = init(tmp_path / "source")
    first = commit(source, {"a": "1"})
    commit(source, {"a": "2"})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{source}", "shallow")

    repository = open_repository(tmp_path / "shallow")

    assert repository.is_shallow
    with pytest.raises(WrongUsage, match="shallow"):
        repository.resolve(first)


@pytest.mark.parametrize("rev", ["no-such-branch", "--output=x", "-n1", "HEAD^{tree}", ""])
def test_what_names_no_commit_is_refused(tmp_path: Path, rev: str) -> None:
    init(tmp_path)
    commit(tmp_path, {"a": "x"})

    with pytest.raises(WrongUsage, match="names no commit"):
        open_repository(tmp_path).resolve(rev)
    assert not (tmp_path / "x").exists()


def test_a_tag_and_a_detached_head_name_commits(tmp_path: Path) -> None:
    init(tmp_path)
    first = commit(tmp_path, {"a": "1"})
    git(tmp_path, "tag", "-a", "-m", "v1", "v1")
    commit(tmp_path, {"a": "2"})
    git(tmp_path, "checkout", "-q", "--detach", "v1")

    repository = open_repository(tmp_path)

    assert repository.resolve("v1") == repository.head == first


def test_the_environment_cannot_lead_to_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = init(tmp_path / "other")
    commit(other, {"a": "other"})
    mine = init(tmp_path / "mine")
    head = commit(mine, {"a": "mine"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))

    assert open_repository(mine).head == head


def test_hooks_of_the_repository_do_not_run(tmp_path: Path) -> None:
    init(tmp_path)
    head = commit(tmp_path, {"a": "x"})
    hook = tmp_path / ".git" / "hooks" / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hooked\n")
    hook.chmod(0o755)

    Git(tmp_path).run("update-ref", "refs/heads/new", head)

    assert not (tmp_path / "hooked").exists()


def test_no_program_is_asked_about_signatures(tmp_path: Path) -> None:
    init(tmp_path / "repository")
    commit(tmp_path / "repository", {"a": "x"})
    signed = git(tmp_path / "repository", "cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n", 1
    )
    (tmp_path / "signed").write_text(signed + "\n")
    head = git(tmp_path / "repository", "hash-object", "-t", "commit", "-w", str(tmp_path / "signed"))
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/canary\n")
    program.chmod(0o755)
    git(tmp_path / "repository", "config", "gpg.program", str(program))
    git(tmp_path / "repository", "config", "log.showSignature", "true")

    Git(tmp_path / "repository").run("log", "--format=%H", head)

    assert not (tmp_path / "canary").exists()


def test_a_repository_of_another_user_is_refused_with_the_way_out(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    top = init(tmp_path / "it's; theirs")
    inside = top / "inside"
    inside.mkdir()
    for file in (top, top / ".git", inside):
        os.chown(file, 12345, 12345)

    with pytest.raises(SurroundingsFailed, match="belongs to another user") as caught:
        open_repository(inside)
    assert shlex.split(caught.value.next)[-1] == str(top)


def test_without_git_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SurroundingsFailed, match="git is not installed"):
        open_repository(tmp_path)


def test_an_old_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "git"
    old.write_text('#!/bin/sh\nfor last; do :; done\n[ "$last" = version ] && echo git version 2.20.1 || echo false\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    with pytest.raises(SurroundingsFailed, match=r"2\.20\.1.* is too old"):
        open_repository(tmp_path)


def test_a_failing_git_is_quoted(tmp_path: Path) -> None:
    init(tmp_path)

    with pytest.raises(GitFailed, match="git cat-file failed: fatal"):
        Git(tmp_path).run("cat-file", "-p", "nothing")


def test_only_plain_settings_reach_git() -> None:
    environment = clean_environment(
        {"GIT_INDEX_FILE": "x", "GIT_SSH_COMMAND": "x", "GIT_CONFIG_GLOBAL": "g", "HOME": "/h"}
    )

    assert environment["HOME"] == "/h"
    assert environment["GIT_CONFIG_GLOBAL"] == "g"
    assert "GIT_INDEX_FILE" not in environment
    assert "GIT_SSH_COMMAND" not in environment


def test_a_person_without_a_name_is_told_how_to_set_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    init(tmp_path)
    git(tmp_path, "config", "--unset", "user.email")

    with pytest.raises(WrongUsage, match="doesn't know who you are"):
        open_repository(tmp_path).identity()


def test_a_persons_name_in_the_environment_goes_first_as_in_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Eve")

    assert open_repository(init(tmp_path)).identity() == "Eve <ada@example.org>"


def test_a_persons_name_is_read_from_the_repository(tmp_path: Path) -> None:
    assert open_repository(init(tmp_path)).identity() == "Ada <ada@example.org>"


@pytest.mark.parametrize(
    ("complaint", "way"),
    [("unable to write loose object file: No space left on device", "Free some space"), ("fatal: what else", "")],
)
def test_what_git_says_comes_with_a_way_out_where_one_is_known(complaint: str, way: str) -> None:
    failed = GitFailed(["hash-object"], 128, complaint, "/somewhere")

    assert complaint in str(failed)
    assert failed.next.startswith(way)
    assert bool(failed.next) == bool(way)
