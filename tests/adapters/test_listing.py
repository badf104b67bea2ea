"""A listing that is told from an older one is the listing that git gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from copilot.adapters import listing
from copilot.adapters.git import open_repository
from copilot.adapters.history import scope_of
from copilot.adapters.index import SqliteIndex
from copilot.adapters.listing import LISTING_KIND, Listings, list_commit
from tests.repositories import commit, git, init


def test_a_listing_after_edits_is_that_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ENTRIES_MIN", 1)
    folder = tmp_path / "repository"
    init(folder)
    chance = random.Random(3)
    paths = ["a.py", "b/ü.py", "b/c/d.py", "b.py", "z", "b/:odd name.py"]
    commits = [commit(folder, {path: f"{path} 0" for path in paths})]
    for number in range(1, 8):
        gone, changed, added = chance.choice(paths[:3]), chance.choice(paths[:4]), f"new{number}/x.py"
        git(folder, "rm", "--quiet", "--ignore-unmatch", gone)
        (folder / "z").chmod(0o755 if number % 2 else 0o644)
        commits.append(commit(folder, {changed: f"{changed} {number}", added: "x" * number}))
    repository = open_repository(folder)

    for base in commits:
        index = SqliteIndex(tmp_path / base / "index.sqlite")
        Listings(repository, index).of(base)
        for other in commits:
            assert tuple(Listings(repository, index).of(other)) == list_commit(repository.git, other)


def test_a_submodule_and_a_link_are_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ENTRIES_MIN", 1)
    folder = tmp_path / "repository"
    init(folder)
    first = commit(folder, {"a.py": "x"})
    (folder / "link").symlink_to("a.py")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{first},vendored")
    second = commit(folder, {"b.py": "y"})
    index = SqliteIndex(tmp_path / "index.sqlite")
    repository = open_repository(folder)
    Listings(repository, index).of(first)

    assert tuple(Listings(repository, index).of(second)) == list_commit(repository.git, second)


@pytest.mark.parametrize("kept", [b"damaged", b""])
def test_without_a_base_git_is_asked(tmp_path: Path, kept: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ENTRIES_MIN", 1)
    folder = tmp_path / "repository"
    init(folder)
    head = commit(folder, {"a.py": "x", "b.py": "y"})
    index = SqliteIndex(tmp_path / "index.sqlite")
    repository = open_repository(folder)
    Listings(repository, index).of(head)
    index.put(LISTING_KIND, {scope_of(repository): kept})

    assert tuple(Listings(repository, index).of(head)) == list_commit(repository.git, head)
