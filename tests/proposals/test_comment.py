"""What people say about a hunk: kept with who and when, changing nothing that was proved, and committed with the change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.domain.proposal import plan_digest
from copilot.errors import WrongUsage
from copilot.patches.hunks import hunks_of
from copilot.proposals.comment import COMMENT_CHARACTERS_MAX, comments_on
from tests.proposals.papers import NOTHING, PLAIN, Paper, paper
from tests.repositories import git


def first_hunk(made: Paper) -> str:
    return hunks_of(made.open().load(made.id).patches_of(PLAIN)[0])[0].id


def test_a_comment_says_who_when_and_where_and_changes_no_plan(tmp_path: Path) -> None:
    made = paper(tmp_path)
    workspace = made.open()
    before = workspace.load(made.id)
    id = first_hunk(made)

    comment = workspace.comment(made.id, PLAIN, 0, id, "  why not the other table?\n")

    after = workspace.load(made.id)
    assert after.comments == (comment,)
    assert (comment.hunk, comment.where.path) == (id, id.rpartition("@@")[0])
    assert (comment.text, comment.by, comment.at) == (
        "why not the other table?",
        "Ada <ada@example.org>",
        "2026-01-02T12:00:00Z",
    )
    assert (after.state, plan_digest(after, PLAIN)) == (before.state, plan_digest(before, PLAIN))


def test_the_same_lines_elsewhere_show_it_too(tmp_path: Path) -> None:
    made = paper(tmp_path)
    workspace = made.open()
    workspace.comment(made.id, PLAIN, 0, first_hunk(made), "here")

    proposal = workspace.load(made.id)

    hunks = [hunk for compiled in proposal.compiled for patch in compiled.patches for hunk in hunks_of(patch)]
    own = hunks_of(proposal.patches_of(PLAIN)[0])[0]
    for hunk in hunks:
        assert bool(comments_on(proposal, hunk)) == ((hunk.path, hunk.lines) == (own.path, own.lines))


@pytest.mark.parametrize(
    ("alternative", "phase", "hunk", "text", "what"),
    [
        (PLAIN, 0, "no/such@@1", "x", "has no hunk"),
        (PLAIN, 9, "", "x", "has no hunk"),
        (NOTHING, 0, "", "x", "has no hunk"),
        (PLAIN, 0, "", " \n", "is empty"),
        (PLAIN, 0, "", "x" * (COMMENT_CHARACTERS_MAX + 1), "at most"),
    ],
)
def test_what_can_not_be_kept_is_refused(
    tmp_path: Path, alternative: str, phase: int, hunk: str, text: str, what: str
) -> None:
    made = paper(tmp_path)

    with pytest.raises(WrongUsage, match=what):
        made.open().comment(made.id, alternative, phase, hunk, text)

    assert made.open().load(made.id).comments == ()


def test_the_record_that_is_committed_holds_it_and_then_it_is_closed(tmp_path: Path) -> None:
    made = paper(tmp_path)
    workspace = made.open()
    workspace.comment(made.id, PLAIN, 0, first_hunk(made), "ask [Bob](http://x) first")
    workspace.approve(made.id)

    applied = workspace.apply(made.id)

    files = git(made.folder, "ls-tree", "-r", "--name-only", applied.branch, "docs/decisions").split()
    texts = {Path(file).suffix: git(made.folder, "show", f"{applied.branch}:{file}") for file in files}
    assert "## Comments" in texts[".md"]
    assert r"ask \[Bob\](" in texts[".md"]
    assert json.loads(texts[".json"])["comments"][0]["text"] == "ask [Bob](http://x) first"
    with pytest.raises(WrongUsage, match="is applied"):
        workspace.comment(made.id, PLAIN, 0, first_hunk(made), "too late")
