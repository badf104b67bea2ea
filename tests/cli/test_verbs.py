"""The verbs that work on proposals, over a store that holds some made by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.cli.verb_apply import applied_lines
from copilot.domain.decision import Applied
from copilot.errors import EXIT_DONE, EXIT_SURROUNDINGS, EXIT_USAGE, EXIT_WAITING, WrongUsage
from copilot.proposals import Workspace
from tests import faces
from tests.repositories import git
from tests.tui.stage import workspace_with

ID = "p-0123456789"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    workspace_with(tmp_path, faces.a_proposal())
    return tmp_path


def test_show_prints_the_rationale(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "-C", str(shop)]) == EXIT_DONE

    shown = capsys.readouterr().out
    assert shown.startswith("# rename amount to total in order (p-0123456789)\n")
    assert shown.endswith("holds.\n")


def test_show_lays_the_rationale_out_where_text_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "-C", str(shop), "--format", "text"]) == EXIT_DONE

    shown = capsys.readouterr().out
    assert shown.startswith("p-0123456789  rename amount to total in order\n")
    assert "\nWHY\n" in shown


def test_show_prints_json_for_programs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "0123", "-C", str(shop), "--format", "json"]) == EXIT_DONE

    value = json.loads(capsys.readouterr().out)
    assert (value["version"], value["proposal"], value["decision"]["chosen"]) == (1, ID, "alias-33bb44")


def test_a_no_takes_its_reason_and_no_screen(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reject", ID, "--because", " ", "-C", str(shop)]) == EXIT_USAGE
    assert main(["reject", ID, "--because", "billing can't follow", "-C", str(shop)]) == EXIT_DONE
    assert f"Rejected {ID}, by" in capsys.readouterr().out

    assert main(["log", "-C", str(shop), "--search", "billing follow"]) == EXIT_DONE
    assert "billing can't follow" in " ".join(capsys.readouterr().out.split())
    assert main(["apply", ID, "-C", str(shop)]) == EXIT_WAITING


@pytest.mark.parametrize("words", [["reject", "--because", "too soon"], ["postpone", "--until", "in 2 weeks"]])
def test_what_is_not_decided_yet_is_refused_with_how_it_goes_on(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace_with(tmp_path, faces.an_undecided_proposal())

    assert main([*words, ID, "-C", str(tmp_path)]) == EXIT_USAGE
    assert "next   Propose the same again: the run goes on" in capsys.readouterr().err


def test_a_not_now_says_when_it_comes_up_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["-C", str(shop)]

    assert main(["postpone", ID, "--until", "billing has moved", *where]) == EXIT_DONE
    assert "No program can tell when that has come true" in capsys.readouterr().out
    assert (
        main(["postpone", ID, "--until", "in 2 weeks", "--because", "release", "--format", "json", *where]) == EXIT_DONE
    )
    value = json.loads(capsys.readouterr().out)
    assert (value["proposal"], value["note"], value["when"]) == (ID, "release", "")
    later = Workspace.open(shop, clock=lambda: f"{value['until']}T00:00:00Z")
    assert later.is_due(later.newest()[0])


WEST, EAST = "Etc/GMT+11", "Etc/GMT-13"


@pytest.fixture
def somewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this process into a time zone for one test."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("now", "zone", "over", "fine"),
    [
        ("2026-03-05T12:00:00Z", "UTC", "2026-03-05", "2026-03-06"),
        ("2026-03-05T12:00:00Z", "UTC", "2026-3-5", "2026-3-6"),
        ("2026-03-05T12:00:00Z", "UTC", "5 March 2026", "6 March 2026"),
        ("2026-03-05T12:00:00Z", "UTC", "Mar 5, 2026", "Mar 6, 2026"),
        ("2026-03-05T12:00:00Z", "UTC", "2026-03-05T18:00", "2026-03-06 18:00"),
        ("2026-03-05T12:00:00Z", "UTC", "today", "tomorrow"),
        ("2026-03-05T12:00:00Z", "UTC", "3 days ago", "Tomorrow"),
        ("2026-03-05T12:00:00Z", "UTC", "last week", "the last week of the sale"),
        ("2026-03-05T02:00:00Z", WEST, "2026-03-04", "2026-03-05"),
        ("2026-03-05T22:00:00Z", EAST, "2026-03-06", "2026-03-07"),
    ],
)
def test_a_day_is_later_than_today_where_the_person_is(
    now: str, zone: str, over: str, fine: str, shop: Path, somewhere: Callable[[str], None]
) -> None:
    somewhere(zone)
    workspace = Workspace.open(shop, clock=lambda: now)

    with pytest.raises(WrongUsage, match=r"is over|is not later than today"):
        workspace.postpone(ID, over)
    assert workspace.postpone(ID, fine)
    with pytest.raises(WrongUsage, match="no day of the calendar"):
        workspace.postpone(ID, "2027-02-30")


def test_show_prints_what_a_model_was_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_with(tmp_path, faces.a_proposal_with_a_model())

    assert main(["show", "-C", str(tmp_path), "--prompts"]) == EXIT_DONE
    assert "EXCHANGE 3 OF 5: critic of alias-33bb44" in capsys.readouterr().out

    assert main(["show", "-C", str(tmp_path), "--prompts", "--format", "json"]) == EXIT_DONE
    assert [it["purpose"] for it in json.loads(capsys.readouterr().out)["exchanges"]] == [
        "frame",
        "frame",
        "critic",
        "words",
        "probe",
    ]

    assert main(["show", "-C", str(tmp_path), "--prompts", "--format", "markdown"]) == EXIT_USAGE


def test_an_undecided_proposal_is_shown_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_with(tmp_path, faces.an_undecided_proposal())

    assert main(["show", "-C", str(tmp_path)]) == EXIT_DONE
    assert "is not decided yet" in capsys.readouterr().out


def test_log_lists_what_there_is(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "-C", str(shop)]) == EXIT_DONE
    base = git(shop, "rev-parse", "HEAD")[:9]
    assert capsys.readouterr().out == f"p-0123456789  decided  {base}  rename amount to total in order\n"

    assert main(["log", "-C", str(shop), "--format", "json"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)["proposals"][0]["state"] == "decided"


def test_log_tells_how_often_a_models_reason_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_with(tmp_path, faces.a_proposal_with_a_model())

    assert main(["log", "-C", str(tmp_path)]) == EXIT_DONE
    assert "(the model's reason followed in 1 of 2 trials)" in " ".join(capsys.readouterr().out.split())


def test_an_empty_log_prints_nothing_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_with(tmp_path)

    assert main(["log", "-C", str(tmp_path)]) == EXIT_DONE

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "No proposals yet." in shown.err


def test_log_names_a_damaged_proposal_and_lists_the_others(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = shop / ".git" / "pipeline-copilot" / "proposals"
    whole = (store / f"{ID}.jsonl").read_text("utf-8")
    (store / "p-aaaaaaaaaa.jsonl").write_text(whole.replace("ada", "eve"), "utf-8")

    assert main(["log", "-C", str(shop)]) == EXIT_DONE

    shown = capsys.readouterr()
    assert ID in shown.out
    assert "p-aaaaaaaaaa" in shown.err


def test_a_damaged_proposal_can_not_be_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shop / ".git" / "pipeline-copilot" / "proposals" / f"{ID}.jsonl"
    file.write_text(file.read_text("utf-8").replace("alias-33bb44", "alias-33bb55"), "utf-8")

    assert main(["show", ID, "-C", str(shop)]) == EXIT_SURROUNDINGS
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["show", "apply", "verify", "next"])
def test_where_the_only_proposal_is_damaged_the_newest_is_not_said_to_be_missing(
    shop: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop / ".git" / "pipeline-copilot" / "proposals" / f"{ID}.jsonl"
    file.write_text(file.read_text("utf-8").replace("alias-33bb44", "alias-33bb55"), "utf-8")

    assert main([verb, "-C", str(shop)]) == EXIT_SURROUNDINGS
    assert "changed or damaged" in capsys.readouterr().err
    assert main(["log", "-C", str(shop)]) == EXIT_DONE
    assert "No proposals yet" not in capsys.readouterr().err


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe", "not text in UTF-8")])
def test_a_file_of_operations_that_can_not_be_read_says_why_and_what_to_write(
    shop: Path, content: bytes | None, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop / "operation.json"
    if content is not None:
        file.write_bytes(content)

    assert main(["propose", "--operation", f"@{file}", "-C", str(shop)]) == EXIT_USAGE

    said = capsys.readouterr().err
    assert why in said
    assert "next   Write @ and a file of JSON" in said


def test_a_contract_test_has_no_other_format(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", ID, "-C", str(shop), "--contract-test", "--format", "json"]) == EXIT_USAGE
    assert "prints Python" in capsys.readouterr().err


def test_review_without_a_terminal_says_so(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "-C", str(shop)]) == EXIT_USAGE
    assert "needs a terminal" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["show", "apply", "verify", "review"])
def test_an_unknown_id_is_wrong_usage(shop: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "p-ffff", "-C", str(shop)]) == EXIT_USAGE
    assert "  next   " in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["show", "apply", "verify", "log", "map"])
def test_a_folder_that_is_no_repository_is_told_so(
    tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = [str(tmp_path)] if verb == "map" else ["-C", str(tmp_path)]

    assert main([verb, *where]) in (EXIT_USAGE, EXIT_SURROUNDINGS)

    shown = capsys.readouterr()
    assert str(tmp_path) in shown.err
    assert shown.out == ""


def test_a_damaged_proposal_is_told_before_a_screen_is_opened(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.cli.verb_review.has_terminal", lambda: True)
    file = shop / ".git" / "pipeline-copilot" / "proposals" / f"{ID}.jsonl"
    file.write_text(file.read_text("utf-8").replace("alias-33bb44", "alias-33bb55"), "utf-8")

    assert main(["review", ID, "-C", str(shop)]) == EXIT_SURROUNDINGS


def test_apply_says_which_phase_it_made_and_what_comes_later() -> None:
    proposal = faces.a_proposal()
    made = Applied("plan", "expand-55cc66", 0, ("c" * 40,), "copilot/p-0123456789", "2026-01-01T00:00:00Z")

    lines = applied_lines(proposal, made)

    assert lines == [
        'Applied p-0123456789, phase 1 of 2 ("expand"), on branch copilot/p-0123456789:',
        f"  {'c' * 12}  all at once",
        "Not on this branch, because something has to be seen first:",
        '  phase 2, "contract", when: No record of the old shape is left in the topic.',
        "  pipeline-copilot review p-0123456789  shows their diffs as they are now",
        "  pipeline-copilot next p-0123456789    opens them on what is there then, once the gate is shown to hold",
        "Look at it:   git log --patch HEAD..copilot/p-0123456789",
        "Take it back: pipeline-copilot undo p-0123456789 --from copilot/p-0123456789",
    ]
