"""Applying: only what was approved, on the base it was proved on, and nothing of the person's own is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.adapters.git import Git
from copilot.domain.visible import is_hidden
from copilot.errors import EXIT_WAITING, RefusedByEvidence, SurroundingsFailed, WaitingForApproval, WrongUsage
from copilot.proposals import Workspace
from copilot.proposals.apply import subject_of
from tests.checks.cases import alternative_of
from tests.proposals.papers import begin, changes, paper
from tests.repositories import commit, fingerprint, git, write


def dirty(folder: Path) -> None:
    write(folder, {"schemas/order.avsc": "mine, unfinished", "untracked": "x"})


def staged(folder: Path) -> None:
    write(folder, {"jobs/bill.py": "staged", "added": "x"})
    git(folder, "add", "-A")
    write(folder, {"jobs/bill.py": "and changed again"})


def detached(folder: Path) -> None:
    git(folder, "checkout", "-q", "--detach")


def stashed(folder: Path) -> None:
    write(folder, {"README": "for later"})
    git(folder, "stash", "-q")


def merging(folder: Path) -> None:
    git(folder, "branch", "start")
    commit(folder, {"README": "left"})
    git(folder, "checkout", "-q", "-b", "side", "start")
    commit(folder, {"README": "right"})
    git(folder, "checkout", "-q", "start")
    git(folder, "merge", "-q", "--no-ff", "--no-commit", "side")


def hooked(folder: Path) -> None:
    for name in ("pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {folder}/hooked\nexit 1\n")
        hook.chmod(0o755)


def configured(folder: Path) -> None:
    git(folder, "config", "commit.gpgSign", "true")
    git(folder, "config", "core.autocrlf", "true")
    git(folder, "config", "filter.x.clean", "rm -rf .")
    write(folder, {".git/info/attributes": "* filter=x text eol=crlf\n"})


@pytest.mark.parametrize("state", [dirty, staged, detached, stashed, merging, hooked, configured])
def test_whatever_state_the_person_is_in_stays_byte_for_byte(tmp_path: Path, state: Callable[[Path], None]) -> None:
    made = paper(tmp_path / "top")
    state(made.folder)
    workspace = made.open(at=made.base)
    workspace.approve(made.id)
    before = fingerprint(made.folder)

    applied = workspace.apply(made.id)

    assert fingerprint(made.folder) == before
    assert contents(made.folder, applied.commits[-1]) == approved()


def test_one_commit_is_made_for_each_step_in_order(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id, note="fine")

    applied = made.open().apply(made.id)

    assert applied.branch == f"copilot/{made.id}-rename-amount-to-total-in-order"
    assert git(tmp_path, "rev-list", "--reverse", f"{made.base}..{applied.branch}").split() == list(applied.commits)
    assert git(tmp_path, "show", "--format=", "--name-only", applied.commits[0]) == "jobs/bill.py"
    last = git(tmp_path, "show", "--format=", "--name-only", applied.commits[1]).split("\n")
    assert last == [
        "README",
        "docs/decisions/2026-01-02-rename-amount-to-total-in-order.json",
        "docs/decisions/2026-01-02-rename-amount-to-total-in-order.md",
        "docs/new name.txt",
        "schemas/order.avsc",
    ]


def test_each_commit_says_what_it_belongs_to_and_who_said_yes(tmp_path: Path) -> None:
    made = paper(tmp_path)
    approval = made.open().approve(made.id, note="seen with\nBob \u202e")

    applied = made.open().apply(made.id)

    for number in applied.commits:
        trailers = git(tmp_path, "log", "-1", "--format=%(trailers:only,unfold)", number).strip().splitlines()
        assert trailers == [
            f"Proposal: {made.id}",
            f"Plan: {approval.plan}",
            "Approved-by: Ada <ada@example.org>",
        ]
    assert git(tmp_path, "log", "-1", "--format=%s|%an|%ae|%aI", applied.commits[0]) == (
        "Accept both names in billing Signed-off-by: Eve: Rename with an alias|Ada|"
        "ada@example.org|2026-01-02T12:00:00+00:00"
    )
    assert "\nNote: seen with Bob \\u202e\n" in git(tmp_path, "log", "-1", "--format=%b", applied.commits[0])
    assert "By hand:\n- wiki:1 the page" in git(tmp_path, "log", "-1", "--format=%b", applied.commits[1])


def test_the_subject_of_the_only_commit_says_what_is_changed_too() -> None:
    alternative = alternative_of(())

    assert subject_of("Publish the schema", alternative) == "Publish the schema: a try"
    assert subject_of("a try", alternative) == "a try"


def test_modes_of_files_stay(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)

    applied = made.open().apply(made.id)

    assert git(tmp_path, "ls-tree", applied.branch, "jobs/bill.py").startswith("100755")


def test_without_an_approval_nothing_is_applied(tmp_path: Path) -> None:
    made = paper(tmp_path)

    with pytest.raises(WaitingForApproval, match="Nobody has approved") as caught:
        made.open().apply(made.id)
    assert caught.value.exit_code == EXIT_WAITING
    assert branches(tmp_path) == ["main"]


def test_an_approval_ends_with_a_rejection(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    made.open().reject(made.id, note="on second thought")

    with pytest.raises(WaitingForApproval, match="was rejected"):
        made.open().apply(made.id)


def test_a_moved_base_must_be_proved_again(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    commit(tmp_path, {"elsewhere": "x"})

    with pytest.raises(RefusedByEvidence, match="was proved on commit"):
        made.open().apply(made.id)
    assert branches(tmp_path) == ["main"]
    assert made.open(at=made.base).apply(made.id).branch


def test_applying_twice_tells_what_was_made_the_first_time(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    first = made.open().apply(made.id)
    commit(tmp_path, {"later": "x"})

    assert made.open().apply(made.id) == first
    assert len(branches(tmp_path)) == 2


def test_a_crash_between_branch_and_record_does_not_make_a_second_branch(tmp_path: Path) -> None:
    made = paper(tmp_path)
    made.open().approve(made.id)
    first = made.open().apply(made.id)
    file = tmp_path / ".git" / "pipeline-copilot" / "proposals" / f"{made.id}.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))

    again = Workspace.open(tmp_path, clock=lambda: "2026-02-02T00:00:00Z").apply(made.id)

    assert (again.branch, again.commits) == (first.branch, first.commits)
    assert len(branches(tmp_path)) == 2


def test_a_branch_of_that_name_is_left_alone(tmp_path: Path) -> None:
    made = paper(tmp_path)
    name = f"copilot/{made.id}-rename-amount-to-total-in-order"
    git(tmp_path, "branch", name)
    made.open().approve(made.id)

    applied = made.open().apply(made.id)

    assert applied.branch == f"{name}-2"
    assert git(tmp_path, "rev-parse", name) == made.base


def test_a_branch_in_the_way_of_all_names_is_reported(tmp_path: Path) -> None:
    made = paper(tmp_path)
    git(tmp_path, "branch", "copilot")
    made.open().approve(made.id)

    with pytest.raises(SurroundingsFailed, match="can't be made"):
        made.open().apply(made.id)


def test_a_bare_repository_gets_the_branch_too(tmp_path: Path) -> None:
    made = paper(tmp_path / "top")
    git(tmp_path, "clone", "-q", "--bare", str(made.folder), "bare")
    git(tmp_path / "bare", "config", "user.name", "Ada")
    git(tmp_path / "bare", "config", "user.email", "ada@example.org")
    id = begin(tmp_path / "bare", made.base)
    workspace = Workspace.open(tmp_path / "bare")
    workspace.approve(id)

    assert contents(tmp_path / "bare", workspace.apply(id).branch) == approved()


def test_a_linked_worktree_sees_the_same_proposals(tmp_path: Path) -> None:
    made = paper(tmp_path / "top")
    git(made.folder, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"README": "mine"})
    before = (fingerprint(made.folder), fingerprint(tmp_path / "linked"))
    workspace = Workspace.open(tmp_path / "linked")
    workspace.approve(made.id)

    applied = workspace.apply(made.id)

    assert (fingerprint(made.folder), fingerprint(tmp_path / "linked")) == before
    assert contents(made.folder, applied.branch) == approved()


def test_a_record_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    made = paper(tmp_path)
    write(tmp_path, {"copilot.toml": '[decisions]\nfolder = "jobs/bill.py/records"\n'})
    head = commit(tmp_path, {})
    id = begin(tmp_path, head)
    made.open().approve(id)

    with pytest.raises(WrongUsage, match=r"jobs/bill\.py is not a folder"):
        made.open().apply(id)


def test_a_record_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    made = paper(tmp_path)
    taken = "docs/decisions/2026-01-02-rename-amount-to-total-in-order.md"
    id = begin(tmp_path, commit(tmp_path, {taken: "an older decision\n"}))
    made.open().approve(id)

    applied = made.open().apply(id)

    assert git(tmp_path, "show", f"{applied.branch}:{taken}") == "an older decision"
    assert git(tmp_path, "ls-tree", "--name-only", applied.branch, taken.replace(".md", "-2.md"))


def approved() -> dict[str, str]:
    return {change.path: change.after for change in changes() if change.after is not None}


def contents(folder: Path, commit: str) -> dict[str, str]:
    """Returns the files of the plan as the commit has them, byte for byte; README must be gone."""
    names = git(folder, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")
    assert "README" not in names
    return {path: Git(folder).run("cat-file", "blob", f"{commit}:{path}").decode() for path in approved()}


def branches(folder: Path) -> list[str]:
    return git(folder, "branch", "--format=%(refname:short)").splitlines()


def test_the_committed_record_repeats_no_file_and_no_other_diff(tmp_path: Path) -> None:
    made = paper(tmp_path)
    approval = made.open().approve(made.id)
    applied = made.open().apply(made.id)

    path = "docs/decisions/2026-01-02-rename-amount-to-total-in-order.json"
    record = json.loads(git(tmp_path, "show", f"{applied.commits[-1]}:{path}"))

    phases = {(one["id"], bool(phase["diff"])) for one in record["alternatives"] for phase in one["phases"]}
    assert all(phase["files"] == [] for one in record["alternatives"] for phase in one["phases"])
    assert {id for id, has_diff in phases if has_diff} == {approval.alternative}


def test_the_committed_record_holds_no_hidden_character_and_still_says_what_was_asked(tmp_path: Path) -> None:
    text = "rename \u202e \u200b \U000e0101 amount é"
    first = paper(tmp_path)
    made = replace(first, id=begin(tmp_path, first.base, text=text))
    made.open().approve(made.id)

    applied = made.open().apply(made.id)

    paths = git(tmp_path, "ls-tree", "-r", "--name-only", applied.commits[-1], "--", "docs/decisions").split()
    records = [git(tmp_path, "show", f"{applied.commits[-1]}:{path}") for path in paths]
    assert len(records) == 2
    assert not [letter for record in records for letter in record if is_hidden(letter) and letter != "\n"]
    assert text in [json.loads(record)["request"] for record in records if record.startswith("{")]
