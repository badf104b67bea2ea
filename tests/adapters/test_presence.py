"""A partial clone is read as far as it goes, and no remote is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.git import Git, Repository, clean_environment, open_repository
from copilot.adapters.listing import list_commit
from copilot.adapters.tree import CommitTree
from copilot.domain.source import Gap, SourceFile
from copilot.errors import SurroundingsFailed
from tests.repositories import commit, git, init


def partial(tmp_path: Path, filter: str, *init_options: str) -> Repository:
    """Returns a clone with the text of "here" alone, whose remote notes every visit in `canary`."""
    source = init(tmp_path / "source", *init_options)
    commit(source, {"here": "text", "gone/a": "1", "gone/b": "2"})
    git(source, "config", "uploadpack.allowFilter", "true")
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", f"--filter={filter}", f"file://{source}", "clone")
    clone = tmp_path / "clone"
    if filter == "blob:none":
        git(clone, "checkout", "HEAD", "--", "here")
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch {tmp_path}/canary\nexec git-upload-pack "$@"\n')
    program.chmod(0o755)
    git(clone, "config", "remote.origin.uploadpack", str(program))
    git(clone, "config", "protocol.file.allow", "always")
    return open_repository(clone)


@pytest.mark.parametrize("format", ["sha1", "sha256"])
def test_missing_files_are_gaps_and_the_others_are_read(tmp_path: Path, format: str) -> None:
    repository = partial(tmp_path, "blob:none", f"--object-format={format}")

    read = CommitTree(repository, repository.head).read(["here", "gone/a", "gone/b"])

    assert isinstance(read["here"], SourceFile)
    assert all(isinstance(read[path], Gap) for path in ("gone/a", "gone/b"))
    assert not (tmp_path / "canary").exists()


def test_missing_folders_end_with_a_way_out(tmp_path: Path) -> None:
    repository = partial(tmp_path, "tree:0")

    with pytest.raises(SurroundingsFailed, match="lacks what is needed") as caught:
        list_commit(repository.git, repository.head)
    assert caught.value.next
    assert not (tmp_path / "canary").exists()


def test_no_protocol_is_allowed_even_by_name(tmp_path: Path) -> None:
    repository = partial(tmp_path, "blob:none")
    environment = clean_environment({})
    assert environment["GIT_NO_LAZY_FETCH"] == "1"

    Git(repository.git.folder).run("fetch", "--quiet", "origin", ok=(0, 1, 128))

    assert not (tmp_path / "canary").exists()
