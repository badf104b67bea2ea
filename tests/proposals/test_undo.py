"""Undoing: found by content after merge, rebase and squash alike, byte for byte, and never over later work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.adapters.git import Git
from copilot.errors import RefusedByEvidence, WrongUsage
from tests.proposals.papers import FILES, Paper, paper
from tests.repositories import commit, fingerprint, git, write

RECORD = "docs/decisions/2026-01-02-rename-amount-to-total-in-order"


def merged(folder: Path, branch: str) -> None:
    git(folder, "merge", "-q", "--no-ff", "--no-edit", branch)


def rebased(folder: Path, branch: str) -> None:
    commit(folder, {"elsewhere": "x"})
    git(folder, "checkout", "-q", branch)
    git(folder, "rebase", "-q", "main")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--ff-only", branch)


def squashed(folder: Path, branch: str) -> None:
    git(folder, "merge", "-q", "--squash", branch)
    git(folder, "commit", "-q", "-m", "Squashed")
    git(folder, "branch", "-q", "-D", branch)


@pytest.mark.parametrize("brought", [merged, rebased, squashed])
def test_the_files_are_restored_byte_for_byte(tmp_path: Path, brought: Callable[[Path, str], None]) -> None:
    made, branch = applied(tmp_path)
    brought(tmp_path, branch)
    commit(tmp_path, {"later": "work of others"})
    write(tmp_path, {"jobs/bill.py": "unfinished"})
    before = fingerprint(tmp_path)

    undone = made.open().undo(made.id, from_branch="main")

    assert fingerprint(tmp_path) == before
    assert undone.branch == f"copilot/undo-{made.id}"
    assert files_of(tmp_path, undone.branch) == FILES | {"later": "work of others"}
    assert git(tmp_path, "rev-parse", f"{undone.branch}^") == git(tmp_path, "rev-parse", "main")
    assert made.open().load(made.id).state == "undone"


def test_the_record_stays_and_says_that_it_was_undone(tmp_path: Path) -> None:
    made, branch = applied(tmp_path)
    merged(tmp_path, branch)
    markdown = git(tmp_path, "show", f"main:{RECORD}.md")

    undone = made.open().undo(made.id, from_branch="main")

    after = git(tmp_path, "show", f"{undone.branch}:{RECORD}.md")
    assert after.startswith(markdown)
    assert "## Undone\n\n2026-01-02T12:00:00Z by Ada <ada@example.org>" in after
    assert json.loads(git(tmp_path, "show", f"{undone.branch}:{RECORD}.json"))["state"] == "undone"


def test_modes_of_restored_files_stay(tmp_path: Path) -> None:
    made, branch = applied(tmp_path)
    merged(tmp_path, branch)

    undone = made.open().undo(made.id, from_branch="main")

    assert git(tmp_path, "ls-tree", undone.branch, "jobs/bill.py").startswith("100755")


def test_later_commits_to_the_same_files_are_named_and_kept(tmp_path: Path) -> None:
    made, branch = applied(tmp_path)
    merged(tmp_path, branch)
    later = commit(tmp_path, {"jobs/bill.py": "rewritten\n"}, "Rewrite billing")

    with pytest.raises(RefusedByEvidence, match=r"jobs/bill\.py: " + later[:12] + " Rewrite billing") as caught:
        made.open().undo(made.id, from_branch="main")
    assert "schemas/order.avsc" not in str(caught.value)


def test_a_branch_without_the_change_is_refused(tmp_path: Path) -> None:
    made, _ = applied(tmp_path)

    with pytest.raises(RefusedByEvidence, match="doesn't hold this change"):
        made.open().undo(made.id, from_branch="main")


def test_what_was_never_applied_cannot_be_undone(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(WrongUsage, match="never applied"):
        made.open().undo(made.id, from_branch="main")


def test_an_unknown_branch_is_refused(tmp_path: Path) -> None:
    made, _ = applied(tmp_path)

    with pytest.raises(WrongUsage, match="names no commit"):
        made.open().undo(made.id, from_branch="--all")


def test_undoing_twice_makes_one_branch(tmp_path: Path) -> None:
    made, branch = applied(tmp_path)
    merged(tmp_path, branch)

    first = made.open().undo(made.id, from_branch="main")

    assert made.open().undo(made.id, from_branch="main") == first
    assert len(made.open().load(made.id).undone) == 1


def applied(folder: Path) -> tuple[Paper, str]:
    made = paper(folder)
    made.open().approve(made.id)
    return made, made.open().apply(made.id).branch


def files_of(folder: Path, commit: str) -> dict[str, str]:
    """Returns all files but the record, as the commit has them."""
    names = [name for name in git(folder, "ls-tree", "-r", "-z", "--name-only", commit).split("\0") if name]
    blobs = {name: Git(folder).run("cat-file", "blob", f"{commit}:{name}").decode() for name in names}
    return {
        name: text for name, text in blobs.items() if not name.startswith("docs/decisions/") and name != "elsewhere"
    }
