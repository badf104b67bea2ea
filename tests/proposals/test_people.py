"""The two-person rule: it is that of the base commit, each approval is signed, and nothing that a file claims is believed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.store import FileStore
from copilot.domain.decision import Approval
from copilot.domain.proposal import plan_digest
from copilot.errors import EXIT_WAITING, RefusedByEvidence, WaitingForApproval
from tests.keys import listed, sits_down, ssh_key
from tests.proposals.papers import FILES, NOON, PLAIN, Paper, begin
from tests.repositories import commit, git, init

pytestmark = pytest.mark.tool("ssh-keygen")
RULE = "[approval]\npeople = 2\n"


def shop(folder: Path, rule: str = RULE) -> Paper:
    """Makes a repository with a rule and one decided proposal, in which Ada sits, and keys of three people beside it."""
    init(folder / "shop")
    base = commit(folder / "shop", {**FILES, "copilot.toml": rule})
    keys = {name: ssh_key(folder, name) for name in ("ada", "bob", "eve")}
    (folder / "allowed").write_text(listed((f"{name}@example.org", keys[name]) for name in ("ada", "bob")), "utf-8")
    made = Paper(folder / "shop", base, begin(folder / "shop", base))
    sit(made, "ada")
    return made


def sit(made: Paper, name: str) -> None:
    beside = made.folder.parent
    sits_down(made.folder, name, beside / name, beside / "allowed")


def forge(made: Paper, **changes: Any) -> None:
    """Writes an approval into the store as somebody with an editor could."""
    approval = made.open().load(made.id).approvals[-1]
    store = FileStore(made.folder / ".git" / "pipeline-copilot" / "proposals", lambda: NOON)
    store.append(made.id, replace(approval, **changes))


def test_one_approval_is_not_enough_and_a_second_persons_is(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.open().approve(made.id, note="fine")

    with pytest.raises(WaitingForApproval, match="1 more person has to approve") as caught:
        made.open().apply(made.id)
    assert caught.value.exit_code == EXIT_WAITING
    assert "Ada <ada@example.org> at 2026-01-02T12:00:00Z, signed as ada@example.org with SHA256:" in str(caught.value)
    assert made.open().load(made.id).state == "waiting"

    sit(made, "bob")
    made.open().approve(made.id)
    assert made.open().load(made.id).state == "approved"
    applied = made.open().apply(made.id)
    message = git(made.folder, "log", "-1", "--format=%B", applied.branch)
    assert "Approved-by: Ada <ada@example.org>\nApproved-by: Bob <bob@example.org>" in message


def test_two_approvals_with_one_key_count_once_whatever_name_they_carry(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.open().approve(made.id)
    made.open().approve(made.id, by="Bob <bob@example.org>")

    with pytest.raises(WaitingForApproval, match="1 of 2 approvals are there") as caught:
        made.open().apply(made.id)
    assert "counts once" in str(caught.value)
    assert made.open().load(made.id).state == "waiting"


@pytest.mark.parametrize(
    "forged",
    [
        {"by": "Bob <bob@example.org>", "key": "SHA256:of-bob"},
        {"by": "Bob <bob@example.org>", "key": "SHA256:of-bob", "signature": ""},
        {"by": "Bob <bob@example.org>", "key": "SHA256:of-bob", "signature": "", "people": 1},
        {"note": "all is well", "key": "SHA256:of-bob"},
    ],
)
def test_an_approval_that_was_written_by_hand_does_not_count(tmp_path: Path, forged: dict[str, str | int]) -> None:
    made = shop(tmp_path)
    made.open().approve(made.id)
    forge(made, **forged)

    with pytest.raises(WaitingForApproval, match="does not count"):
        made.open().apply(made.id)
    assert git(made.folder, "branch", "--list", "copilot/*") == ""


def test_an_approval_of_another_proposal_does_not_count(tmp_path: Path) -> None:
    made = shop(tmp_path)
    other = Paper(made.folder, made.base, begin(made.folder, made.base, follows="p-0000000000"))
    sit(made, "bob")
    taken = other.open().approve(other.id)
    sit(made, "ada")
    made.open().approve(made.id)
    assert taken.plan == made.open().load(made.id).approvals[0].plan
    store = FileStore(made.folder / ".git" / "pipeline-copilot" / "proposals", lambda: NOON)
    store.append(made.id, taken)

    with pytest.raises(WaitingForApproval, match="does not count"):
        made.open().apply(made.id)


def test_a_key_that_was_struck_off_since_does_not_count(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.open().approve(made.id)
    sit(made, "bob")
    made.open().approve(made.id)
    keys = [("ada@example.org", tmp_path / "ada"), ("eve@example.org", tmp_path / "eve")]
    (tmp_path / "allowed").write_text(listed(keys), "utf-8")

    with pytest.raises(WaitingForApproval, match="not among the allowed signers"):
        made.open().apply(made.id)


def test_a_person_whose_key_is_not_listed_is_told_before_it_is_written_down(tmp_path: Path) -> None:
    made = shop(tmp_path)
    sit(made, "eve")

    with pytest.raises(RefusedByEvidence, match="would not count: its key is not among the allowed signers"):
        made.open().approve(made.id)
    assert made.open().load(made.id).approvals == ()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("user.signingkey", "", "git knows no key of yours"),
        ("gpg.ssh.allowedSignersFile", "", "no file says whose keys may sign"),
        ("gpg.ssh.allowedSignersFile", "/nowhere", "holds the keys of 0"),
        ("gpg.format", "x509", "gpg.format x509 is not known here"),
    ],
)
def test_where_keys_are_missing_the_rule_is_not_enforceable(
    tmp_path: Path, setting: str, value: str, said: str
) -> None:
    made = shop(tmp_path)
    git(made.folder, "config", setting, value)

    with pytest.raises(RefusedByEvidence, match="not enforceable here") as caught:
        made.open().approve(made.id)
    assert said in str(caught.value)
    assert caught.value.where == "copilot.toml:2"
    assert caught.value.next


def test_a_rule_that_can_not_be_verified_is_never_applied(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.open().approve(made.id)
    sit(made, "bob")
    made.open().approve(made.id)
    git(made.folder, "config", "--unset", "gpg.ssh.allowedSignersFile")

    with pytest.raises(RefusedByEvidence, match="not enforceable here"):
        made.open().apply(made.id)


def test_keys_that_the_repository_lists_are_those_of_the_base_commit(tmp_path: Path) -> None:
    made = shop(tmp_path)
    listing = (tmp_path / "allowed").read_text("utf-8")
    base = commit(made.folder, {"copilot.toml": RULE + 'signers = "keys/allowed"\n', "keys/allowed": listing})
    made = Paper(made.folder, base, begin(made.folder, base, text="again"))
    git(made.folder, "config", "--unset", "gpg.ssh.allowedSignersFile")
    (made.folder / "keys/allowed").write_text("", "utf-8")

    made.open().approve(made.id)

    standing = made.open().standing(made.id, PLAIN)
    assert (len(standing.there), standing.missing) == (1, 1)


def test_the_rule_is_that_of_the_base_and_not_of_a_later_commit(tmp_path: Path) -> None:
    made = shop(tmp_path)
    commit(made.folder, {"copilot.toml": ""})
    made.open().approve(made.id)

    with pytest.raises(WaitingForApproval, match="1 more person"):
        made.open(at=made.base).apply(made.id)


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ("", 1),
        ("[approval]\nhigh = 2\n", 1),
        ('[approval.subjects]\n"ord*" = 2\n', 2),
        ('[approval.subjects]\n"payment" = 2\n', 1),
    ],
)
def test_a_rule_asks_only_where_it_applies(tmp_path: Path, rule: str, needed: int) -> None:
    made = shop(tmp_path, rule)

    approval = made.open().approve(made.id)

    assert made.open().standing(made.id, PLAIN).needed == needed
    assert bool(approval.signature) == (needed > 1)


def test_what_is_signed_is_the_digest_of_the_plan(tmp_path: Path) -> None:
    from copilot.proposals.people import statement

    made = shop(tmp_path)
    approval = made.open().approve(made.id, note="ok")
    proposal = made.open().load(made.id)

    signed = json.loads(statement(made.id, approval))
    assert signed["approves"] == plan_digest(proposal, PLAIN)
    assert (signed["by"], signed["note"]) == ("Ada <ada@example.org>", "ok")
    assert isinstance(approval, Approval)
    assert "PRIVATE" not in (made.folder / ".git/pipeline-copilot/proposals" / f"{made.id}.jsonl").read_text("utf-8")
