"""A proposal travels as one file: what arrives is checked anew, and a file gives nobody anything that they don't have."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copilot.cli.main import main
from copilot.domain.codec import decode, encode
from copilot.domain.proposal import Record, chain
from copilot.errors import EXIT_DONE, EXIT_USAGE, RefusedByEvidence, SurroundingsFailed, WaitingForApproval, WrongUsage
from copilot.proposals import Workspace
from copilot.proposals.travel import exported
from tests.keys import listed, sits_down, ssh_key
from tests.line import copy_of_example
from tests.repositories import commit, git

Change = Callable[[dict[str, Any]], None]


def clone_of(folder: Path, name: str) -> Path:
    """Makes the clone of somebody else, who has no proposals yet."""
    there = folder.parent / name
    git(folder.parent, "clone", "-q", str(folder), name)
    git(there, "config", "user.name", name.capitalize())
    git(there, "config", "user.email", f"{name}@example.org")
    return there


def bodies(folder: Path, id: str) -> list[Any]:
    return [encode(record)["body"] for record in Workspace.open(folder).records(id)]


def rewritten(data: bytes, changed: Change) -> bytes:
    """Returns the file with its records changed and chained anew, as somebody who knows the format can."""
    head, *lines = data.split(b"\n")[:-1]
    records: list[Record] = []
    for line in lines:
        value = json.loads(line)
        changed(value["body"])
        old = decode(Record, value)
        records.append(chain(records[-1] if records else None, old.at, old.body))
    written = b"".join(json.dumps(encode(record)).encode() + b"\n" for record in records)
    return exported(json.loads(head)["proposal"], written)


def test_a_proposal_is_the_same_in_another_clone(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")

    taken = Workspace.open(bob).take_in(Workspace.open(ada).export(id), "p.json")

    assert taken.id == id
    assert Workspace.open(bob).records(id) == Workspace.open(ada).records(id)
    assert Workspace.open(bob).find() == id


def test_taking_it_in_again_adds_nothing(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")
    data = Workspace.open(ada).export(id)
    Workspace.open(bob).take_in(data, "p.json")

    assert "adds nothing" in Workspace.open(bob).take_in(data, "p.json").words
    assert len(bodies(bob, id)) == len(bodies(ada, id))


def test_an_approval_without_a_signature_stays_at_home(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")
    Workspace.open(ada).approve(id, note="seen", confirmation="decision")
    Workspace.open(ada).apply(id)

    taken = Workspace.open(bob).take_in(Workspace.open(ada).export(id), "p.json")

    assert any("left out the approval by Ada" in note for note in taken.notes)
    assert any("applied there on copilot/" in note for note in taken.notes)
    assert Workspace.open(bob).load(id).state == "decided"
    with pytest.raises(WaitingForApproval):
        Workspace.open(bob).apply(id)


def test_a_no_and_a_not_now_come_along(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")
    Workspace.open(bob).take_in(Workspace.open(ada).export(id), "p.json")
    Workspace.open(bob).postpone(id, "billing has moved", note="wait")

    Workspace.open(ada).take_in(Workspace.open(bob).export(id), "p.json")
    assert Workspace.open(ada).load(id).state == "postponed"
    Workspace.open(ada).reject(id, note="no")
    Workspace.open(bob).take_in(Workspace.open(ada).export(id), "p.json")
    assert Workspace.open(bob).load(id).rejections[-1].note == "no"


def test_a_base_that_is_not_here_says_what_to_fetch(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "other")
    commit(other, {"a": "b"})

    with pytest.raises(SurroundingsFailed, match="not in this repository") as caught:
        Workspace.open(other).take_in(Workspace.open(ada).export(id), "p.json")
    assert "Fetch" in caught.value.next
    assert Workspace.open(other).list() == ()


def change_patch(body: dict[str, Any]) -> None:
    """Puts other bytes behind the diff that a reviewer sees."""
    for patch in body.get("patches", ()):
        patch["changes"][0]["after"] = "evil\n"


def change_diff(body: dict[str, Any]) -> None:
    for patch in body.get("patches", ()):
        patch["diff"] = patch["diff"].replace("+", "-")


def change_verdict(body: dict[str, Any]) -> None:
    if body["is"] == "Evidence" and body["verdict"] == "fail":
        body["verdict"] = "pass"


def change_decision(body: dict[str, Any]) -> None:
    if body["is"] == "Decision":
        body["stakes"] = "low"


def change_stakes_reasons(body: dict[str, Any]) -> None:
    if body["is"] == "Decision":
        body["not_covered"] = []


@pytest.mark.parametrize("changed", [change_patch, change_diff, change_verdict, change_decision, change_stakes_reasons])
def test_a_file_that_was_changed_with_its_chain_is_refused(tmp_path: Path, changed: Change) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")
    data = rewritten(Workspace.open(ada).export(id), changed)

    with pytest.raises(RefusedByEvidence, match="was changed"):
        Workspace.open(bob).take_in(data, "p.json")
    assert Workspace.open(bob).list() == ()


def test_a_file_that_was_only_chained_anew_is_taken_in(tmp_path: Path) -> None:
    """The forger of these tests changes nothing by itself, so what refuses is the change."""
    ada, id = copy_of_example(tmp_path)

    assert Workspace.open(clone_of(ada, "bob")).take_in(
        rewritten(Workspace.open(ada).export(id), lambda body: None), "p.json"
    )


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (lambda data: b"", "p.json:1"),
        (lambda data: b"{}\n" + data, "p.json:1"),
        (lambda data: data[: len(data) // 2], "p.json"),
        (lambda data: data[: data.rfind(b"\n", 0, -1) + 1], "p.json"),
        (lambda data: data.replace(b'"number":3', b'"number":4', 1), "p.json:5"),
        (lambda data: data.replace(b'"proposal": "p-', b'"proposal": "../', 1), "p.json:1"),
        (lambda data: data.replace(b'"version": 1', b'"version": 2', 1), "p.json:1"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, broken: Callable[[bytes], bytes], where: str) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")

    with pytest.raises(WrongUsage) as caught:
        Workspace.open(bob).take_in(broken(Workspace.open(ada).export(id)), "p.json")
    assert caught.value.where == where
    assert Workspace.open(bob).list() == ()


def test_a_file_that_differs_from_what_is_here_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    ada, id = copy_of_example(tmp_path)
    bob = clone_of(ada, "bob")

    def changed(body: dict[str, Any]) -> None:
        if body["is"] == "Reading":
            body["files_read"] += 1

    other = rewritten(Workspace.open(ada).export(id), changed)
    Workspace.open(bob).take_in(Workspace.open(ada).export(id), "p.json")
    before = bodies(bob, id)

    with pytest.raises(RefusedByEvidence, match=r"differs from it \(reading\)"):
        Workspace.open(bob).take_in(other, "p.json")
    assert bodies(bob, id) == before


@pytest.mark.tool("ssh-keygen")
def test_two_people_in_two_clones_approve_and_either_applies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.proposals.test_people import RULE

    shop, _ = copy_of_example(tmp_path)
    commit(shop, {"copilot.toml": RULE})
    workspace = Workspace.open(shop)
    id = workspace.propose("rename outcome to ruling in decision")
    list(workspace.advance(id))
    other = clone_of(shop, "bobs")
    keys = {name: ssh_key(tmp_path, name) for name in ("ada", "bob")}
    (tmp_path / "allowed").write_text(listed((f"{name}@example.org", key) for name, key in keys.items()), "utf-8")
    sits_down(shop, "ada", keys["ada"], tmp_path / "allowed")
    sits_down(other, "bob", keys["bob"], tmp_path / "allowed")
    Workspace.open(shop).approve(id, note="seen", confirmation="decision")

    assert main(["show", id, "-C", str(shop), "--export", str(tmp_path / "one")]) == EXIT_DONE
    assert main(["show", id, "-C", str(shop), "--export", str(tmp_path / "one")]) == EXIT_USAGE
    assert "there already" in capsys.readouterr().err
    assert main(["review", "-C", str(other), "--from", str(tmp_path / "one")]) == EXIT_DONE
    assert "approved by Ada <ada@example.org>, signed with SHA256:" in capsys.readouterr().out
    assert Workspace.open(other).load(id).state == "waiting"
    assert main(["apply", id, "-C", str(other)]) == WaitingForApproval.exit_code
    assert "1 more person has to approve" in capsys.readouterr().err

    Workspace.open(other).approve(id, note="agreed", confirmation="decision")
    assert main(["show", id, "-C", str(other), "--export", str(tmp_path / "two")]) == EXIT_DONE
    assert main(["review", "-C", str(shop), "--from", str(tmp_path / "two")]) == EXIT_DONE
    for folder in (shop, other):
        assert main(["apply", id, "-C", str(folder)]) == EXIT_DONE
    assert "PRIVATE" not in (tmp_path / "two").read_text("utf-8")


@pytest.mark.tool("ssh-keygen")
def test_a_signed_approval_that_was_changed_on_the_way_stays_outside(tmp_path: Path) -> None:
    from tests.proposals.test_people import shop

    made = shop(tmp_path)
    approval = made.open().approve(made.id, note="only after the release")

    changed = replace(approval, note="")
    from copilot.adapters.settings_file import settings_of
    from copilot.adapters.tree import CommitTree
    from copilot.proposals.people import People
    from copilot.proposals.reading import open_place

    repository = open_place(made.folder, at="HEAD", working_tree=False).repository
    base = CommitTree(repository, made.base)
    people = People(repository, base, settings_of(base))
    assert not isinstance(people.signer_of(made.id, approval), str)
    assert isinstance(people.signer_of(made.id, changed), str)
