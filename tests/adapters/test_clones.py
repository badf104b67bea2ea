"""Other clones are opened at the commit that counts, and a clone that can't be read is told, never an error."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from copilot.adapters.clones import clone_tree, open_clones
from copilot.adapters.git import open_repository
from copilot.adapters.listing import list_commit
from copilot.domain.clones import Clone
from copilot.domain.source import Span
from tests.repositories import commit, git, init
from tests.shops import Shops, shops

HERE = Span("copilot.toml", 1, 1)


@pytest.fixture
def two(tmp_path: Path) -> Shops:
    return shops(tmp_path)


def opened(two: Shops, pin: str, path: str = "../billing") -> tuple[list[str], list[str]]:
    """Returns the commits that are read, and what is told."""
    found, gaps = open_clones(open_repository(two.shop), [Clone("billing", path, pin, "", HERE)])
    assert {gap.span for gap in gaps} <= {HERE}
    return [one.clone.commit for one in found], [gap.reason for gap in gaps]


def test_a_full_commit_id_pins_a_clone(two: Shops) -> None:
    commit(two.billing, {"later.py": ""})

    assert opened(two, two.pin) == ([two.pin], [])


@pytest.mark.parametrize("how", [("tag", "v1"), ("tag", "-a", "-m", "one", "v1")])
def test_a_tag_pins_a_clone(two: Shops, how: tuple[str, ...]) -> None:
    git(two.billing, *how)
    commit(two.billing, {"later.py": ""})

    assert opened(two, "v1") == ([two.pin], [])


def test_a_clone_without_a_pin_is_read_at_its_head_and_that_is_told(two: Shops) -> None:
    commits, told = opened(two, "")

    assert commits == [two.pin]
    assert "is not pinned" in told[0]
    assert two.pin[:9] in told[0]


def test_a_branch_is_read_where_it_stands_and_that_is_told(two: Shops) -> None:
    commits, told = opened(two, "main")

    assert commits == [two.pin]
    assert "is a branch" in told[0]


@pytest.mark.parametrize(
    ("pin", "path", "told"),
    [
        ("f" * 40, "../billing", "has no commit or tag ffff"),
        ("v9", "../billing", "has no commit or tag v9"),
        ("--all", "../billing", "has no commit or tag --all"),
        ("abc1234", "../billing", "is no full commit id"),
        ("", "../gone", "is no folder here"),
        ("", "../billing/services", "is no repository of its own"),
        ("", ".", "is this repository itself"),
        ("", "..", "not inside a git repository"),
    ],
)
def test_what_can_not_be_read_is_told_with_a_way_out(two: Shops, pin: str, path: str, told: str) -> None:
    commits, reasons = opened(two, pin, path)

    assert commits == []
    assert reasons[0].startswith("the clone billing is not read: ")
    assert told in reasons[0]


def test_another_worktree_of_the_repository_is_no_other_repository(two: Shops) -> None:
    git(two.shop, "worktree", "add", "-q", "../twin")

    assert "is this repository itself" in opened(two, "", "../twin")[1][0]


def test_a_clone_without_commits_is_told(two: Shops) -> None:
    init(two.shop.parent / "fresh")

    assert "has no commits yet" in opened(two, "", "../fresh")[1][0]


def test_a_bare_clone_can_be_read(two: Shops) -> None:
    git(two.shop.parent, "clone", "-q", "--bare", str(two.billing), "bare.git")

    assert opened(two, two.pin, "../bare.git") == ([two.pin], [])


def test_a_settings_file_of_a_clone_that_is_no_settings_file_is_told(two: Shops) -> None:
    pin = commit(two.billing, {"copilot.toml": "clones = 1\n"})
    found, _ = open_clones(open_repository(two.shop), [Clone("billing", "../billing", pin, "", HERE)])

    _, settings, gaps = clone_tree(found[0])

    assert settings.clones == ()
    assert gaps[0].span.path == "billing:copilot.toml"


def test_the_clones_of_a_clone_are_not_followed(two: Shops) -> None:
    pin = commit(two.billing, {"copilot.toml": '[clones.shop]\npath = "../shop"\n'})
    found, _ = open_clones(open_repository(two.shop), [Clone("billing", "../billing", pin, "", HERE)])

    assert clone_tree(found[0])[1].clones == ()


def test_nothing_that_a_clone_configures_is_run(two: Shops, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho ran >> {trace}\ncat\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.sshCommand", "filter.x.clean", "filter.x.smudge"):
        git(two.billing, "config", name, str(script))
    git(two.billing, "config", "core.hooksPath", str(tmp_path))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        shutil.copy(script, tmp_path / hook)

    found, _ = open_clones(open_repository(two.shop), [Clone("billing", "../billing", two.pin, "", HERE)])
    tree, _, _ = clone_tree(found[0])
    read = tree.read(entry.path for entry in tree.snapshot.entries)

    assert len(read) == 2
    assert not trace.exists()


def test_a_clone_through_a_link_is_read(two: Shops) -> None:
    os.symlink(two.billing, two.shop.parent / "linked")

    assert opened(two, two.pin, "../linked") == ([two.pin], [])


def test_from_a_linked_worktree_clones_lie_beside_the_main_one(two: Shops) -> None:
    twin = two.shop.parent / "far" / "away" / "twin"
    git(two.shop, "worktree", "add", "-q", str(twin))

    found, gaps = open_clones(open_repository(twin), [Clone("billing", "../billing", two.pin, "", HERE)])

    assert [one.clone.commit for one in found] == [two.pin]
    assert gaps == ()


def test_a_submodule_is_pinned_by_the_repository(two: Shops) -> None:
    git(two.shop, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(two.billing), "libs/billing")
    commit(two.shop, {})
    commit(two.shop / "libs/billing", {"later.py": ""})
    own = open_repository(two.shop)

    entries = list_commit(own.git, own.head)
    found, gaps = open_clones(own, [Clone("billing", "libs/billing", "", "", HERE)], entries)

    assert [one.clone.commit for one in found] == [two.pin]
    assert gaps == ()
