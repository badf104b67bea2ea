"""The whole line on the example repository, as every face drives it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from copilot.adapters.store import FileStore
from copilot.domain.operation import RenameField
from copilot.domain.patch import HunkEdit
from copilot.domain.proposal import Proposal
from copilot.errors import Ambiguous, RefusedByEvidence, SurroundingsFailed, WaitingForApproval, WrongUsage
from copilot.example.build import build_repository
from copilot.patches.hunks import hunks_of
from copilot.proposals import Workspace
from copilot.reasons.render import markdown
from tests.repositories import commit, fingerprint, git, init, write

RENAME = "rename score to risk in decision"
ADD = "add optional double risk to decision"
GUARDED = """
import os, sys
events = []
def guard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        events.append((event, repr(args)))
        raise PermissionError(f"no connections here: {event}")
sys.addaudithook(guard)
from copilot.proposals import Workspace
workspace = Workspace.open(sys.argv[1])
id = workspace.propose(sys.argv[2])
count = sum(1 for _ in workspace.advance(id))
import langsmith.utils
print(count, workspace.load(id).state, langsmith.utils.tracing_is_enabled(), events)
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example repository with two decided proposals: the rename and the addition."""
    folder = tmp_path_factory.mktemp("example") / "repository"
    build_repository(folder)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    for text in (RENAME, ADD):
        decided(folder, text)
    return folder


@pytest.fixture
def folder(example: Path, tmp_path: Path) -> Path:
    """A copy of it to work in."""
    return Path(shutil.copytree(example, tmp_path / "repository", symlinks=True))


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


def decided(folder: Path, text: str) -> Proposal:
    workspace = Workspace.open(folder)
    id = workspace.propose(text)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


def test_the_line_ends_with_a_decision_over_several_alternatives(folder: Path) -> None:
    proposal = decided(folder, RENAME)

    assert proposal.state == "decided"
    assert len(proposal.alternatives) >= 4
    assert proposal.decision is not None
    assert {evidence.check for evidence in proposal.evidence} >= {"scope", "compatibility", "replay", "undo"}


def test_the_same_request_on_the_same_commit_is_taken_up_again(folder: Path) -> None:
    workspace = Workspace.open(folder)

    id = workspace.propose(RENAME)

    assert id == decided(folder, RENAME).id
    assert list(workspace.advance(id)) == []
    assert workspace.propose(ADD) != id


def test_what_was_proved_with_other_tools_is_proved_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = decided(folder, RENAME)

    monkeypatch.setattr("copilot.formats.avro.decoders.FastavroDecoder.version", "0.0.1")
    second = decided(folder, RENAME)

    assert second.id != first.id
    assert second.request.follows == first.id
    assert any(("fastavro", "0.0.1") in it.recipe.tools for it in second.evidence)
    assert decided(folder, RENAME).id == second.id


def test_the_proposal_asked_for_last_is_found_also_where_it_is_an_older_one(folder: Path) -> None:
    added, renamed = decided(folder, ADD).id, decided(folder, RENAME).id
    assert Workspace.open(folder).find() == renamed

    Workspace.open(folder).propose(ADD)

    assert Workspace.open(folder).find() == added


def test_a_rejected_request_asked_again_is_a_new_proposal_that_follows(folder: Path) -> None:
    workspace = Workspace.open(folder)
    first = workspace.propose(RENAME)
    workspace.reject(first, note="not now")

    second = workspace.propose(RENAME)

    assert second != first
    assert workspace.load(second).request.follows == first


def test_equal_repositories_give_equal_evidence_wherever_they_lie(folder: Path, example: Path) -> None:
    shutil.rmtree(folder / ".git" / "pipeline-copilot")
    write(folder, {"schemas/order.avsc": "half an edit", "new": "x"})
    git(folder, "add", "new")

    here, there = decided(folder, RENAME), decided(example, RENAME)

    assert here.id == there.id
    assert [evidence.id for evidence in here.evidence] == [evidence.id for evidence in there.evidence]
    assert here.decision == there.decision


def test_an_operation_does_the_same_as_the_sentence(folder: Path) -> None:
    workspace = Workspace.open(folder)

    id = workspace.propose(operations=[RenameField("decision", "", "score", "risk")])
    again = workspace.propose(
        operations=['{"op": "rename_field", "subject": "decision", "field": "score", "to": "risk"}']
    )

    assert workspace.load(id).request.operations == decided(folder, RENAME).request.operations
    assert again == id


def test_approve_apply_merge_and_undo_leave_the_person_alone(folder: Path) -> None:
    workspace = Workspace.open(folder)
    id = workspace.propose(ADD)
    base = git(folder, "rev-parse", "HEAD^{tree}")
    before = fingerprint(folder)
    with pytest.raises(WaitingForApproval):
        workspace.apply(id)
    workspace.approve(id, note="fine", confirmation="decision")
    applied = workspace.apply(id)
    assert fingerprint(folder) == before

    git(folder, "merge", "-q", "--squash", applied.branch)
    git(folder, "commit", "-q", "-m", "Squashed")
    undone = Workspace.open(folder).undo(id, from_branch="main")

    git(folder, "checkout", "-q", undone.branch)
    git(folder, "rm", "-q", "-r", "docs/decisions")
    assert git(folder, "write-tree") == base


def test_leaving_out_a_hunk_ends_the_approval_until_it_is_proved_and_approved_again(folder: Path) -> None:
    workspace = Workspace.open(folder)
    proposal = decided(folder, RENAME)
    assert proposal.decision is not None
    chosen = proposal.decision.chosen
    workspace.approve(proposal.id, confirmation="decision", note="seen")
    hunk = hunks_of(proposal.patches_of(chosen)[0])[-1]

    records = list(workspace.revise(proposal.id, chosen, [hunk.id]))

    revised = workspace.load(proposal.id)
    made = revised.revisions[0].alternative
    assert type(records[-1].body).__name__ == "Decision"
    assert made.origin == "person"
    assert {evidence.check for evidence in revised.evidence_of(made.id)} == {
        e.check for e in revised.evidence_of(chosen)
    }
    with pytest.raises(WaitingForApproval, match="waits for a new approval"):
        workspace.apply(proposal.id)
    assert list(workspace.revise(proposal.id, chosen, [hunk.id])) == []


def test_lines_that_are_left_out_and_a_hunk_written_anew_are_proved_and_can_be_verified(folder: Path) -> None:
    workspace = Workspace.open(folder)
    proposal = decided(folder, RENAME)
    assert proposal.decision is not None
    chosen = proposal.decision.chosen
    first, *_, last = hunks_of(proposal.patches_of(chosen)[0])
    line = next(number for number, line in enumerate(first.lines, 1) if line.startswith("+"))
    at = next(at for at, line in enumerate(last.lines) if line.startswith("+"))
    edit = HunkEdit(last.id, (*last.lines[:at], "+", *last.lines[at:]))

    list(workspace.revise(proposal.id, chosen, [f"{first.id}:{line}"], edited=[edit]))

    revised = workspace.load(proposal.id)
    made = revised.revisions[0]
    assert made.alternative.title.endswith(", without 1 line, 1 hunk edited")
    assert (made.left_out, made.edited) == ((f"{first.id}:{line}",), (edit,))
    assert revised.evidence_of(made.alternative.id)
    assert workspace.verify(proposal.id).holds


def test_leaving_out_everything_or_nothing_is_refused(folder: Path) -> None:
    workspace = Workspace.open(folder)
    proposal = decided(folder, RENAME)
    assert proposal.decision is not None
    chosen = proposal.decision.chosen
    every = [hunk.id for hunk in hunks_of(proposal.patches_of(chosen)[0])]

    with pytest.raises(WrongUsage, match="nothing would change"):
        list(workspace.revise(proposal.id, chosen, every))
    with pytest.raises(WrongUsage, match="No hunk is left out"):
        list(workspace.revise(proposal.id, chosen, []))
    with pytest.raises(WrongUsage, match="has no hunk"):
        list(workspace.revise(proposal.id, chosen, ["no/such@@1"]))


def test_verify_sees_everything_again(folder: Path) -> None:
    workspace = Workspace.open(folder)

    verification = workspace.verify(workspace.propose(RENAME))

    assert {seen.outcome for seen in verification.seen} == {"same"}
    assert verification.holds


def test_verify_without_the_base_commit_says_so(folder: Path) -> None:
    id = Workspace.open(folder).propose(RENAME)
    fresh = init(folder.parent / "fresh")
    commit(fresh, {"a": "1"})
    shutil.copytree(folder / ".git" / "pipeline-copilot", fresh / ".git" / "pipeline-copilot")

    verification = Workspace.open(fresh).verify(id)

    assert {seen.outcome for seen in verification.seen} == {"can't be re-run"}
    assert "is not in this repository any more" in verification.reason


def test_nothing_is_sent_anywhere_whatever_the_environment_says(folder: Path) -> None:
    shutil.rmtree(folder / ".git" / "pipeline-copilot")
    root = Path(__file__).parents[2]
    tracing = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_API_KEY": "k"}
    env = dict(os.environ, PYTHONPATH=str(root), **tracing, LANGSMITH_ENDPOINT="http://127.0.0.1:9")

    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(folder), ADD], env=env, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    count, *rest = done.stdout.split(" ", 1)
    assert int(count) > 10
    assert rest == ["decided False []\n"]


def test_a_proposal_in_other_hands_is_not_advanced(folder: Path) -> None:
    workspace = Workspace.open(folder)
    id = workspace.propose(ADD)

    with (
        FileStore(folder / ".git" / "pipeline-copilot" / "proposals", lambda: "noon").lock(id),
        pytest.raises(SurroundingsFailed, match="is being worked on by process"),
    ):
        list(workspace.advance(id))


def test_a_damaged_proposal_is_told_apart_from_the_others(folder: Path) -> None:
    workspace = Workspace.open(folder)
    id = workspace.propose(ADD)
    file = folder / ".git" / "pipeline-copilot" / "proposals" / f"{id}.jsonl"
    file.write_text(file.read_text().replace("risk", "RISK", 1))

    fresh = Workspace.open(folder)

    assert [proposal.request.text for proposal in fresh.list()] == [RENAME]
    assert [error.where for error in fresh.damaged()] == [f"{file}:1"]


def test_a_damaged_proposal_is_kept_and_the_same_words_begin_another(folder: Path) -> None:
    id = Workspace.open(folder).propose(ADD)
    file = folder / ".git" / "pipeline-copilot" / "proposals" / f"{id}.jsonl"
    file.write_text(file.read_text().replace("risk", "RISK", 1))
    damaged = file.read_bytes()

    fresh = decided(folder, ADD)

    assert fresh.id != id
    assert fresh.request.follows == id
    assert file.read_bytes() == damaged


def test_what_lies_among_the_proposals_and_is_none_hides_no_other(folder: Path) -> None:
    proposals = folder / ".git" / "pipeline-copilot" / "proposals"
    (proposals / "p-0123456789.jsonl").mkdir()
    (proposals / "p-1123456789.jsonl").touch()

    workspace = Workspace.open(folder)

    assert {proposal.request.text for proposal in workspace.list()} == {RENAME, ADD}
    assert [error.where for error in workspace.damaged()] == [str(proposals / "p-0123456789.jsonl")]


def test_a_branch_without_commits_shows_the_proposals_of_the_others(folder: Path) -> None:
    git(folder, "checkout", "-q", "--orphan", "fresh")

    workspace = Workspace.open(folder)

    assert {proposal.request.text for proposal in workspace.list()} == {RENAME, ADD}
    with pytest.raises(WrongUsage, match="no commits yet"):
        workspace.propose(ADD)
    with pytest.raises(WrongUsage, match="no commits yet"):
        workspace.map()


def test_a_proposal_is_found_by_the_beginning_of_its_id(folder: Path) -> None:
    workspace = Workspace.open(folder)
    ids = [proposal.id for proposal in workspace.list()]

    assert workspace.find(ids[0][:6]) == workspace.find(ids[0][2:6]) == ids[0]
    assert workspace.find() in ids
    with pytest.raises(Ambiguous) as caught:
        workspace.find("p-")
    assert caught.value.candidates == tuple(sorted(ids))


def test_uncommitted_files_can_be_mapped_but_not_proposed_on(folder: Path) -> None:
    write(folder, {"new.txt": "x"})

    workspace = Workspace.open(folder, working_tree=True)

    assert workspace.map().commit == "working-tree"
    assert Workspace.open(folder).map().uncommitted_count == 1
    with pytest.raises(WrongUsage, match="on commits"):
        workspace.propose(ADD)


def test_an_empty_request_is_refused(folder: Path) -> None:
    with pytest.raises(WrongUsage, match="Nothing was asked for"):
        Workspace.open(folder).propose("  ")


def test_commands_must_be_named_somewhere(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"orders.avsc": '{"type": "record", "name": "Order", "fields": [{"name": "a", "type": "int"}]}'})

    with pytest.raises(WrongUsage, match="no commands to run"):
        Workspace.open(tmp_path).propose("rename a to b in orders", run_commands=True)


def test_a_settings_file_that_a_partial_clone_lacks_is_asked_for_with_the_command(tmp_path: Path) -> None:
    full = init(tmp_path / "full")
    commit(full, {"copilot.toml": '[compatibility]\norder = "FULL"\n'})
    git(full, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{full}", "partial")

    with pytest.raises(WrongUsage, match=r"git checkout HEAD -- copilot\.toml"):
        Workspace.open(tmp_path / "partial").map()


def test_a_settings_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    init(tmp_path)
    commit(tmp_path, {"copilot.toml": b"\xff\xfe"})

    with pytest.raises(WrongUsage, match=r"copilot\.toml is not valid UTF-8"):
        Workspace.open(tmp_path).map()


def test_a_moved_base_is_refused_until_proposed_again(folder: Path) -> None:
    workspace = Workspace.open(folder)
    id = workspace.propose(ADD)
    workspace.approve(id, confirmation="decision", note="seen")
    commit(folder, {"README.md": "moved\n"})

    with pytest.raises(RefusedByEvidence, match="was proved on commit"):
        Workspace.open(folder).apply(id)


def test_a_proposal_needs_no_name_in_git_but_an_approval_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(folder, "config", "--unset", "user.name")
    workspace = Workspace.open(folder)

    id = workspace.propose("add optional string note to decision")
    for _ in workspace.advance(id):
        pass

    assert workspace.load(id).state == "decided"
    assert "\nAsked on commit" in markdown(workspace.load(id))
    with pytest.raises(WrongUsage, match="doesn't know who you are"):
        workspace.approve(id, confirmation="decision", note="seen")
