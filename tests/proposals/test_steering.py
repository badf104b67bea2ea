"""A person's words about a proposal start one that follows it: what is asked anew, what is reused, and what it says has changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from copilot.cli.main import main
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, ChangeRequest, RenameField
from copilot.domain.wishes import KeepsOld, KeepsWorking
from copilot.errors import NotUnderstood, WrongUsage
from copilot.planners.steering import all_words
from copilot.ports import Check
from copilot.proposals import Workspace
from tests.line import copy_of_example
from tests.planners.scripted import Obliging, kit_of
from tests.repositories import lasting_folder

RENAME = RenameField("decision", "", "outcome", "verdict")


@pytest.fixture(scope="module")
def shop() -> tuple[Path, str]:
    return copy_of_example(lasting_folder())


def steered(folder: Path, id: str, words: str) -> tuple[Workspace, str]:
    there = Workspace.open(folder)
    follower = there.propose(words, follows=id)
    for _ in there.advance(follower):
        pass
    return there, follower


def test_why_not_is_answered_from_the_rulings_with_what_they_cite(shop: tuple[Path, str]) -> None:
    folder, id = shop
    there, follower = steered(folder, id, "why not the alias?")

    old, new = there.load(id), there.load(follower)
    answer, choice, reused = there.changed_since(follower)
    alias = next(it.id for it in old.alternatives if it.id.startswith("alias-"))
    assert answer.startswith(
        f'"why not the alias": {alias} ("Rename `outcome` to `verdict`, with its earlier names as aliases")'
    )
    assert f"is refused (breaks the compatibility level) in {id}." in answer
    cited = answer.rpartition("[")[2].rstrip("]")
    assert cited in {it.id for it in old.evidence}
    assert choice.startswith("The choice stays phased-")
    assert (
        reused
        == f"{len(new.evidence)} of {len(new.evidence)} evidences are those of {id}: equal inputs and equal tools."
    )
    assert new.request.operations == (RENAME,)
    assert new.request.follows == id
    assert new.request.text == "rename outcome to verdict in decision; why not the alias?"


def test_evidence_that_stands_is_not_proved_again(shop: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from copilot import flow

    ran: list[str] = []
    real = flow.run_check

    def run_check(check: Check, *more: Any) -> Evidence:
        ran.append(check.name)
        return real(check, *more)

    monkeypatch.setattr(flow, "run_check", run_check)
    folder, id = shop
    _, follower = steered(folder, id, "also keep the old field for 30 days")

    assert set(ran) == {"wishes"}
    assert follower != id


def test_a_wish_that_is_added_changes_times_and_rulings_and_says_so(shop: tuple[Path, str]) -> None:
    folder, id = shop
    there, follower = steered(folder, id, "also keep the old field for 30 days, and don't break sink")

    request = there.load(follower).request
    assert request.wishes[0] == KeepsOld(30.0, "keep the old field for 30 days")
    assert KeepsWorking("sink", "don't break sink") in request.wishes
    told = there.changed_since(follower)
    assert any("at least 30" in line and line.startswith("Its phase ") for line in told)


def test_a_change_that_is_added_joins_what_was_asked(shop: tuple[Path, str]) -> None:
    folder, id = shop
    there = Workspace.open(folder)

    follower = there.propose("also add optional double certainty to decision", follows=id)

    added = AddField("decision", "", "certainty", '["null","double"]', "null", True)
    assert there.load(follower).request.operations == (RENAME, added)


def test_a_change_of_the_same_kind_about_the_same_thing_takes_its_place(shop: tuple[Path, str]) -> None:
    folder, id = shop
    there = Workspace.open(folder)

    follower = there.propose("rename outcome to ruling in decision", follows=id)

    assert there.load(follower).request.operations == (RenameField("decision", "", "outcome", "ruling"),)


def test_follow_ups_of_follow_ups_keep_what_was_wished(shop: tuple[Path, str]) -> None:
    folder, id = shop
    there = Workspace.open(folder)
    first = there.propose("keep the old field for 30 days", follows=id)

    second = there.propose("keep the old field for 10 days; don't break sink", follows=first)

    days = [it.days for it in there.load(second).request.wishes if isinstance(it, KeepsOld)]
    assert days == [10.0]


def test_words_that_say_nothing_are_refused(shop: tuple[Path, str]) -> None:
    with pytest.raises(NotUnderstood):
        Workspace.open(shop[0]).propose("hm, no", follows=shop[1])


def test_an_unknown_proposal_can_not_be_followed(shop: tuple[Path, str]) -> None:
    with pytest.raises(WrongUsage):
        Workspace.open(shop[0]).propose("why not the alias?", follows="p-0000000000")


def test_free_words_about_it_are_framed_with_what_was_asked_before(shop: tuple[Path, str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shop[0], tmp_path / "shop", symlinks=True))
    wish = {"kind": "other", "words": "the dashboards team is on holiday"}
    script = Obliging({"frame": {"operations": [], "wishes": [wish]}})
    there = Workspace.open(folder, model=lambda tree: kit_of(script))

    follower = there.propose("the dashboards team is on holiday", follows=shop[1])

    assert there.load(follower).request.operations == (RENAME,)
    assert '<data name="earlier"' in script.calls[0].system[2]


def test_the_command_line_steers_and_tells_what_changed(
    shop: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(shop[0], tmp_path / "shop", symlinks=True))

    assert main(["propose", "-C", str(folder), "--follows", shop[1][:6], "why not the alias?"]) == 0
    told = capsys.readouterr().out
    assert f"\nSINCE {shop[1]}\n" in told
    assert main(["show", "-C", str(folder)]) == 0
    assert f"## Since {shop[1]}" in capsys.readouterr().out


def test_a_follow_up_without_words_asks_in_the_same_words() -> None:
    assert all_words(ChangeRequest("rename a to b.", (), "c", "Ada"), " ") == "rename a to b"
